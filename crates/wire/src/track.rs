//! The bodies of Dependency-Track's interface, as its clients read them.
//!
//! Facts about that product's version 4.13: names and shapes are its own, instants are milliseconds
//! since 1970, and what is unknown is left out instead of `null`. None of this is in our own API's
//! document.

use serde::Serialize;

/// Which product answers, and its version: clients ask before they do anything else.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    pub version: String,
    pub timestamp: &'static str,
    pub uuid: String,
    pub system_uuid: String,
    pub application: &'static str,
    pub framework: Framework,
}

#[derive(Clone, Debug, Serialize)]
pub struct Framework {
    pub name: &'static str,
    pub version: &'static str,
    pub timestamp: &'static str,
    pub uuid: String,
}

/// What an upload is answered with.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    pub token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_uuid: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Processing {
    pub processing: bool,
}

/// Whom a key belongs to, and what it may.
#[derive(Clone, Debug, Serialize)]
pub struct Team {
    pub uuid: String,
    pub name: String,
    pub permissions: Vec<Named>,
}

/// A tag, a permission.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    pub name: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub classifier: String,
    pub uuid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Reference>,
    pub tags: Vec<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_bom_import: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_bom_import_format: Option<String>,
    pub active: bool,
    pub is_latest: bool,
    pub has_children: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Vec<Version>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Reference {
    pub uuid: String,
}

/// Another version of the same name.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    pub uuid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub active: bool,
    pub is_latest: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    pub component: Component,
    pub vulnerability: Vulnerability,
    pub analysis: Analysis,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
    pub matrix: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    pub uuid: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    pub project: String,
    pub project_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_version: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vulnerability {
    pub uuid: String,
    pub source: &'static str,
    pub vuln_id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<String>,
    pub severity: &'static str,
    pub severity_rank: u8,
    #[serde(flatten)]
    pub scores: Scores,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwe_id: Option<u32>,
    pub cwes: Vec<Cwe>,
    pub aliases: Vec<Alias>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Scores {
    #[serde(rename = "cvssV2BaseScore", skip_serializing_if = "Option::is_none")]
    pub v2: Option<f64>,
    #[serde(rename = "cvssV2Vector", skip_serializing_if = "Option::is_none")]
    pub v2_vector: Option<String>,
    #[serde(rename = "cvssV3BaseScore", skip_serializing_if = "Option::is_none")]
    pub v3: Option<f64>,
    #[serde(rename = "cvssV3Vector", skip_serializing_if = "Option::is_none")]
    pub v3_vector: Option<String>,
    #[serde(rename = "cvssV4Score", skip_serializing_if = "Option::is_none")]
    pub v4: Option<f64>,
    #[serde(rename = "cvssV4Vector", skip_serializing_if = "Option::is_none")]
    pub v4_vector: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cwe {
    pub cwe_id: u32,
}

/// Two names of one vulnerability.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alias {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cve_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ghsa_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub osv_id: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Analysis {
    pub state: &'static str,
    pub is_suppressed: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribution {
    pub analyzer_identity: &'static str,
    pub attributed_on: i64,
}

/// The findings of a project as a file (FPF).
#[derive(Clone, Debug, Serialize)]
pub struct Export {
    pub version: &'static str,
    pub meta: ExportMeta,
    pub project: ExportProject,
    pub findings: Vec<Finding>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportMeta {
    pub application: &'static str,
    pub version: String,
    pub timestamp: String,
    pub base_url: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExportProject {
    pub uuid: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A project in figures. There are no policies of components here, so nothing violates one.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Metrics {
    pub critical: u64,
    pub high: u64,
    pub medium: u64,
    pub low: u64,
    pub unassigned: u64,
    pub vulnerabilities: u64,
    pub vulnerable_components: u64,
    pub components: u64,
    pub suppressed: u64,
    pub findings_total: u64,
    pub findings_audited: u64,
    pub findings_unaudited: u64,
    pub inherited_risk_score: f64,
    #[serde(flatten)]
    pub violations: Violations,
    pub first_occurrence: i64,
    pub last_occurrence: i64,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Violations {
    pub policy_violations_fail: u64,
    pub policy_violations_warn: u64,
    pub policy_violations_info: u64,
    pub policy_violations_total: u64,
    pub policy_violations_audited: u64,
    pub policy_violations_unaudited: u64,
    pub policy_violations_security_total: u64,
    pub policy_violations_security_audited: u64,
    pub policy_violations_security_unaudited: u64,
    pub policy_violations_license_total: u64,
    pub policy_violations_license_audited: u64,
    pub policy_violations_license_unaudited: u64,
    pub policy_violations_operational_total: u64,
    pub policy_violations_operational_audited: u64,
    pub policy_violations_operational_unaudited: u64,
}

/// What a body of a document that cannot be read is answered with, and other refusals.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    pub status: u16,
    pub title: String,
    pub detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}

/// One field that was refused.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mistake {
    pub message: String,
    pub message_template: String,
    pub path: String,
    pub invalid_value: Option<String>,
}

/// The state of the server for those who watch it.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    pub status: &'static str,
    pub checks: Vec<HealthCheck>,
}

#[derive(Clone, Debug, Serialize)]
pub struct HealthCheck {
    pub name: &'static str,
    pub status: &'static str,
}
