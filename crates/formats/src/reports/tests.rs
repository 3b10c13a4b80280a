//! What holds for every format of the catalogue, shown on its samples and on hostile documents.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;

use domain::findings::{Observation, Severity, Standing};

use super::*;

fn read_all(
    bytes: &[u8],
    named: Option<&str>,
) -> Result<(ReadReport, Vec<Observation>), Unreadable> {
    let mut observations = Vec::new();
    let report = read(bytes, named, &Limits::default(), &mut |one| observations.push(one))?;
    Ok((report, observations))
}

fn refusal(bytes: &[u8]) -> String {
    match read_all(bytes, None) {
        Ok((report, _)) => panic!("read as {}: {report:?}", report.format),
        Err(error) => error.to_string(),
    }
}

fn samples() -> impl Iterator<Item = (&'static Report, &'static str, &'static [u8])> {
    CATALOGUE
        .iter()
        .flat_map(|&report| report.samples.iter().map(move |(name, bytes)| (report, *name, *bytes)))
}

fn told(report: &ReadReport, observations: &[Observation]) -> String {
    let mut out = String::new();
    let tool = report.tool.as_deref().unwrap_or("(not named)");
    let version = report.tool_version.as_deref().unwrap_or("(no version)");
    let _ = writeln!(out, "{} by {tool} {version}", report.format);
    let whole = if report.whole { "whole" } else { "not whole" };
    let _ = writeln!(out, "{whole}: {} read, {} refused", report.observations, report.refused);
    report.remarks.iter().for_each(|remark| _ = writeln!(out, "remark: {remark}"));
    for refusal in &report.refusals {
        let _ = writeln!(out, "refused: {}: {}", refusal.place, refusal.reason);
    }
    observations.iter().for_each(|observation| tell(&mut out, observation));
    out
}

fn tell(out: &mut String, observation: &Observation) {
    let _ = writeln!(out, "\n{}: {}", observation.severity, observation.title);
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(out, "  {name}: {}", value.replace('\n', "\n    "));
        }
    };
    let text = |text: &Option<String>| text.clone();
    line("score", observation.score.map(|score| score.to_string()));
    line("vector", text(&observation.vector));
    line("ids", (!observation.ids.is_empty()).then(|| observation.ids.join(" ")));
    line("cwes", (!observation.cwes.is_empty()).then(|| format!("{:?}", observation.cwes)));
    if let Some(package) = &observation.package {
        line("package", Some(package.name.clone()));
        line("version", text(&package.version));
        line("fixed", text(&package.fixed));
        line("purl", text(&package.purl));
    }
    if let Some(location) = &observation.location {
        line("path", text(&location.path));
        line("line", location.line.map(|line| line.to_string()));
        line("url", text(&location.url));
    }
    line("rule", text(&observation.rule));
    line("fingerprint", text(&observation.fingerprint));
    line("snippet", text(&observation.snippet));
    let standing = observation.standing;
    line("standing", (standing != Standing::Present).then(|| format!("{standing:?}")));
    line("description", text(&observation.description));
}

#[test]
fn every_sample_is_read_as_its_snapshot_says() {
    for (format, name, bytes) in samples() {
        let (report, observations) = read_all(bytes, None).unwrap();
        assert_eq!(report.format, format.name, "{name} is recognised as another format");
        assert!(!observations.is_empty(), "{name} shows nothing");
        insta::assert_snapshot!(name, told(&report, &observations));
    }
}

#[test]
fn every_format_has_a_name_of_its_own_samples_and_words() {
    let mut names = BTreeSet::new();
    for report in CATALOGUE {
        assert!(names.insert(report.name), "{} stands twice", report.name);
        assert!(!report.samples.is_empty() && !report.title.is_empty(), "{}", report.name);
        assert!(!report.how_to_get.is_empty() && report.manual.len() > 100, "{}", report.name);
        assert_eq!(by_name(report.name).map(|found| found.title), Some(report.title));
    }
}

#[test]
fn the_manual_page_names_every_format_with_its_words() {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reports.md");
    let page = std::fs::read_to_string(place).unwrap();
    let begin = page.find("\n## ").unwrap_or(page.len());
    let mut derived = page[..begin].to_owned();
    for report in CATALOGUE {
        let _ = write!(derived, "\n## {}\n\n", report.title);
        let _ = write!(derived, "Name: `{}`. To get it: {}\n\n", report.name, report.how_to_get);
        let _ = writeln!(derived, "{}", report.manual);
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(place, &derived).unwrap();
        return;
    }
    assert!(page == derived, "docs/reports.md is old; UPDATE=1 cargo test -p formats rewrites it");
}

#[test]
fn a_sample_given_under_every_other_name_is_refused_or_read_without_panic() {
    for (_, _, bytes) in samples() {
        for other in CATALOGUE {
            let _ = read_all(bytes, Some(other.name));
        }
    }
}

#[test]
fn a_truncated_sample_never_panics_and_truncated_json_is_never_read() {
    for (format, name, bytes) in samples() {
        let whole = bytes.trim_ascii_end().len();
        let text = std::str::from_utf8(bytes).unwrap();
        let is_json = Beginning::of(text, &Limits::default()).0.syntax == Syntax::Json;
        for end in (0..whole).step_by(7).chain([whole - 1]) {
            let mut handed_over = 0;
            let mut sink = |_| handed_over += 1;
            let outcome = read(&bytes[..end], Some(format.name), &Limits::default(), &mut sink);
            assert!(!is_json || outcome.is_err(), "{name} was read up to byte {end}");
            assert!(!is_json || handed_over == 0, "{name} gave something up to byte {end}");
            let _ = read_all(&bytes[..end], None);
        }
    }
}

#[test]
fn a_sample_with_flipped_bits_never_panics() {
    for (format, _, bytes) in samples() {
        for place in (0..bytes.len()).step_by(11) {
            let mut flipped = bytes.to_vec();
            flipped[place] ^= 1 << (place % 8);
            let _ = read_all(&flipped, Some(format.name));
            flipped[place] = [b'{', b'"', b'[', b'9', b'}', 0][place % 6];
            let _ = read_all(&flipped, Some(format.name));
        }
    }
}

#[test]
fn a_sample_reads_the_same_compressed_marked_and_in_utf16() {
    for (_, name, bytes) in samples() {
        let expected = read_all(bytes, None).unwrap().1;
        let marked = [&[0xef, 0xbb, 0xbf], bytes].concat();
        let text = std::str::from_utf8(bytes).unwrap();
        let wide: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for variant in [gzip(bytes), marked, wide] {
            assert_eq!(read_all(&variant, None).unwrap().1, expected, "{name}");
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn deep_nesting_is_refused_at_its_place() {
    let brackets = "[".repeat(100_000);
    assert_eq!(refusal(brackets.as_bytes()), "line 1, column 101: more than 100 levels of nesting");
    let document = format!("{{\"runs\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(refusal(document.as_bytes()).contains("levels of nesting"));
    let objects = "{\"a\":".repeat(100_000);
    assert!(refusal(objects.as_bytes()).contains("levels of nesting"));
    let elements = "<a>".repeat(100_000);
    assert!(refusal(elements.as_bytes()).contains("levels of nesting"));
}

#[test]
fn a_gzip_bomb_is_left_early_and_damaged_gzip_is_named() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 128 << 10);
    assert!(refusal(&bomb).starts_with("the compressed report expands to more than"));
    let inner = gzip(&gzip(b"{}"));
    assert!(refusal(&inner).contains("gzip inside gzip"));
    let cut = gzip(&vec![b'x'; 1000]);
    assert!(refusal(&cut[..cut.len() - 3]).starts_with("the gzip data is damaged or cut off"));
}

#[test]
fn other_containers_and_encodings_are_named() {
    assert!(refusal(b"PK\x03\x04rest").contains("a zip archive"));
    assert!(refusal(b"%PDF-1.7").contains("a PDF document"));
    assert!(refusal(b"{\"runs\": \"\xff\"}").contains("byte 10 is not UTF-8"));
    assert_eq!(refusal(b" \n"), "the report is empty");
    assert!(refusal(b"hello").contains("neither JSON nor XML nor a table"));
}

#[test]
fn a_document_type_is_refused_before_anything_is_expanded() {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
    assert!(refusal(bomb.as_bytes()).contains("DTD"));
    assert!(refusal(b"<a>&unknown;</a>").contains("is not built into XML"));
    assert!(refusal(b"<a><b></a>").starts_with("line 1"));
}

fn one_semgrep(extra: &str) -> String {
    format!(
        "{{\"results\":[{{\"check_id\":\"r\",\"path\":\"p\",\"start\":{{\"line\":1}},\
         \"extra\":{{\"message\":\"m\",\"severity\":\"ERROR\"{extra}}}}}],\"errors\":[]}}"
    )
}

#[test]
fn numbers_without_bounds_and_lone_surrogates_harm_only_their_item() {
    let good = one_semgrep("");
    assert_eq!(read_all(good.as_bytes(), None).unwrap().1.len(), 1);
    for odd in ["1e999", "-1e999", "\"\\ud800\"", "[[[1]]]"] {
        let document = one_semgrep(&format!(",\"lines\":{odd}"));
        match read_all(document.as_bytes(), None) {
            Ok((report, observations)) => {
                assert!(report.refused == 1 && observations.is_empty() && !report.whole, "{odd}");
            }
            Err(error) => assert!(matches!(error, Unreadable::Malformed { .. }), "{odd}: {error}"),
        }
    }
    let document = one_semgrep("").replace("\"line\":1", "\"line\":99999999999999999999");
    let (_, observations) = read_all(document.as_bytes(), None).unwrap();
    assert_eq!(observations[0].location.as_ref().unwrap().line, None);
    assert!(refusal(b"{\"results\": NaN}").starts_with("line 1, column"));
}

#[test]
fn huge_and_hostile_text_is_cut_and_stays_text() {
    let huge = "é<script>\\u0000\\n".repeat(200_000);
    let document = one_semgrep(&format!(",\"lines\":\"{huge}\"")).replace("\"m\"", "\"<b>\\tm\"");
    let (report, observations) = read_all(document.as_bytes(), None).unwrap();
    let snippet = observations[0].snippet.as_deref().unwrap();
    assert!(snippet.len() <= Limits::default().text && !snippet.contains('\0'));
    assert_eq!(observations[0].title, "<b> m");
    assert_eq!(report.remarks, ["a finding with overlong text was cut"]);
}

#[test]
fn too_many_findings_refuse_the_report() {
    let limits = Limits { observations: 2, ..Limits::default() };
    let row = "a,high,b\n".repeat(3);
    let table = format!("title,severity,description\n{row}");
    let error = read(table.as_bytes(), None, &limits, &mut |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "the report has more than 2 findings; split the scan");
}

#[test]
fn a_text_that_is_handed_over_again_and_again_refuses_the_report() {
    let affected: Vec<String> = (0..1_000).map(|n| format!("{{\"ref\":\"part-{n}\"}}")).collect();
    let description = "x".repeat(10_000);
    let document = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{{"id":"CVE-2026-0001",
        "description":"{description}","affects":[{}]}}]}}"#,
        affected.join(",")
    );
    let limits = Limits { observed: 1 << 20, ..Limits::default() };
    let mut held = 0;
    let mut sink = |seen: Observation| held += seen.description.map_or(0, |text| text.len());
    let error = read(document.as_bytes(), None, &limits, &mut sink).unwrap_err();
    assert!(error.to_string().contains("more than 1048576 bytes"), "{error}");
    assert!(held <= 1 << 20, "{held} bytes were handed over");
    assert!(read(document.as_bytes(), None, &Limits::default(), &mut |_| {}).is_ok());
}

#[test]
fn a_wrong_name_is_answered_with_the_right_one() {
    let semgrep = one_semgrep("");
    let error = read_all(semgrep.as_bytes(), Some("trivy")).unwrap_err().to_string();
    assert!(error.contains("this looks like semgrep; use --format semgrep"), "{error}");
    let error = read_all(semgrep.as_bytes(), Some("no such")).unwrap_err().to_string();
    assert!(error.starts_with("there is no report format named \"no such\""), "{error}");
}

#[test]
fn a_placeholder_is_neither_fingerprint_nor_source_text() {
    let login = ",\"fingerprint\":\"requires login\",\"lines\":\"requires login\"";
    let (_, observations) = read_all(one_semgrep(login).as_bytes(), None).unwrap();
    assert_eq!((&observations[0].fingerprint, &observations[0].snippet), (&None, &None));
    assert_eq!(observations[0].severity, Severity::High);
}

#[test]
fn what_changes_with_every_edit_is_no_fingerprint() {
    let sarif = |prints: &str| {
        let document = format!(
            "{{\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"t\"}}}},\
             \"results\":[{{\"message\":{{\"text\":\"m\"}},\"partialFingerprints\":{prints}}}]}}]}}"
        );
        read_all(document.as_bytes(), None).unwrap().1.remove(0).fingerprint
    };
    assert_eq!(
        sarif("{\"scanFileHash\":\"1\",\"primaryLocationStartColumnFingerprint\":\"4\"}"),
        None
    );
    assert_eq!(sarif("{\"commitSha\":\"1\",\"author\":\"a\",\"a/v1\":\"\"}"), None);
    assert_eq!(sarif("{\"matchBasedId/v1\":\"requires login\"}"), None);
    assert_eq!(sarif("{\"b\":{\"value\":\"2\"},\"a\":\"1\"}").as_deref(), Some("a=1|b=value=2"));
}
