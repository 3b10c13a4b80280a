//! Snyk's JSON: vulnerable packages of one project, of several, or of a container image.
//!
//! Snyk tells one entry for each path by which a package comes in. Each is handed over: the paths
//! are what one has to change. An image brings its applications along as further projects.

use std::collections::BTreeMap;

use domain::findings::{Observation, Package, Severity};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{
    Rating, cwes_of, first_of, paragraphs, place, push_new, severity, severity_of_score, text_at,
    title,
};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "snyk",
    title: "Snyk Open Source and Container (JSON)",
    how_to_get: "snyk test --all-projects --json > report.json, or \
        snyk container test IMAGE --json > report.json",
    manual: "One finding for each element of `vulnerabilities` of each project, those under \
        `applications` of an image among them. Severity: by `cvssScore` (9.0, 7.0, 4.0), else \
        `severityWithCritical`, else `severity`. Vector from `CVSSv3`. Identifiers: all of \
        `identifiers` but CWE, then the `id` of Snyk. Package: `packageName` and `version`; fixed: \
        `nearestFixedInVersion`, else `fixedIn`. The place is the manifest \
        (`displayTargetFile`), else the dependency path `from`, which stands in the description \
        too. Licence issues are findings without identifiers. What Snyk was told to ignore \
        (`filtered`) is left out. A project that Snyk could not test makes the report partial.",
    samples: &[
        ("snyk.json", include_bytes!("samples/snyk.json")),
        ("snyk_container.json", include_bytes!("samples/snyk_container.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let project = |at: &str| {
        let has = |name: &str| beginning.has(&format!("{at}{name}"));
        has("vulnerabilities") && has("dependencyCount") && (has("packageManager") || has("org"))
    };
    project("") || project("[].")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Snyk"), None);
    let projects = if document.is_array() { document.elements()? } else { vec![document] };
    for project in projects {
        read_project(&project, intake)?;
        if let Some(applications) = project.member("applications")? {
            for application in applications.elements()? {
                read_project(&application, intake)?;
            }
        }
    }
    Ok(())
}

fn read_project(project: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let Some(list) = project.member("vulnerabilities")? else {
        intake.tool_failed("Snyk could not test a project (error)");
        return Ok(());
    };
    let target = text_at(project, "displayTargetFile")?;
    list.each_element(|node| {
        if let Some(found) = node.item::<Found>(intake) {
            intake.observe(found.observation(target.as_deref()));
        }
    })
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Found {
    id: Text,
    title: Text,
    description: Text,
    severity: Text,
    severity_with_critical: Text,
    #[serde(rename = "CVSSv3")]
    vector: Text,
    cvss_score: Text,
    identifiers: Option<BTreeMap<String, List<Text>>>,
    package_name: Text,
    name: Text,
    version: Text,
    nearest_fixed_in_version: Text,
    fixed_in: List<Text>,
    from: List<Text>,
    #[serde(rename = "type")]
    kind: Text,
}

impl Found {
    fn observation(&self, target: Option<&str>) -> Observation {
        let named = first_of([&self.title, &self.id]).unwrap_or("Issue without a title");
        let package = first_of([&self.package_name, &self.name]);
        let heading = match package {
            Some(package) => format!("{named} in {package}"),
            None => named.to_owned(),
        };
        let mut observation = Observation::new(title(&heading), self.severity());
        let mut rating = Rating::default();
        rating.offer(self.vector.get(), self.cvss_score.number());
        (observation.vector, observation.score) = (rating.vector(), rating.score());
        if self.kind.get() == Some("license") {
            observation.rule = self.id.owned();
        } else {
            observation.ids = self.ids();
        }
        let weaknesses = self.identifiers.as_ref().and_then(|all| all.get("CWE"));
        observation.cwes = cwes_of(weaknesses.into_iter().flat_map(List::texts));
        observation.package = package.map(|name| Package {
            name: name.to_owned(),
            version: self.version.owned(),
            fixed: self.nearest_fixed_in_version.owned().or_else(|| self.fixed_in.joined()),
            purl: None,
        });
        let path: Vec<&str> = self.from.texts().collect();
        let path = Some(path.join(" > ")).filter(|path| !path.is_empty());
        observation.location = place(target.or(path.as_deref()), None);
        let told = path.map(|path| format!("Dependency path: {path}"));
        observation.description = paragraphs([told.as_deref(), self.description.get()]);
        observation
    }

    fn severity(&self) -> Severity {
        let word = || [&self.severity_with_critical, &self.severity].into_iter();
        let by_word = || word().filter_map(Text::get).find_map(severity);
        let by_score = self.cvss_score.number().map(severity_of_score);
        by_score.or_else(by_word).unwrap_or(Severity::Info)
    }

    /// Published identifiers before Snyk's own.
    fn ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        let kinds = self.identifiers.iter().flatten();
        for (_, list) in kinds.filter(|(kind, _)| !matches!(kind.as_str(), "CWE" | "ALTERNATIVE")) {
            list.texts().for_each(|id| push_new(&mut ids, id.to_owned()));
        }
        self.id.owned().into_iter().for_each(|id| push_new(&mut ids, id));
        ids
    }
}
