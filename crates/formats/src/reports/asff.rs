//! The AWS Security Finding Format, as Security Hub and GuardDuty, Inspector and others give it.

use domain::findings::{Location, Observation, Package, Severity, Standing};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{Rating, TITLE, one_line, paragraphs, push_new, severity};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "asff",
    title: "AWS Security Hub (ASFF, JSON)",
    how_to_get: "aws securityhub get-findings > report.json",
    manual: "One finding for each element of `Findings`, or of the array: title from `Title`, \
        severity from `Severity.Label`, without one from `Severity.Normalized`, rule from \
        `GeneratorId`, fingerprint from `Id`. Identifiers and vectors from `Vulnerabilities`, the \
        package is the first of `VulnerablePackages`, the place the first of `Resources`, the \
        others are listed. A control that passed, a record that was archived and a workflow that \
        is RESOLVED close; SUPPRESSED is a false positive.",
    samples: &[("asff.json", include_bytes!("samples/asff.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["[]", "Findings[]", "findings[]"].into_iter().any(|list| {
        let has = |name: &str| beginning.has(&format!("{list}.{name}"));
        has("ProductArn") && has("GeneratorId") || has("SchemaVersion") && has("AwsAccountId")
    }) || (beginning.has("ProductArn") && beginning.has("GeneratorId"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    let list = match document.is_array() || source.beginning.has("ProductArn") {
        true => Some(document),
        false => match document.member("Findings")? {
            Some(list) => Some(list),
            None => Some(document.required("findings")?),
        },
    };
    if source.beginning.text("NextToken").is_some() {
        intake.tool_failed("this is one page of several; what it does not name may still be there");
    }
    let Some(list) = list else { return Ok(()) };
    list.each_or_lone(|node| {
        if let Some(found) = node.item::<Found>(intake) {
            intake.tool(Some("AWS Security Hub"), None);
            intake.observe(found.observation());
        }
        Ok(())
    })
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Found {
    id: Text,
    generator_id: Text,
    product_name: Text,
    title: Text,
    description: Text,
    severity: Rated,
    resources: List<Resource>,
    vulnerabilities: List<Vulnerability>,
    remediation: Option<Remediation>,
    record_state: Text,
    workflow: Option<State>,
    compliance: Option<State>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Rated {
    label: Text,
    normalized: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Resource {
    id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct State {
    status: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Remediation {
    recommendation: Recommendation,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Recommendation {
    text: Text,
    url: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Vulnerability {
    id: Text,
    cvss: List<Cvss>,
    related_vulnerabilities: List<Text>,
    vulnerable_packages: List<Vulnerable>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Cvss {
    base_score: Text,
    base_vector: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Vulnerable {
    name: Text,
    version: Text,
    fixed_in_version: Text,
}

impl Found {
    fn observation(&self) -> Observation {
        let title = self.title.get().unwrap_or("Finding without a title");
        let mut observation = Observation::new(one_line(title, TITLE).0, self.severity.word());
        let mut rating = Rating::default();
        for vulnerability in self.vulnerabilities.iter() {
            let related = vulnerability.related_vulnerabilities.texts();
            for id in vulnerability.id.get().into_iter().chain(related) {
                push_new(&mut observation.ids, id.to_owned());
            }
            for cvss in vulnerability.cvss.iter() {
                rating.offer(cvss.base_vector.get(), cvss.base_score.number());
            }
        }
        (observation.vector, observation.score) = (rating.vector(), rating.score());
        let packages = self.vulnerabilities.iter().flat_map(|one| one.vulnerable_packages.iter());
        observation.package = packages.clone().find_map(|package| {
            Some(Package {
                name: package.name.owned()?,
                version: package.version.owned(),
                fixed: package.fixed_in_version.owned(),
                purl: None,
            })
        });
        let path = self.resources.first().and_then(|resource| resource.id.owned());
        observation.location =
            path.map(|path| Location { path: Some(path), ..Location::default() });
        observation.rule = self.generator_id.owned();
        observation.fingerprint = self.id.owned();
        observation.standing = self.standing();
        let others = self.resources.iter().skip(1).filter_map(|resource| resource.id.get());
        let others = others.map(|id| format!("Resource: {id}"));
        let packages = packages.skip(1).filter_map(|package| package.name.get());
        let packages = packages.map(|name| format!("Package: {name}"));
        let others: Vec<String> = others.chain(packages).collect();
        let advice = self.remediation.as_ref().map(|one| &one.recommendation);
        let product = self.product_name.get().map(|name| format!("Product: {name}"));
        let parts = [
            self.description.get(),
            advice.and_then(|advice| advice.text.get()),
            advice.and_then(|advice| advice.url.get()),
            product.as_deref(),
        ];
        observation.description =
            paragraphs(parts.into_iter().chain(others.iter().map(|text| Some(text.as_str()))));
        observation
    }

    fn standing(&self) -> Standing {
        let status = |state: &Option<State>| state.as_ref().and_then(|state| state.status.owned());
        match (status(&self.workflow).as_deref(), status(&self.compliance).as_deref()) {
            (Some("SUPPRESSED"), _) => Standing::FalsePositive,
            (Some("RESOLVED"), _) | (_, Some("PASSED")) => Standing::Fixed,
            _ if self.record_state.get() == Some("ARCHIVED") => Standing::Fixed,
            _ => Standing::Present,
        }
    }
}

impl Rated {
    /// `Normalized` as the format's own table has it: 1 to 39 low, to 69 medium, to 89 high.
    fn word(&self) -> Severity {
        let normalized = || match self.normalized.number()? {
            number if number >= 90.0 => Some(Severity::Critical),
            number if number >= 70.0 => Some(Severity::High),
            number if number >= 40.0 => Some(Severity::Medium),
            number if number >= 1.0 => Some(Severity::Low),
            _ => Some(Severity::Info),
        };
        let label = self.label.get().and_then(severity);
        label.or_else(normalized).unwrap_or(Severity::Info)
    }
}
