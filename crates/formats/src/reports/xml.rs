//! Reading XML reports: nothing declared, no entities but the five built in, all of it bounded.
//!
//! A document type declaration is refused with its place. Only of the roots whose tools always
//! write one ([`DECLARED`]) it is passed over, unread: where it declares an entity it is refused,
//! too, and nothing that it names is ever fetched.
//!
//! Names are compared without their prefix. Small subtrees are built up as [`Element`]s; documents
//! are walked as events, so memory grows with the largest item and not with the document.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::limits::Limits;
use super::unreadable::{Place, Unreadable};

/// Root elements of tools that write a document type declaration into each of their reports: Burp,
/// Nikto, Nmap, Outpost24, and two of Qualys.
const DECLARED: [&str; 6] = ["issues", "niktoscan", "nmaprun", "main", "ASSET_DATA_REPORT", "SCAN"];
/// Attributes of one element. The reports seen have 20 at most.
const ATTRIBUTES: usize = 256;
/// Elements inside one item, which is built up in memory. The largest seen have some thousands.
const PARTS: u64 = 500_000;
/// Elements of a document that are looked at to recognise it.
const SKETCHED: usize = 64;

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

    /// The elements `name` inside those of the name `list`.
    pub fn listed<'e>(&'e self, list: &'e str, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.all(list).flat_map(move |list| list.all(name))
    }

    /// The text of the element and of all below it, a line for each element.
    pub fn all_text(&self) -> String {
        let mut text = self.text.trim().to_owned();
        for part in self.children.iter().map(Element::all_text).filter(|part| !part.is_empty()) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&part);
        }
        text
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

/// The one way in which a document is read: no option of the parser is changed anywhere.
fn reader(text: &str) -> Reader<&[u8]> {
    Reader::from_str(text)
}

/// The root element, with the names of the first elements inside it as its children, as far as
/// they can be read.
pub fn sketch(text: &str) -> Option<Element> {
    let (mut reader, mut root) = (reader(text), None::<Element>);
    while let Ok(event) = reader.read_event() {
        let (Event::Start(start) | Event::Empty(start)) = event else {
            if matches!(event, Event::Eof) {
                break;
            }
            continue;
        };
        match &mut root {
            None => root = Some(opened(&start).ok()?),
            Some(root) if root.children.len() < SKETCHED => {
                let name = start.local_name().into_inner().to_owned();
                root.children.push(Element { name, ..Element::default() });
            }
            Some(_) => break,
        }
    }
    root
}

/// Checks that the document is well-formed, whole, without DTD and within all bounds.
pub fn check(text: &str, limits: &Limits) -> Result<(), Unreadable> {
    let (mut depth, mut roots) = (0_u32, 0_u32);
    let (mut elements, mut letters) = (0_u64, 0_usize);
    let mut beyond: Option<Unreadable> = None;
    walk(text, |met, offset| match met {
        Met::Start(_) => {
            roots += u32::from(depth == 0);
            (depth, elements, letters) = (depth + 1, elements + 1, 0);
            if depth > limits.depth && beyond.is_none() {
                let place = Place::at(text, offset, "");
                beyond = Some(Unreadable::TooDeep { place, limit: limits.depth });
            }
            if elements > limits.elements && beyond.is_none() {
                beyond = Some(too_much(text, offset, "elements", limits.elements));
            }
        }
        Met::Text(words) => {
            letters += words.len();
            if letters > limits.element_text && beyond.is_none() {
                let limit = limits.element_text as u64;
                beyond = Some(too_much(text, offset, "bytes of text in one element", limit));
            }
        }
        Met::End => depth = depth.saturating_sub(1),
    })?;
    match beyond {
        Some(beyond) => Err(beyond),
        None if depth > 0 => Err(refused(text, text.len(), "it ends inside an element")),
        None if roots != 1 => Err(refused(text, text.len(), "there is not one root element")),
        None => Ok(()),
    }
}

fn too_much(text: &str, offset: usize, what: &'static str, limit: u64) -> Unreadable {
    Unreadable::TooMuch { place: Place::at(text, offset, ""), what, limit }
}

/// Walks over a document, telling each meeting with its byte offset.
pub fn walk(text: &str, mut meet: impl FnMut(Met, usize)) -> Result<(), Unreadable> {
    let mut reader = reader(text);
    let mut declared: Option<(String, usize)> = None;
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(refused(text, offset, &error.to_string())),
        };
        let wrong = |reason: String| refused(text, offset, &reason);
        match event {
            Event::Start(start) => {
                let element = opened(&start).map_err(wrong)?;
                declared_for(&mut declared, &element, text)?;
                meet(Met::Start(element), offset);
            }
            Event::Empty(start) => {
                let element = opened(&start).map_err(wrong)?;
                declared_for(&mut declared, &element, text)?;
                meet(Met::Start(element), offset);
                meet(Met::End, offset);
            }
            Event::End(_) => meet(Met::End, offset),
            Event::Text(words) => meet(Met::Text(words.to_string()), offset),
            Event::CData(words) => meet(Met::Text(words.to_string()), offset),
            Event::GeneralRef(name) => meet(Met::Text(resolved(&name).map_err(wrong)?), offset),
            Event::DocType(words) => match harmless(&words) {
                Some(root) => declared = Some((root.to_owned(), offset)),
                None => return Err(Unreadable::Doctype { place: Place::at(text, offset, "") }),
            },
            Event::Eof => return Ok(()),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

/// The root that a document type declaration is for, where it is one that a tool always writes and
/// declares no entity.
fn harmless(declaration: &str) -> Option<&str> {
    let root = declaration.split_whitespace().next()?;
    let root = root.split('[').next().unwrap_or(root);
    let entities = declaration.to_ascii_uppercase().contains("<!ENTITY");
    (DECLARED.contains(&root) && !entities && !declaration.contains('%')).then_some(root)
}

/// A declaration that was passed over must be that of the root element.
fn declared_for(
    declared: &mut Option<(String, usize)>,
    root: &Element,
    text: &str,
) -> Result<(), Unreadable> {
    match declared.take() {
        Some((name, offset)) if name != root.name => {
            Err(Unreadable::Doctype { place: Place::at(text, offset, "") })
        }
        _ => Ok(()),
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
    let (mut parts, mut beyond) = (0_u64, None);
    walk(text, |met, offset| match met {
        _ if beyond.is_some() => {}
        Met::Start(element) => {
            items_open += u32::from(is_item(&element));
            parts = if items_open > 0 { parts + 1 } else { 0 };
            if parts > PARTS {
                beyond = Some(too_much(text, offset, "elements inside one item", PARTS));
            }
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
    })?;
    beyond.map_or(Ok(()), Err)
}

fn refused(text: &str, offset: usize, what: &str) -> Unreadable {
    let place = Place::at(text, offset, "");
    Unreadable::Malformed { place, what: what.to_owned(), resembles: None }
}

fn opened(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element =
        Element { name: start.local_name().into_inner().to_owned(), ..Element::default() };
    for attribute in start.attributes().with_checks(false) {
        if element.attributes.len() >= ATTRIBUTES {
            return Err(format!("more than {ATTRIBUTES} attributes in one element"));
        }
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

    fn refusal(text: &str) -> String {
        check(text, &Limits::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_declaration_is_refused_but_for_the_tools_that_always_write_one() {
        let refused = "line 2, column 1: a document type declaration (DTD) is not accepted; export \
                       without it";
        let check_refused = |text: &str| assert_eq!(refusal(text), refused, "{text}");
        check_refused("<?xml version='1.0'?>\n<!DOCTYPE bom><bom/>");
        check_refused("<?xml version='1.0'?>\n<!DOCTYPE issues><bom/>");
        check_refused("<?xml version='1.0'?>\n<!DOCTYPE issues [<!ENTITY a 'b'>]><issues/>");
        check_refused(
            "<?xml version='1.0'?>\n<!DOCTYPE issues[<!entity % a SYSTEM 'b'>%a;]><issues/>",
        );
        let limits = Limits::default();
        check("<!DOCTYPE issues [<!ELEMENT issues (issue*)>]><issues/>", &limits).unwrap();
        check("<!DOCTYPE nmaprun>\n<nmaprun/>", &limits).unwrap();
    }

    #[test]
    fn every_count_is_bounded() {
        let attributes: String = (0..300).map(|number| format!(" a{number}='1'")).collect();
        let many = format!("<a{attributes}/>");
        assert!(refusal(&many).contains("more than 256 attributes"), "{}", refusal(&many));
        let limits = Limits { elements: 3, element_text: 5, ..Limits::default() };
        let told = |text: &str| check(text, &limits).unwrap_err().to_string();
        let elements = "line 1, column 12: more than 3 elements; split the scan";
        assert_eq!(told("<a><b/><b/><b/></a>"), elements);
        let text = "line 1, column 4: more than 5 bytes of text in one element; split the scan";
        assert_eq!(told("<a>123456</a>"), text);
    }

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
