//! The power goes away in the middle, and what was acknowledged is there afterwards.

use std::process::Stdio;

use crate::program::{Program, report, text};

const FINDINGS: usize = 2_000;

#[test]
fn an_import_that_is_killed_is_whole_or_absent() {
    killed_again_and_again(&Program::new(), FINDINGS);
}

#[test]
fn an_import_into_postgresql_that_is_killed_is_whole_or_absent() {
    let Ok(server) = std::env::var("WATCHBELL_TEST_POSTGRES") else {
        eprintln!("POSTGRES ABSENT: imports were killed on SQLite only");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = runtime.block_on(testkit::fresh_postgres(&server, folder.path()));
    killed_again_and_again(&Program::on(&address), FINDINGS);
}

/// Kills an import at a later point each time, until it comes through.
fn killed_again_and_again(program: &Program, findings: usize) {
    let file = program.file("report.json", &report(findings));
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
        let found = kept(program);
        assert!(found == 0 || found == findings, "{found} findings after a kill");
    }
    assert!(interrupted > 0, "no run was interrupted: the test did not test");
    assert_eq!(program.run(&import).status, 0);
    assert_eq!(kept(program), findings);
}

fn kept(program: &Program) -> usize {
    let list = program.run(&["findings", "--limit", "5000", "--json"]).json();
    list["findings"].as_array().map_or(0, Vec::len)
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
