//! Findings as OpenVEX 0.2.0: a statement for each finding that names a weakness.
//!
//! The product of a statement is the service; the package, where there is one, its component.

use domain::findings::State;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Document, Exported, PRODUCT, encoded, purl, text};

pub(super) fn write(findings: &[Exported], now: Timestamp) -> Document {
    let statements: Vec<Value> =
        findings.iter().filter(|finding| finding.is_statement()).map(statement).collect();
    let written = statements.len();
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": format!("https://openvex.dev/docs/watchbell/{}", now.as_microsecond()),
        "author": PRODUCT,
        "timestamp": now.to_string(),
        "version": 1,
        "statements": statements,
    });
    Document { text: text(&document), written, left_out: findings.len() - written }
}

fn statement(finding: &Exported) -> Value {
    let mut product = json!({"@id": format!("pkg:generic/{}", encoded(&finding.service))});
    if let Some(package) = &finding.package {
        let purl = purl(package);
        product["subcomponents"] = json!([{"@id": purl, "identifiers": {"purl": purl}}]);
    }
    let mut statement = json!({
        "vulnerability": {"name": finding.ids[0], "aliases": &finding.ids[1..]},
        "products": [product],
        "status_notes": format!("{}: {}", finding.id, finding.title),
    });
    match finding.why_not() {
        Some(why) => {
            statement["status"] = json!("not_affected");
            statement["impact_statement"] = json!(why);
        }
        None if finding.clock.state == State::Fixed => statement["status"] = json!("fixed"),
        None => {
            statement["status"] = json!("affected");
            statement["action_statement"] = json!(finding.action());
        }
    }
    statement
}
