//! xeol: packages whose makers no longer mend them.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "xeol",
    title: "xeol (JSON)",
    how_to_get: "xeol IMAGE --output json --file report.json",
    manual: "One finding, critical and CWE-1104, for each of `matches`: title from `Cycle`, \
        package from `artifact`. The report says what has reached its end of life, or will within \
        the time that xeol was asked to look ahead; the day is in the description.",
    samples: &[("xeol.json", include_bytes!("samples/xeol.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("matches") && beginning.text("descriptor.name") == Some("xeol")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let version = source.beginning.text("descriptor.version");
    intake.tool(Some("xeol"), version.filter(|version| !version.starts_with('[')));
    let list = Node::root(source.text).required("matches")?;
    item::each(&list, intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let product = item.first(&["Cycle/ProductName", "artifact/name"]).unwrap_or_default();
    let cycle = item.text("Cycle/ReleaseCycle").unwrap_or_default();
    let named = format!("{product} {cycle} reached its end of life");
    let mut observation = Observation::new(title(&named), Severity::Critical);
    observation.cwes = vec![1104];
    observation.rule = Some(format!("end-of-life/{product}/{cycle}"));
    let latest = item.text("Cycle/LatestRelease");
    observation.package =
        item::package(item.text("artifact/name"), item.text("artifact/version"), None);
    if let Some(package) = &mut observation.package {
        package.purl = item.text("artifact/purl");
    }
    observation.location = item::in_file(item.text("artifact/locations/0/path"), None);
    let end = item.text("Cycle/Eol").map(|day| format!("End of life: {day}"));
    let latest = latest.map(|release| format!("Latest release of the cycle: {release}"));
    observation.description = paragraphs([end.as_deref(), latest.as_deref()]);
    observation
}
