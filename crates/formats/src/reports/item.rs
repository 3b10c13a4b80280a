//! Looking into one item of a JSON report by path, for formats too small for structs of their own.
//!
//! A path names members from the outside in, `advisory/cves/0`, a number the element of an array.
//! What is not there and what is of another type are both none: a tool that leaves a member out, or
//! writes a number for a text, says the same in another way.

use domain::findings::{Location, Package, Severity};
use serde_json::Value;

use super::intake::Intake;
use super::json::Node;
use super::unreadable::Unreadable;
use super::vocabulary::{self, SHARED, beginning_of};

/// A value inside an item.
#[derive(Clone, Copy, Debug)]
pub struct Item<'v>(&'v Value);

impl<'v> Item<'v> {
    pub fn of(value: &'v Value) -> Item<'v> {
        Item(value)
    }

    pub fn is_object(self) -> bool {
        self.0.is_object()
    }

    /// The elements of an array; of anything else none.
    pub fn elements(self) -> Vec<Item<'v>> {
        self.0.as_array().map(|list| list.iter().map(Item).collect()).unwrap_or_default()
    }

    /// What is at the path, unless it is `null`.
    pub fn get(self, path: &str) -> Option<Item<'v>> {
        let mut value = self.0;
        for name in path.split('/') {
            value = match value {
                Value::Array(list) => list.get(name.parse::<usize>().ok()?)?,
                other => other.get(name)?,
            };
        }
        (!value.is_null()).then_some(Item(value))
    }

    /// The scalar itself as text without blanks around it, where it says something.
    pub fn itself(self) -> Option<String> {
        match self.0 {
            Value::String(text) => Item::words(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }

    fn words(text: &str) -> Option<String> {
        Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The scalar at the path as text.
    pub fn text(self, path: &str) -> Option<String> {
        self.get(path)?.itself()
    }

    /// The scalar at the path as text that is copied for each of many findings, and therefore no
    /// longer than [`SHARED`] bytes.
    pub fn shared(self, path: &str) -> Option<String> {
        match self.get(path)? {
            Item(Value::String(text)) => Item::words(beginning_of(text.trim_start(), SHARED)),
            other => other.itself(),
        }
    }

    /// The first of several paths at which a text is.
    pub fn first(self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.text(path))
    }

    /// A finite number, also one written as text.
    pub fn number(self, path: &str) -> Option<f64> {
        self.text(path)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// A 1-based line number, also one written as text; 0 and nonsense are none.
    pub fn line(self, path: &str) -> Option<u32> {
        self.text(path)?.parse().ok().filter(|line| *line > 0)
    }

    pub fn is_true(self, path: &str) -> bool {
        self.text(path).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// The severity that every tool means by the word at the path.
    pub fn severity(self, path: &str) -> Option<Severity> {
        self.text(path).as_deref().and_then(vocabulary::severity)
    }

    /// The CWE numbers in the text or the texts at the path.
    pub fn cwes(self, path: &str) -> Vec<u32> {
        let mut numbers = Vec::new();
        for text in self.texts(path) {
            for number in vocabulary::cwes(&text) {
                vocabulary::push_new(&mut numbers, number);
            }
        }
        numbers
    }

    /// The elements of the array at the path; of what is no array, that alone.
    pub fn list(self, path: &str) -> Vec<Item<'v>> {
        match self.get(path) {
            Some(Item(Value::Array(list))) => list.iter().map(Item).collect(),
            Some(alone) => vec![alone],
            None => Vec::new(),
        }
    }

    /// The texts in the array at the path, or the lone text there.
    pub fn texts(self, path: &str) -> Vec<String> {
        self.list(path).into_iter().filter_map(Item::itself).collect()
    }

    /// The members of the object at the path, in order of name: how the map keeps them depends on
    /// features that other crates ask for. The empty path is the item itself.
    pub fn members(self, path: &str) -> Vec<(&'v str, Item<'v>)> {
        let object = if path.is_empty() { Some(self) } else { self.get(path) };
        let Some(Item(Value::Object(members))) = object else { return Vec::new() };
        let mut members: Vec<(&str, Item<'_>)> =
            members.iter().map(|(name, value)| (name.as_str(), Item(value))).collect();
        members.sort_by_key(|(name, _)| *name);
        members
    }
}

/// Bytes of one item; as values it takes up to thirty times as many. Honest items stay below 2 MB.
const LARGEST: usize = 16 << 20;

/// Reads the node as an item and shows it; what is no object or is huge is refused.
pub fn look(node: &Node<'_>, intake: &mut Intake<'_>, see: impl FnOnce(Item<'_>, &mut Intake<'_>)) {
    if node.size() > LARGEST {
        intake.refuse(|| (node.place().to_string(), format!("more than {LARGEST} bytes")));
        return;
    }
    match node.item::<Value>(intake) {
        Some(value) if value.is_object() => see(Item(&value), intake),
        Some(_) => {
            intake.refuse(|| (node.place().to_string(), "not an object".to_owned()));
        }
        None => {}
    }
}

/// Shows each element of an array of items, one at a time; `null` has none.
pub fn each(
    list: &Node<'_>,
    intake: &mut Intake<'_>,
    mut see: impl FnMut(Item<'_>, &mut Intake<'_>),
) -> Result<(), Unreadable> {
    list.each_element(|node| look(&node, intake, &mut see))
}

/// The place in a file; none without a path.
pub fn in_file(path: Option<String>, line: Option<u32>) -> Option<Location> {
    Some(Location { path: Some(path?), line, url: None })
}

/// The place on a network.
pub fn at_url(url: Option<String>) -> Option<Location> {
    Some(Location { path: None, line: None, url: Some(url?) })
}

/// A package; none without a name.
pub fn package(
    name: Option<String>,
    version: Option<String>,
    fixed: Option<String>,
) -> Option<Package> {
    Some(Package { name: name?, version, fixed, purl: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_and_what_is_of_another_type_are_none() {
        let value = serde_json::json!({"a": {"b": [{"c": 7}, " x ", null]}, "n": null, "e": ""});
        let item = Item(&value);
        assert_eq!(item.text("a/b/0/c").as_deref(), Some("7"));
        assert_eq!(item.line("a/b/0/c"), Some(7));
        assert_eq!(item.texts("a/b"), ["x"]);
        assert_eq!(item.first(&["n", "e", "a", "a/b/1"]).as_deref(), Some("x"));
        assert!(item.get("n").is_none() && item.text("a/b/9/c").is_none());
        assert_eq!(item.members("a/b/0").len(), 1);
        assert_eq!(item.list("e").len(), 1);
    }
}
