//! Port scanners whose reports are lists of open ports: masscan and naabu.
//!
//! An open port is no weakness by itself: each is told once as info, however often it was seen.

use domain::findings::{Observation, Severity};

use super::folding::{Folding, address};
use super::item::{self, Item};
use super::json::Node;
use super::lines;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const MASSCAN: Report = Report {
    name: "masscan",
    title: "masscan (JSON)",
    how_to_get: "masscan --ports 0-65535 --output-format json --output-filename report.json RANGE",
    manual: "One finding, info, for each open port of each address: place from `ip`, `port` and \
        `proto`. Closed ports are left out. Where nothing is open, masscan writes an empty file, \
        which is refused: it does not say which tool wrote it.",
    samples: &[("masscan.json", include_bytes!("samples/masscan.json"))],
    recognises: recognises_masscan,
    read: read_masscan,
};

pub const NAABU: Report = Report {
    name: "naabu",
    title: "naabu (JSON Lines)",
    how_to_get: "naabu -host HOST -json -output report.jsonl",
    manual: "One finding, info, for each open port of each address: place from `host` or `ip`, \
        `port` and `protocol`. Where nothing is open, naabu writes an empty file, which is \
        refused: it does not say which tool wrote it.",
    samples: &[("naabu.jsonl", include_bytes!("samples/naabu.jsonl"))],
    recognises: recognises_naabu,
    read: read_naabu,
};

fn recognises_masscan(beginning: &Beginning) -> bool {
    beginning.has("[].ip") && beginning.has("[].ports[].proto")
}

fn recognises_naabu(beginning: &Beginning) -> bool {
    ["", "[]."].into_iter().any(|start| {
        let has = |name: &str| beginning.has(&format!("{start}{name}"));
        has("ip") && has("port") && has("timestamp") && (has("protocol") || has("tls"))
    })
}

fn read_masscan(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("masscan"), None);
    let mut folding = Folding::default();
    item::each(&Node::root(source.text), intake, |host, _| {
        let name = host.text("ip");
        for port in host.list("ports") {
            if port.text("status").is_none_or(|status| status == "open") {
                open(&mut folding, name.as_deref(), port, "proto");
            }
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn read_naabu(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("naabu"), None);
    let mut folding = Folding::default();
    lines::each_value(source.text, |node| {
        item::look(&node, intake, |item, _| {
            let name = item.first(&["host", "ip"]);
            open(&mut folding, name.as_deref(), item, "protocol");
        });
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn open(folding: &mut Folding, host: Option<&str>, item: Item<'_>, protocol: &str) {
    let protocol = item.text(protocol).unwrap_or_else(|| "tcp".to_owned());
    let port = item.first(&["port", "port/Port", "port/port"]).unwrap_or_default();
    let place = address(host, Some(&port), Some(&protocol));
    let mut observation = Observation::new(format!("Open port {port}/{protocol}"), Severity::Info);
    observation.rule = Some(format!("open-port/{port}/{protocol}"));
    observation.location = item::at_url(place.clone());
    folding.add(&[place.as_deref().unwrap_or_default()], observation);
}
