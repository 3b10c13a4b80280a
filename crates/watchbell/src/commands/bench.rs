//! `watchbell bench`: imports, lists and ticks on generated data of growing size.
//!
//! Everything is made in a directory of its own and removed afterwards. Times are of this machine
//! at this moment; compare ratios.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use domain::access::Actor;
use jiff::{SignedDuration, Timestamp};
use operations::findings::{self, Filter, Sort, States};
use operations::imports::{self, ImportRequest};
use operations::{App, duties};
use serde_json::json;

use crate::cli::{Bench, Common};
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, FixedClock, Pretence};

/// The instant of every benchmark.
const NOW: &str = "2026-06-01T09:00:00Z";
/// Findings of one service while a large database is filled.
const A_SERVICE: u64 = 10_000;
/// How often a list is asked for; the 95th percentile is told.
const ASKED: usize = 60;

/// Runs all measurements and prints a table, or one JSON document.
pub async fn bench(common: &Common, asked: &Bench) -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("watchbell-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::Failed(format!("cannot make {}: {error}", folder.display())))?;
    let outcome = measure(common, asked, &folder).await;
    let _ = std::fs::remove_dir_all(&folder);
    let rows = outcome?;
    if common.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(what, size, millis)| json!({"what": what, "size": size, "millis": millis}))
            .collect();
        return present::json(&json!({"measurements": rows}));
    }
    let rows = rows
        .into_iter()
        .map(|(what, size, millis)| vec![what, size.to_string(), format!("{millis:.1}")])
        .collect();
    present::line(&present::table(&["what", "findings", "milliseconds"], rows))
}

type Row = (String, u64, f64);

async fn measure(common: &Common, asked: &Bench, folder: &Path) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for size in &asked.sizes {
        let app = open(common, folder, &format!("import-{size}"), NOW).await?;
        for (name, report) in [("trivy", trivy(*size, 0)), ("sarif", sarif(*size))] {
            let mut request = request(report, &format!("{name}-{size}"));
            rows.push((format!("{name}: first import"), *size, import(&app, &request).await?));
            rows.push((format!("{name}: the same again"), *size, import(&app, &request).await?));
            request.bytes.clear();
        }
        app.database().close().await;
    }
    for size in &asked.stored {
        let name = format!("stored-{size}");
        let app = open(common, folder, &name, NOW).await?;
        let services = size.div_ceil(A_SERVICE);
        for service in 0..services {
            let count = A_SERVICE.min(size - service * A_SERVICE);
            import(&app, &request(trivy(count, service), &format!("service-{service}"))).await?;
        }
        rows.extend(lists(&app, *size).await?);
        app.database().close().await;
        let later =
            NOW.parse::<Timestamp>().unwrap_or_default() + SignedDuration::from_hours(24 * 15);
        let app = open(common, folder, &name, &later.to_string()).await?;
        let started = Instant::now();
        let tick = duties::tick(&app, &Actor::Operator).await?;
        let due: u64 = tick.duties.iter().map(|(_, done)| done.advanced).sum();
        rows.push((format!("tick with {due} due"), *size, millis(started)));
        let started = Instant::now();
        duties::tick(&app, &Actor::Operator).await?;
        rows.push(("tick with nothing due".into(), *size, millis(started)));
        app.database().close().await;
    }
    Ok(rows)
}

async fn open(common: &Common, folder: &Path, name: &str, now: &str) -> Result<App, Failure> {
    let now: Timestamp = now.parse().map_err(|error| Failure::Failed(format!("clock: {error}")))?;
    let own = format!("sqlite:{}", folder.join(format!("{name}.db")).display());
    let database = common.database.clone().unwrap_or(own);
    wiring::app_at(&database, "http://bench", Arc::new(FixedClock(now)), Arc::new(Pretence)).await
}

fn request(bytes: Vec<u8>, service: &str) -> ImportRequest {
    let (service, create_service) = (service.to_owned(), true);
    ImportRequest { bytes, service, create_service, ..ImportRequest::default() }
}

async fn import(app: &App, request: &ImportRequest) -> Result<f64, Failure> {
    let started = Instant::now();
    imports::import(app, &Actor::Operator, request.clone()).await?;
    Ok(millis(started))
}

/// Each list is asked for [`ASKED`] times, walking on; the 95th percentile counts.
async fn lists(app: &App, size: u64) -> Result<Vec<Row>, Failure> {
    let of_service = Filter { service: Some("service-0".into()), ..Filter::default() };
    let critical = Filter { band: Some(domain::findings::Band::Critical), ..Filter::default() };
    let every = Filter { states: States::All, ..Filter::default() };
    let asked = [
        ("list by deadline", Filter::default(), Sort::Deadline),
        ("list by severity", Filter::default(), Sort::Severity),
        ("list of a service by deadline", of_service, Sort::Deadline),
        ("list of a band by deadline", critical, Sort::Deadline),
        ("list of all states by newest", every, Sort::Newest),
    ];
    let mut rows = Vec::new();
    for (name, filter, sort) in asked {
        let mut times = Vec::new();
        let mut after = None;
        for _ in 0..ASKED {
            let started = Instant::now();
            let page = findings::list(app, &Actor::Operator, &filter, (sort, after), 50).await?;
            times.push(millis(started));
            after = page.next;
        }
        rows.push((format!("{name}, p95"), size, percentile(times)));
    }
    let started = Instant::now();
    findings::tallies(app, &Actor::Operator).await?;
    rows.push(("counts of the front page".into(), size, millis(started)));
    Ok(rows)
}

fn percentile(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() * 95 / 100).copied().unwrap_or_default()
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

/// A Trivy report of `count` vulnerabilities, some 1,450 bytes each as in real ones.
fn trivy(count: u64, service: u64) -> Vec<u8> {
    let words = "A flaw was found in the way the component handles crafted input. ".repeat(14);
    let vulnerabilities: Vec<_> = (0..count)
        .map(|n| {
            let (id, package) = (service * A_SERVICE + n, n / 3);
            let (word, vector) = match n % 20 {
                0 => ("CRITICAL", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
                1..=5 => ("HIGH", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"),
                6..=14 => ("MEDIUM", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H"),
                _ => ("LOW", "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"),
            };
            json!({
                "VulnerabilityID": format!("CVE-2025-{:06}", id),
                "PkgName": format!("package-{package}"),
                "PkgIdentifier": {"PURL": format!("pkg:deb/debian/package-{package}@1.{n}")},
                "InstalledVersion": format!("1.{n}"),
                "FixedVersion": format!("1.{}", n + 1),
                "Title": format!("package-{package}: crafted input leads to a crash ({n})"),
                "Description": words,
                "Severity": word,
                "CweIDs": ["CWE-125"],
                "CVSS": {"nvd": {"V3Vector": vector}},
            })
        })
        .collect();
    json!({
        "SchemaVersion": 2,
        "ArtifactName": format!("registry.example/service-{service}"),
        "ArtifactType": "container_image",
        "Results": [{"Target": "debian", "Class": "os-pkgs", "Type": "debian",
            "Vulnerabilities": vulnerabilities}],
    })
    .to_string()
    .into_bytes()
}

/// A SARIF report of `count` results over a hundred rules.
fn sarif(count: u64) -> Vec<u8> {
    let rules: Vec<_> = (0..100).map(|n| json!({"id": format!("rule-{n}")})).collect();
    let results: Vec<_> = (0..count)
        .map(|n| {
            json!({
                "ruleId": format!("rule-{}", n % 100),
                "level": if n % 7 == 0 { "error" } else { "warning" },
                "message": {"text": format!("something questionable, number {n}")},
                "partialFingerprints": {"primaryLocationLineHash": format!("{n:016x}:1")},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": format!("src/module_{}/file_{}.rs", n % 50, n % 999)},
                    "region": {"startLine": 1 + n % 2_000},
                }}],
            })
        })
        .collect();
    json!({
        "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "bench", "rules": rules}}, "results": results}],
    })
    .to_string()
    .into_bytes()
}
