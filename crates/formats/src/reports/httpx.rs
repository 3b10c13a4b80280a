//! httpx' JSON Lines: web servers that answer.

use super::content_discovery::observation;
use super::fields::{Fields, one_item};
use super::lines::each_value;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "httpx",
    title: "httpx (JSON Lines)",
    how_to_get: "httpx -list HOSTS -json -output report.json",
    manual: "One finding of the severity info for each answer: title from status and address, \
        the page's title, server, technologies and length in the description. Probes that failed \
        are none.",
    samples: &[("httpx.json", include_bytes!("samples/httpx.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let has = |above: &str| {
        ["url", "input", "status_code", "scheme"]
            .iter()
            .all(|name| beginning.has(&format!("{above}{name}")))
    };
    has("") || has("[].")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("httpx"), None);
    each_value(source.text, |node| {
        one_item(&node, intake, &mut |item, intake| {
            if !item.is_true("failed") {
                intake.observe(observation(item));
            }
        });
    })
}
