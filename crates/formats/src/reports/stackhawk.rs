//! StackHawk: what HawkScan found in a running application, as its webhook sends it.
//!
//! One finding stands for all paths where a check spoke, as in the tool's own count.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "stackhawk",
    title: "StackHawk HawkScan (JSON)",
    how_to_get: "Integrations, Generic Webhook, scan completed",
    manual: "One finding for each of `scanCompleted.findings`: title from `pluginName`, rule from \
        `pluginId`, severity from `severity`, place from `host` and the first of `paths`; all \
        paths are in the description. It is a false positive where every path is one.",
    samples: &[("stackhawk.json", include_bytes!("samples/stackhawk.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.text("service") == Some("StackHawk") && beginning.has("scanCompleted.findings")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let scan = Node::root(source.text).required("scanCompleted")?;
    intake.tool(Some("HawkScan"), source.beginning.text("scanCompleted.scan.hawkscanVersion"));
    let status = source.beginning.text("scanCompleted.scan.status");
    if status.is_some_and(|status| status != "COMPLETED") {
        intake.tool_failed("HawkScan says that the scan was not completed (scan.status)");
    }
    let list = scan.required("findings")?;
    item::each(&list, intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.first(&["pluginName", "pluginId"]).unwrap_or_default();
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.rule = item.text("pluginId");
    let host = item.text("host").unwrap_or_default();
    let paths = item.list("paths");
    let address = |path: &Item<'_>| format!("{host}{}", path.text("path").unwrap_or_default());
    let addresses: Vec<String> = paths.iter().map(address).collect();
    let alone = (!host.is_empty()).then(|| host.clone());
    observation.location = item::at_url(addresses.first().cloned().or(alone));
    let dismissed = |path: &Item<'_>| path.text("status").is_some_and(|it| it == "FALSE_POSITIVE");
    if !paths.is_empty() && paths.iter().all(dismissed) {
        observation.standing = Standing::FalsePositive;
    }
    let told = paths.iter().zip(&addresses).map(|(path, address)| {
        let (method, status) = (path.text("method"), path.text("status"));
        format!("{} {address} {}", method.unwrap_or_default(), status.unwrap_or_default())
    });
    let told = told.map(|line| line.trim().to_owned()).collect::<Vec<String>>().join("\n");
    observation.description = paragraphs([
        item.text("category").as_deref(),
        Some(told.as_str()),
        item.text("findingURL").as_deref(),
    ]);
    observation
}
