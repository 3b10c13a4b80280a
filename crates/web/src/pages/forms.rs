//! What forms share: choices, and what was refused of the last attempt.
//!
//! The rule to remember: a refused form comes back with everything that was typed, a
//! summary on top that links to each field, and the message beside the field.

use std::fmt;

use askama::filters::HtmlSafe;

use super::words::escaped;

/// One option of a list or one radio button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

impl Choice {
    /// Choices from pairs of value and label; `chosen` is the value that is set.
    pub fn list(pairs: &[(&str, &str)], chosen: &str) -> Vec<Choice> {
        pairs
            .iter()
            .map(|(value, label)| Choice {
                value: (*value).to_owned(),
                label: (*label).to_owned(),
                chosen: *value == chosen,
            })
            .collect()
    }
}

/// One field that was refused and why: what was found and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The field's `name`, which is also its `id`.
    pub field: String,
    pub message: String,
}

/// All that was refused of one attempt; empty on a first visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals(pub Vec<Refused>);

impl Refusals {
    /// Nothing was refused.
    pub fn none() -> Refusals {
        Refusals::default()
    }

    /// Adds a message for `field`.
    #[must_use]
    pub fn and(mut self, field: &str, message: &str) -> Refusals {
        self.0.push(Refused { field: field.to_owned(), message: message.to_owned() });
        self
    }

    /// Whether anything was refused.
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }

    fn of(&self, field: &str) -> Option<&Refused> {
        self.0.iter().find(|refused| refused.field == field)
    }

    /// The attributes that tie a refused field to its message.
    pub fn attributes(&self, field: &str) -> Markup {
        Markup(self.of(field).map_or_else(String::new, |refused| {
            let id = escaped(&refused.field);
            format!(r#" aria-invalid="true" aria-describedby="{id}-refused""#)
        }))
    }

    /// The message below a refused field's label.
    pub fn note(&self, field: &str) -> Markup {
        Markup(self.of(field).map_or_else(String::new, |refused| {
            format!(
                r#"<p class="refused" id="{}-refused">{}<b>Not accepted:</b> {}</p>"#,
                escaped(&refused.field),
                super::Meaning::Broken.mark(),
                escaped(&refused.message),
            )
        }))
    }
}

/// Markup made here from escaped parts.
#[derive(Clone, Debug)]
pub struct Markup(String);

impl HtmlSafe for Markup {}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_field_is_tied_to_its_message() {
        let refusals = Refusals::none().and("value", "“abc” is not a number");
        assert!(refusals.any());
        assert!(refusals.attributes("value").to_string().contains("value-refused"));
        assert!(refusals.note("value").to_string().contains("“abc” is not a number"));
        assert_eq!(refusals.note("other").to_string(), "");
    }

    #[test]
    fn a_message_is_text_never_markup() {
        let refusals = Refusals::none().and("value", "<script>");
        assert!(refusals.note("value").to_string().contains("&lt;script&gt;"));
    }
}
