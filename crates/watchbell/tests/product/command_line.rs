//! What each command prints, and how it ends.

use crate::program::{Program, text};

const REPORT: &str = r#"{"findings": [
  {"title": "Remote code execution in parser", "severity": "Critical", "cve": "CVE-2026-1234",
   "cvssv3": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:L", "component_name": "parser",
   "component_version": "1.0"},
  {"title": "Weak hash", "severity": "Medium", "file_path": "src/a.py", "line": 3,
   "vuln_id_from_tool": "weak-hash"}
]}"#;

const ORGANISATION: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/organisation.toml");

fn with_organisation() -> Program {
    let program = Program::new();
    assert_eq!(program.run(&["apply", ORGANISATION, "--yes"]).status, 0);
    program
}

#[test]
fn vectors_are_scored_and_an_invalid_one_is_told_in_its_place() {
    let said = Program::new().run(&[
        "cvss",
        "--json",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N",
    ]);
    assert_eq!(said.status, 0);
    let answer = said.json();
    assert_eq!(answer[0]["base_score"], 9.8);
    assert_eq!(answer[0]["version"], "3.1");
    assert_eq!(answer[0]["severity"], "critical");
    assert!(answer[1]["error"].as_str().is_some_and(|why| why.contains("AC")), "{answer}");
}

#[test]
fn a_report_is_read_without_keeping_anything() {
    let program = Program::new();
    let report = program.file("report.json", REPORT);
    let said = program.run(&["read", text(&report), "--json"]);
    assert_eq!(said.status, 0, "{}", said.err);
    let answer = said.json();
    assert_eq!(answer["format"], "generic_json");
    assert_eq!(answer["observations"][0]["severity"], "critical");
    assert_eq!(answer["observations"][0]["ids"][0], "CVE-2026-1234");
    assert_eq!(answer["observations"][1]["location"]["line"], 3);
    assert!(!program.path("watchbell.db").exists(), "reading must not make a database");
}

#[test]
fn a_truncated_report_names_the_place_and_changes_nothing() {
    let program = with_organisation();
    let report = program.file("report.json", &REPORT[..REPORT.len() - 40]);
    let said = program.run(&["import", text(&report), "--service", "core-api"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("line"), "{}", said.err);
    let findings = program.run(&["findings", "--state", "all", "--json"]).json();
    assert_eq!(findings["findings"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_same_report_twice_changes_nothing() {
    let program = with_organisation();
    let report = program.file("report.json", REPORT);
    let import = ["import", text(&report), "--service", "core-api", "--json"];
    let first = program.run(&import).json();
    assert_eq!((&first["created"], &first["unchanged"]), (&2.into(), &0.into()));
    let list = ["findings", "--json"];
    let before = program.run(&list).out;
    let again = program.run(&import).json();
    assert_eq!((&again["created"], &again["closed"]), (&0.into(), &0.into()));
    assert_eq!(again["unchanged"], 2);
    assert_eq!(program.run(&list).out, before);
}

#[test]
fn an_unknown_service_is_refused_with_the_one_that_was_meant() {
    let program = with_organisation();
    let report = program.file("report.json", REPORT);
    let said = program.run(&["import", text(&report), "--service", "core-apy"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("did you mean `core-api`"), "{}", said.err);
}

#[test]
fn an_organisation_written_back_changes_nothing_when_applied() {
    let program = with_organisation();
    let exported = program.run(&["export"]).out;
    let file = program.file("exported.toml", &exported);
    let said = program.run(&["apply", text(&file), "--yes", "--json"]);
    assert_eq!(said.json()["changes"].as_array().map(Vec::len), Some(0));
}

#[test]
fn every_mistake_of_an_organisation_is_told_at_once() {
    let program = Program::new();
    let content = std::fs::read_to_string(ORGANISATION).expect("the example is there");
    let content = content.replace("tier = 1", "tier = 9").replace("owner = ", "ownr = ");
    let file = program.file("org.toml", &content);
    let said = program.run(&["apply", text(&file), "--yes"]);
    assert_eq!(said.status, 2);
    assert!(said.err.matches("org.toml:").count() > 2, "{}", said.err);
    assert!(said.err.contains("owner"), "{}", said.err);
    assert_eq!(program.run(&["export"]).out.matches("[[services]]").count(), 0);
}

#[test]
fn a_critical_finding_climbs_on_days_12_14_and_16() {
    let program = with_organisation();
    let report = program.file("report.json", REPORT);
    let monday = "2026-10-05T08:00:00Z";
    let import = ["import", text(&report), "--service", "core-api", "--at", monday];
    assert_eq!(program.run(&import).status, 0);
    let told = |at: &str| -> Vec<String> {
        let tick = program.run(&["tick", "--at", at, "--json"]).json();
        let messages = tick["messages"].as_array().cloned().unwrap_or_default();
        messages.iter().map(|it| it["key"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(told("2026-10-17T07:59:00Z"), [""; 0]);
    let nudged = ["escalation/E-1/L1/luis.ortega/email", "escalation/E-1/L1/noor.haddad/email"];
    assert_eq!(told("2026-10-17T08:00:00Z"), nudged, "the engineer and their manager");
    assert_eq!(told("2026-10-18T08:00:00Z"), [""; 0]);
    let flagged = told("2026-10-19T22:00:00Z");
    assert!(flagged.contains(&"escalation/E-1/L2/tomas.berg/email".to_owned()), "{flagged:?}");
    assert!(flagged.contains(&"escalation/E-1/L2/mara.lind/email".to_owned()), "{flagged:?}");
    assert_eq!(told("2026-10-21T22:00:00Z"), ["escalation/E-1/L3/ines.falk/email"]);
    assert_eq!(told("2026-10-21T22:00:00Z").len(), 1, "the same instant again sends nothing new");
}

#[test]
fn a_wrong_database_address_is_one_clear_message() {
    let said = Program::new().run(&["findings", "--database", "mysql://nowhere/db"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("sqlite:") && said.err.contains("postgres://"), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let program = Program::new();
    let file = program.file("notes.db", "these are my notes, not a database, and they are long");
    let address = format!("sqlite:{}", text(&file));
    let said = program.run(&["findings", "--database", &address]);
    assert_ne!(said.status, 0);
    assert!(said.err.contains("not a SQLite database"), "{}", said.err);
    let left = std::fs::read_to_string(&file).expect("still there");
    assert!(left.starts_with("these are my notes"));
}

#[test]
fn the_metrics_of_a_history_are_added_to_its_fields() {
    let program = Program::new();
    let history = r#"{"kind": "decrease_to", "start_value": 10, "target": 0, "length_weeks": 13,
        "now_week": 1, "observations": [[0, 8], [1, 5]], "dependents_depth": 0}"#;
    let file = program.file("history.json", history);
    let answer = program.run(&["metrics", "--history", text(&file), "--json"]).json();
    assert_eq!(answer["velocity"], 2.0);
    assert_eq!(answer["kind"], "decrease_to");
    assert!(answer["probability_driven"].as_f64().is_some_and(|p| (0.01..=0.99).contains(&p)));
}

/// 240 ledgers with what an independent implementation of the rules made of them.
#[test]
fn every_golden_ledger_comes_to_what_was_computed_elsewhere() {
    let program = Program::new();
    let golden = include_str!("ledgers/golden.jsonl");
    assert_eq!(golden.lines().count(), 240);
    for (number, line) in golden.lines().enumerate() {
        let ledger: serde_json::Value = serde_json::from_str(line).expect("a ledger");
        let file = program.file("ledger.json", line);
        let said = program.run(&["ledger", text(&file), "--json"]);
        assert_eq!(said.status, 0, "ledger {number}: {}", said.err);
        let mut answer = said.json();
        for (name, expected) in ledger["expected"].as_object().expect("fields") {
            let found = match name.as_str() {
                "held" => by_holder(answer["held"].take()),
                _ => answer[name].take(),
            };
            assert_eq!(found, *expected, "ledger {number}: {name}");
        }
    }
}

/// `[[holder, seconds], …]` in order of the holder's name.
fn by_holder(held: serde_json::Value) -> serde_json::Value {
    let mut held: Vec<serde_json::Value> = held.as_array().cloned().unwrap_or_default();
    held.sort_by_key(|share| share["holder"].as_str().unwrap_or("None").to_owned());
    held.into_iter().map(|share| serde_json::json!([share["holder"], share["seconds"]])).collect()
}

#[test]
fn a_ledger_that_cannot_be_names_the_event() {
    let program = Program::new();
    for (ledger, expected) in [
        (r#"{"events":[]}"#, "begins with started"),
        (r#"{"events":[{"at":"2026-01-01","event":"melted"}]}"#, "events[0]"),
        (r#"{"zone":"Mars/Olympus","events":[]}"#, "no time zone `Mars/Olympus`"),
        (
            r#"{"events":[{"at":"2026-01-02T00:00:00Z","event":"started","band":"high"},
                {"at":"2026-01-01T00:00:00Z","event":"fix_merged"}]}"#,
            "in order",
        ),
    ] {
        let file = program.file("ledger.json", ledger);
        let said = program.run(&["ledger", text(&file)]);
        assert_eq!(said.status, 2, "{ledger}");
        assert!(said.err.contains(expected), "{ledger}: {}", said.err);
    }
}
