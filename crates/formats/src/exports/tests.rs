//! What goes out comes in again.

use domain::findings::{
    Band, Entry, Event, Grounds, Observation, Rules, ScoreSource, Standing, StopReason, apply,
};
use domain::policy::SlaMatrices;
use jiff::tz::TimeZone;

use super::*;
use crate::reports::{Limits, ReadReport, read};

const NOW: Timestamp = Timestamp::constant(1_780_000_000, 0);

fn finding(number: u32, state: State) -> Exported {
    let rules = Rules { policies: &SlaMatrices::default(), zone: &TimeZone::UTC };
    let started = Event::Started { band: Band::High, score: Some(7.5), holder: None };
    let clock = apply(None, &Entry::new(NOW, NOW, started), &rules).expect("a clock");
    let reason = match state {
        State::Fixed => Some(StopReason::VerifiedFixed),
        State::FalsePositive => Some(StopReason::FalsePositive),
        State::NotAffected => Some(StopReason::NotAffected),
        State::Merged => Some(StopReason::Merged),
        _ => None,
    };
    let stopped = reason.map(|reason| {
        let grounds = Grounds::Person { person: "ada".to_owned(), note: String::new() };
        Entry::new(NOW, NOW, Event::Stopped { reason, grounds })
    });
    let clock = stopped.map_or(clock, |entry| apply(Some(clock), &entry, &rules).expect("closed"));
    let package = Package {
        name: format!("library-{}", number % 3),
        version: Some("1.2.3".to_owned()),
        fixed: None,
        purl: number.is_multiple_of(2).then(|| format!("pkg:npm/library-{}@1.2.3", number % 3)),
    };
    Exported {
        id: format!("F-{number}"),
        service: if number.is_multiple_of(2) { "ledger" } else { "core/api" }.to_owned(),
        title: "Deserialisation, \"unsafe\" <b>".to_owned(),
        ids: vec![format!("CVE-2024-{number:04}"), format!("GHSA-aaaa-bbbb-{number:04}")],
        package: Some(package),
        place: None,
        rule: None,
        assessment: Assessment { score: Some(7.5), source: ScoreSource::Stated, band: Band::High },
        clock,
        holder: Some("payments".to_owned()),
    }
}

/// One in each state that has words in every format, and two in code.
fn findings() -> Vec<Exported> {
    let states = [
        State::Open,
        State::Open,
        State::Open,
        State::Fixed,
        State::FalsePositive,
        State::NotAffected,
    ];
    let mut findings: Vec<Exported> =
        states.into_iter().zip(1..).map(|(state, number)| finding(number, state)).collect();
    for number in [7, 8] {
        let path = Some("src/a b#c.py".to_owned());
        findings.push(Exported {
            ids: Vec::new(),
            package: None,
            place: Some(Location { path, line: Some(number), url: None }),
            rule: Some("sql-injection".to_owned()),
            ..finding(number, State::Open)
        });
    }
    findings
}

fn back(document: &Document, format: &str) -> (ReadReport, Vec<Observation>) {
    let mut observations = Vec::new();
    let mut sink = |observation| observations.push(observation);
    let read = read(document.text.as_bytes(), None, &Limits::default(), &mut sink);
    let report = read.expect("our own document is read");
    assert_eq!((report.format, report.refused), (format, 0), "{:?}", report.refusals);
    (report, observations)
}

fn standings(observations: &[Observation]) -> [usize; 4] {
    let count = |standing| observations.iter().filter(|it| it.standing == standing).count();
    [
        count(Standing::Present),
        count(Standing::Fixed),
        count(Standing::FalsePositive),
        count(Standing::NotAffected),
    ]
}

#[test]
fn sarif_is_read_back_with_every_finding_where_it_stands() {
    let document = Format::Sarif.write(&findings(), NOW, true);
    let (report, observations) = back(&document, "sarif");
    assert!(report.whole, "{:?}", report.remarks);
    assert_eq!(report.tool.as_deref(), Some("Watchbell"));
    assert_eq!((document.written, document.left_out, observations.len()), (8, 0, 8));
    // SARIF knows no `not affected`: both are suppressed.
    assert_eq!(standings(&observations), [5, 1, 2, 0]);
    let place = observations[6].location.as_ref().expect("a place");
    assert_eq!((place.path.as_deref(), place.line), (Some("src/a b#c.py"), Some(7)));
    assert_eq!(observations[0].ids[0], "CVE-2024-0001");
    assert_eq!(observations[0].score, Some(7.5));
}

#[test]
fn a_list_that_was_cut_off_closes_nothing_when_it_is_read_back() {
    let (report, _) = back(&Format::Sarif.write(&findings(), NOW, false), "sarif");
    assert!(!report.whole);
}

#[test]
fn vex_is_read_back_with_every_finding_that_names_a_weakness() {
    let check = |format: Format, name: &str, expected: [usize; 4]| {
        let document = format.write(&findings(), NOW, true);
        let (_, observations) = back(&document, name);
        assert_eq!((document.written, document.left_out), (6, 2), "{name}");
        assert_eq!(observations.len(), document.written, "{name}");
        assert_eq!(standings(&observations), expected, "{name}");
        assert_eq!(observations[1].ids, ["CVE-2024-0002", "GHSA-aaaa-bbbb-0002"], "{name}");
        let package = observations[1].package.as_ref().expect("a package");
        assert_eq!(package.purl.as_deref(), Some("pkg:npm/library-2@1.2.3"), "{name}");
        assert_eq!(package.version.as_deref(), Some("1.2.3"), "{name}");
    };
    check(Format::CycloneDxVex, "cyclonedx", [3, 1, 1, 1]);
    check(Format::OpenVex, "openvex", [3, 1, 0, 2]);
}

#[test]
fn csv_has_a_row_for_each_finding_and_as_many_cells_in_each() {
    let document = Format::Csv.write(&findings(), NOW, true);
    let mut reader = ::csv::Reader::from_reader(document.text.as_bytes());
    let rows: Vec<::csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 8);
    assert_eq!(&rows[6][4], "src/a b#c.py:7");
}

#[test]
fn json_says_whether_it_is_all() {
    let document = Format::Json.write(&findings(), NOW, false);
    let value: serde_json::Value = serde_json::from_str(&document.text).expect("JSON");
    assert_eq!(value["findings"].as_array().map(Vec::len), Some(8));
    assert_eq!(value["complete"], false);
}

#[test]
fn what_is_merged_or_withdrawn_is_no_statement() {
    let document = Format::OpenVex.write(&[finding(1, State::Merged)], NOW, true);
    assert_eq!((document.written, document.left_out), (0, 1));
}
