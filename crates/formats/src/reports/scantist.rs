//! Scantist: vulnerable libraries of a project.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "scantist",
    title: "Scantist (JSON)",
    how_to_get: "Project, Vulnerabilities, Export, JSON",
    manual: "One finding for each element: identifier from `Public ID`, severity from `Score` \
        (none is info), package from `Library` and `Library Version`, fixed version from \
        `Patched Version`, place from `File Path`.",
    samples: &[("scantist.json", include_bytes!("samples/scantist.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].Public ID") && beginning.has("[].Library Version")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Scantist"), None);
    item::each(&Node::root(source.text), intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let id = item.text("Public ID").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let name = item.text("Library");
    let named = name.as_deref().map_or(id.clone(), |name| format!("{id} in {name}"));
    let word = item.severity("Score").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.ids = vec![id];
    observation.package =
        item::package(name, item.text("Library Version"), item.text("Patched Version"));
    observation.location = item::in_file(item.text("File Path"), None);
    observation.description = paragraphs([item.text("Description").as_deref()]);
    observation
}
