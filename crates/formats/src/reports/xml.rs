//! Reading XML reports: no document type, no entities but the five built in, a bounded depth.
//!
//! Names are compared without their prefix. Small subtrees are built up as [`Element`]s; documents
//! are walked as events, so memory grows with the largest item and not with the document.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::limits::Limits;
use super::unreadable::{Place, Unreadable};

/// A small subtree of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element {
    /// Without prefix.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    /// The children of that name.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of that name, where it says something.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).and_then(Element::words)
    }

    /// The text, without blanks around it, where it says something.
    pub fn words(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What a walk over a document meets.
pub enum Met {
    /// An element opens; text and children are still to come.
    Start(Element),
    Text(String),
    End,
}

/// The root element's name without prefix and its default namespace, as far as it can be read.
pub fn root(text: &str) -> Option<(String, String)> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => {
                let element = opened(&start).ok()?;
                let namespace = element.attribute("xmlns").unwrap_or_default().to_owned();
                return Some((element.name, namespace));
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// Checks that the document is well-formed, whole, without DTD and not too deep.
pub fn check(text: &str, limits: &Limits) -> Result<(), Unreadable> {
    let (mut depth, mut deepest, mut roots) = (0_u32, None, 0_u32);
    walk(text, |met, offset| match met {
        Met::Start(_) => {
            roots += u32::from(depth == 0);
            depth += 1;
            if depth > limits.depth && deepest.is_none() {
                deepest = Some(offset);
            }
        }
        Met::End => depth = depth.saturating_sub(1),
        Met::Text(_) => {}
    })?;
    match deepest {
        Some(offset) => {
            Err(Unreadable::TooDeep { place: Place::at(text, offset, ""), limit: limits.depth })
        }
        None if depth > 0 => Err(refused(text, text.len(), "it ends inside an element")),
        None if roots != 1 => Err(refused(text, text.len(), "there is not one root element")),
        None => Ok(()),
    }
}

/// Walks over a document, telling each meeting with its byte offset.
pub fn walk(text: &str, mut meet: impl FnMut(Met, usize)) -> Result<(), Unreadable> {
    let mut reader = Reader::from_str(text);
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(refused(text, offset, &error.to_string())),
        };
        let wrong = |reason: String| refused(text, offset, &reason);
        match event {
            Event::Start(start) => meet(Met::Start(opened(&start).map_err(wrong)?), offset),
            Event::Empty(start) => {
                meet(Met::Start(opened(&start).map_err(wrong)?), offset);
                meet(Met::End, offset);
            }
            Event::End(_) => meet(Met::End, offset),
            Event::Text(words) => meet(Met::Text(words.to_string()), offset),
            Event::CData(words) => meet(Met::Text(words.to_string()), offset),
            Event::GeneralRef(name) => meet(Met::Text(resolved(&name).map_err(wrong)?), offset),
            Event::DocType(_) => {
                return Err(Unreadable::Doctype { place: Place::at(text, offset, "") });
            }
            Event::Eof => return Ok(()),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

/// Hands over the elements of these names, whole but for elements of these names inside them, as
/// they end; with those they stand in, outermost first. Elements outside keep only attributes.
pub fn each_item(
    text: &str,
    items: &[&str],
    mut hand_over: impl FnMut(Element, &[Element]),
) -> Result<(), Unreadable> {
    let is_item = |element: &Element| items.contains(&element.name.as_str());
    let (mut open, mut items_open) = (Vec::<Element>::new(), 0_u32);
    walk(text, |met, _| match met {
        Met::Start(element) => {
            items_open += u32::from(is_item(&element));
            open.push(element);
        }
        Met::Text(words) => match open.last_mut() {
            Some(innermost) if items_open > 0 => innermost.text.push_str(&words),
            _ => {}
        },
        Met::End => {
            let Some(ended) = open.pop() else { return };
            if is_item(&ended) {
                items_open -= 1;
                hand_over(ended, &open);
            } else if let Some(parent) = open.last_mut().filter(|_| items_open > 0) {
                parent.children.push(ended);
            }
        }
    })
}

fn refused(text: &str, offset: usize, what: &str) -> Unreadable {
    let place = Place::at(text, offset, "");
    Unreadable::Malformed { place, what: what.to_owned(), resembles: None }
}

fn opened(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element =
        Element { name: start.local_name().into_inner().to_owned(), ..Element::default() };
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        element.attributes.push((attribute.key.0.to_owned(), value.into_owned()));
    }
    Ok(element)
}

/// The letter of a character reference or of one of the five built-in entities.
fn resolved(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(letter.to_string());
    }
    match quick_xml::escape::resolve_xml_entity(reference) {
        Some(text) => Ok(text.to_owned()),
        None => Err(format!("the entity &{}; is not built into XML", &**reference)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_inside_an_item_is_handed_over_alone() {
        let text = "<a b='1'>x<i><n>one</n><i><n>t&amp;wo</n></i><m/></i>y</a>";
        let mut told = Vec::new();
        each_item(text, &["i"], |item, around| {
            let children: Vec<&str> = item.children.iter().map(|one| one.name.as_str()).collect();
            let around: Vec<&str> = around.iter().map(|one| one.name.as_str()).collect();
            let name = item.text_of("n").unwrap_or_default();
            told.push(format!("{} in {}: {name}", children.join("+"), around.join("/")));
        })
        .unwrap();
        assert_eq!(told, ["n in a/i: t&wo", "n+m in a: one"]);
    }
}
