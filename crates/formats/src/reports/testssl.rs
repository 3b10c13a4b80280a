//! testssl.sh: how a server does TLS, as a table or as flat JSON.
//!
//! The tool tells what is fine, too (OK), and sums up with scores and a grade; neither is a
//! finding. A weakness with several CVEs is a finding for each: they are different things.

use domain::findings::{Observation, Severity};

use super::item;
use super::json::Node;
use super::table;
use super::vocabulary::{cwes, identifiers, paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "testssl",
    title: "testssl.sh (CSV, flat JSON)",
    how_to_get: "testssl.sh --csvfile report.csv HOST; or --jsonfile report.json",
    manual: "One finding for each row, or for each CVE where there are several: title and rule \
        from `id`, severity from `severity` (WARN is info; rows that are OK, and scores and \
        grades, are left out), identifiers from `cve`, CWE number from `cwe`, place from \
        `fqdn/ip` and `port`, what was seen (`finding`) in the description. A row FATAL means \
        that the scan was not whole.",
    samples: &[
        ("testssl.csv", include_bytes!("samples/testssl.csv")),
        ("testssl.json", include_bytes!("samples/testssl.json")),
    ],
    recognises,
    read,
};

const COLUMNS: [&str; 5] = ["id", "fqdn/ip", "port", "severity", "finding"];

fn recognises(beginning: &Beginning) -> bool {
    let flat = ["id", "ip", "port", "severity", "finding"]
        .iter()
        .all(|name| beginning.has(&format!("[].{name}")));
    flat || table::has_columns(beginning, &COLUMNS)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("testssl.sh"), None);
    if source.beginning.syntax == Syntax::Plain {
        return table::each_row(source, &COLUMNS, intake, |row, intake| {
            let cell = |name: &str| row.get(name).map(str::to_owned);
            observe(cell("fqdn/ip"), &cell, intake);
        });
    }
    item::each(&Node::root(source.text), intake, |item, intake| {
        observe(item.text("ip"), &|name: &str| item.text(name), intake);
    })
}

/// Rows that sum up others.
fn sums_up(id: &str) -> bool {
    id.starts_with("rating_")
        || id.starts_with("grade_cap_reason")
        || id.ends_with("_score")
        || id.ends_with("_score_weighted")
        || id == "overall_grade"
}

fn observe(host: Option<String>, cell: &dyn Fn(&str) -> Option<String>, intake: &mut Intake<'_>) {
    let id = cell("id").unwrap_or_default();
    let word = cell("severity").unwrap_or_default();
    match word.as_str() {
        "OK" | "DEBUG" => return,
        "FATAL" => return intake.tool_failed("testssl.sh gave up (a row FATAL)"),
        _ if sums_up(&id) => return,
        _ => {}
    }
    let said = cell("finding").unwrap_or_default();
    let mut observation = Observation::new(
        title(&format!("{id}: {said}")),
        severity(&word).unwrap_or(Severity::Info),
    );
    observation.rule = Some(id);
    observation.cwes = cell("cwe").as_deref().map(cwes).unwrap_or_default();
    let host = host.map(|host| host.split('/').next().unwrap_or_default().to_owned());
    let place = host.map(|host| cell("port").map_or(host.clone(), |port| format!("{host}:{port}")));
    observation.location = item::at_url(place);
    observation.description = paragraphs([Some(said.as_str())]);
    let ids = cell("cve").as_deref().map(identifiers).unwrap_or_default();
    if ids.is_empty() {
        intake.observe(observation);
        return;
    }
    for id in ids {
        intake.observe(Observation { ids: vec![id], ..observation.clone() });
    }
}
