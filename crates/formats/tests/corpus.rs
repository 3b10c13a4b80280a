//! The readers against reports that nobody made for them, with another product's reading.
//!
//! `WATCHBELL_CORPUS` names the folder. Every count by severity and every identifier is the same,
//! or `docs/differences.md` has a line that says why not; a line that is no longer true fails, too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::findings::{Observation, Severity};
use formats::reports::{Limits, ReadReport, Unreadable, read};
use serde::Deserialize;

/// The folders whose reports are in a format of ours, and the formats.
const FAMILIES: &[(&str, &[&str])] = &[
    ("acunetix", &["acunetix", "netsparker"]),
    ("anchore_engine", &["anchore_vulnerabilities"]),
    ("anchore_enterprise", &["anchore_policies"]),
    ("anchore_grype", &["grype"]),
    ("anchorectl_policies", &["anchore_policies"]),
    ("anchorectl_vulns", &["anchore_vulnerabilities"]),
    ("aqua", &["aqua"]),
    ("arachni", &["arachni"]),
    ("asff", &["asff"]),
    ("auditjs", &["auditjs"]),
    ("aws_inspector2", &["aws_inspector2"]),
    ("aws_prowler", &["prowler"]),
    ("aws_prowler_v3plus", &["prowler"]),
    ("awssecurityhub", &["asff"]),
    ("bandit", &["bandit"]),
    ("blackduck", &["blackduck"]),
    ("blackduck_binary_analysis", &["blackduck_binary_analysis"]),
    ("brakeman", &["brakeman"]),
    ("bugcrowd", &["bugcrowd"]),
    ("bundler_audit", &["bundler_audit"]),
    ("burp", &["burp"]),
    ("burp_api", &["burp_api"]),
    ("burp_graphql", &["burp_api"]),
    ("cargo_audit", &["cargo_audit"]),
    ("cfn_lint", &["cfn_lint"]),
    ("cfn_nag", &["cfn_nag"]),
    ("checkmarx", &["checkmarx"]),
    ("checkmarx_cxflow_sast", &["checkmarx_cxflow"]),
    ("checkmarx_one", &["checkmarx_one"]),
    ("checkmarx_osa", &["checkmarx_osa"]),
    ("checkov", &["checkov"]),
    ("clair", &["clair"]),
    ("cobalt", &["cobalt"]),
    ("codechecker", &["codechecker"]),
    ("composer_audit", &["composer_audit"]),
    ("contrast", &["contrast"]),
    ("coverity_api", &["coverity_api"]),
    ("coverity_scan", &["coverity_scan"]),
    ("csaf", &["csaf"]),
    ("cyclonedx", &["cyclonedx"]),
    ("dependency_check", &["dependency_check"]),
    ("dependency_track", &["dependency_track"]),
    ("detect_secrets", &["detect_secrets"]),
    ("dockerbench", &["docker_bench"]),
    ("dockle", &["dockle"]),
    ("dotnet_vulnerable", &["dotnet_vulnerable"]),
    ("eslint", &["eslint"]),
    ("fortify", &["fortify"]),
    ("generic", &["generic_json", "generic_csv"]),
    ("ggshield", &["ggshield"]),
    ("github_sast", &["github_sast"]),
    ("github_secrets_detection_report", &["github_secrets"]),
    ("github_vulnerability", &["github_vulnerability"]),
    ("gitlab_api_fuzzing", &["gitlab_api_fuzzing"]),
    ("gitlab_container_scan", &["gitlab_container_scanning"]),
    ("gitlab_dast", &["gitlab_dast"]),
    ("gitlab_dep_scan", &["gitlab_dependency_scanning"]),
    ("gitlab_sast", &["gitlab_sast"]),
    ("gitlab_secret_detection_report", &["gitlab_secret_detection"]),
    ("gitleaks", &["gitleaks"]),
    ("govulncheck", &["govulncheck", "sarif"]),
    ("h1", &["hackerone"]),
    ("hadolint", &["hadolint"]),
    ("harbor_vulnerability", &["harbor"]),
    ("horusec", &["horusec"]),
    ("invicti", &["netsparker"]),
    ("jfrog_xray_api_summary_artifact", &["jfrog_xray"]),
    ("jfrog_xray_on_demand_binary_scan", &["jfrog_xray"]),
    ("jfrog_xray_unified", &["jfrog_xray"]),
    ("jfrogxray", &["jfrog_xray"]),
    ("kics", &["kics"]),
    ("kubebench", &["kube_bench"]),
    ("kubehunter", &["kube_hunter"]),
    ("kubelinter", &["kube_linter"]),
    ("kubescape", &["kubescape"]),
    ("legitify", &["legitify"]),
    ("masscan", &["masscan"]),
    ("mayhem", &["sarif"]),
    ("mend", &["mend"]),
    ("meterian", &["meterian"]),
    ("mix_audit", &["mix_audit"]),
    ("mobsf", &["mobsf"]),
    ("mozilla_observatory", &["mozilla_observatory"]),
    ("ms_defender", &["ms_defender"]),
    ("naabu", &["naabu"]),
    ("nancy", &["nancy"]),
    ("netsparker", &["netsparker"]),
    ("nettacker", &["nettacker"]),
    ("neuvector", &["neuvector"]),
    ("neuvector_compliance", &["neuvector_compliance"]),
    ("nexpose", &["nexpose"]),
    ("nikto", &["nikto"]),
    ("njsscan", &["njsscan"]),
    ("nmap", &["nmap"]),
    ("noseyparker", &["noseyparker"]),
    ("npm_audit", &["npm_audit_6"]),
    ("npm_audit_7_plus", &["npm_audit_7"]),
    ("nsp", &["nsp"]),
    ("nuclei", &["nuclei"]),
    ("openreports", &["openreports"]),
    ("openscap", &["openscap"]),
    ("openvas", &["openvas"]),
    ("openvex", &["openvex"]),
    ("orca_security", &["orca_security"]),
    ("ossindex_devaudit", &["ossindex_devaudit"]),
    ("osv_scanner", &["osv_scanner"]),
    ("outpost24", &["outpost24"]),
    ("php_symfony_security_check", &["php_symfony_security_check"]),
    ("picus", &["picus"]),
    ("pingcastle", &["pingcastle"]),
    ("pip_audit", &["pip_audit"]),
    ("pmd", &["pmd"]),
    ("pnpm_audit", &["npm_audit_6"]),
    ("polaris", &["polaris"]),
    ("popeye", &["popeye"]),
    ("progpilot", &["progpilot"]),
    ("promptfoo", &["promptfoo"]),
    ("prowler", &["prowler"]),
    ("ptart", &["ptart"]),
    ("pwn_sast", &["pwn_sast"]),
    ("qark", &["qark"]),
    ("qualys", &["qualys", "qualys_csv", "qualys_pci"]),
    ("qualys_hacker_guardian", &["qualys_pci"]),
    ("qualys_infrascan_webgui", &["qualys_scan"]),
    ("qualys_vmdr", &["qualys_vmdr"]),
    ("qualys_webapp", &["qualys_web"]),
    ("rapplex", &["rapplex"]),
    ("redhatsatellite", &["redhatsatellite"]),
    ("rubocop", &["rubocop"]),
    ("rusty_hog", &["rusty_hog"]),
    ("sarif", &["sarif"]),
    ("scantist", &["scantist"]),
    ("secretlint", &["secretlint"]),
    ("semgrep", &["semgrep"]),
    ("semgrep_pro", &["semgrep_pro"]),
    ("snyk", &["snyk"]),
    ("snyk_code", &["sarif"]),
    ("snyk_issue_api", &["snyk_issue_api"]),
    ("solar_appscreener", &["solar_appscreener"]),
    ("sonarqube", &["sonarqube"]),
    ("sonatype", &["sonatype"]),
    ("spdx", &["spdx"]),
    ("spotbugs", &["spotbugs"]),
    ("sqlmap", &["sqlmap"]),
    ("ssh_audit", &["ssh_audit"]),
    ("ssl_labs", &["ssl_labs"]),
    ("sslscan", &["sslscan"]),
    ("sslyze", &["sslyze"]),
    ("stackhawk", &["stackhawk"]),
    ("sysdig_cli", &["sysdig"]),
    ("sysdig_reports", &["sysdig"]),
    ("talisman", &["talisman"]),
    ("tenable", &["nessus", "nessus_csv"]),
    ("terrascan", &["terrascan"]),
    ("testssl", &["testssl"]),
    ("tfsec", &["tfsec"]),
    ("threagile", &["threagile"]),
    ("threat_composer", &["threat_composer"]),
    ("trivy", &["trivy"]),
    ("trivy_operator", &["trivy_operator"]),
    ("trufflehog", &["trufflehog", "trufflehog_2"]),
    ("trufflehog3", &["trufflehog3", "trufflehog_2"]),
    ("trustwave_fusion_api", &["trustwave_fusion_api"]),
    ("twistlock", &["twistlock"]),
    ("veracode", &["veracode"]),
    ("veracode_sca", &["veracode_sca"]),
    ("wapiti", &["wapiti"]),
    ("wazuh", &["wazuh"]),
    ("wfuzz", &["wfuzz"]),
    ("whatweb", &["whatweb"]),
    ("whispers", &["whispers"]),
    ("whitehat_sentinel", &["whitehat_sentinel"]),
    ("wiz", &["wiz"]),
    ("wizcli_dir", &["wizcli"]),
    ("wizcli_iac", &["wizcli"]),
    ("wizcli_img", &["wizcli"]),
    ("wpscan", &["wpscan"]),
    ("xanitizer", &["xanitizer"]),
    ("xeol", &["xeol"]),
    ("xygeni", &["xygeni"]),
    ("yarn_audit", &["yarn_audit", "npm_audit_6"]),
    ("zap", &["zap"]),
    ("zora", &["zora"]),
];

/// Reports of other folders that truly are in a format of ours: folder or file, and the format.
const SAME_FORMAT: &[(&str, &str)] =
    &[("cppcheck", "sarif"), ("devskim", "sarif"), ("flawfinder", "sarif")];

#[derive(Deserialize)]
struct Truth {
    tool: String,
    file: String,
    ok: bool,
    #[serde(default)]
    by_severity: BTreeMap<String, u64>,
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    other_scan_types: Vec<Reading>,
}

/// The same report as the reference reads it under another name.
#[derive(Deserialize)]
struct Reading {
    #[serde(default)]
    by_severity: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    vulnerability_ids: Vec<String>,
}

type Difference = (String, String, String);

fn corpus() -> Option<PathBuf> {
    let folder =
        std::env::var_os("WATCHBELL_CORPUS").map(|root| PathBuf::from(root).join("reports"));
    let folder = folder.filter(|folder| folder.join("truth.jsonl").is_file());
    if folder.is_none() {
        eprintln!("CORPUS ABSENT: set WATCHBELL_CORPUS; only the readers' own samples are checked");
    }
    folder
}

fn truths(folder: &Path) -> Vec<Truth> {
    let lines = std::fs::read_to_string(folder.join("truth.jsonl")).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn family(truth: &Truth) -> Option<&'static [&'static str]> {
    FAMILIES.iter().find(|(folder, _)| *folder == truth.tool).map(|(_, formats)| *formats)
}

/// An empty list names no tool; a person names the format then, as the reference's reader did.
fn named(bytes: &[u8], truth: &Truth) -> Option<&'static str> {
    let said: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let says_nothing = matches!(said.as_slice(), b"[]" | b"{}" | b"null");
    family(truth).filter(|_| says_nothing).map(|formats| formats[0])
}

fn read_file(
    folder: &Path,
    truth: &Truth,
) -> (String, Result<(ReadReport, Vec<Observation>), Unreadable>) {
    let name = format!("{}/{}", truth.tool, truth.file);
    let bytes = std::fs::read(folder.join(&name)).unwrap();
    let mut observations = Vec::new();
    let name_given = named(&bytes, truth);
    let outcome = read(&bytes, name_given, &Limits::default(), &mut |one| observations.push(one));
    (name, outcome.map(|report| (report, observations)))
}

fn counted(counts: impl IntoIterator<Item = (Severity, u64)>) -> String {
    let mut sums = BTreeMap::new();
    counts.into_iter().for_each(|(severity, count)| *sums.entry(severity).or_insert(0) += count);
    let told = |(severity, count): (&Severity, &u64)| format!("{severity} {count}");
    let told: Vec<String> = sums.iter().rev().filter(|(_, count)| **count > 0).map(told).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

fn theirs(truth: &Truth) -> String {
    if !truth.ok {
        return "refused".to_owned();
    }
    counted(severities(&truth.by_severity))
}

fn severities(by_severity: &BTreeMap<String, u64>) -> impl Iterator<Item = (Severity, u64)> {
    by_severity.iter().map(|(word, count)| {
        (Severity::from_word(&word.to_lowercase()).expect("a known word"), *count)
    })
}

/// Whether a second reading of the reference has these counts; its identifiers are not known.
fn read_so_by_another_name(truth: &Truth, ours: &str) -> bool {
    let same = |reading: &Reading| counted(severities(&reading.by_severity)) == ours;
    truth.other_scan_types.iter().any(same)
}

fn ids<'i>(ids: impl IntoIterator<Item = &'i String>) -> BTreeSet<String> {
    ids.into_iter().map(|id| id.to_uppercase()).collect()
}

/// The lines of the tables, as file, ours and theirs.
fn listed() -> BTreeSet<Difference> {
    let page = include_str!("../../../docs/differences.md");
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains('/'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() == 4 && cells[3].len() > 10, "not four cells with a reason: {row}");
        (cells[0].to_owned(), cells[1].to_owned(), cells[2].to_owned())
    })
    .collect()
}

fn differences(folder: &Path, truth: &Truth, formats: &[&str]) -> Vec<Difference> {
    let (name, outcome) = read_file(folder, truth);
    let mut found = Vec::new();
    let mut note = |ours: String, theirs: String| {
        if ours != theirs {
            found.push((name.clone(), ours, theirs));
        }
    };
    match outcome {
        Ok((report, observations)) => {
            assert!(formats.contains(&report.format), "{name} was taken for {}", report.format);
            let ours = counted(observations.iter().map(|one| (one.severity, 1)));
            let by_another_name = read_so_by_another_name(truth, &ours);
            note(ours, theirs(truth));
            if by_another_name {
                return found;
            }
            let ours = ids(observations.iter().flat_map(|one| &one.ids));
            let theirs = ids(truth.items.iter().flat_map(|item| &item.vulnerability_ids));
            let missing: Vec<&str> = theirs.difference(&ours).map(String::as_str).collect();
            note(
                "none of them".to_owned(),
                match missing.as_slice() {
                    [] => "none of them".to_owned(),
                    ids => ids.join(" "),
                },
            );
        }
        Err(_) => note("refused".to_owned(), theirs(truth)),
    }
    found
}

#[test]
fn every_difference_from_the_reference_is_listed_with_its_reason() {
    let Some(folder) = corpus() else { return };
    let (mut found, mut files) = (BTreeSet::new(), BTreeMap::new());
    for truth in truths(&folder) {
        if let Some(formats) = family(&truth) {
            let differences = differences(&folder, &truth, formats);
            let (compared, equal) = files.entry(truth.tool).or_insert((0, 0));
            *compared += 1;
            *equal += u32::from(differences.is_empty());
            found.extend(differences);
        }
    }
    for (tool, (compared, equal)) in &files {
        println!("{tool}: {compared} files compared, {equal} equal");
    }
    assert_eq!(files.len(), FAMILIES.len(), "the corpus has not every family: {files:?}");
    let listed = listed();
    let rows = |set: Vec<&Difference>| {
        let row =
            |(file, ours, theirs): &Difference| format!("| {file} | {ours} | {theirs} | ? |\n");
        set.into_iter().map(row).collect::<String>()
    };
    let unlisted = rows(found.difference(&listed).collect());
    let stale = rows(listed.difference(&found).collect());
    assert!(unlisted.is_empty(), "not listed in docs/differences.md:\n{unlisted}");
    assert!(stale.is_empty(), "no longer true in docs/differences.md:\n{stale}");
}

#[test]
fn no_report_of_another_tool_is_taken_for_one_of_ours() {
    let Some(folder) = corpus() else { return };
    let (mut taken, mut met) = (Vec::new(), BTreeSet::new());
    for truth in truths(&folder).iter().filter(|truth| family(truth).is_none()) {
        let (name, outcome) = read_file(&folder, truth);
        let Ok((report, _)) = outcome else { continue };
        let same = |(place, format): &(&str, &str)| {
            *format == report.format && (name == *place || truth.tool == *place)
        };
        match SAME_FORMAT.iter().find(|entry| same(entry)) {
            Some(entry) => _ = met.insert(entry),
            None => taken.push(format!("{name} as {}", report.format)),
        }
    }
    assert!(taken.is_empty(), "recognised:\n{}", taken.join("\n"));
    assert_eq!(met.len(), SAME_FORMAT.len(), "SAME_FORMAT names what is not read: {met:?}");
}
