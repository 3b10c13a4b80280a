//! Vulnerable NuGet packages as `dotnet list package` tells of them.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::identifiers;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "dotnet_vulnerable",
    title: "dotnet list package --vulnerable (JSON)",
    how_to_get: "dotnet list package --vulnerable --include-transitive --format json > report.json",
    manual: "One finding for each of `vulnerabilities` of each top-level and transitive package of \
        each framework of each of `projects`: package from `id` and `resolvedVersion`, severity as \
        named, identifier from the advisory's address, path from the project's. The report does \
        not say which version is free of it. An error in `problems` means that the scan was not \
        whole.",
    samples: &[("dotnet_vulnerable.json", include_bytes!("samples/dotnet_vulnerable.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let asked = beginning.text("parameters").is_some_and(|text| text.contains("--vulnerable"));
    asked && beginning.has("projects")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("dotnet"), None);
    let document = Node::root(source.text);
    if let Some(problems) = document.member("problems")? {
        each_item(&problems, intake, &mut |problem, intake| {
            if problem.field("level").is_some_and(|level| level == "error") {
                intake.tool_failed("dotnet says that it could not look at a project (problems)");
            }
        })?;
    }
    each_item(&document.required("projects")?, intake, &mut |project, intake| {
        for framework in project.items("frameworks") {
            for kind in ["topLevelPackages", "transitivePackages"] {
                for package in framework.items(kind) {
                    for vulnerability in package.items("vulnerabilities") {
                        intake.observe(observation(project, package, vulnerability));
                    }
                }
            }
        }
    })
}

fn observation(project: Item<'_>, package: Item<'_>, vulnerability: Item<'_>) -> Observation {
    let page = vulnerability.first_of(&["advisoryurl", "advisoryUrl"]);
    let ids = page.as_deref().map(identifiers).unwrap_or_default();
    let name = package.field("id").unwrap_or_else(|| "a package".to_owned());
    let title = match ids.first() {
        Some(id) => format!("{id} in {name}"),
        None => format!("Vulnerability in {name}"),
    };
    let word = vulnerability.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title, word);
    observation.ids = ids;
    observation.package = package.package("id", "resolvedVersion", "");
    observation.location =
        project.field("path").map(|path| Location { path: Some(path), ..Location::default() });
    observation.description = page;
    observation
}
