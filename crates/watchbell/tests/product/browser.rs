//! Journeys in a real Chromium, with an accessibility check of every page on the way.
//!
//! Needs `WATCHBELL_CHROMEDRIVER`, `WATCHBELL_CHROMIUM` and `WATCHBELL_AXE`, which
//! `cargo xtask test` provides; what is absent is said loudly.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use thirtyfour::prelude::*;

use crate::program::{Program, text};

const REPORT: &str = r#"{"findings": [
  {"title": "Remote code execution in parser", "severity": "Critical", "cve": "CVE-2026-1234",
   "cvssv3": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:L", "component_name": "parser",
   "component_version": "1.0"}
]}"#;

struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A browser, or `None` with a loud word when the machine has none.
async fn browser(profile: &str) -> Option<(Driver, WebDriver)> {
    let (Ok(driver), Ok(chromium)) =
        (std::env::var("WATCHBELL_CHROMEDRIVER"), std::env::var("WATCHBELL_CHROMIUM"))
    else {
        eprintln!("BROWSER ABSENT: set WATCHBELL_CHROMEDRIVER and WATCHBELL_CHROMIUM");
        return None;
    };
    let mut child = Command::new(driver)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let port = lines
        .map_while(Result::ok)
        .find_map(|line| {
            let port = line.split("on port ").nth(1)?.trim_end_matches('.').to_owned();
            // The first line names the port that was asked for, 0.
            port.parse::<u16>().ok().filter(|port| *port != 0)
        })
        .expect("chromedriver names its port");
    let mut capabilities = DesiredCapabilities::chrome();
    capabilities.set_binary(&chromium).unwrap();
    for argument in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,1000",
        &format!("--user-data-dir={profile}"),
    ] {
        capabilities.add_arg(argument).unwrap();
    }
    let web = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.unwrap();
    Some((Driver(child), web))
}

/// Violations of WCAG 2.2 A and AA on the page, in words.
async fn violations(web: &WebDriver, axe: &str) -> Vec<String> {
    web.execute(axe, vec![]).await.unwrap();
    let script = "const done = arguments[0]; axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', \
        'wcag21a', 'wcag21aa', 'wcag22aa']}).then(r => done(r.violations.map(v => v.id + ': ' + \
        v.nodes.map(n => n.target.join(' ')).join(', '))));";
    let answer = web.execute_async(script, vec![]).await.unwrap();
    answer.convert().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_signs_in_and_finds_a_finding_by_keyboard() {
    let program = Program::new();
    let profile = program.path("profile");
    let Some((_driver, web)) = browser(text(&profile)).await else { return };
    let report = program.file("report.json", REPORT);
    let import = program.run(&["import", text(&report), "--service", "web", "--create-service"]);
    assert_eq!(import.status, 0, "{}", import.err);
    assert_eq!(program.run(&["playbook", "load", "ciso"]).status, 0);
    let server = program.serve("serve");
    web.goto(server.link.as_deref().expect("a link")).await.unwrap();
    for (name, value) in [
        ("name", "mara.lind"),
        ("email", "mara@example.org"),
        ("password", "harbour lantern tide rope"),
    ] {
        web.find(By::Name(name)).await.unwrap().send_keys(value).await.unwrap();
    }
    web.find(By::Css("main form button")).await.unwrap().click().await.unwrap();
    let title = web.title().await.unwrap();
    assert!(title.contains("breaks first"), "after signing in: {title}");

    // The keyboard alone: `/` to the search field, the words, Enter.
    web.find(By::Tag("body")).await.unwrap().send_keys("/").await.unwrap();
    let field = web.active_element().await.unwrap();
    field.send_keys("parser").await.unwrap();
    field.send_keys(Key::Enter + "").await.unwrap();
    let found = web.query(By::LinkText("CVE-2026-1234"));
    let link = found.first().await.unwrap();
    link.click().await.unwrap();
    let heading = web.query(By::XPath("//h1[contains(., 'CVE-2026-1234')]")).first().await;
    assert!(heading.is_ok(), "the page of the finding has no heading that names it");

    let Ok(axe) = std::env::var("WATCHBELL_AXE") else {
        eprintln!("AXE ABSENT: set WATCHBELL_AXE");
        web.quit().await.unwrap();
        return;
    };
    let axe = std::fs::read_to_string(axe).expect("axe is readable");
    let mut found = Vec::new();
    for theme in ["light", "dark"] {
        for path in [
            "/",
            "/objectives",
            "/findings",
            "/findings/F-1",
            "/escalations",
            "/imports",
            "/imports/I-1",
            "/services",
            "/services/web",
            "/people",
            "/outbox",
            "/tokens",
            "/help/keyboard",
            "/nothing-here",
        ] {
            web.goto(format!("{}{path}", server.address)).await.unwrap();
            let script = "document.documentElement.dataset.theme = arguments[0];";
            web.execute(script, vec![theme.into()]).await.unwrap();
            let here = violations(&web, &axe).await;
            found.extend(here.into_iter().map(|it| format!("{path} ({theme}): {it}")));
        }
    }
    web.quit().await.unwrap();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
