//! OWASP Nettacker: what its modules found on hosts.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "nettacker",
    title: "OWASP Nettacker (JSON)",
    how_to_get: "nettacker --targets HOST --modules all --output report.json",
    manual: "One finding, info, for each element: rule from `module_name`, place from `target` \
        and `port`, what happened (`event`) in the description. The report knows no severity.",
    samples: &[("nettacker.json", include_bytes!("samples/nettacker.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].module_name") && beginning.has("[].scan_id") && beginning.has("[].target")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Nettacker"), None);
    item::each(&Node::root(source.text), intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let module = item.text("module_name").unwrap_or_default();
    let target = item.text("target").unwrap_or_default();
    let port = item.text("port").filter(|port| !port.is_empty() && port != "0");
    let place = port.map_or(target.clone(), |port| format!("{target}:{port}"));
    let mut observation = Observation::new(title(&format!("{module}: {place}")), Severity::Info);
    observation.rule = Some(module);
    observation.location = item::at_url(Some(place).filter(|place| !place.is_empty()));
    observation.description = paragraphs([item.text("event").as_deref()]);
    observation
}
