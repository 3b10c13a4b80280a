//! What one item of a report says, by the names of its fields, whatever the syntax.
//!
//! For formats that are best read as "this field means that": the fields of a JSON object, of a
//! small XML element or of a table's row are asked for by name, and a field that is missing, empty
//! or of another shape is none. Names of nested fields are joined by dots: `resource.name`.
//!
//! An item is built up in memory, so one of more than [`ITEM`] bytes is refused.

use std::collections::BTreeMap;

use domain::findings::{Location, Package, Severity};
use serde_json::{Map, Value};

use super::intake::Intake;
use super::json::Node;
use super::table::Row;
use super::unreadable::Unreadable;
use super::vocabulary::{SHARED, beginning_of, cwes, paragraphs, push_new, severity};
use super::xml::Element;

/// Bytes of one item in JSON. Built up it may take thirty times as many; honest items are below a
/// hundredth of it.
const ITEM: usize = 4 << 20;

/// Bytes of JSON that are kept for looking things up by name, see [`kept`].
const KEPT: usize = 16 << 20;

pub trait Fields {
    /// The text of a field without blanks around it; a list's texts with `, ` between; none where
    /// nothing is said.
    fn field(&self, path: &str) -> Option<String>;

    /// The first of these fields that says something.
    fn first_of(&self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.field(path))
    }

    fn number(&self, path: &str) -> Option<f64> {
        self.field(path)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// A 1-based line number; 0 and nonsense are none.
    fn line(&self, path: &str) -> Option<u32> {
        self.field(path)?.parse().ok().filter(|line| *line > 0)
    }

    fn is_true(&self, path: &str) -> bool {
        self.field(path).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Whether the field says this.
    fn is(&self, path: &str, text: &str) -> bool {
        self.field(path).is_some_and(|said| said == text)
    }

    /// The severity, where every tool means the same by the word.
    fn severity(&self, path: &str) -> Option<Severity> {
        self.field(path).as_deref().and_then(severity)
    }

    /// A description: these fields, each with its label before it where it has one.
    fn told(&self, parts: &[(&str, &str)]) -> Option<String> {
        let labelled = |(label, path): &(&str, &str)| {
            let text = self.field(path)?;
            Some(if label.is_empty() { text } else { format!("{label}: {text}") })
        };
        let texts: Vec<Option<String>> = parts.iter().map(labelled).collect();
        paragraphs(texts.iter().map(Option::as_deref))
    }

    /// The CWE numbers in these fields.
    fn cwes(&self, paths: &[&str]) -> Vec<u32> {
        let mut found = Vec::new();
        for text in paths.iter().filter_map(|path| self.field(path)) {
            text.split(", ").flat_map(cwes).for_each(|number| push_new(&mut found, number));
        }
        found
    }

    /// A place in a file, from the fields of its path and its line.
    fn in_file(&self, path: &str, line: &str) -> Option<Location> {
        Some(Location { path: Some(self.field(path)?), line: self.line(line), url: None })
    }

    /// An address, from the first of these fields.
    fn address(&self, paths: &[&str]) -> Option<Location> {
        Some(Location { url: Some(self.first_of(paths)?), ..Location::default() })
    }

    /// A package, from the fields of its name, its version and the version with the fix.
    fn package(&self, name: &str, version: &str, fixed: &str) -> Option<Package> {
        Some(Package {
            name: self.field(name)?,
            version: self.field(version),
            fixed: self.field(fixed),
            purl: None,
        })
    }
}

/// An item of a JSON report.
#[derive(Clone, Copy, Debug)]
pub struct Item<'v>(pub &'v Value);

impl<'v> Item<'v> {
    /// The value at a path of member names; the empty path is the item itself.
    pub fn at(&self, path: &str) -> Option<Item<'v>> {
        if path.is_empty() {
            return Some(*self);
        }
        let step = |value: &'v Value, name| value.get(name);
        path.split('.').try_fold(self.0, step).filter(|value| !value.is_null()).map(Item)
    }

    /// The elements of the list at a path; a lone value is a list of one.
    pub fn items(&self, path: &str) -> Vec<Item<'v>> {
        match self.at(path).map(|item| item.0) {
            Some(Value::Array(list)) => list.iter().map(Item).collect(),
            Some(lone) => vec![Item(lone)],
            None => Vec::new(),
        }
    }

    /// The texts of the list at a path; a lone text is a list of one.
    pub fn texts(&self, path: &str) -> Vec<String> {
        self.items(path).iter().filter_map(|item| scalar(item.0)).collect()
    }

    /// The members of the object at a path with their names, in order of name: how the map keeps
    /// them depends on features that other crates ask for. The empty path is the item itself.
    pub fn members(&self, path: &str) -> Vec<(&'v str, Item<'v>)> {
        let members = self.at(path).and_then(|object| object.0.as_object());
        let members = members.into_iter().flatten();
        let mut members: Vec<(&str, Item<'_>)> =
            members.map(|(name, value)| (name.as_str(), Item(value))).collect();
        members.sort_by_key(|(name, _)| *name);
        members
    }
}

impl Fields for Item<'_> {
    fn field(&self, path: &str) -> Option<String> {
        match self.at(path)?.0 {
            Value::Array(list) => {
                let texts: Vec<String> = list.iter().filter_map(scalar).collect();
                (!texts.is_empty()).then(|| texts.join(", "))
            }
            value => scalar(value),
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Children and attributes; where there are both, the child.
impl Fields for Element {
    fn field(&self, path: &str) -> Option<String> {
        let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
        let mut element = self;
        for step in above.split('.').filter(|step| !step.is_empty()) {
            element = element.child(step)?;
        }
        let attribute = || element.attribute(name).map(str::trim).filter(|text| !text.is_empty());
        element.text_of(name).or_else(attribute).map(str::to_owned)
    }
}

/// The cell below the column of that name, see `table`.
impl Fields for Row<'_> {
    fn field(&self, path: &str) -> Option<String> {
        self.get(path).map(str::to_owned)
    }
}

/// Visits the elements of a list; an object instead of a list is visited alone. What is not an
/// object or list itself is refused.
pub fn each_item(
    list: &Node<'_>,
    intake: &mut Intake<'_>,
    visit: &mut dyn FnMut(Item<'_>, &mut Intake<'_>),
) -> Result<(), Unreadable> {
    if list.is_object() {
        one_item(list, intake, visit);
        return Ok(());
    }
    list.each_element(|node| one_item(&node, intake, visit))
}

/// Visits one item, or refuses it.
pub fn one_item(
    node: &Node<'_>,
    intake: &mut Intake<'_>,
    visit: &mut dyn FnMut(Item<'_>, &mut Intake<'_>),
) {
    let reason = match node.size() {
        size if size > ITEM => format!("it is longer than {ITEM} bytes"),
        _ if node.is_object() || node.is_array() => match node.item::<Value>(intake) {
            Some(value) => return visit(Item(&value), intake),
            None => return,
        },
        _ => "it is neither an object nor a list".to_owned(),
    };
    intake.refuse(|| (node.place().to_string(), reason));
}

/// Visits the elements of a list one by one, to walk on from there.
pub fn each_node(
    list: &Node<'_>,
    visit: &mut dyn FnMut(Node<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut outcome = Ok(());
    list.each_element(|node| {
        if outcome.is_ok() {
            outcome = visit(node);
        }
    })?;
    outcome
}

/// The members of an object, kept to be looked up by name while something else is read;
/// cut as [`shared`].
pub fn kept(
    object: Option<Node<'_>>,
    intake: &mut Intake<'_>,
) -> Result<BTreeMap<String, Value>, Unreadable> {
    let (mut found, mut size) = (BTreeMap::new(), 0_usize);
    let Some(object) = object else { return Ok(found) };
    object.each_member(|name, node| {
        size += node.size();
        if size > KEPT {
            intake.tool_failed("the report says more about some things than is taken");
        } else if let Some(value) = node.item(intake) {
            found.insert(name.to_owned(), shared(Item(&value)));
        }
    })?;
    Ok(found)
}

/// Texts of a list that many findings share that are kept.
const SHARED_TEXTS: usize = 32;

/// What several findings share, with its texts cut: it is copied for each of them, and a report's
/// size bounds what is made of it.
pub fn shared(item: Item<'_>) -> Value {
    match item.0 {
        Value::String(text) => Value::from(beginning_of(text, SHARED)),
        Value::Array(list) => {
            let mut texts = 0_usize;
            let kept = |value: &Value| {
                texts += usize::from(!value.is_object());
                let cut = value.as_str().map(|text| beginning_of(text, SHARED / SHARED_TEXTS));
                (value.is_object() || texts <= SHARED_TEXTS)
                    .then(|| cut.map_or_else(|| shared(Item(value)), Value::from))
            };
            Value::Array(list.iter().filter_map(kept).collect())
        }
        Value::Object(members) => {
            let cut = |(name, value): (&String, &Value)| (name.clone(), shared(Item(value)));
            Value::Object(members.iter().map(cut).collect())
        }
        other => other.clone(),
    }
}

/// These members of an object, read by themselves where the whole may be long; cut as [`shared`].
pub fn named(
    object: &Node<'_>,
    names: &[&str],
    intake: &mut Intake<'_>,
) -> Result<Value, Unreadable> {
    let mut found = Map::new();
    object.each_member(|name, node| {
        if names.contains(&name)
            && node.size() <= ITEM
            && let Some(value) = node.item(intake)
        {
            found.insert(name.to_owned(), shared(Item(&value)));
        }
    })?;
    Ok(Value::Object(found))
}

/// The member that holds a list, without which the document is not what it is taken for. Some
/// tools write `null` for an empty list; that has no elements.
pub fn listed<'a>(document: &Node<'a>, name: &str) -> Result<Node<'a>, Unreadable> {
    let mut found = None;
    document.each_member(|key, node| {
        if key == name {
            found = Some(node);
        }
    })?;
    found.map_or_else(|| document.required(name), Ok)
}

/// The value below these members, one inside the other; none where one is missing.
pub fn below<'a>(document: &Node<'a>, members: &[&str]) -> Result<Option<Node<'a>>, Unreadable> {
    let mut node = document.clone();
    for member in members {
        match node.member(member)? {
            Some(inner) => node = inner,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_an_object_are_found_by_their_path() {
        let value = serde_json::json!({"a": {"b": " x ", "n": "7"}, "list": [1, null, "two"],
            "empty": "", "object": {}});
        let item = Item(&value);
        assert_eq!(item.field("a.b").as_deref(), Some("x"));
        assert_eq!(item.field("list").as_deref(), Some("1, two"));
        assert_eq!(item.line("a.n"), Some(7));
        for nothing in ["a", "empty", "object", "missing", "a.b.c", "list.0"] {
            assert_eq!(item.field(nothing), None, "{nothing}");
        }
        assert_eq!(item.told(&[("", "a.b"), ("N", "a.n"), ("", "missing")]).unwrap(), "x\n\nN: 7");
        assert_eq!(item.items("object").len(), 1);
    }

    #[test]
    fn fields_of_an_element_are_children_or_attributes() {
        let mut found = Vec::new();
        let text = "<r><i id=' 4 '><p><q>x</q></p><id> </id></i></r>";
        super::super::xml::each_item(text, &["i"], |item, _| found.push(item)).unwrap();
        assert_eq!(found[0].field("id").as_deref(), Some("4"));
        assert_eq!(found[0].field("p.q").as_deref(), Some("x"));
        assert_eq!(found[0].field("p.z"), None);
    }
}
