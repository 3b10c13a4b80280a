//! What DefectDojo calls the kinds of reports, and which of our formats read them.
//!
//! The rule to remember: this is the one table. A name is exactly what clients send as `scan_type`;
//! its number never changes and is given once, so that new entries come at the end. Formats have
//! the names of the catalogue of `formats`; one that is not in it (yet) is passed over. A kind none
//! of whose formats is there is not offered, and refused as DefectDojo refuses what it does not
//! know.

use formats::reports::by_name;

/// One kind of report.
#[derive(Debug, PartialEq, Eq)]
pub struct ScanType {
    pub id: i64,
    /// What clients send, such as `Trivy Scan`.
    pub name: &'static str,
    formats: &'static [&'static str],
}

const fn of(id: i64, name: &'static str, formats: &'static [&'static str]) -> ScanType {
    ScanType { id, name, formats }
}

impl ScanType {
    /// Those that can be read, by number.
    pub fn offered() -> impl Iterator<Item = &'static ScanType> {
        SCAN_TYPES.iter().filter(|known| known.is_offered())
    }

    /// The one of exactly that name, if it can be read.
    pub fn named(name: &str) -> Option<&'static ScanType> {
        SCAN_TYPES.iter().find(|known| known.name == name).filter(|known| known.is_offered())
    }

    pub fn numbered(id: i64) -> Option<&'static ScanType> {
        SCAN_TYPES.iter().find(|known| known.id == id).filter(|known| known.is_offered())
    }

    /// The number of a name that may not be read any more; 0 = it never was.
    pub fn id_of(name: &str) -> i64 {
        SCAN_TYPES.iter().find(|known| known.name == name).map_or(0, |known| known.id)
    }

    /// The formats of the catalogue that read it; several are told apart by content.
    pub fn formats(&self) -> Vec<&'static str> {
        self.formats.iter().copied().filter(|name| by_name(name).is_some()).collect()
    }

    fn is_offered(&self) -> bool {
        self.formats.iter().any(|name| by_name(name).is_some())
    }
}

const SCAN_TYPES: &[ScanType] = &[
    of(1, "Acunetix Scan", &["acunetix", "netsparker"]),
    of(2, "AIDE Scan", &["aide"]),
    of(3, "Alert Logic Scan", &["alert_logic"]),
    of(4, "Anchore Engine Scan", &["anchore_vulnerabilities"]),
    of(5, "Anchore Enterprise Policy Check", &["anchore_policies"]),
    of(6, "Anchore Grype", &["grype"]),
    of(7, "Anchore Grype detailed", &["grype"]),
    of(8, "AnchoreCTL Policies Report", &["anchore_policies"]),
    of(9, "AnchoreCTL Vuln Report", &["anchore_vulnerabilities"]),
    of(10, "APKLeaks Scan", &["apkleaks"]),
    of(11, "AppCheck Web Application Scanner", &["appcheck"]),
    of(12, "Aqua Scan", &["aqua"]),
    of(13, "Arachni Scan", &["arachni"]),
    of(14, "AuditJS Scan", &["auditjs"]),
    of(15, "AWS Inspector2 Scan", &["aws_inspector2"]),
    of(16, "AWS Prowler Scan", &["prowler"]),
    of(17, "AWS Prowler V3", &["prowler"]),
    of(18, "AWS Security Finding Format (ASFF) Scan", &["asff"]),
    of(19, "AWS Security Hub Scan", &["asff"]),
    of(20, "Azure Security Center Recommendations Scan", &["azure_recommendations"]),
    of(21, "Bandit Scan", &["bandit"]),
    of(22, "Bearer CLI", &["bearer"]),
    of(23, "Blackduck Binary Analysis", &["blackduck_binary_analysis"]),
    of(24, "Blackduck Hub Scan", &["blackduck"]),
    of(25, "Brakeman Scan", &["brakeman"]),
    of(26, "BugCrowd Scan", &["bugcrowd"]),
    of(27, "Bundler-Audit Scan", &["bundler_audit"]),
    of(28, "Burp Enterprise Scan", &["burp"]),
    of(29, "Burp GraphQL API", &["burp_api"]),
    of(30, "Burp REST API", &["burp_api"]),
    of(31, "Burp Scan", &["burp"]),
    of(32, "Burp Suite DAST Scan", &["burp"]),
    of(33, "CargoAudit Scan", &["cargo_audit"]),
    of(34, "cfn-lint Scan", &["cfn_lint"]),
    of(35, "cfn-nag Scan", &["cfn_nag"]),
    of(36, "Checkmarx CxFlow SAST", &["checkmarx_cxflow"]),
    of(37, "Checkmarx One Scan", &["checkmarx_one"]),
    of(38, "Checkmarx OSA", &["checkmarx_osa"]),
    of(39, "Checkmarx Scan", &["checkmarx"]),
    of(40, "Checkmarx Scan detailed", &["checkmarx"]),
    of(41, "Checkov Scan", &["checkov"]),
    of(42, "Chef Inspect Log", &["chefinspect"]),
    of(43, "chkrootkit Scan", &["chkrootkit"]),
    of(44, "Choctaw Hog Scan", &["rusty_hog"]),
    of(45, "Clair Scan", &["clair"]),
    of(46, "ClamAV Scan", &["clamav"]),
    of(47, "Cloudflare Insights", &["cloudflare_insights"]),
    of(48, "Cloudsploit Scan", &["cloudsploit"]),
    of(49, "Cobalt.io Scan", &["cobalt"]),
    of(50, "Codechecker Report native", &["codechecker"]),
    of(51, "Composer Audit Scan", &["composer_audit"]),
    of(52, "Conftest Scan", &["conftest"]),
    of(53, "Contrast Scan", &["contrast"]),
    of(54, "Coverity API", &["coverity_api"]),
    of(55, "Coverity Scan JSON Report", &["coverity_scan"]),
    of(56, "Cppcheck Scan", &["sarif"]),
    of(57, "Crashtest Security JSON File", &["crashtest_security"]),
    of(58, "Crashtest Security XML File", &["crashtest_security"]),
    of(59, "CredScan Scan", &["credscan"]),
    of(60, "Crunch42 Scan", &["crunch42"]),
    of(61, "CSAF Scan", &["csaf"]),
    of(62, "cwe_checker Scan", &["cwe_checker"]),
    of(63, "Cyberwatch scan (Galeax)", &["cyberwatch"]),
    of(64, "CycloneDX Scan", &["cyclonedx"]),
    of(65, "Cycognito Scan", &["cycognito"]),
    of(66, "Deepfence Threatmapper Report", &["deepfence_threatmapper"]),
    of(67, "Dependency Check Scan", &["dependency_check"]),
    of(68, "Dependency Track Finding Packaging Format (FPF) Export", &["dependency_track"]),
    of(69, "Detect-secrets Scan", &["detect_secrets"]),
    of(70, "DevSkim Scan", &["sarif"]),
    of(71, "Dirsearch Scan", &["dirsearch"]),
    of(72, "docker-bench-security Scan", &["docker_bench"]),
    of(73, "Dockle Scan", &["dockle"]),
    of(74, "Dotnet Vulnerable Packages Scan", &["dotnet_vulnerable"]),
    of(75, "DrHeader JSON Importer", &["drheader"]),
    of(76, "DSOP Scan", &["dsop"]),
    of(77, "Duroc Hog Scan", &["rusty_hog"]),
    of(78, "ESLint Scan", &["eslint"]),
    of(79, "Essex Hog Scan", &["rusty_hog"]),
    of(80, "ffuf Scan", &["ffuf"]),
    of(81, "Firmwalker Scan", &["firmwalker"]),
    of(82, "Flawfinder Scan", &["sarif"]),
    of(83, "Fortify Scan", &["fortify"]),
    of(84, "Fortify Scan v2", &["fortify"]),
    of(85, "Garak Scan", &["garak"]),
    of(86, "Generic Findings Import", &["generic_json", "generic_csv"]),
    of(87, "Ggshield Scan", &["ggshield"]),
    of(88, "Github SAST Scan", &["github_sast"]),
    of(89, "Github Secrets Detection Report Scan", &["github_secrets"]),
    of(90, "Github Vulnerability Scan", &["github_vulnerability"]),
    of(91, "GitLab API Fuzzing Report Scan", &["gitlab_api_fuzzing"]),
    of(92, "GitLab Container Scan", &["gitlab_container_scanning"]),
    of(93, "GitLab DAST Report", &["gitlab_dast"]),
    of(94, "GitLab Dependency Scanning Report", &["gitlab_dependency_scanning"]),
    of(95, "GitLab SAST Report", &["gitlab_sast"]),
    of(96, "GitLab Secret Detection Report", &["gitlab_secret_detection"]),
    of(97, "Gitleaks Scan", &["gitleaks", "sarif"]),
    of(98, "Gobuster Scan", &["gobuster"]),
    of(99, "Google Cloud Artifact Vulnerability Scan", &["gcloud_artifacts"]),
    of(100, "Gottingen Hog Scan", &["rusty_hog"]),
    of(101, "Govulncheck Scanner", &["govulncheck", "sarif"]),
    of(102, "Govulncheck Scanner V2", &["govulncheck", "sarif"]),
    of(103, "HackerOne Cases", &["hackerone", "generic_json"]),
    of(104, "Hadolint Dockerfile check", &["hadolint"]),
    of(105, "Harbor Vulnerability Scan", &["harbor"]),
    of(106, "HCL AppScan on Cloud SAST XML", &["hcl_appscan"]),
    of(107, "HCLAppScan XML", &["hcl_appscan"]),
    of(108, "Horusec Scan", &["horusec"]),
    of(109, "httpx Scan", &["httpx"]),
    of(110, "Humble Json Importer", &["humble"]),
    of(111, "HuskyCI Report", &["huskyci"]),
    of(112, "Hydra Scan", &["hydra"]),
    of(113, "Immuniweb Scan", &["immuniweb"]),
    of(114, "Infer Scan", &["infer"]),
    of(115, "IntSights Report", &["intsights"]),
    of(116, "Invicti Scan", &["netsparker"]),
    of(117, "IriusRisk Threats Scan", &["iriusrisk"]),
    of(118, "JFrog Xray API Summary Artifact Scan", &["jfrog_xray"]),
    of(119, "JFrog Xray On Demand Binary Scan", &["jfrog_xray"]),
    of(120, "JFrog Xray Scan", &["jfrog_xray"]),
    of(121, "JFrog Xray Unified Scan", &["jfrog_xray"]),
    of(122, "KICS Scan", &["kics"]),
    of(123, "Kiuwan SCA Scan", &["kiuwan_sca"]),
    of(124, "Kiuwan Scan", &["kiuwan"]),
    of(125, "KrakenD Audit Scan", &["krakend_audit"]),
    of(126, "kube-bench Scan", &["kube_bench"]),
    of(127, "KubeHunter Scan", &["kube_hunter"]),
    of(128, "KubeLinter Scan", &["kube_linter"]),
    of(129, "Kubescape JSON Importer", &["kubescape"]),
    of(130, "Legitify Scan", &["legitify"]),
    of(131, "Lynis Scan", &["lynis"]),
    of(132, "Masscan Scan", &["masscan"]),
    of(133, "Mayhem SARIF Report", &["sarif"]),
    of(134, "Mend Scan", &["mend"]),
    of(135, "Meterian Scan", &["meterian"]),
    of(136, "Mix Audit Scan", &["mix_audit"]),
    of(137, "MobSF Scan", &["mobsf"]),
    of(138, "Mobsfscan Scan", &["mobsf"]),
    of(139, "Mozilla Observatory Scan", &["mozilla_observatory"]),
    of(140, "MSDefender Parser", &["ms_defender"]),
    of(141, "Naabu Scan", &["naabu"]),
    of(142, "Nancy Scan", &["nancy"]),
    of(143, "Netsparker Scan", &["netsparker"]),
    of(144, "Nettacker Scan", &["nettacker"]),
    of(145, "NeuVector (compliance)", &["neuvector_compliance"]),
    of(146, "NeuVector (REST)", &["neuvector"]),
    of(147, "Nexpose Scan", &["nexpose"]),
    of(148, "Nikto Scan", &["nikto"]),
    of(149, "njsscan Scan", &["njsscan"]),
    of(150, "Nmap Scan", &["nmap"]),
    of(151, "Node Security Platform Scan", &["nsp"]),
    of(152, "Nosey Parker Scan", &["noseyparker"]),
    of(153, "NPM Audit Scan", &["npm_audit_6", "npm_audit_7"]),
    of(154, "NPM Audit v7+ Scan", &["npm_audit_7", "npm_audit_6"]),
    of(155, "Nuclei Scan", &["nuclei"]),
    of(156, "OpenReports", &["openreports"]),
    of(157, "Openscap Vulnerability Scan", &["openscap"]),
    of(158, "OpenVAS Parser", &["openvas"]),
    of(159, "OpenVAS Parser v2", &["openvas"]),
    of(160, "OpenVEX Scan", &["openvex"]),
    of(161, "Orca Security Alerts", &["orca_security"]),
    of(162, "OssIndex Devaudit SCA Scan Importer", &["ossindex_devaudit"]),
    of(163, "OSV Scan", &["osv_scanner"]),
    of(164, "Outpost24 Scan", &["outpost24"]),
    of(165, "PHP Symfony Security Check", &["php_symfony_security_check"]),
    of(166, "PICUS Scan", &["picus"]),
    of(167, "PingCastle", &["pingcastle"]),
    of(168, "pip-audit Scan", &["pip_audit"]),
    of(169, "PMD Scan", &["pmd"]),
    of(170, "pnpm Audit Scan", &["npm_audit_6", "npm_audit_7"]),
    of(171, "Polaris Scan", &["polaris"]),
    of(172, "Popeye Scan", &["popeye"]),
    of(173, "Progpilot Scan", &["progpilot"]),
    of(174, "Promptfoo Scan", &["promptfoo"]),
    of(175, "Prowler Scan", &["prowler"]),
    of(176, "PTART Report", &["ptart"]),
    of(177, "PWN SAST", &["pwn_sast"]),
    of(178, "QARK Scan", &["qark"]),
    of(179, "Qualys Hacker Guardian Scan", &["qualys_pci"]),
    of(180, "Qualys Infrastructure Scan (WebGUI XML)", &["qualys_scan"]),
    of(181, "Qualys Scan", &["qualys", "qualys_csv", "qualys_pci"]),
    of(182, "Qualys VMDR", &["qualys_vmdr"]),
    of(183, "Qualys Webapp Scan", &["qualys_web"]),
    of(184, "Rapplex Scan", &["rapplex"]),
    of(185, "Red Hat Satellite", &["redhatsatellite"]),
    of(186, "rkhunter Scan", &["rkhunter"]),
    of(187, "Rubocop Scan", &["rubocop"]),
    of(188, "Rusty Hog Scan", &["rusty_hog"]),
    of(189, "SARIF", &["sarif"]),
    of(190, "Scantist Scan", &["scantist"]),
    of(191, "Scout Suite Scan", &["scout_suite"]),
    of(192, "Secretlint Scan", &["secretlint"]),
    of(193, "Semgrep JSON Report", &["semgrep"]),
    of(194, "Semgrep Pro JSON Report", &["semgrep_pro", "semgrep"]),
    of(195, "Snyk Code Scan", &["sarif"]),
    of(196, "Snyk Issue API Scan", &["snyk_issue_api"]),
    of(197, "Snyk Scan", &["snyk"]),
    of(198, "Solar Appscreener Scan", &["solar_appscreener"]),
    of(199, "SonarQube Scan", &["sonarqube"]),
    of(200, "SonarQube Scan detailed", &["sonarqube"]),
    of(201, "Sonatype Application Scan", &["sonatype"]),
    of(202, "SPDX Scan", &["spdx"]),
    of(203, "SpotBugs Scan", &["spotbugs"]),
    of(204, "Sqlmap Scan", &["sqlmap"]),
    of(205, "SSH Audit Importer", &["ssh_audit"]),
    of(206, "SSL Labs Scan", &["ssl_labs"]),
    of(207, "Sslscan", &["sslscan"]),
    of(208, "Sslyze Scan", &["sslyze"]),
    of(209, "SSLyze Scan (JSON)", &["sslyze"]),
    of(210, "StackHawk HawkScan", &["stackhawk"]),
    of(211, "Sysdig CLI Report", &["sysdig"]),
    of(212, "Sysdig Vulnerability Report", &["sysdig"]),
    of(213, "Talisman Scan", &["talisman"]),
    of(214, "Tenable Scan", &["nessus", "nessus_csv"]),
    of(215, "Terrascan Scan", &["terrascan"]),
    of(216, "Testssl Scan", &["testssl"]),
    of(217, "TFSec Scan", &["tfsec"]),
    of(218, "Threagile risks report", &["threagile"]),
    of(219, "ThreatComposer Scan", &["threat_composer"]),
    of(220, "Trivy Operator Scan", &["trivy_operator", "trivy"]),
    of(221, "Trivy Scan", &["trivy"]),
    of(222, "Trufflehog Scan", &["trufflehog", "trufflehog_2"]),
    of(223, "Trufflehog3 Scan", &["trufflehog3", "trufflehog_2"]),
    of(224, "Trustwave Fusion API Scan", &["trustwave_fusion_api"]),
    of(225, "Twistlock Image Scan", &["twistlock"]),
    of(226, "Veracode Scan", &["veracode"]),
    of(227, "Veracode SourceClear Scan", &["veracode_sca"]),
    of(228, "Wapiti Scan", &["wapiti"]),
    of(229, "Wazuh", &["wazuh"]),
    of(230, "WFuzz JSON report", &["wfuzz"]),
    of(231, "WhatWeb Scan", &["whatweb"]),
    of(232, "Whispers Scan", &["whispers"]),
    of(233, "WhiteHat Sentinel", &["whitehat_sentinel"]),
    of(234, "Wiz Scan", &["wiz"]),
    of(235, "Wizcli Dir Scan", &["wizcli"]),
    of(236, "Wizcli IaC Scan", &["wizcli"]),
    of(237, "Wizcli Img Scan", &["wizcli"]),
    of(238, "Wpscan", &["wpscan"]),
    of(239, "Xanitizer Scan", &["xanitizer"]),
    of(240, "Xeol Parser", &["xeol"]),
    of(241, "Xygeni SAST Scan", &["xygeni"]),
    of(242, "Xygeni SCA Scan", &["xygeni"]),
    of(243, "Xygeni Secrets Scan", &["xygeni"]),
    of(244, "YARA Scan", &["yara"]),
    of(245, "Yarn Audit Scan", &["yarn_audit", "npm_audit_6"]),
    of(246, "ZAP Scan", &["zap"]),
    of(247, "Zora Parser", &["zora"]),
    of(248, "Gosec Scanner", &["gosec"]),
    of(249, "Retire.js Scan", &["retire_js"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use formats::reports::catalogue;

    use super::*;

    /// Formats for which DefectDojo has no kind of its own.
    const OURS_ALONE: &[&str] = &[];

    #[test]
    fn a_name_and_a_number_stand_once() {
        let names: BTreeSet<&str> = SCAN_TYPES.iter().map(|known| known.name).collect();
        let numbers: BTreeSet<i64> = SCAN_TYPES.iter().map(|known| known.id).collect();
        assert_eq!((names.len(), numbers.len()), (SCAN_TYPES.len(), SCAN_TYPES.len()));
        assert!(SCAN_TYPES.iter().all(|known| known.id > 0 && !known.formats.is_empty()));
    }

    #[test]
    fn every_kind_with_a_format_is_offered_and_no_other() {
        for known in SCAN_TYPES {
            let has_format = !known.formats().is_empty();
            assert_eq!(ScanType::named(known.name).is_some(), has_format, "{}", known.name);
            assert_eq!(ScanType::numbered(known.id).is_some(), has_format, "{}", known.name);
        }
        for (name, formats) in [
            ("Trivy Scan", vec!["trivy"]),
            ("SARIF", vec!["sarif"]),
            ("Anchore Grype", vec!["grype"]),
            ("Generic Findings Import", vec!["generic_json", "generic_csv"]),
            ("NPM Audit v7+ Scan", vec!["npm_audit_7", "npm_audit_6"]),
        ] {
            assert_eq!(ScanType::named(name).expect(name).formats(), formats);
        }
        assert_eq!(ScanType::named("trivy scan"), None);
    }

    #[test]
    fn every_format_of_the_catalogue_is_reached_by_a_kind() {
        let reached: BTreeSet<&str> = ScanType::offered().flat_map(ScanType::formats).collect();
        let names = catalogue().iter().map(|report| report.name);
        let missing: Vec<&str> =
            names.filter(|name| !reached.contains(name) && !OURS_ALONE.contains(name)).collect();
        assert!(
            missing.is_empty(),
            "give {missing:?} to their kinds in SCAN_TYPES, or list them in OURS_ALONE"
        );
    }
}
