//! pip-audit's JSON: known vulnerabilities of Python packages.
//!
//! pip-audit states no severity: every finding is medium, and unscored unless an advisory source
//! tells more.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{package, paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "pip_audit",
    title: "pip-audit (JSON)",
    how_to_get: "pip-audit --format json --output report.json",
    manual: "One finding for each package and each of its `vulns`. Identifiers: `id`, then \
        `aliases`. Package: `name` and `version`; fixed: `fix_versions`. pip-audit states no \
        severity: all are medium. A package that was skipped (`skip_reason`) is told as a remark. \
        An empty list names no tool: give the format's name then.",
    samples: &[
        ("pip_audit.json", include_bytes!("samples/pip_audit.json")),
        ("pip_audit_1.json", include_bytes!("samples/pip_audit_1.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let package = |at: &str| {
        let has = |name: &str| beginning.has(&format!("{at}[].{name}"));
        has("name") && (has("vulns") || has("skip_reason"))
    };
    let nothing = beginning.has("dependencies") && beginning.has("fixes");
    package("") || package("dependencies") || (nothing && beginning.members("").len() == 2)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("pip-audit"), None);
    let document = Node::root(source.text);
    let list = match document.is_object() {
        true => document.required("dependencies")?,
        false => document,
    };
    item::each(&list, intake, |dependency, intake| {
        if dependency.text("skip_reason").is_some() {
            intake.remark("a package was skipped by pip-audit (skip_reason)");
        }
        let found = dependency.list("vulns");
        found.into_iter().for_each(|one| intake.observe(observation(dependency, one)));
    })
}

fn observation(dependency: Item<'_>, found: Item<'_>) -> Observation {
    let (name, version) = (dependency.text("name"), dependency.text("version"));
    let id = found.text("id").unwrap_or_else(|| "Vulnerability without an id".to_owned());
    let heading = match &name {
        Some(name) => format!("{id} in {name}"),
        None => id,
    };
    let mut observation = Observation::new(title(&heading), Severity::Medium);
    for id in found.text("id").into_iter().chain(found.texts("aliases")) {
        push_new(&mut observation.ids, id);
    }
    observation.package = name.map(|name| {
        // PEP 503: names are compared in lower case with hyphens.
        let plain = name.to_lowercase().replace(['_', '.'], "-");
        let mut package = package("pypi", &plain, version.as_deref());
        let fixed = found.texts("fix_versions").join(", ");
        package.fixed = Some(fixed).filter(|fixed| !fixed.is_empty());
        package.name = name;
        package
    });
    observation.description = paragraphs([found.text("description").as_deref()]);
    observation
}
