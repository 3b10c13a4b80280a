//! Writing to the terminal: one JSON document, or lines for a person.

use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

use crate::failure::Failure;

/// Prints one JSON document. A closed pipe is not an error.
pub fn json(value: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Failed(format!("cannot write the answer: {error}")))?;
    line(&text)
}

/// Prints one line.
pub fn line(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("cannot write the answer: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints bytes as they are. A closed pipe is not an error.
pub fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("cannot write the answer: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says something to the person at the terminal, beside the answer.
pub fn aside(text: &str) {
    eprintln!("watchbell: {text}");
}

/// A table with quiet lines, as wide as the terminal.
pub fn table(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}
