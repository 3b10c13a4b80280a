//! Reading JSON reports piece by piece, without building them up in memory.
//!
//! A [`Node`] is a borrowed stretch of the document with its path. Walking down re-scans the
//! stretch (at about a gigabyte a second), so a reader may look at the rules before the results
//! whatever their order, and memory does not grow with the document. Items are plain structs; an
//! item of the wrong shape is refused by its place and the rest is read.
//!
//! The syntax of the whole document has been checked before any reader runs, see `beginning`.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::intake::Intake;
use super::unreadable::{Place, Unreadable};

/// A value somewhere in a JSON document.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    document: &'a str,
    raw: &'a str,
    path: String,
}

impl<'a> Node<'a> {
    /// The document itself.
    pub fn root(document: &'a str) -> Node<'a> {
        Node { document, raw: document.trim(), path: String::new() }
    }

    /// A value of a document of several.
    pub fn within(document: &'a str, raw: &'a str) -> Node<'a> {
        Node { document, raw, path: String::new() }
    }

    pub fn is_object(&self) -> bool {
        self.raw.starts_with('{')
    }

    pub fn is_array(&self) -> bool {
        self.raw.starts_with('[')
    }

    fn is_null(&self) -> bool {
        self.raw == "null"
    }

    /// How many bytes of the document it takes.
    pub fn size(&self) -> usize {
        self.raw.len()
    }

    /// Visits the members of an object in document order; `null` has none.
    pub fn each_member(&self, mut visit: impl FnMut(&str, Node<'a>)) -> Result<(), Unreadable> {
        if self.is_null() {
            return Ok(());
        }
        let mut step = |name: String, raw: &'a RawValue| {
            let path = match self.path.as_str() {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            visit(&name, Node { document: self.document, raw: raw.get(), path });
        };
        serde_json::Deserializer::from_str(self.raw)
            .deserialize_map(Members(&mut step))
            .map_err(|error| self.wrong_shape(&error))
    }

    /// Visits the elements of an array in order; `null` has none.
    pub fn each_element(&self, mut visit: impl FnMut(Node<'a>)) -> Result<(), Unreadable> {
        if self.is_null() {
            return Ok(());
        }
        let mut index = 0_usize;
        let mut step = |raw: &'a RawValue| {
            let path = format!("{}[{index}]", self.path);
            index += 1;
            visit(Node { document: self.document, raw: raw.get(), path });
        };
        serde_json::Deserializer::from_str(self.raw)
            .deserialize_seq(Elements(&mut step))
            .map_err(|error| self.wrong_shape(&error))
    }

    /// Visits the elements of an array, or the value itself where it is none; `null` has none.
    pub fn each_or_lone(
        &self,
        mut visit: impl FnMut(Node<'a>) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        if !self.is_array() {
            return if self.is_null() { Ok(()) } else { visit(self.clone()) };
        }
        let mut outcome = Ok(());
        self.each_element(|element| {
            if outcome.is_ok() {
                outcome = visit(element);
            }
        })?;
        outcome
    }

    /// The elements of an array, each to be visited later; for arrays of few.
    pub fn elements(&self) -> Result<Vec<Node<'a>>, Unreadable> {
        let mut elements = Vec::new();
        self.each_element(|element| elements.push(element))?;
        Ok(elements)
    }

    /// The member of that name; the last one where it stands twice, none where it is `null`.
    pub fn member(&self, name: &str) -> Result<Option<Node<'a>>, Unreadable> {
        let mut found = None;
        self.each_member(|key, node| {
            if key == name {
                found = Some(node);
            }
        })?;
        Ok(found.filter(|node| !node.is_null()))
    }

    /// The member of that name, without which the document is not what it is taken for.
    pub fn required(&self, name: &str) -> Result<Node<'a>, Unreadable> {
        self.member(name)?.ok_or_else(|| Unreadable::Shape {
            place: self.place().to_string(),
            what: format!("there is no {name:?}"),
            hint: None,
        })
    }

    /// The value as `T`, or the place and the reason why it is none.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, (Place, String)> {
        serde_json::from_str(self.raw).map_err(|error| self.explain(&error))
    }

    /// The value as `T`; otherwise the item is refused and there is none.
    pub fn item<T: DeserializeOwned>(&self, intake: &mut Intake<'_>) -> Option<T> {
        match serde_json::from_str(self.raw) {
            Ok(item) => Some(item),
            Err(error) => {
                intake.refuse(|| {
                    let (place, reason) = self.explain(&error);
                    (place.to_string(), reason)
                });
                None
            }
        }
    }

    /// Where the value begins.
    pub fn place(&self) -> Place {
        Place::at(self.document, self.offset(), &self.path)
    }

    /// Where the value begins, in bytes. Every stretch lies within its document.
    fn offset(&self) -> usize {
        (self.raw.as_ptr() as usize).saturating_sub(self.document.as_ptr() as usize)
    }

    /// The error with its place in the document.
    pub fn wrong_shape(&self, error: &serde_json::Error) -> Unreadable {
        let (place, what) = self.explain(error);
        Unreadable::Shape { place: place.to_string(), what, hint: None }
    }

    fn explain(&self, error: &serde_json::Error) -> (Place, String) {
        let within = offset_of(self.raw, error);
        (Place::at(self.document, self.offset() + within, &self.path), reason(error))
    }
}

/// The byte at which serde_json stopped in `text`: the last it had read, which is the end of a
/// scalar of the wrong type and the byte before a list or an object of the wrong type.
pub fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let line_start = match error.line() {
        0 | 1 => 0,
        line => text.match_indices('\n').nth(line - 2).map_or(text.len(), |(at, _)| at + 1),
    };
    (line_start + error.column().saturating_sub(1)).min(text.len())
}

/// What serde_json says, without its own place.
pub fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rfind(" at line ") {
        Some(at) => said[..at].to_owned(),
        None => said,
    }
}

struct Members<'f, 'de>(&'f mut dyn FnMut(String, &'de RawValue));

impl<'de> Visitor<'de> for Members<'_, 'de> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, raw)) = map.next_entry()? {
            (self.0)(name, raw);
        }
        Ok(())
    }
}

struct Elements<'f, 'de>(&'f mut dyn FnMut(&'de RawValue));

impl<'de> Visitor<'de> for Elements<'_, 'de> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(raw) = elements.next_element()? {
            (self.0)(raw);
        }
        Ok(())
    }
}

/// A scalar as text: tools write identifiers as text or as numbers, and `null` for none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text(Option<String>);

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(Some(text.to_owned()))
    }
}

impl Text {
    /// The text without blanks around it; none where nothing is left.
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    pub fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }

    pub fn number(&self) -> Option<f64> {
        self.get().and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite())
    }

    /// A 1-based line number; 0 and nonsense are none.
    pub fn line(&self) -> Option<u32> {
        self.get().and_then(|text| text.parse().ok()).filter(|line| *line > 0)
    }

    pub fn is_true(&self) -> bool {
        self.get().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }
}

/// For readers of one format in two syntaxes.
impl From<Option<&str>> for Text {
    fn from(text: Option<&str>) -> Text {
        Text(text.map(str::to_owned))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Text, D::Error> {
        from.deserialize_any(AsText)
    }
}

struct AsText;

impl<'de> Visitor<'de> for AsText {
    type Value = Text;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("text or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text(Some(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Text, E> {
        Ok(Text(Some(text)))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Text, E> {
        Ok(Text(Some(truth.to_string())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string())))
    }

    fn visit_unit<E: Error>(self) -> Result<Text, E> {
        Ok(Text(None))
    }
}

/// A list as tools write it: an array, a lone element, or `null` for none.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List(Vec::new())
    }
}

impl<T> List<T> {
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    pub fn first(&self) -> Option<&T> {
        self.0.first()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl List<Text> {
    /// The texts that say something.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(Text::get)
    }

    /// The texts, one after the other, with `, ` between; none where there is none.
    pub fn joined(&self) -> Option<String> {
        let texts: Vec<&str> = self.texts().collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<List<T>, D::Error> {
        from.deserialize_any(AsList(std::marker::PhantomData))
    }
}

struct AsList<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AsList<T> {
    type Value = List<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<List<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<List<T>, A::Error> {
        T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(|one| List(vec![one]))
    }

    fn visit_unit<E: Error>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<List<T>, E> {
        one(text)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<List<T>, E> {
        one(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<List<T>, E> {
        one(number)
    }
}

fn one<'de, T, V, E>(value: V) -> Result<List<T>, E>
where
    T: Deserialize<'de>,
    V: serde::de::IntoDeserializer<'de, E>,
    E: Error,
{
    T::deserialize(value.into_deserializer()).map(|one| List(vec![one]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_knows_its_path_and_its_line() {
        let document = "{\n \"runs\": [\n  {\"a\": 1},\n  {\"a\": [true]}\n ]\n}";
        let runs = Node::root(document).required("runs").unwrap().elements().unwrap();
        assert_eq!(runs[1].place().to_string(), "runs[1] (line 4, column 3)");
        let (place, reason) = runs[1].read::<std::collections::BTreeMap<String, u8>>().unwrap_err();
        assert_eq!(place.to_string(), "runs[1] (line 4, column 8)");
        assert_eq!(reason, "invalid type: sequence, expected u8");
    }

    #[test]
    fn a_list_may_be_alone_or_nothing() {
        let read = |text| serde_json::from_str::<List<Text>>(text).unwrap().joined();
        assert_eq!(read(r#"["a", 2, null, " "]"#).as_deref(), Some("a, 2"));
        assert_eq!(read(r#""a""#).as_deref(), Some("a"));
        assert_eq!(read("7").as_deref(), Some("7"));
        assert_eq!(read("null"), None);
    }
}
