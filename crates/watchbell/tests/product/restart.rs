//! The power goes away in the middle, and what was acknowledged is there afterwards.

use std::process::Stdio;

use crate::program::{Program, text};

fn report(findings: usize) -> String {
    let list: Vec<String> = (0..findings)
        .map(|n| {
            format!(
                r#"{{"title": "weakness {n}", "severity": "High", "cve": "CVE-2026-{n:05}",
                "component_name": "package-{n}", "component_version": "1.0"}}"#
            )
        })
        .collect();
    format!(r#"{{"findings": [{}]}}"#, list.join(","))
}

#[test]
fn an_import_that_is_killed_is_whole_or_absent() {
    const FINDINGS: usize = 2_000;
    let program = Program::new();
    let file = program.file("report.json", &report(FINDINGS));
    let import = ["import", text(&file), "--service", "web", "--create-service", "--json"];
    // Makes the database, so that only the import itself is interrupted.
    assert_eq!(program.run(&["findings"]).status, 0);
    let mut interrupted = 0;
    for step in 0..12_u64 {
        let mut child = program.command().args(import).stdout(Stdio::null()).spawn().unwrap();
        let until = std::time::Instant::now() + std::time::Duration::from_millis(20 + step * 60);
        let mut ended = false;
        while std::time::Instant::now() < until && !ended {
            ended = child.try_wait().unwrap().is_some();
            std::thread::yield_now();
        }
        child.kill().ok();
        child.wait().unwrap();
        interrupted += usize::from(!ended);
        let list = program.run(&["findings", "--limit", "5000", "--json"]).json();
        let found = list["findings"].as_array().map_or(0, Vec::len);
        assert!(found == 0 || found == FINDINGS, "{found} findings after a kill");
    }
    assert!(interrupted > 0, "no run was interrupted: the test did not test");
    assert_eq!(program.run(&import).status, 0);
    let list = program.run(&["findings", "--limit", "5000", "--json"]).json();
    assert_eq!(list["findings"].as_array().map(Vec::len), Some(FINDINGS));
}

#[test]
fn a_server_that_is_killed_comes_back_with_its_data() {
    let program = Program::new();
    let server = program.serve("serve");
    let link = server.link.clone().expect("a first administrator is wanted");
    assert!(link.starts_with(&server.address));
    server.kill();
    let again = program.serve("serve");
    assert!(again.link.is_some(), "nobody used the first link, so there is another");
}
