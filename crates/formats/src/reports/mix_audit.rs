//! mix_audit: dependencies of Elixir projects with known vulnerabilities.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "mix_audit",
    title: "mix_audit (JSON)",
    how_to_get: "mix deps.audit --format json",
    manual: "One finding for each of `vulnerabilities`: identifiers from `advisory.id`, \
        `advisory.cve` and `advisory.aliases`, severity from `advisory.severity` (none is info), \
        package from `dependency`, fixed versions from `advisory.first_patched_versions`, place \
        from `dependency.lockfile`.",
    samples: &[("mix_audit.json", include_bytes!("samples/mix_audit.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("vulnerabilities[].dependency.lockfile");
    let nothing = beginning.has("pass")
        && beginning.has("vulnerabilities")
        && !beginning.has("vulnerabilities[]")
        && beginning.members("").len() == 2;
    found || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("mix_audit"), None);
    let list = Node::root(source.text).required("vulnerabilities")?;
    item::each(&list, intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let name = item.first(&["dependency/package", "advisory/package"]);
    let said = item.first(&["advisory/title", "advisory/id"]).unwrap_or_default();
    let named = name.as_deref().map_or(said.clone(), |name| format!("{name}: {said}"));
    let word = item.severity("advisory/severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    for path in ["advisory/id", "advisory/cve", "advisory/aliases"] {
        item.texts(path).into_iter().for_each(|id| push_new(&mut observation.ids, id));
    }
    let fixed = item.texts("advisory/first_patched_versions").join(", ");
    let fixed = Some(fixed).filter(|fixed| !fixed.is_empty());
    observation.package = item::package(name, item.text("dependency/version"), fixed);
    observation.location = item::in_file(item.text("dependency/lockfile"), None);
    observation.description = paragraphs([
        item.text("advisory/description").as_deref(),
        item.text("advisory/url").as_deref(),
    ]);
    observation
}
