//! A TOML document walked key by key, every value with its place, every mistake collected.
//!
//! A question about a key never fails: it notes what is wrong and answers `None`, and the walk
//! goes on. Nothing here knows what an organisation is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;

use domain::people::{TEXT_LENGTH, nearest};
use jiff::civil::Date;
use toml_edit::{Document, Item, TableLike, Value};

use super::{MAX_MISTAKES, Mistake};

/// One table of the document with the path that leads to it.
pub(super) struct Entry<'d> {
    pub path: String,
    table: &'d dyn TableLike,
    at: usize,
}

impl Entry<'_> {
    /// Where it begins, in bytes.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The path of `key` in this table.
    pub fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The text at `key`, if it is one; complains about nothing.
    pub fn glimpse(&self, key: &str) -> Option<&str> {
        self.table.get(key)?.as_str()
    }
}

/// A piece of text with its offset in the document.
pub(super) struct Text {
    pub text: String,
    pub at: usize,
}

/// Whether a key may be left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// A mistake before its offset is turned into line and column.
struct Noted {
    at: usize,
    key: String,
    what: String,
    hint: Option<String>,
}

/// What was learnt on the walk: mistakes, and where each path was written.
#[derive(Default)]
pub(super) struct Walk {
    noted: Vec<Noted>,
    /// The keys about which enough is said.
    refused: BTreeSet<String>,
    places: BTreeMap<String, usize>,
}

impl Walk {
    pub fn note(&mut self, at: usize, key: impl Into<String>, what: impl Display) {
        self.add(Noted { at, key: key.into(), what: what.to_string(), hint: None });
    }

    pub fn note_hint(&mut self, at: usize, key: impl Into<String>, what: String, hint: String) {
        self.add(Noted { at, key: key.into(), what, hint: Some(hint) });
    }

    fn add(&mut self, noted: Noted) {
        self.refused.insert(noted.key.clone());
        self.noted.push(noted);
    }

    /// Whether what is written at `key` was refused.
    pub fn refused(&self, key: &str) -> bool {
        self.refused.contains(key)
    }

    /// Remembers where `path` was written, for mistakes that are found later.
    pub fn place(&mut self, path: impl Into<String>, at: usize) {
        self.places.insert(path.into(), at);
    }

    /// Adds a mistake of the rules, at the nearest place known for its path, unless the value was
    /// already refused for itself.
    pub fn note_rule(&mut self, mistake: domain::people::Mistake) {
        let domain::people::Mistake { path, what, hint } = mistake;
        if self.refused(&path) {
            return;
        }
        let at = self.nearest_place(&path);
        self.add(Noted { at, key: path, what, hint });
    }

    fn nearest_place(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(at) = self.places.get(path) {
                return *at;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return 0,
            }
        }
    }

    /// The document's root, whatever it holds.
    pub fn root<'d>(&self, document: &'d Document<&str>) -> Entry<'d> {
        Entry { path: String::new(), table: document.as_table(), at: 0 }
    }

    /// Complains about every key of `entry` that is not one of `known`.
    pub fn only(&mut self, entry: &Entry<'_>, known: &[&str]) {
        for (key, item) in entry.table.iter() {
            if known.contains(&key) {
                continue;
            }
            let at = key_place(entry, key).or(item_place(item)).unwrap_or(entry.at);
            let hint = match nearest(key, known.iter().copied()) {
                Some(near) => {
                    // It is misspelt, not missing: one mistake, not two.
                    self.refused.insert(entry.key(near));
                    format!("did you mean `{near}`?")
                }
                None => format!("known here: {}", known.join(", ")),
            };
            let shown: String = key.escape_debug().take(TEXT_LENGTH).collect();
            self.note_hint(at, entry.key(&shown), "nothing is known by this key".to_owned(), hint);
        }
    }

    /// The value of `key` with its place; notes a missing one.
    fn item<'d>(&mut self, entry: &Entry<'d>, key: &str, need: Need) -> Option<(&'d Item, usize)> {
        let Some(item) = entry.table.get(key).filter(|item| !item.is_none()) else {
            let path = entry.key(key);
            if need == Need::Required && !self.refused(&path) {
                self.note(entry.at, path, "is missing");
            }
            return None;
        };
        let at = item_place(item).or(key_place(entry, key)).unwrap_or(entry.at);
        self.place(entry.key(key), at);
        Some((item, at))
    }

    fn unlike(&mut self, at: usize, key: String, wanted: &str, found: &str) {
        self.note(at, key, format!("expected {wanted}, found {}", in_words(found)));
    }

    /// The table below `key`.
    pub fn entry<'d>(&mut self, entry: &Entry<'d>, key: &str, need: Need) -> Option<Entry<'d>> {
        let (item, at) = self.item(entry, key, need)?;
        let path = entry.key(key);
        match item.as_table_like() {
            Some(table) => Some(Entry { path, table, at }),
            None => {
                self.unlike(at, path, "a table", item.type_name());
                None
            }
        }
    }

    /// The tables of the list below `key`, written as `[[key]]` or as `key = [{ … }]`.
    pub fn entries<'d>(&mut self, entry: &Entry<'d>, key: &str) -> Vec<Entry<'d>> {
        let Some((item, at)) = self.item(entry, key, Need::Optional) else {
            return Vec::new();
        };
        let path = entry.key(key);
        let mut entries: Vec<Entry<'d>> = Vec::new();
        if let Some(tables) = item.as_array_of_tables() {
            for (index, table) in tables.iter().enumerate() {
                let at = table.span().map_or(at, |span| span.start);
                entries.push(Entry { path: format!("{path}[{index}]"), table, at });
            }
        } else if let Some(values) = item.as_array() {
            for (index, value) in values.iter().enumerate() {
                let at = value.span().map_or(at, |span| span.start);
                let path = format!("{path}[{index}]");
                match value.as_inline_table() {
                    Some(table) => entries.push(Entry { path, table, at }),
                    None => self.unlike(at, path, "a table", value.type_name()),
                }
            }
        } else {
            let hint = format!("write [[{path}]] with two brackets for each entry");
            let what = format!("expected a list of tables, found {}", in_words(item.type_name()));
            self.note_hint(at, path, what, hint);
        }
        for entry in &entries {
            self.place(entry.path.clone(), entry.at);
        }
        entries
    }

    /// Calls the entry by its name instead of its position from now on.
    pub fn name(&mut self, entry: &mut Entry<'_>, list: &str, name: &str) {
        entry.path = format!("{list}[{name}]");
        self.place(entry.path.clone(), entry.at);
    }

    /// One line of text: not empty, no control characters, at most [`TEXT_LENGTH`] characters.
    pub fn text(&mut self, entry: &Entry<'_>, key: &str, need: Need) -> Option<Text> {
        let (item, at) = self.item(entry, key, need)?;
        let Some(text) = item.as_str() else {
            self.unlike(at, entry.key(key), "text in quotes", item.type_name());
            return None;
        };
        self.one_line(at, entry.key(key), text)
    }

    fn one_line(&mut self, at: usize, key: String, text: &str) -> Option<Text> {
        let length = text.chars().count();
        let refusal = if text.trim().is_empty() {
            "is empty".to_owned()
        } else if length > TEXT_LENGTH {
            format!("has {length} characters, at most {TEXT_LENGTH} are kept")
        } else if text.chars().any(char::is_control) {
            "has a line break or another control character".to_owned()
        } else {
            return Some(Text { text: text.to_owned(), at });
        };
        self.note(at, key, refusal);
        None
    }

    /// Text that `parse` makes something of; what it refuses is noted in its own words.
    pub fn parsed<T, E: Display>(
        &mut self,
        entry: &Entry<'_>,
        key: &str,
        need: Need,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let Text { text, at } = self.text(entry, key, need)?;
        match parse(&text) {
            Ok(parsed) => Some(parsed),
            Err(refusal) => {
                self.note(at, entry.key(key), refusal);
                None
            }
        }
    }

    /// The texts of a list.
    pub fn texts(&mut self, entry: &Entry<'_>, key: &str) -> Vec<Text> {
        let Some((item, at)) = self.item(entry, key, Need::Optional) else {
            return Vec::new();
        };
        let path = entry.key(key);
        let Some(values) = item.as_array() else {
            self.unlike(at, path, "a list such as [\"a\", \"b\"]", item.type_name());
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let at = value.span().map_or(at, |span| span.start);
            let path = format!("{path}[{index}]");
            match value.as_str() {
                Some(text) => texts.extend(self.one_line(at, path, text)),
                None => self.unlike(at, path, "text in quotes", value.type_name()),
            }
        }
        texts
    }

    /// A whole number within `range`.
    pub fn whole(
        &mut self,
        entry: &Entry<'_>,
        key: &str,
        need: Need,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let (item, at) = self.item(entry, key, need)?;
        match item.as_integer() {
            Some(number) if range.contains(&number) => Some(number),
            Some(number) => {
                let (least, most) = (range.start(), range.end());
                let what = format!("{number} is not between {least} and {most}");
                self.note(at, entry.key(key), what);
                None
            }
            None => {
                self.unlike(at, entry.key(key), "a whole number", item.type_name());
                None
            }
        }
    }

    pub fn yes_or_no(&mut self, entry: &Entry<'_>, key: &str, need: Need) -> Option<bool> {
        let (item, at) = self.item(entry, key, need)?;
        if item.as_bool().is_none() {
            self.unlike(at, entry.key(key), "true or false", item.type_name());
        }
        item.as_bool()
    }

    /// A day, written without quotes as TOML does.
    pub fn date(&mut self, entry: &Entry<'_>, key: &str, need: Need) -> Option<Date> {
        let (item, at) = self.item(entry, key, need)?;
        let date = item.as_value().and_then(civil_date);
        if date.is_none() {
            let wanted = "a day such as 2026-02-01, without quotes and time";
            self.unlike(at, entry.key(key), wanted, item.type_name());
        }
        date
    }

    /// Every mistake in the order of the file; empty when there is none.
    pub fn mistakes(mut self, text: &str) -> Vec<Mistake> {
        self.noted.sort_by_key(|noted| noted.at);
        let left_out = self.noted.len().saturating_sub(MAX_MISTAKES);
        let lines: Vec<usize> =
            std::iter::once(0).chain(text.match_indices('\n').map(|(end, _)| end + 1)).collect();
        let mut mistakes: Vec<Mistake> = Vec::new();
        for Noted { at, key, what, hint } in self.noted.into_iter().take(MAX_MISTAKES) {
            let (line, column) = line_and_column(text, &lines, at);
            mistakes.push(Mistake { line, column, key, what, hint });
        }
        if left_out > 0 {
            let what = format!("{left_out} more mistakes are not listed");
            mistakes.push(Mistake { line: 1, column: 1, key: String::new(), what, hint: None });
        }
        mistakes
    }
}

fn line_and_column(text: &str, lines: &[usize], at: usize) -> (usize, usize) {
    let line = lines.partition_point(|start| *start <= at).max(1);
    let start = lines[line - 1];
    let column = text.get(start..at).map_or(1, |before| before.chars().count() + 1);
    (line, column)
}

fn item_place(item: &Item) -> Option<usize> {
    item.span().map(|span| span.start)
}

fn key_place(entry: &Entry<'_>, key: &str) -> Option<usize> {
    let (key, _) = entry.table.get_key_value(key)?;
    key.span().map(|span| span.start)
}

fn civil_date(value: &Value) -> Option<Date> {
    let moment = value.as_datetime()?;
    let date = moment.date.filter(|_| moment.time.is_none() && moment.offset.is_none())?;
    let year = i16::try_from(date.year).ok()?;
    Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

/// TOML's name of a type as a reader of the file would say it.
fn in_words(kind: &str) -> &str {
    match kind {
        "string" => "text in quotes",
        "integer" => "a whole number",
        "float" => "a number with a point",
        "boolean" => "true or false",
        "datetime" => "a date or time",
        "array" => "a list",
        "inline table" | "table" => "a table",
        "array of tables" => "a list of tables",
        other => other,
    }
}
