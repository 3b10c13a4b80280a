//! govulncheck's JSON: advisories of the Go vulnerability database that apply to a program.
//!
//! The stream tells every advisory about a required module and then, as findings, how far the
//! program reaches what is vulnerable. Only findings count; an advisory alone is no more than a
//! line of the database. Go publishes no severities, so the reach decides.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Severity};

use super::item::{self, Item};
use super::lines;
use super::vocabulary::{package, paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "govulncheck",
    title: "govulncheck (JSON)",
    how_to_get: "govulncheck -format json ./... > report.json",
    manual: "One finding for each advisory and module among the `finding` messages. Severity by \
        reach: a vulnerable symbol that is called is high, a package that is imported low, a \
        module that is required info. Identifiers: the `id` of the `osv` message (GO), then its \
        `aliases`. Package: module and version; fixed: `fixed_version`. The place is where the \
        program's own code calls. Reports of versions before 1.0 (`Vulns`) are read the same \
        way.",
    samples: &[
        ("govulncheck.json", include_bytes!("samples/govulncheck.json")),
        ("govulncheck_before_1.json", include_bytes!("samples/govulncheck_before_1.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let message = |at: &str| {
        let scanner = beginning.text(&format!("{at}config.scanner_name"));
        scanner.is_some_and(|name| name.contains("govulncheck"))
            || beginning.has(&format!("{at}config.go_version"))
    };
    message("") || message("[].") || beginning.has("Vulns[].OSV")
}

/// An advisory as the database has it.
#[derive(Default)]
struct Advisory {
    ids: Vec<String>,
    summary: Option<String>,
    description: Option<String>,
}

/// How far the program reaches what an advisory is about, in one module.
struct Reached {
    severity: Severity,
    version: Option<String>,
    fixed: Option<String>,
    location: Option<Location>,
    symbol: Option<String>,
}

/// All the messages of a stream; findings by advisory and module.
#[derive(Default)]
struct Told {
    advisories: BTreeMap<String, Advisory>,
    reached: BTreeMap<(String, String), Reached>,
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let mut told = Told::default();
    lines::each_value(source.text, |node| {
        item::look(&node, intake, |message, intake| {
            let version = message.text("config/scanner_version");
            if message.get("config").is_some() {
                intake.tool(Some("govulncheck"), version.as_deref());
            }
            told.take(message);
        });
    })?;
    intake.tool(Some("govulncheck"), None);
    told.observations().for_each(|observation| intake.observe(observation));
    Ok(())
}

impl Told {
    fn take(&mut self, message: Item<'_>) {
        if let Some(advisory) = message.get("osv").filter(|osv| osv.get("id").is_some()) {
            self.know(advisory);
        }
        if let Some(finding) = message.get("finding") {
            let id = finding.text("osv").unwrap_or_default();
            self.reach(id, finding.text("trace/0/module").unwrap_or_default(), reached(finding));
        }
        for found in message.list("Vulns") {
            let Some(advisory) = found.get("OSV") else { continue };
            self.know(advisory);
            let id = advisory.text("id").unwrap_or_default();
            let module = found.text("ModPath").or_else(|| found.text("Modules/0/Path"));
            self.reach(id, module.unwrap_or_default(), reached_before_1(found));
        }
    }

    fn know(&mut self, advisory: Item<'_>) {
        let mut known = Advisory::default();
        for id in advisory.text("id").into_iter().chain(advisory.texts("aliases")) {
            push_new(&mut known.ids, id);
        }
        known.summary = advisory.text("summary");
        known.description = paragraphs([
            known.summary.as_deref(),
            advisory.text("details").as_deref(),
            advisory.text("database_specific/url").as_deref(),
        ]);
        self.advisories.insert(advisory.text("id").unwrap_or_default(), known);
    }

    /// The farthest reach counts.
    fn reach(&mut self, id: String, module: String, reached: Reached) {
        let known = self.reached.get(&(id.clone(), module.clone()));
        if known.is_none_or(|known| reached.severity > known.severity) {
            self.reached.insert((id, module), reached);
        }
    }

    fn observations(&self) -> impl Iterator<Item = Observation> {
        self.reached.iter().map(|((id, module), reached)| {
            let advisory = self.advisories.get(id);
            let named = advisory.and_then(|known| known.summary.as_deref()).unwrap_or(id);
            let heading = format!("{named} in {module}");
            let mut observation = Observation::new(title(&heading), reached.severity);
            observation.ids = match advisory {
                Some(known) => known.ids.clone(),
                None => vec![id.clone()],
            };
            observation.package = Some(package("golang", module, reached.version.as_deref()));
            if let Some(package) = &mut observation.package {
                package.fixed = reached.fixed.clone();
            }
            observation.location = reached.location.clone();
            let symbol = reached.symbol.as_ref().map(|name| format!("Calls {name}"));
            let text = advisory.and_then(|known| known.description.as_deref());
            observation.description = paragraphs([symbol.as_deref(), text]);
            observation
        })
    }
}

fn reached(finding: Item<'_>) -> Reached {
    let symbol = finding.text("trace/0/function");
    let package = finding.text("trace/0/package");
    let frames = finding.list("trace");
    let own = frames.iter().rev().find(|frame| frame.get("position").is_some());
    Reached {
        severity: match (&symbol, &package) {
            (Some(_), _) => Severity::High,
            (None, Some(_)) => Severity::Low,
            (None, None) => Severity::Info,
        },
        version: finding.text("trace/0/version"),
        fixed: finding.text("fixed_version"),
        location: own.and_then(|frame| {
            item::in_file(frame.text("position/filename"), frame.line("position/line"))
        }),
        symbol: symbol.map(|symbol| match package {
            Some(package) => format!("{package}.{symbol}"),
            None => symbol,
        }),
    }
}

fn reached_before_1(found: Item<'_>) -> Reached {
    let nonzero = |name: &str| found.number(name).is_some_and(|sink| sink > 0.0);
    let stacks = |module: &Item<'_>| {
        module.list("Packages").iter().any(|package| !package.list("CallStacks").is_empty())
    };
    let modules = found.list("Modules");
    let called = nonzero("CallSink") || modules.iter().any(stacks);
    let imported = nonzero("ImportSink") || modules.iter().any(|one| one.get("Packages").is_some());
    Reached {
        severity: match (called, imported) {
            (true, _) => Severity::High,
            (false, true) => Severity::Low,
            (false, false) => Severity::Info,
        },
        version: found.text("Modules/0/FoundVersion"),
        fixed: found.text("Modules/0/FixedVersion"),
        location: None,
        symbol: found.text("Symbol").filter(|_| called),
    }
}
