//! Veracode Software Composition Analysis (SourceClear): issues of libraries, JSON and CSV.

use domain::findings::{Observation, Package, Severity, Standing};

use super::item::{Item, each};
use super::json::Node;
use super::table::{Row, each_row, has_columns};
use super::veracode::{package, versioned};
use super::vocabulary::{Rating, TITLE, cwes, one_line, paragraphs, severity_of_score};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "veracode_sca",
    title: "Veracode Software Composition Analysis (JSON, CSV)",
    how_to_get: "GET /srcclr/v3/workspaces/ID/issues, or in Veracode SCA: Issues, Export",
    manual: "One finding for each issue of the type *vulnerability*: identifier from `cve`, \
        severity by the number `severity` (a score), vectors with their scores, CWE number from \
        `cwe_id`, package from the library's identifier, fingerprint from `id`. Issues that are \
        fixed close, ignored ones are false positives. Of tables the columns *Library*, *Version \
        in use*, *CVE* and *CVSS score* are used alike.",
    samples: &[
        ("veracode_sca.json", include_bytes!("samples/veracode_sca.json")),
        ("veracode_sca.csv", include_bytes!("samples/veracode_sca.csv")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let issue = |name: &str| beginning.has(&format!("_embedded.issues[].{name}"));
    (issue("issue_type") && issue("library"))
        || has_columns(beginning, &["issueid", "issuetype", "versioninuse", "library"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Veracode Software Composition Analysis"), None);
    if source.beginning.syntax == Syntax::Plain {
        let needed = ["issuetype", "library", "versioninuse"];
        return each_row(source, &needed, intake, |row, intake| {
            if row.get("issuetype").is_some_and(|kind| kind.eq_ignore_ascii_case("vulnerability")) {
                intake.observe(of_row(row));
            }
        });
    }
    let number = |path: &str| source.beginning.text(path).and_then(|text| text.parse::<u64>().ok());
    if number("page.total_pages") > Some(1) {
        intake.tool_failed("this is one page of several; what it does not name may still be there");
    }
    let issues = Node::root(source.text).required("_embedded")?.required("issues")?;
    each(&issues, intake, |item, intake| {
        if item.text("issue_type").as_deref() == Some("vulnerability") {
            intake.observe(of_issue(item));
        }
    })
}

/// What both syntaxes say, under one name.
struct Issue {
    id: Option<String>,
    number: Option<String>,
    score: Option<f64>,
    package: Option<Package>,
    status: Option<String>,
    is_ignored: bool,
}

impl Issue {
    fn observation(self, title: Option<String>) -> Observation {
        let id = self.id.map(|id| match id.starts_with(|first: char| first.is_ascii_digit()) {
            true => format!("CVE-{id}"),
            false => id,
        });
        let name = id.clone().or(title).unwrap_or_else(|| "Issue without a title".to_owned());
        let title = match &self.package {
            Some(package) => format!("{name} in {}", package.name),
            None => name,
        };
        let severity = self.score.map_or(Severity::Info, severity_of_score);
        let mut observation = Observation::new(one_line(&title, TITLE).0, severity);
        observation.ids = id.into_iter().collect();
        observation.fingerprint = self.number;
        observation.score = self.score;
        observation.package = self.package;
        observation.standing = match self.status.map(|status| status.to_lowercase()).as_deref() {
            Some("fixed" | "resolved") => Standing::Fixed,
            _ if self.is_ignored => Standing::FalsePositive,
            _ => Standing::Present,
        };
        observation
    }
}

fn of_issue(item: Item<'_>) -> Observation {
    let named = Package {
        name: item.text("library/name").unwrap_or_default(),
        version: item.text("library/version"),
        ..Package::default()
    };
    let known = package(item.text("library/id").as_deref());
    let issue = Issue {
        id: item.text("vulnerability/cve"),
        number: item.text("id"),
        score: item.number("severity"),
        package: known.or(Some(named).filter(|package| !package.name.is_empty())),
        status: item.text("issue_status"),
        is_ignored: item.is_true("ignored"),
    };
    let title = item.text("vulnerability/title");
    let mut observation = issue.observation(title.clone());
    let mut rating = Rating::default();
    let v3 = item.text("vulnerability/cvss3_vector").map(|vector| versioned(&vector));
    rating.offer(v3.as_deref(), item.number("vulnerability/cvss3_score"));
    let v2 = item.text("vulnerability/cvss2_vector");
    let v2 = v2.as_deref().map(|vector| vector.trim_matches(['(', ')']));
    rating.offer(v2, item.number("vulnerability/cvss2_score"));
    observation.vector = rating.vector();
    observation.score = rating.score().or(observation.score);
    observation.cwes = item.cwes("vulnerability/cwe_id");
    let project = item.text("project_name").map(|name| format!("Project: {name}"));
    observation.description = paragraphs([title.as_deref(), project.as_deref()]);
    observation
}

fn of_row(row: &Row<'_>) -> Observation {
    let coordinates = (row.get("coordinate1"), row.get("coordinate2"));
    let name = match coordinates {
        (Some(group), Some(artifact)) => Some(format!("{group}:{artifact}")),
        (Some(name), None) => Some(name.to_owned()),
        _ => row.get("library").map(str::to_owned),
    };
    let version = row.get("versioninuse").map(str::to_owned);
    let issue = Issue {
        id: row.get("cve").map(str::to_owned),
        number: row.get("issueid").map(str::to_owned),
        score: row.any(&["cvssscore", "severity"]).and_then(|score| score.parse().ok()),
        package: name.map(|name| Package { name, version, ..Package::default() }),
        status: row.any(&["issuestatus", "status"]).map(str::to_owned),
        is_ignored: row.text("ignored").is_true(),
    };
    let title = row.any(&["title", "vulnerability"]).map(str::to_owned);
    let mut observation = issue.observation(title.clone());
    observation.cwes = row.get("cwe").map(cwes).unwrap_or_default();
    let project = row.get("project").map(|name| format!("Project: {name}"));
    observation.description = paragraphs([title.as_deref(), project.as_deref()]);
    observation
}
