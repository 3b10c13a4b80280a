//! What a document shows of itself: enough to recognise its format, never its content.
//!
//! The whole document is skimmed once. That also checks the syntax, so that a reader never sees a
//! truncated document and never hands over anything of one. Of every array only the first element
//! is looked at, four levels down.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json;
use super::limits::Limits;
use super::lines;
use super::table;
use super::unreadable::{Place, Unreadable};
use super::xml;

/// Levels that are looked at.
const LEVELS: usize = 5;
/// Paths that are kept below each member of the document, so that none crowds out another.
const PATHS: usize = 600;
/// Members of the document that are looked at.
const MEMBERS: usize = 100;
/// Bytes of a value that are kept.
const VALUE: usize = 80;
/// Bytes of plain text that are kept.
const OPENING: usize = 2 << 10;
/// Bytes of a table in which its heading must end.
const HEADING: usize = 16 << 10;

/// Rows below the first that are looked at, too.
const ROWS: usize = 12;

/// The syntax a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Json,
    /// Several JSON values; only the first is looked at.
    JsonLines,
    Xml,
    /// Anything else; perhaps a table with a heading.
    Plain,
}

/// The sketch of a document by which formats recognise it.
#[derive(Clone, Debug)]
pub struct Beginning {
    pub syntax: Syntax,
    /// JSON: `runs[].tool.driver.name` → its text, the first element standing for an array.
    paths: BTreeMap<String, String>,
    /// XML: the root element, with the names of the first elements inside it.
    root: Option<xml::Element>,
    /// Tables: the heading's cells, lower case.
    columns: Vec<String>,
    /// Neither JSON nor XML: how the text begins.
    opening: String,
    /// Tables: the first rows below that, as some tools tell of the report above the heading.
    below: Vec<Vec<String>>,
}

impl Beginning {
    /// Skims the document. The second part is the first error in its syntax, if there is one.
    pub fn of(text: &str, limits: &Limits) -> (Beginning, Option<Unreadable>) {
        let mut beginning = Beginning {
            syntax: Syntax::Plain,
            paths: BTreeMap::new(),
            root: None,
            columns: Vec::new(),
            opening: String::new(),
            below: Vec::new(),
        };
        let error = match text.trim_start().chars().next() {
            Some('{' | '[') => beginning.skim_json(text, limits),
            Some('<') => beginning.skim_xml(text, limits),
            _ => beginning.skim_table(text),
        };
        (beginning, error)
    }

    /// Whether there is anything at this path of a JSON document.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains_key(path)
    }

    /// The beginning of the text, number or truth at this path of a JSON document.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.paths.get(path).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Whether the first member of the object at `path`, whatever its name, has a member `name`.
    pub fn child_has(&self, path: &str, name: &str) -> bool {
        self.has(&format!("{path}.*.{name}"))
    }

    /// The names of the members at `path`; the empty path is the document.
    pub fn members(&self, path: &str) -> Vec<&str> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
        let direct = |key: &&String| !key[prefix.len()..].contains(['.', '[']);
        let keys = self.paths.keys().filter(|key| key.starts_with(&prefix)).filter(direct);
        keys.map(|key| &key[prefix.len()..]).filter(|name| *name != "*").collect()
    }

    /// The root element's name without prefix and its namespace, of an XML document.
    pub fn root(&self) -> Option<(&str, &str)> {
        let root = self.root.as_ref()?;
        Some((root.name.as_str(), root.attribute("xmlns").unwrap_or_default()))
    }

    /// An attribute of the root element of an XML document.
    pub fn root_attribute(&self, name: &str) -> Option<&str> {
        self.root.as_ref().and_then(|root| root.attribute(name))
    }

    /// Whether the first few dozen elements below the root have one of that name, at any depth.
    pub fn begins_with_element(&self, name: &str) -> bool {
        self.root.as_ref().is_some_and(|root| root.child(name).is_some())
    }

    /// The cells of each of a table's first rows, in lower case.
    pub fn rows(&self) -> impl Iterator<Item = &[String]> {
        std::iter::once(&self.columns).chain(&self.below).map(Vec::as_slice)
    }

    /// The cells of a table's heading, in lower case.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How a text begins that is neither JSON nor XML.
    pub fn opening(&self) -> &str {
        &self.opening
    }

    /// In a few words, for a person whose file nothing recognised.
    pub fn described(&self) -> String {
        let few = |names: Vec<&str>| {
            let shown: Vec<String> = names.iter().take(6).map(|name| format!("{name:?}")).collect();
            shown.join(", ")
        };
        match (self.syntax, &self.root) {
            (Syntax::Json, _) if self.has("[]") => {
                format!("a JSON array of {}", few(self.members("[]")))
            }
            (Syntax::Json, _) => format!("a JSON object with {}", few(self.members(""))),
            (Syntax::JsonLines, _) => format!("JSON Lines with {}", few(self.members(""))),
            (Syntax::Xml, Some(root)) => format!("XML with the root element <{}>", root.name),
            (Syntax::Xml, None) => "XML".to_owned(),
            (Syntax::Plain, _) if self.columns.len() > 1 => {
                let columns = self.columns.iter().map(String::as_str).collect();
                format!("a table with {}", few(columns))
            }
            (Syntax::Plain, _) => "neither JSON nor XML nor a table".to_owned(),
        }
    }

    fn skim_json(&mut self, text: &str, limits: &Limits) -> Option<Unreadable> {
        self.syntax = Syntax::Json;
        let too_deep = deeper_than(text, limits.depth);
        let mut document = serde_json::Deserializer::from_str(text);
        let skim = Skim { paths: &mut self.paths, path: String::new() };
        let outcome = skim.deserialize(&mut document).and_then(|()| {
            document.end().or_else(|error| {
                let rest = &text.as_bytes()[json::offset_of(text, &error)..];
                if !rest.starts_with(b"{") && !rest.starts_with(b"[") {
                    return Err(error);
                }
                self.syntax = Syntax::JsonLines;
                lines::check(text)
            })
        });
        if let Some(offset) = too_deep {
            return Some(Unreadable::TooDeep {
                place: Place::at(text, offset, ""),
                limit: limits.depth,
            });
        }
        outcome.err().map(|error| Unreadable::Malformed {
            place: Place::at(text, json::offset_of(text, &error), ""),
            what: json::reason(&error),
            resembles: None,
        })
    }

    fn skim_xml(&mut self, text: &str, limits: &Limits) -> Option<Unreadable> {
        self.syntax = Syntax::Xml;
        self.root = xml::sketch(text);
        xml::check(text, limits).err()
    }

    fn skim_table(&mut self, text: &str) -> Option<Unreadable> {
        self.opening = text[..text.floor_char_boundary(OPENING)].to_owned();
        let heading = &text[..text.floor_char_boundary(HEADING)];
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(table::separator(text))
            .from_reader(heading.as_bytes());
        let cells = |record: csv::StringRecord| {
            record.iter().map(|cell| cell.trim().to_lowercase()).collect()
        };
        let mut rows = reader.records().map_while(Result::ok).map(cells);
        self.columns = rows.next().unwrap_or_default();
        self.below = rows.take(ROWS).collect();
        None
    }
}

/// The offset of the first bracket that opens a level too many.
fn deeper_than(text: &str, limit: u32) -> Option<usize> {
    let (mut depth, mut in_text, mut escaped) = (0_u32, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > limit {
                    return Some(offset);
                }
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Looks at one value and what is below it; the rest is only checked.
struct Skim<'b> {
    paths: &'b mut BTreeMap<String, String>,
    path: String,
}

impl Skim<'_> {
    fn note(&mut self, value: &str) {
        if self.paths.len() < PATHS && !self.path.is_empty() {
            let value = &value[..value.floor_char_boundary(VALUE)];
            self.paths.insert(self.path.clone(), value.to_owned());
        }
    }

    fn is_deep(&self) -> bool {
        let crowded = !self.path.is_empty() && self.paths.len() >= PATHS;
        crowded || self.path.matches(['.', '[']).count() + 1 >= LEVELS
    }

    fn below(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Skim<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Skim<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.note("");
        let (deep, outermost) = (self.is_deep(), self.path.is_empty());
        let mut met = 0_usize;
        while let Some(name) = map.next_key::<String>()? {
            if deep || name.len() > VALUE || (outermost && met >= MEMBERS) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let (path, star) = (self.below(&name), self.below("*"));
            if outermost {
                let mut paths = BTreeMap::new();
                map.next_value_seed(Skim { paths: &mut paths, path: path.clone() })?;
                self.paths.append(&mut paths);
            } else {
                map.next_value_seed(Skim { paths: self.paths, path: path.clone() })?;
            }
            if met == 0 {
                stand_in(self.paths, &path, &star);
            }
            met += 1;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        self.note("");
        if !self.is_deep() {
            let path = format!("{}[]", self.path);
            elements.next_element_seed(Skim { paths: self.paths, path })?;
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.note(text);
        Ok(())
    }

    fn visit_bool<E: Error>(mut self, truth: bool) -> Result<(), E> {
        self.note(if truth { "true" } else { "false" });
        Ok(())
    }

    fn visit_u64<E: Error>(mut self, number: u64) -> Result<(), E> {
        self.note(&number.to_string());
        Ok(())
    }

    fn visit_i64<E: Error>(mut self, number: i64) -> Result<(), E> {
        self.note(&number.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(mut self, number: f64) -> Result<(), E> {
        self.note(&number.to_string());
        Ok(())
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.note("");
        Ok(())
    }
}

/// Keeps what is directly below the first member under `*` too, for objects used as maps.
fn stand_in(paths: &mut BTreeMap<String, String>, path: &str, star: &str) {
    let prefix = format!("{path}.");
    let below = paths.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
    let copies: Vec<String> = below
        .map(|(key, _)| &key[prefix.len()..])
        .filter(|name| !name.contains(['.', '[']))
        .map(|name| format!("{star}.{name}"))
        .collect();
    for copy in copies {
        paths.entry(copy).or_default();
    }
}
