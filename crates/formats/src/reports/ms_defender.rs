//! Microsoft Defender for Endpoint: vulnerabilities of machines, as its API lists them.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "ms_defender",
    title: "Microsoft Defender vulnerabilities (JSON)",
    how_to_get: "GET /api/vulnerabilities/machinesVulnerabilities of the service",
    manual: "One finding for each of `value`: identifier from `cveId`, severity from `severity` \
        (none is info), score from `cvssScore` where it is there, package from `productVendor`, \
        `productName` and `productVersion`, place from `machineId`; the update to install \
        (`fixingKbId`) is in the description. A report with `@odata.nextLink` is one page of \
        several, and then the scan was not whole.",
    samples: &[("ms_defender.json", include_bytes!("samples/ms_defender.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("value[].cveId") && beginning.has("value[].machineId")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Microsoft Defender"), None);
    if source.beginning.text("@odata.nextLink").is_some() {
        intake.tool_failed("this is one page of several (@odata.nextLink)");
    }
    let list = Node::root(source.text).required("value")?;
    item::each(&list, intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let id = item.text("cveId").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let product = item.text("productName");
    let named = product.as_deref().map_or(id.clone(), |product| format!("{id} in {product}"));
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.score = item.number("cvssScore").filter(|score| *score > 0.0);
    observation.ids = vec![id];
    let name = match (item.text("productVendor"), product) {
        (Some(vendor), Some(product)) => Some(format!("{vendor}/{product}")),
        (vendor, product) => product.or(vendor),
    };
    observation.package = item::package(name, item.text("productVersion"), None);
    observation.location = item::at_url(item.text("machineId"));
    let update = item.text("fixingKbId").map(|update| format!("Fixed by update KB{update}"));
    observation.description = paragraphs([update.as_deref()]);
    observation
}
