//! Reading tables (CSV) row by row, their cells by the names in the heading.
//!
//! Case, blanks, hyphens and underscores of a column's name do not count, and neither does the
//! order of the columns. Cells are separated by commas, semicolons or tabs, whichever the heading
//! uses. Only one row is kept at a time.
//!
//! A table has no end mark: one that was cut off between two lines cannot be told from a whole
//! one. A quoted cell that does not end can, and then the report is not whole.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::json::Text;
use super::{Beginning, Intake, Source, Syntax, Unreadable};

/// Rows in which the heading must stand; some tools write a few lines about the report above it.
const ABOVE: usize = 30;

/// Bytes of the first line that are looked at to find the separator.
const FIRST_LINE: usize = 16 << 10;

/// The name of a column as it is compared: lower case, no blanks, hyphens, underscores.
pub fn plain(name: &str) -> String {
    let kept = name.trim().chars().filter(|letter| !matches!(letter, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).collect()
}

/// Whether the document is a table whose first row names all these columns, each as [`plain`].
pub fn has_columns(beginning: &Beginning, names: &[&str]) -> bool {
    let has = |name: &&str| beginning.columns().iter().any(|column| plain(column) == **name);
    beginning.syntax == Syntax::Plain && names.iter().all(has)
}

/// Whether one of the table's first rows names all these columns, each as [`plain`].
pub fn has_heading(beginning: &Beginning, names: &[&str]) -> bool {
    let has = |row: &[String], name: &str| row.iter().any(|column| plain(column) == name);
    let heads = |row: &[String]| names.iter().all(|name| has(row, name));
    beginning.syntax == Syntax::Plain && beginning.rows().any(heads)
}

/// The letter between two cells: the one that the first line has most often, a comma when in doubt.
pub fn separator(text: &str) -> u8 {
    let start = &text[..text.floor_char_boundary(FIRST_LINE)];
    let line = start.trim_start().lines().next().unwrap_or_default();
    let count = |letter: u8| line.bytes().filter(|byte| *byte == letter).count();
    let (commas, semicolons, tabs) = (count(b','), count(b';'), count(b'\t'));
    match () {
        () if semicolons > commas && semicolons > tabs => b';',
        () if tabs > commas => b'\t',
        () => b',',
    }
}

/// One row below the heading.
pub struct Row<'t> {
    names: &'t [String],
    /// The first column of each name.
    places: &'t BTreeMap<String, usize>,
    record: &'t StringRecord,
}

impl Row<'_> {
    /// The cell of the first column of that name ([`plain`]), where it says something.
    pub fn get(&self, column: &str) -> Option<&str> {
        let cell = self.record.get(*self.places.get(column)?)?;
        Some(cell.trim()).filter(|cell| !cell.is_empty())
    }

    /// The first of these columns that says something.
    pub fn any(&self, columns: &[&str]) -> Option<&str> {
        columns.iter().find_map(|column| self.get(column))
    }

    /// The cell as a number, a line or a truth, see [`Text`].
    pub fn text(&self, column: &str) -> Text {
        Text::from(self.get(column))
    }

    /// Every cell with the name of its column ([`plain`]), in order.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(String::as_str).zip(self.record.iter())
    }

    /// Where the row begins, for a person.
    pub fn place(&self) -> String {
        format!("line {}", self.record.position().map_or(0, csv::Position::line))
    }
}

/// Visits the rows below the first row that names all `needed` columns ([`plain`]); rows without a
/// word are left out.
pub fn each_row(
    source: &Source<'_>,
    needed: &[&str],
    intake: &mut Intake<'_>,
    mut visit: impl FnMut(&Row<'_>, &mut Intake<'_>),
) -> Result<(), Unreadable> {
    let text = source.text;
    let mut table = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(text))
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let names = heading(&mut table, &mut record, needed)?;
    let mut places = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        places.entry(name.clone()).or_insert(index);
    }
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        intake.tool_failed("a quoted cell does not end: the table may be cut off");
    }
    while table.read_record(&mut record).map_err(|error| shape(error.to_string()))? {
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            visit(&Row { names: &names, places: &places, record: &record }, intake);
        }
    }
    Ok(())
}

/// The names in the first row that has all that are needed.
fn heading(
    table: &mut csv::Reader<&[u8]>,
    record: &mut StringRecord,
    needed: &[&str],
) -> Result<Vec<String>, Unreadable> {
    for _ in 0..ABOVE {
        if !table.read_record(record).map_err(|error| shape(error.to_string()))? {
            break;
        }
        let names: Vec<String> = record.iter().map(plain).collect();
        if needed.iter().all(|needed| names.iter().any(|name| name == needed)) {
            return Ok(names);
        }
    }
    let columns: Vec<String> = needed.iter().map(|name| format!("{name:?}")).collect();
    Err(shape(format!("there is no heading with {}", columns.join(", "))))
}

fn shape(what: String) -> Unreadable {
    Unreadable::Shape { place: "line 1".to_owned(), what, hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::Limits;

    fn rows(text: &str, needed: &[&str], column: &str) -> Result<Vec<String>, String> {
        let limits = Limits::default();
        let (beginning, _) = Beginning::of(text, &limits);
        let mut told = Vec::new();
        let mut sink = |_| {};
        let mut intake = Intake::new(&limits, &mut sink);
        let source = Source { text, beginning: &beginning };
        each_row(&source, needed, &mut intake, |row, _| {
            told.push(format!("{}: {}", row.place(), row.get(column).unwrap_or("nothing")));
        })
        .map_err(|error| error.to_string())?;
        told.extend(intake.remarks());
        Ok(told)
    }

    #[test]
    fn cells_are_found_by_name_whatever_separates_them() {
        for text in
            ["Plug-in,Host Name\n1,a\n", "host_name;PLUGIN\na;1\n", "plugin\tHostname\n1\ta"]
        {
            assert_eq!(rows(text, &["plugin"], "hostname").unwrap(), ["line 2: a"]);
        }
    }

    #[test]
    fn lines_above_the_heading_short_rows_and_empty_rows_do_no_harm() {
        let text = "Report,\"of, today\"\n\nName,Line\nx\n,\ny,\" 7 \"\n";
        assert_eq!(
            rows(text, &["name", "line"], "line").unwrap(),
            ["line 4: nothing", "line 6: 7"]
        );
        let error = rows("a,b\n1,2\n", &["name"], "name").unwrap_err();
        assert!(error.contains("there is no heading with \"name\""), "{error}");
    }

    #[test]
    fn a_quoted_cell_that_does_not_end_is_told() {
        let told = rows("name\n\"x", &["name"], "name").unwrap();
        assert_eq!(told, ["line 2: x", "a quoted cell does not end: the table may be cut off"]);
    }
}
