//! SSLyze's JSON: versions before 4 and since.

use domain::findings::Severity;

use crate::reports::item::{self, Item};
use crate::reports::json::Node;
use crate::reports::{Intake, Unreadable};

use super::{CCS, COMPRESSION, HEARTBLEED, RENEGOTIATION, ROBOT, Weakness, is_weak, observation};

/// Protocols that should no longer be offered.
const OUTDATED: [(&str, &str); 4] = [
    ("ssl_2_0_cipher_suites", "SSL 2.0"),
    ("ssl_3_0_cipher_suites", "SSL 3.0"),
    ("tls_1_0_cipher_suites", "TLS 1.0"),
    ("tls_1_1_cipher_suites", "TLS 1.1"),
];

pub(super) fn read(text: &str, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(text);
    for name in ["server_connectivity_errors", "invalid_server_strings"] {
        if let Some(list) = document.member(name)?.filter(Node::is_array) {
            list.each_element(|_| intake.tool_failed("a server could not be reached"))?;
        }
    }
    item::each(&document.required("server_scan_results")?, intake, |server, intake| {
        let old = server.get("scan_commands_results");
        match server.get("scan_result").or(old) {
            Some(results) => read_server(&place(server), results, intake),
            None => intake.tool_failed("a server could not be scanned (scan_result)"),
        }
    })
}

fn place(server: Item<'_>) -> String {
    let hosts = ["server_location/hostname", "server_info/server_location/hostname"];
    let ports = ["server_location/port", "server_info/server_location/port"];
    let host = server.first(&hosts).unwrap_or_default();
    format!("{host}:{}", server.first(&ports).unwrap_or_else(|| "443".to_owned()))
}

/// What a check found: below `result` since version 4.
fn result<'v>(results: Item<'v>, check: &str, intake: &mut Intake<'_>) -> Option<Item<'v>> {
    let found = results.get(check)?;
    if found.text("status").as_deref() == Some("ERROR") {
        intake.tool_failed("a check of SSLyze failed (status)");
    }
    match found.get("status") {
        Some(_) => found.get("result"),
        None => Some(found),
    }
}

fn read_server(place: &str, results: Item<'_>, intake: &mut Intake<'_>) {
    let truths: [(&str, &str, &str, &Weakness); 4] = [
        ("heartbleed", "is_vulnerable_to_heartbleed", "true", &HEARTBLEED),
        ("openssl_ccs_injection", "is_vulnerable_to_ccs_injection", "true", &CCS),
        ("session_renegotiation", "supports_secure_renegotiation", "false", &RENEGOTIATION),
        ("tls_compression", "supports_compression", "true", &COMPRESSION),
    ];
    for (check, member, bad, weakness) in truths {
        let found = result(results, check, intake);
        if found.and_then(|found| found.text(member)).as_deref() == Some(bad) {
            intake.observe(weakness.observation(place, Severity::Medium));
        }
    }
    let robot = result(results, "robot", intake).and_then(|found| found.text("robot_result"));
    if robot.is_some_and(|word| word.starts_with("VULNERABLE")) {
        intake.observe(ROBOT.observation(place, Severity::Medium));
    }
    for (check, protocol) in OUTDATED {
        let suites = accepted(results, check, intake);
        if !suites.is_empty() {
            let told = format!("Accepted suites: {}", suites.join(", "));
            let named = format!("{protocol} is offered");
            intake.observe(observation(&named, place, Severity::Medium, Some(&told)));
        }
    }
    let mut weak = accepted(results, "tls_1_2_cipher_suites", intake);
    weak.retain(|suite| is_weak(suite));
    if !weak.is_empty() {
        let told = format!("Weak suites: {}", weak.join(", "));
        let named = "Weak suites with TLS 1.2";
        intake.observe(observation(named, place, Severity::Medium, Some(&told)));
    }
    read_certificates(place, results, intake);
}

fn accepted(results: Item<'_>, check: &str, intake: &mut Intake<'_>) -> Vec<String> {
    let found = result(results, check, intake);
    let suites = found.map(|found| found.list("accepted_cipher_suites")).unwrap_or_default();
    suites.into_iter().filter_map(|suite| suite.text("cipher_suite/name")).collect()
}

fn read_certificates(place: &str, results: Item<'_>, intake: &mut Intake<'_>) {
    let Some(found) = result(results, "certificate_info", intake) else { return };
    let mut problems = Vec::new();
    for deployment in found.list("certificate_deployments") {
        let paths = deployment.list("path_validation_results");
        let said = |path: &Item<'_>| path.first(&["openssl_error_string", "validation_error"]);
        if let Some(said) = paths.iter().find_map(said) {
            problems.push(format!("The certificate is not trusted: {said}"));
        }
        let matches = deployment.text("leaf_certificate_subject_matches_hostname");
        if matches.as_deref() == Some("false") {
            problems.push("The certificate is for another name".to_owned());
        }
    }
    if !problems.is_empty() {
        let named = "Problems with the certificate";
        let told = problems.join("\n");
        let mut observation = observation(named, place, Severity::Medium, Some(&told));
        observation.cwes = vec![295];
        intake.observe(observation);
    }
}
