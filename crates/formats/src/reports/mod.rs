//! Reports of security tools: one file for each format, recognised by content.
//!
//! The rule to remember: a reader says what the report says and guesses nothing. To add a format,
//! add a file with its `REPORT`, list it in [`CATALOGUE`] and put samples beside it; the tests,
//! the command line's help and the manual derive from that.
//!
//! [`read`] takes the whole upload as bytes (uploads are bounded) and hands observations over one
//! by one. It checks the whole syntax first: of a truncated or malformed document nothing is
//! handed over. A document of the wrong shape may still be refused after some observations, so the
//! caller buffers and keeps nothing when there is an error.

mod acunetix;
mod alert_logic;
mod anchore_policies;
mod anchore_vulnerabilities;
mod apkleaks;
mod appcheck;
mod aqua;
mod arachni;
mod asff;
mod auditjs;
mod aws_inspector2;
mod azure_recommendations;
mod bandit;
mod bearer;
mod beginning;
mod blackduck;
mod blackduck_binary_analysis;
mod brakeman;
mod bugcrowd;
mod bundler_audit;
mod burp;
mod burp_api;
mod cargo_audit;
mod cfn_lint;
mod cfn_nag;
mod checkmarx;
mod checkmarx_cxflow;
mod checkmarx_one;
mod checkmarx_osa;
mod checkov;
mod clair;
mod cloudflare_insights;
mod cloudsploit;
mod cobalt;
mod codechecker;
mod composer_audit;
mod conftest;
mod content_discovery;
mod contrast;
mod coverity_api;
mod coverity_scan;
mod crashtest_security;
mod credscan;
mod crunch42;
mod csaf;
mod cwe_checker;
mod cyberwatch;
mod cyclonedx;
mod cycognito;
mod dependency_check;
mod dependency_track;
mod detect_secrets;
mod dirsearch;
mod docker_bench;
mod dockle;
mod dotnet_vulnerable;
mod drheader;
pub(crate) mod envelope;
mod eslint;
mod ffuf;
mod fields;
mod folding;
mod fortify;
mod garak;
mod gcloud_artifacts;
pub(crate) mod generic;
mod generic_csv;
mod generic_json;
mod ggshield;
mod github_sast;
mod github_secrets;
mod github_vulnerability;
mod gitlab;
mod gitlab_api_fuzzing;
mod gitlab_container_scanning;
mod gitlab_dast;
mod gitlab_dependency_scanning;
mod gitlab_sast;
mod gitlab_secret_detection;
mod gitleaks;
mod gosec;
mod govulncheck;
mod grype;
mod hackerone;
mod hadolint;
mod harbor;
mod hcl_appscan;
mod horusec;
mod html;
mod httpx;
mod humble;
mod huskyci;
mod hydra;
mod immuniweb;
mod infer;
mod intake;
mod intsights;
mod iriusrisk;
mod item;
mod jfrog_xray;
pub(crate) mod json;
mod kics;
mod kiuwan;
mod kiuwan_sca;
mod krakend_audit;
mod kube_bench;
mod kube_hunter;
mod kube_linter;
mod kubescape;
mod legitify;
mod limits;
mod lines;
mod mend;
mod meterian;
mod mix_audit;
mod mobsf;
mod mozilla_observatory;
mod ms_defender;
mod nancy;
mod nessus;
mod nessus_csv;
mod netsparker;
mod nettacker;
mod neuvector;
mod nexpose;
mod nikto;
mod njsscan;
mod nmap;
mod noseyparker;
mod npm;
mod npm_audit_6;
mod npm_audit_7;
mod nsp;
mod nuclei;
mod open_ports;
mod openreports;
mod openscap;
mod openvas;
mod openvex;
mod orca_security;
mod ossindex_devaudit;
mod osv_scanner;
mod outpost24;
mod php_symfony_security_check;
mod picus;
mod pingcastle;
mod pip_audit;
mod pmd;
mod polaris;
mod popeye;
mod progpilot;
mod promptfoo;
mod prowler;
mod ptart;
mod pwn_sast;
mod qark;
mod qualys;
mod rapplex;
mod reading;
mod redhatsatellite;
mod retire_js;
mod rubocop;
mod rusty_hog;
mod sarif;
mod scantist;
mod secretlint;
mod semgrep;
mod semgrep_pro;
mod snyk;
mod snyk_issue_api;
mod solar_appscreener;
mod solution;
mod sonarqube;
mod sonatype;
mod spdx;
mod spotbugs;
mod sqlmap;
mod ssh_audit;
mod ssl_labs;
mod sslscan;
mod sslyze;
mod stackhawk;
mod sysdig;
mod table;
mod talisman;
mod terrascan;
#[cfg(test)]
mod tests;
mod testssl;
mod tfsec;
mod threagile;
mod threat_composer;
mod trivy;
mod trivy_operator;
mod trufflehog;
mod trufflehog3;
mod trufflehog_2;
mod trustwave_fusion_api;
mod twistlock;
mod unreadable;
mod veracode;
mod veracode_sca;
mod vocabulary;
mod wapiti;
mod wazuh;
mod wfuzz;
mod whatweb;
mod whispers;
mod whitehat_sentinel;
mod wiz;
mod wizcli;
mod wpscan;
mod xanitizer;
mod xeol;
pub(crate) mod xml;
mod xygeni;
mod yarn_audit;
mod zap;
mod zora;

pub use beginning::{Beginning, Syntax};
pub use intake::Intake;
pub use limits::Limits;
pub use reading::{read, read_as};
pub use unreadable::{Place, Refusal, Unreadable};

/// Every format, most telling first: the first that recognises a document reads it. Those that
/// accept the most stand last.
pub const CATALOGUE: &[&Report] = &[
    &sarif::REPORT,
    &cyclonedx::REPORT,
    &trivy::REPORT,
    &grype::REPORT,
    &gitlab_dependency_scanning::REPORT,
    &gitlab_container_scanning::REPORT,
    &gitlab_secret_detection::REPORT,
    &gitlab_sast::REPORT,
    &npm_audit_7::REPORT,
    &npm_audit_6::REPORT,
    &semgrep::REPORT,
    &bandit::REPORT,
    &auditjs::REPORT,
    &brakeman::REPORT,
    &bundler_audit::REPORT,
    &cargo_audit::REPORT,
    &checkov::REPORT,
    &composer_audit::REPORT,
    &csaf::REPORT,
    &detect_secrets::REPORT,
    &eslint::REPORT,
    &github_sast::REPORT,
    &github_secrets::REPORT,
    &github_vulnerability::REPORT,
    &gitlab_api_fuzzing::REPORT,
    &gitlab_dast::REPORT,
    &gitleaks::REPORT,
    &gosec::REPORT,
    &govulncheck::REPORT,
    &hadolint::REPORT,
    &harbor::REPORT,
    &horusec::REPORT,
    &kics::REPORT,
    &nancy::REPORT,
    &openvex::REPORT,
    &ossindex_devaudit::REPORT,
    &osv_scanner::REPORT,
    &pip_audit::REPORT,
    &retire_js::REPORT,
    &semgrep_pro::REPORT,
    &snyk::REPORT,
    &snyk_issue_api::REPORT,
    &spdx::REPORT,
    &terrascan::REPORT,
    &tfsec::REPORT,
    &trivy_operator::REPORT,
    &trufflehog::REPORT,
    &trufflehog3::REPORT,
    &trufflehog_2::REPORT,
    &yarn_audit::REPORT,
    &acunetix::REPORT,
    &arachni::REPORT,
    &meterian::REPORT,
    &mix_audit::REPORT,
    &mobsf::REPORT,
    &neuvector::REPORT,
    &neuvector::COMPLIANCE,
    &njsscan::REPORT,
    &noseyparker::REPORT,
    &php_symfony_security_check::REPORT,
    &polaris::REPORT,
    &popeye::REPORT,
    &rubocop::REPORT,
    &rusty_hog::REPORT,
    &secretlint::REPORT,
    &sonatype::REPORT,
    &ssh_audit::REPORT,
    &stackhawk::REPORT,
    &talisman::REPORT,
    &twistlock::REPORT,
    &wazuh::REPORT,
    &whispers::REPORT,
    &wizcli::REPORT,
    &xeol::REPORT,
    &alert_logic::REPORT,
    &anchore_policies::REPORT,
    &anchore_vulnerabilities::REPORT,
    &apkleaks::REPORT,
    &appcheck::REPORT,
    &aqua::REPORT,
    &azure_recommendations::REPORT,
    &bearer::REPORT,
    &bugcrowd::REPORT,
    &cfn_lint::REPORT,
    &cfn_nag::REPORT,
    &checkmarx::REPORT,
    &checkmarx_cxflow::REPORT,
    &checkmarx_one::REPORT,
    &checkmarx_osa::REPORT,
    &clair::REPORT,
    &cloudflare_insights::REPORT,
    &cloudsploit::REPORT,
    &cobalt::REPORT,
    &codechecker::REPORT,
    &conftest::REPORT,
    &contrast::REPORT,
    &coverity_api::REPORT,
    &coverity_scan::REPORT,
    &crashtest_security::REPORT,
    &credscan::REPORT,
    &crunch42::REPORT,
    &cwe_checker::REPORT,
    &cyberwatch::REPORT,
    &cycognito::REPORT,
    &dirsearch::REPORT,
    &docker_bench::REPORT,
    &dockle::REPORT,
    &dotnet_vulnerable::REPORT,
    &drheader::REPORT,
    &ffuf::REPORT,
    &fortify::REPORT,
    &garak::REPORT,
    &gcloud_artifacts::REPORT,
    &ggshield::REPORT,
    &hackerone::REPORT,
    &hcl_appscan::REPORT,
    &httpx::REPORT,
    &humble::REPORT,
    &huskyci::REPORT,
    &hydra::REPORT,
    &immuniweb::REPORT,
    &infer::REPORT,
    &intsights::REPORT,
    &iriusrisk::REPORT,
    &kiuwan::REPORT,
    &kiuwan_sca::REPORT,
    &krakend_audit::REPORT,
    &kube_bench::REPORT,
    &kube_hunter::REPORT,
    &kube_linter::REPORT,
    &kubescape::REPORT,
    &legitify::REPORT,
    &asff::REPORT,
    &aws_inspector2::REPORT,
    &blackduck::REPORT,
    &blackduck_binary_analysis::REPORT,
    &burp::REPORT,
    &burp_api::REPORT,
    &dependency_check::REPORT,
    &dependency_track::REPORT,
    &jfrog_xray::REPORT,
    &mend::REPORT,
    &nessus::REPORT,
    &nessus_csv::REPORT,
    &nexpose::REPORT,
    &nikto::REPORT,
    &nmap::REPORT,
    &nuclei::REPORT,
    &openvas::REPORT,
    &prowler::REPORT,
    &qualys::assets::REPORT,
    &qualys::pci::REPORT,
    &qualys::scan::REPORT,
    &qualys::table::REPORT,
    &qualys::vmdr::REPORT,
    &qualys::web::REPORT,
    &sonarqube::REPORT,
    &veracode::REPORT,
    &veracode_sca::REPORT,
    &wapiti::REPORT,
    &wpscan::REPORT,
    &zap::REPORT,
    &mozilla_observatory::REPORT,
    &ms_defender::REPORT,
    &netsparker::REPORT,
    &nettacker::REPORT,
    &nsp::REPORT,
    &open_ports::MASSCAN,
    &open_ports::NAABU,
    &openreports::REPORT,
    &orca_security::REPORT,
    &picus::REPORT,
    &pmd::REPORT,
    &progpilot::REPORT,
    &promptfoo::REPORT,
    &ptart::REPORT,
    &pwn_sast::REPORT,
    &qark::REPORT,
    &rapplex::REPORT,
    &redhatsatellite::REPORT,
    &scantist::REPORT,
    &solar_appscreener::REPORT,
    &sqlmap::REPORT,
    &ssl_labs::REPORT,
    &sysdig::REPORT,
    &testssl::REPORT,
    &threagile::REPORT,
    &threat_composer::REPORT,
    &trustwave_fusion_api::REPORT,
    &wfuzz::REPORT,
    &whatweb::REPORT,
    &whitehat_sentinel::REPORT,
    &wiz::REPORT,
    &xygeni::REPORT,
    &zora::REPORT,
    &openscap::REPORT,
    &outpost24::REPORT,
    &pingcastle::REPORT,
    &spotbugs::REPORT,
    &sslscan::REPORT,
    &sslyze::REPORT,
    &xanitizer::REPORT,
    &generic_json::REPORT,
    &generic_csv::REPORT,
];

/// One format that is read.
pub struct Report {
    /// The name given on the command line and kept with an import; never changes.
    pub name: &'static str,
    /// The name shown to people.
    pub title: &'static str,
    /// The command, or the place to click, that makes such a report.
    pub how_to_get: &'static str,
    /// A paragraph or two for the manual: what is taken from where, and what is left out.
    pub manual: &'static str,
    /// Small reports, written by us or by the tool on code of ours: file name and content.
    pub samples: &'static [(&'static str, &'static [u8])],
    /// Whether a document is in this format.
    pub recognises: fn(&Beginning) -> bool,
    /// Hands over what the document says.
    pub read: fn(&Source<'_>, &mut Intake<'_>) -> Result<(), Unreadable>,
}

/// A whole document whose syntax has been checked.
pub struct Source<'a> {
    pub text: &'a str,
    pub beginning: &'a Beginning,
}

/// What was read, besides the observations.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadReport {
    /// The name of the format.
    pub format: &'static str,
    pub tool: Option<String>,
    pub tool_version: Option<String>,
    /// How many observations were handed over.
    pub observations: u64,
    /// What a person should know about the whole, one sentence each.
    pub remarks: Vec<String>,
    /// How many items could not be used; the first of them are in `refusals`.
    pub refused: u64,
    pub refusals: Vec<Refusal>,
    /// False when an item was refused or the report itself says that the tool did not finish:
    /// what such a report does not name may still be there.
    pub whole: bool,
    /// The size as given.
    pub bytes: u64,
    /// SHA-256 of the bytes as given, in lower-case hexadecimal.
    pub digest: String,
}

/// Every format, in the order in which they are tried.
pub fn catalogue() -> &'static [&'static Report] {
    CATALOGUE
}

/// The format of that name.
pub fn by_name(name: &str) -> Option<&'static Report> {
    CATALOGUE.iter().copied().find(|report| report.name == name)
}
