//! Amazon Inspector (version 2): vulnerable packages, weak code, open networks.

use domain::findings::{Location, Observation, Package, Severity, Standing};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{Rating, TITLE, cwes, one_line, paragraphs, push_new, severity};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "aws_inspector2",
    title: "Amazon Inspector (JSON)",
    how_to_get: "aws inspector2 list-findings > report.json",
    manual: "One finding for each element of `findings`: severity from `severity` (UNTRIAGED is \
        info), identifiers from `vulnerabilityId` and `relatedVulnerabilities`, CWE numbers from \
        `cwes`, the newest of the vectors, fingerprint from `findingArn`. The package is the \
        first of `vulnerablePackages`, the others are listed. The place is the file, without one \
        the first resource. CLOSED findings close, SUPPRESSED ones are false positives.",
    samples: &[("aws_inspector2.json", include_bytes!("samples/aws_inspector2.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["findings[]", "[]"].into_iter().any(|list| {
        let has = |name: &str| beginning.has(&format!("{list}.{name}"));
        has("findingArn") && has("severity") && has("awsAccountId")
    })
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Amazon Inspector"), Some("2"));
    if source.beginning.text("nextToken").is_some() {
        intake.tool_failed("this is one page of several; what it does not name may still be there");
    }
    let document = Node::root(source.text);
    let list = if document.is_array() { document } else { document.required("findings")? };
    list.each_element(|node| {
        if let Some(found) = node.item::<Found>(intake) {
            intake.observe(found.observation());
        }
    })
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Found {
    finding_arn: Text,
    title: Text,
    description: Text,
    severity: Text,
    status: Text,
    inspector_score: Text,
    cwes: List<Text>,
    resources: List<Resource>,
    remediation: Option<Remediation>,
    package_vulnerability_details: Option<Vulnerability>,
    code_vulnerability_details: Option<Code>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resource {
    id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Remediation {
    recommendation: Recommendation,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Recommendation {
    text: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Vulnerability {
    vulnerability_id: Text,
    related_vulnerabilities: List<Text>,
    cvss: List<Cvss>,
    source_url: Text,
    vulnerable_packages: List<Vulnerable>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cvss {
    base_score: Text,
    scoring_vector: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Vulnerable {
    name: Text,
    version: Text,
    fixed_in_version: Text,
    file_path: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Code {
    cwes: List<Text>,
    detector_id: Text,
    rule_id: Text,
    file_path: Place,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Place {
    file_path: Text,
    start_line: Text,
}

impl Found {
    fn observation(&self) -> Observation {
        let title = self.title.get().unwrap_or("Finding without a title");
        let word = self.severity.get().and_then(severity).unwrap_or(Severity::Info);
        let mut observation = Observation::new(one_line(title, TITLE).0, word);
        let resource = self.resources.first().and_then(|resource| resource.id.owned());
        observation.location =
            resource.map(|path| Location { path: Some(path), ..Location::default() });
        let code = self.code_vulnerability_details.as_ref();
        let coded = code.into_iter().flat_map(|code| code.cwes.texts());
        for number in self.cwes.texts().chain(coded).flat_map(cwes) {
            push_new(&mut observation.cwes, number);
        }
        if let Some(code) = code {
            observation.rule = code.rule_id.owned().or(code.detector_id.owned());
            code.file_path.locate(&mut observation);
        }
        let mut more = Vec::new();
        if let Some(vulnerability) = &self.package_vulnerability_details {
            vulnerability.complete(&mut observation, self.inspector_score.number());
            let others = vulnerability.vulnerable_packages.iter().skip(1);
            more.extend(others.filter_map(Vulnerable::told));
        }
        observation.fingerprint = self.finding_arn.owned();
        observation.standing = match self.status.get() {
            Some("CLOSED") => Standing::Fixed,
            Some("SUPPRESSED") => Standing::FalsePositive,
            _ => Standing::Present,
        };
        let advice = self.remediation.as_ref().and_then(|one| one.recommendation.text.get());
        let advice = advice.filter(|advice| *advice != "None Provided");
        let source = self.package_vulnerability_details.as_ref();
        let source = source.and_then(|vulnerability| vulnerability.source_url.get());
        let others = self.resources.iter().skip(1).filter_map(|resource| resource.id.get());
        more.extend(others.map(|id| format!("Resource: {id}")));
        let parts = [self.description.get(), advice, source];
        let more = more.iter().map(|text| Some(text.as_str()));
        observation.description = paragraphs(parts.into_iter().chain(more));
        observation
    }
}

impl Vulnerability {
    fn complete(&self, observation: &mut Observation, score: Option<f64>) {
        let related = self.related_vulnerabilities.texts();
        for id in self.vulnerability_id.get().into_iter().chain(related) {
            push_new(&mut observation.ids, id.to_owned());
        }
        let mut rating = Rating::default();
        for cvss in self.cvss.iter() {
            rating.offer(cvss.scoring_vector.get(), cvss.base_score.number());
        }
        rating.offer(None, score);
        (observation.vector, observation.score) = (rating.vector(), rating.score());
        observation.package = self.vulnerable_packages.first().and_then(Vulnerable::package);
        let file = self.vulnerable_packages.first().and_then(|package| package.file_path.owned());
        if let Some(path) = file {
            observation.location = Some(Location { path: Some(path), ..Location::default() });
        }
    }
}

impl Vulnerable {
    fn package(&self) -> Option<Package> {
        let fixed = self.fixed_in_version.owned().filter(|fixed| fixed != "NotAvailable");
        let (name, version) = (self.name.owned()?, self.version.owned());
        Some(Package { name, version, fixed, purl: None })
    }

    fn told(&self) -> Option<String> {
        let version = self.version.get().unwrap_or_default();
        let path = self.file_path.get().map(|path| format!(" in {path}")).unwrap_or_default();
        Some(format!("Package: {} {version}{path}", self.name.get()?))
    }
}

impl Place {
    fn locate(&self, observation: &mut Observation) {
        if let Some(path) = self.file_path.owned() {
            let line = self.start_line.line();
            observation.location = Some(Location { path: Some(path), line, url: None });
        }
    }
}
