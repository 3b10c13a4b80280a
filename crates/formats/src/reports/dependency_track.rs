//! Dependency-Track's Finding Packaging Format (FPF): one observation for each of its findings.

use domain::findings::{Observation, Package, Severity, Standing};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{Rating, cwes, paragraphs, push_new, severity, severity_of_score};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "dependency_track",
    title: "Dependency-Track (Finding Packaging Format)",
    how_to_get: "GET /api/v1/finding/project/{uuid}/export of Dependency-Track",
    manual: "One finding for each element of `findings`. Identifiers from `vulnId` and `aliases`; \
        severity from `severity`, UNASSIGNED is by the score or else info; the newest of the \
        vectors with its score. Package from `component`; `matrix` is the fingerprint. Audits \
        count: FALSE_POSITIVE and suppressed findings, NOT_AFFECTED and RESOLVED.",
    samples: &[("dependency_track.json", include_bytes!("samples/dependency_track.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let named = beginning.text("meta.application") == Some("Dependency-Track");
    beginning.has("findings")
        && (named
            || beginning.has("findings[].matrix") && beginning.has("findings[].vulnerability"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Dependency-Track"), source.beginning.text("meta.version"));
    let Some(findings) = Node::root(source.text).member("findings")? else { return Ok(()) };
    findings.each_element(|node| {
        if let Some(found) = node.item::<Found>(intake) {
            intake.observe(found.observation());
        }
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    component: Component,
    vulnerability: Vulnerability,
    analysis: Option<Analysis>,
    matrix: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Component {
    group: Text,
    name: Text,
    version: Text,
    purl: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Vulnerability {
    vuln_id: Text,
    title: Text,
    subtitle: Text,
    severity: Text,
    description: Text,
    recommendation: Text,
    references: Text,
    cwe_id: Text,
    cwes: List<Weakness>,
    aliases: List<Alias>,
    cvss_v2_vector: Text,
    cvss_v2_base_score: Text,
    cvss_v3_vector: Text,
    cvss_v3_base_score: Text,
    cvss_v4_vector: Text,
    cvss_v4_score: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Weakness {
    cwe_id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Alias {
    cve_id: Text,
    ghsa_id: Text,
    osv_id: Text,
    snyk_id: Text,
    sonatype_id: Text,
    gsd_id: Text,
    vuln_db_id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Analysis {
    state: Text,
    is_suppressed: Text,
}

impl Found {
    fn observation(&self) -> Observation {
        let own = &self.vulnerability;
        let id = own.vuln_id.get().unwrap_or("Vulnerability without a name");
        let title = match self.component.name.get() {
            Some(package) => format!("{id} in {package}"),
            None => id.to_owned(),
        };
        let mut rating = Rating::default();
        rating.offer(own.cvss_v4_vector.get(), own.cvss_v4_score.number());
        rating.offer(own.cvss_v3_vector.get(), own.cvss_v3_base_score.number());
        let v2 = own.cvss_v2_vector.get().map(|vector| vector.trim_matches(['(', ')']));
        rating.offer(v2, own.cvss_v2_base_score.number());
        let scored = rating.score().map(severity_of_score);
        let word = own.severity.get().and_then(severity);
        let mut observation = Observation::new(title, word.or(scored).unwrap_or(Severity::Info));
        (observation.vector, observation.score) = (rating.vector(), rating.score());
        let aliases = own.aliases.iter().flat_map(Alias::ids);
        for id in own.vuln_id.get().into_iter().chain(aliases) {
            push_new(&mut observation.ids, id.to_owned());
        }
        let weaknesses = own.cwes.iter().map(|one| &one.cwe_id).chain([&own.cwe_id]);
        let numbers = weaknesses.filter_map(Text::get).flat_map(cwes);
        numbers.for_each(|number| push_new(&mut observation.cwes, number));
        observation.package = self.component.package();
        observation.fingerprint = self.matrix.owned();
        observation.standing = self.analysis.as_ref().map(Analysis::standing).unwrap_or_default();
        observation.description = paragraphs([
            own.title.get(),
            own.subtitle.get(),
            own.description.get(),
            own.recommendation.get(),
            own.references.get(),
        ]);
        observation
    }
}

impl Component {
    fn package(&self) -> Option<Package> {
        let maven = self.purl.get().is_some_and(|purl| purl.starts_with("pkg:maven/"));
        let separator = if maven { ":" } else { "/" };
        let name = match (self.group.get(), self.name.get()?) {
            (Some(group), name) => format!("{group}{separator}{name}"),
            (None, name) => name.to_owned(),
        };
        let (version, purl) = (self.version.owned(), self.purl.owned());
        Some(Package { name, version, purl, fixed: None })
    }
}

impl Alias {
    fn ids(&self) -> impl Iterator<Item = &str> {
        let ids = [
            &self.cve_id,
            &self.ghsa_id,
            &self.osv_id,
            &self.snyk_id,
            &self.sonatype_id,
            &self.gsd_id,
            &self.vuln_db_id,
        ];
        ids.into_iter().filter_map(Text::get)
    }
}

impl Analysis {
    fn standing(&self) -> Standing {
        match self.state.get() {
            Some("FALSE_POSITIVE") => Standing::FalsePositive,
            Some("NOT_AFFECTED") => Standing::NotAffected,
            Some("RESOLVED") => Standing::Fixed,
            _ if self.is_suppressed.is_true() => Standing::FalsePositive,
            _ => Standing::Present,
        }
    }
}
