//! What is open in a project: findings, the same as a file, figures.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use domain::findings::cvss::Version as Cvss;
use domain::findings::{Assessment, Band, Finding, ScoreSource, State as Standing};
use operations::sboms::projects::{self as operation, FINDINGS_MAX, InScope, Project, Scoped};
use operations::sboms::{derived_uuid, new_token};
use wire::track::{
    Alias, Analysis, Attribution, Component, Cwe, Export, ExportMeta, ExportProject, Metrics,
    Scores, Token, Vulnerability,
};

use super::APPLICATION;
use super::answers::{Answer, listed};
use super::key::Key;
use super::projects::cut;
use crate::rooms::Parameters;
use crate::server::Server;

/// The version of the file of findings that this version of the interface writes.
const EXPORT_VERSION: &str = "1.4";

pub(super) async fn list(key: Key, Path(uuid): Path<String>, parameters: Parameters) -> Answer {
    let which = match parameters.text("suppressed").eq_ignore_ascii_case("true") {
        true => Scoped::AlsoSetAside,
        false => Scoped::Running,
    };
    let cut = cut(&parameters, FINDINGS_MAX);
    let page = operation::findings(&key.app, &key.actor, &uuid, which, cut).await?;
    let wanted = parameters.get("source").map(str::to_ascii_uppercase);
    let told = page.findings.iter().map(|found| told(&page.project, found));
    let told: Vec<_> = told
        .filter(|told| wanted.as_ref().is_none_or(|wanted| wanted == told.vulnerability.source))
        .collect();
    Ok(listed(&told, page.total))
}

pub(super) async fn export(
    State(server): State<Server>,
    key: Key,
    Path(uuid): Path<String>,
) -> Answer {
    let all = (0, FINDINGS_MAX);
    let page = operation::findings(&key.app, &key.actor, &uuid, Scoped::Running, all).await?;
    let project = &page.project;
    Ok(Json(Export {
        version: EXPORT_VERSION,
        meta: ExportMeta {
            application: APPLICATION,
            version: server.settings.track_version.clone(),
            timestamp: key.app.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            base_url: key.app.address().to_owned(),
        },
        project: ExportProject {
            uuid: project.id.clone(),
            name: project.name.clone(),
            version: version_of(project),
            description: project.description.clone(),
        },
        findings: page.findings.iter().map(|found| told(project, found)).collect(),
    })
    .into_response())
}

/// Nothing waits to be analysed: what is known was said when the documents came.
pub(super) async fn analyze(key: Key, Path(uuid): Path<String>) -> Answer {
    operation::one(&key.app, &key.actor, &uuid).await?;
    Ok(Json(Token { token: new_token(&key.app), project_uuid: None }).into_response())
}

/// There are no policies of components, so nothing violates one.
pub(super) async fn violations(key: Key, Path(uuid): Path<String>) -> Answer {
    operation::one(&key.app, &key.actor, &uuid).await?;
    Ok(listed::<()>(&[], 0))
}

pub(super) async fn metrics(key: Key, Path(uuid): Path<String>) -> Answer {
    let (project, tally, sbom) = operation::figures(&key.app, &key.actor, &uuid).await?;
    let count = |band: Band| {
        tally.bands.iter().find(|(known, _)| *known == band).map_or(0, |(_, findings)| *findings)
    };
    let [critical, high, medium, low] = Band::ALL.map(count);
    let unassigned = tally.unscored;
    let total = critical + high + medium + low + unassigned;
    // The interface's own weights: what is unassigned counts like high.
    let risk = critical * 10 + high * 5 + medium * 3 + low + unassigned * 5;
    let last = sbom.as_ref().map_or(project.created_at, |sbom| sbom.last_at);
    Ok(Json(Metrics {
        critical,
        high,
        medium,
        low,
        unassigned,
        vulnerabilities: total,
        vulnerable_components: tally.packages,
        components: sbom.map_or(0, |sbom| sbom.components),
        suppressed: tally.set_aside,
        findings_total: total,
        findings_unaudited: total,
        inherited_risk_score: risk as f64,
        first_occurrence: project.created_at.as_millisecond(),
        last_occurrence: last.as_millisecond(),
        ..Metrics::default()
    })
    .into_response())
}

fn version_of(project: &Project) -> Option<String> {
    Some(project.version.clone()).filter(|version| !version.is_empty())
}

fn told(project: &Project, found: &InScope) -> wire::track::Finding {
    let finding = &found.finding;
    let component = component(project, found);
    let vulnerability = vulnerability(finding);
    let matrix = format!("{}:{}:{}", project.id, component.uuid, vulnerability.uuid);
    wire::track::Finding {
        component,
        vulnerability,
        analysis: analysis(finding.clock.state),
        attribution: Some(Attribution {
            analyzer_identity: "INTERNAL_ANALYZER",
            attributed_on: finding.clock.opened_at.as_millisecond(),
        }),
        matrix,
    }
}

/// The package; the product itself where a document names none.
fn component(project: &Project, found: &InScope) -> Component {
    let package = found.finding.package.as_ref();
    let name = package.map_or(project.name.as_str(), |package| package.name.as_str());
    let version = match package {
        Some(package) => found.version.clone().or_else(|| package.version.clone()),
        None => version_of(project),
    };
    let parts = [project.id.as_str(), name, version.as_deref().unwrap_or_default()];
    let (group, name) = match name.rsplit_once('/') {
        Some((group, name)) if !group.is_empty() => (Some(group.to_owned()), name),
        _ => (None, name),
    };
    Component {
        uuid: derived_uuid(&["component", parts[0], parts[1], parts[2]]),
        name: name.to_owned(),
        group,
        purl: package.and_then(|package| package.purl.clone()),
        project: project.id.clone(),
        project_name: project.name.clone(),
        project_version: version_of(project),
        version,
    }
}

fn vulnerability(finding: &Finding) -> Vulnerability {
    let is_cve = |id: &&String| id.starts_with("CVE-");
    let id = finding.ids.iter().find(is_cve).or(finding.ids.first()).or(finding.rule.as_ref());
    let id = id.unwrap_or(&finding.title).clone();
    let fixed = finding.package.as_ref().and_then(|package| package.fixed.as_ref());
    let (severity, severity_rank) = severity(&finding.assessment);
    Vulnerability {
        uuid: derived_uuid(&["vulnerability", &id]),
        source: source(&id),
        title: finding.title.clone(),
        description: finding.description.clone(),
        recommendation: fixed.map(|fixed| format!("Upgrade to {fixed}.")),
        severity,
        severity_rank,
        scores: scores(&finding.assessment, finding.vector.as_deref()),
        cwe_id: finding.cwes.first().copied(),
        cwes: finding.cwes.iter().map(|cwe_id| Cwe { cwe_id: *cwe_id }).collect(),
        aliases: aliases(&finding.ids),
        vuln_id: id,
    }
}

/// Who names vulnerabilities like this.
fn source(id: &str) -> &'static str {
    match id.split('-').next().unwrap_or_default() {
        "CVE" => "NVD",
        "GHSA" => "GITHUB",
        "SNYK" => "SNYK",
        "sonatype" => "OSSINDEX",
        "PYSEC" | "RUSTSEC" | "GO" | "OSV" | "MAL" | "DSA" | "ALSA" | "RLSA" => "OSV",
        _ => "INTERNAL",
    }
}

/// The other names of a vulnerability, each beside its CVE.
fn aliases(ids: &[String]) -> Vec<Alias> {
    let cve = ids.iter().find(|id| id.starts_with("CVE-"));
    let others = ids.iter().filter(|id| Some(*id) != cve && !id.starts_with("CVE-"));
    let alias = |id: &String| {
        let is_ghsa = id.starts_with("GHSA-");
        Alias {
            cve_id: cve.cloned(),
            ghsa_id: is_ghsa.then(|| id.clone()),
            osv_id: (!is_ghsa).then(|| id.clone()),
        }
    };
    others.map(alias).collect()
}

fn severity(assessment: &Assessment) -> (&'static str, u8) {
    match assessment.band {
        _ if assessment.unscored() => ("UNASSIGNED", 5),
        Band::Critical => ("CRITICAL", 0),
        Band::High => ("HIGH", 1),
        Band::Medium => ("MEDIUM", 2),
        Band::Low => ("LOW", 3),
    }
}

fn scores(assessment: &Assessment, vector: Option<&str>) -> Scores {
    let (score, vector) = (assessment.score, vector.map(str::to_owned));
    match assessment.source {
        ScoreSource::Vector(Cvss::V2) => {
            Scores { v2: score, v2_vector: vector, ..Scores::default() }
        }
        ScoreSource::Vector(Cvss::V40) => {
            Scores { v4: score, v4_vector: vector, ..Scores::default() }
        }
        ScoreSource::Vector(Cvss::V30 | Cvss::V31) => {
            Scores { v3: score, v3_vector: vector, ..Scores::default() }
        }
        ScoreSource::Stated => Scores { v3: score, ..Scores::default() },
        ScoreSource::Label | ScoreSource::Nothing => Scores::default(),
    }
}

fn analysis(state: Standing) -> Analysis {
    let (state, is_suppressed) = match state {
        Standing::Open | Standing::FixMerged => ("NOT_SET", false),
        Standing::Fixed | Standing::Merged | Standing::Withdrawn => ("RESOLVED", false),
        // It can be exploited, and somebody took that on them until a day.
        Standing::Accepted => ("EXPLOITABLE", true),
        Standing::FalsePositive => ("FALSE_POSITIVE", true),
        Standing::NotAffected => ("NOT_AFFECTED", true),
    };
    Analysis { state, is_suppressed }
}
