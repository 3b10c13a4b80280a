//! JSON Lines: one JSON value after another, as tools write that tell what they find at once.
//!
//! Line ends mean nothing here: values may stand on one line or each on several. The same tools
//! often write one array too, so that its elements are visited alike. A stream has no end mark:
//! one that was cut off between two values cannot be told from a whole one.

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::json::Node;
use super::unreadable::Unreadable;

/// The first error in the syntax of a document of several values.
pub fn check(text: &str) -> Result<(), serde_json::Error> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.map(|value| value.map(|_| ())).collect()
}

/// Visits each value of the stream in order; of an array each element.
pub fn each_value<'a>(
    document: &'a str,
    mut visit: impl FnMut(Node<'a>),
) -> Result<(), Unreadable> {
    for value in serde_json::Deserializer::from_str(document).into_iter::<&'a RawValue>() {
        let value = value.map_err(|error| Node::root(document).wrong_shape(&error))?;
        let node = Node::within(document, value.get());
        match node.is_array() {
            true => node.each_element(&mut visit)?,
            false => visit(node),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<String> {
        let mut places = Vec::new();
        each_value(text, |node| places.push(node.place().to_string())).unwrap();
        places
    }

    #[test]
    fn values_are_visited_wherever_lines_end() {
        assert_eq!(places("{\"a\":1}\n\n{\"a\":\n2}\n"), ["line 1, column 1", "line 3, column 1"]);
        assert_eq!(places("{} {}{}").len(), 3);
        assert_eq!(places("[{},{}]"), ["[0] (line 1, column 2)", "[1] (line 1, column 5)"]);
        assert!(places("[]\n").is_empty());
    }

    #[test]
    fn a_stream_cut_inside_a_value_is_damaged() {
        assert!(check("{}\n{\"a\": 1}\n").is_ok());
        assert_eq!(check("{}\n{\"a\": ").unwrap_err().line(), 2);
    }
}
