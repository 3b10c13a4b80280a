//! `watchbell bench`: imports, lists, pages, edits and ticks on generated data of growing size.
//!
//! Every step runs in a process of its own, so that its processor time and its peak memory are its
//! own. Everything is made in a directory of its own (on PostgreSQL: in databases of their own) and
//! removed afterwards. Times are of this machine at this moment; compare ratios.

mod filled;
mod imports;
mod pages;
mod reports;
mod ticks;
mod usage;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Database, Settings, Values};

use crate::cli::{Bench, BenchStep, Common};
use crate::failure::Failure;
use crate::present;
use reports::Kind;
use usage::Usage;

/// The instant of every benchmark: a Monday morning.
const NOW: &str = "2026-06-01T09:00:00Z";

/// One line of the outcome. Times are in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Measured {
    what: String,
    /// How many findings the report has, or how many are stored.
    findings: u64,
    /// How often it was done.
    times: usize,
    p50: f64,
    p95: f64,
    /// What the process had used and held when the step was over; none for steps of a process
    /// that did other things before.
    usage: Option<Usage>,
    statements: Option<u64>,
}

impl Measured {
    /// Something that was done several times.
    fn several(what: &str, findings: u64, mut times: Vec<f64>) -> Measured {
        times.sort_by(f64::total_cmp);
        let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
        let (p50, p95) = (at(50), at(95));
        let (what, usage, statements) = (what.to_owned(), None, None);
        Measured { what, findings, times: times.len(), p50, p95, usage, statements }
    }

    fn once(what: &str, findings: u64, millis: f64) -> Measured {
        Measured::several(what, findings, vec![millis])
    }
}

/// Runs all measurements and prints a table, or one JSON document.
pub async fn bench(common: &Common, asked: &Bench) -> Result<(), Failure> {
    if let Some(step) = asked.step {
        let outcome = run(common, asked, step).await?;
        return present::json(&json!(outcome));
    }
    let folder = std::env::temp_dir().join(format!("watchbell-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::Failed(format!("cannot make {}: {error}", folder.display())))?;
    let outcome = measure(common, asked, &folder).await;
    let _ = std::fs::remove_dir_all(&folder);
    let rows = outcome?;
    if common.json {
        return present::json(&json!({"measurements": rows}));
    }
    present::line(&present::table(&HEADING, rows.iter().map(cells).collect()))
}

const HEADING: [&str; 8] =
    ["what", "findings", "times", "p50 ms", "p95 ms", "CPU s", "peak MB", "statements"];

fn cells(row: &Measured) -> Vec<String> {
    let usage = |cell: fn(&Usage) -> String| row.usage.as_ref().map(cell).unwrap_or_default();
    vec![
        row.what.clone(),
        row.findings.to_string(),
        row.times.to_string(),
        format!("{:.1}", row.p50),
        format!("{:.1}", row.p95),
        usage(|usage| format!("{:.2}", usage.cpu_seconds)),
        usage(|usage| format!("{:.0}", usage.peak_megabytes)),
        row.statements.map(|count| count.to_string()).unwrap_or_default(),
    ]
}

async fn measure(common: &Common, asked: &Bench, folder: &Path) -> Result<Vec<Measured>, Failure> {
    let mut rows = Vec::new();
    for size in &asked.sizes {
        for kind in Kind::ALL {
            let file = folder.join(format!("{}-{size}.report", kind.word()));
            std::fs::write(&file, reports::report(kind, *size, 0))
                .map_err(|error| Failure::Failed(format!("{}: {error}", file.display())))?;
            let place = Place::new(common, folder, &format!("{}{size}", kind.word())).await?;
            for step in [BenchStep::Import, BenchStep::Again, BenchStep::Upload] {
                rows.extend(place.step(step, *size, Some((kind, &file))).await?);
            }
            place.remove().await?;
            let _ = std::fs::remove_file(&file);
        }
    }
    for size in &asked.stored {
        let place = Place::new(common, folder, &format!("stored{size}")).await?;
        for step in [BenchStep::Fill, BenchStep::Lists, BenchStep::Pages, BenchStep::Ticks] {
            rows.extend(place.step(step, *size, None).await?);
        }
        let after = place.step(BenchStep::Pages, *size, None).await?;
        rows.extend(after.into_iter().map(|row| {
            let what = format!("{}, with the escalations of these ticks", row.what);
            Measured { what, ..row }
        }));
        place.remove().await?;
    }
    Ok(rows)
}

/// A database that only one part of the benchmark uses.
struct Place {
    address: String,
    /// The server and the name of a database made on it.
    made_on: Option<(String, String)>,
}

impl Place {
    async fn new(common: &Common, folder: &Path, name: &str) -> Result<Place, Failure> {
        let server = common.database.clone().filter(|address| address.starts_with("postgres"));
        let Some(server) = server else {
            let file = folder.join(format!("{name}.db"));
            return Ok(Place { address: format!("sqlite:{}", file.display()), made_on: None });
        };
        let name = format!("watchbell_bench_{}_{name}", std::process::id());
        administer(&server, format!("create database {name}")).await?;
        let login = server.rsplit_once('/').map_or(server.as_str(), |(login, _)| login);
        Ok(Place { address: format!("{login}/{name}"), made_on: Some((server, name)) })
    }

    /// Runs one step in a process of its own and reads what it measured.
    async fn step(
        &self,
        step: BenchStep,
        size: u64,
        report: Option<(Kind, &PathBuf)>,
    ) -> Result<Vec<Measured>, Failure> {
        let failed = |why: String| Failure::Failed(format!("the step {step:?} failed: {why}"));
        let own = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
        let mut command = tokio::process::Command::new(own);
        command.args(["bench", "--database", &self.address, "--stored", &size.to_string()]);
        command.args(["--step", step.word()]);
        if let Some((kind, file)) = report {
            command.args(["--kind", kind.word()]).arg("--report").arg(file);
        }
        eprintln!("measuring: {} at {size}", step.word());
        let output = command.output().await.map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))
    }

    async fn remove(self) -> Result<(), Failure> {
        if let Some((server, name)) = self.made_on {
            return administer(&server, format!("drop database {name}")).await;
        }
        let file = self.address.trim_start_matches("sqlite:");
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{file}{end}"));
        }
        Ok(())
    }
}

/// Runs one statement about databases; its name is made of our own words and numbers.
async fn administer(server: &str, statement: String) -> Result<(), Failure> {
    let database = Database::connect(server, Settings::default()).await?;
    let mut session = database.read().await?;
    session.run(&store::sql(statement.leak()), Values::new()).await?;
    drop(session);
    database.close().await;
    Ok(())
}

/// One step, in the process that was started for it.
async fn run(common: &Common, asked: &Bench, step: BenchStep) -> Result<Vec<Measured>, Failure> {
    let database = crate::configuration::database(common)?;
    let size = asked.stored.first().copied().unwrap_or_default();
    match step {
        BenchStep::Import | BenchStep::Again | BenchStep::Upload => {
            let kind = asked.kind.as_deref().and_then(Kind::from_word);
            let report = kind.zip(asked.report.as_deref());
            let report = report
                .ok_or_else(|| Failure::Input("--step needs --kind and --report here".into()))?;
            imports::step(&database, step, report, size).await
        }
        BenchStep::Fill => filled::fill(&database, size).await,
        BenchStep::Lists => pages::lists(&database, size).await,
        BenchStep::Pages => pages::pages(&database, size).await,
        BenchStep::Ticks => ticks::ticks(&database, size).await,
    }
}

/// A client for the server in this process, which answers within ten minutes or not at all.
fn client() -> Result<reqwest::Client, Failure> {
    let patience = std::time::Duration::from_secs(600);
    let client = reqwest::Client::builder().timeout(patience).build();
    client.map_err(|error| Failure::Failed(format!("a client for the bench: {error}")))
}
