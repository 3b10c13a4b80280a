//! Red Hat Satellite: errata that can be applied to hosts.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, push_new, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "redhatsatellite",
    title: "Red Hat Satellite errata (JSON)",
    how_to_get: "GET /api/v2/hosts/HOST/errata?per_page=all of the server",
    manual: "One finding for each of `results`: identifiers from `errata_id` and `cves`, title \
        from `title`, severity from `severity` (Important is high, Moderate medium, none info); \
        the packages to install are in the description. Where the report counts more \
        (`subtotal`) than it lists it is one page of several, and the scan was not whole.",
    samples: &[("redhatsatellite.json", include_bytes!("samples/redhatsatellite.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let listed = beginning.has("results[].errata_id");
    let nothing = beginning.has("results")
        && beginning.has("selectable")
        && beginning.has("per_page")
        && !beginning.has("results[]");
    listed || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Red Hat Satellite"), None);
    let mut read = 0_u64;
    let list = Node::root(source.text).required("results")?;
    item::each(&list, intake, |item, intake| {
        read += 1;
        intake.observe(observation(item));
    })?;
    let counted = source.beginning.text("subtotal").and_then(|count| count.parse::<u64>().ok());
    if counted.is_some_and(|counted| counted > read) {
        intake.tool_failed("the report lists fewer errata than it counts");
    }
    Ok(())
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.first(&["title", "name", "errata_id"]).unwrap_or_default();
    let word = match item.text("severity").as_deref() {
        Some("Important") => Severity::High,
        word => word.and_then(severity).unwrap_or(Severity::Info),
    };
    let mut observation = Observation::new(title(&named), word);
    observation.ids = item.texts("errata_id");
    for cve in item.list("cves").into_iter().filter_map(|cve| cve.text("cve_id")) {
        push_new(&mut observation.ids, cve);
    }
    observation.rule = item.text("errata_id");
    let packages = item.texts("packages").join(", ");
    let packages = (!packages.is_empty()).then(|| format!("Packages with the fix: {packages}"));
    observation.description = paragraphs([
        item.text("summary").as_deref(),
        item.text("description").as_deref(),
        packages.as_deref(),
    ]);
    observation
}
