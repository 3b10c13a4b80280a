//! The command line: every command with its words.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

/// Keeps a company's security promises: findings on an SLA clock, objectives with a weekly rhythm,
/// escalations that reach the team that can act.
#[derive(Parser)]
#[command(name = "watchbell", version, arg_required_else_help = true)]
#[command(after_help = "\
Start here:
  watchbell demo                              an example company, ready to look at
  watchbell serve                             your own, empty, on this machine
  watchbell read report.json                  what a report says; nothing is kept
  watchbell import report.json --service web --create-service

Exit status: 0 done · 2 wrong use or unusable input · 1 something failed.")]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Args)]
pub struct Common {
    /// The database: sqlite:PATH or postgres://… [default: watchbell.db in the data directory]
    #[arg(long, global = true, env = "WATCHBELL_DATABASE", value_name = "URL")]
    pub database: Option<String>,
    /// Where Watchbell keeps its files [default: the user's data directory]
    #[arg(long, global = true, env = "WATCHBELL_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The configuration file [default: watchbell.toml in the data directory, if it is there]
    #[arg(long, global = true, env = "WATCHBELL_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Answer with one JSON document
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve the pages and the API, and keep the watch
    Serve(Serve),
    /// Serve an example company: 320 people, four quarters of history, week 6 of Q3
    Demo(Serve),
    /// Read a report and say what it says; nothing is kept
    Read(Read),
    /// List the report formats and how to get them
    Formats,
    /// Take a report in: create, close and reopen findings
    Import(Import),
    /// List what was imported, undo an import, get a report back
    #[command(subcommand)]
    Imports(Imports),
    /// Move in from another product, so that its clocks go on here
    #[command(subcommand)]
    Migrate(Migrate),
    /// List findings, the earliest deadline first
    Findings(Findings),
    /// What need not be done for a while: asked for by one person, granted by another
    #[command(subcommand)]
    Exceptions(Exceptions),
    /// What is known to be exploited is due earlier
    #[command(subcommand)]
    Exploited(Exploited),
    /// Count the backlog: open findings by band, service and team, and how many are past SLA
    BaselineWeek,
    /// Show who held the clocks that ran out, and why, by fiscal quarter
    Breaches {
        /// One quarter, e.g. FY27-Q4 [default: the running one and the three before it]
        #[arg(long, value_name = "LABEL")]
        quarter: Option<String>,
    },
    /// Score CVSS vectors
    Cvss {
        /// Vectors of version 2.0, 3.0, 3.1 or 4.0
        #[arg(required = true)]
        vectors: Vec<String>,
    },
    /// Compute the execution metrics of key-result histories
    Metrics {
        /// A JSON file: one history, or a list of them
        #[arg(long, value_name = "FILE")]
        history: PathBuf,
    },
    /// Compute the clock of one finding from its ledger: deadline, state, time used by holder
    ///
    /// The file is JSON: `zone`, `policies` (each with `effective_from` and `days` by band),
    /// `events` in order of time, each with `at` and `event`, and `now`, which is the time of the
    /// last event where it is not given. Events: started, rebanded, policy_changed,
    /// known_exploited, handed_over, paused, resumed, accepted, acceptance_ended, fix_merged,
    /// breached, cause_corrected, stopped, reopened, import_undone.
    Ledger {
        /// The ledger (JSON)
        file: PathBuf,
    },
    /// Show what an organisation file would change, and apply it
    Apply {
        /// The organisation file (TOML)
        file: PathBuf,
        /// Only show the difference
        #[arg(long)]
        dry_run: bool,
        /// Do not ask before applying
        #[arg(long)]
        yes: bool,
    },
    /// Keep a repository's CODEOWNERS file: its teams own what is found below their paths
    Codeowners {
        /// The service that the repository is of
        service: String,
        /// The CODEOWNERS file; an empty one takes the kept one away
        file: PathBuf,
    },
    /// Write the organisation as a file
    Export,
    /// Load a starter set of objectives
    #[command(subcommand)]
    Playbook(Playbook),
    /// List objectives with their key results and metrics
    Objectives,
    /// Check in on a key result
    CheckIn(CheckIn),
    /// List what is held again and again: reviews, tests, and how they stand
    Rituals,
    /// Record that a ritual was held, or for which day it is scheduled
    Hold(Hold),
    /// List escalations and what each does next
    Escalations,
    /// Run the watch's duties once, as if it were a given instant. For drills and tests: use a
    /// copy of your database
    Tick {
        /// The instant, e.g. 2026-11-23T09:00:00Z
        #[arg(long, value_name = "RFC3339")]
        at: Timestamp,
        /// Really send what is due, through the configured channels; otherwise messages are taken
        /// as accepted and only shown
        #[arg(long)]
        send: bool,
    },
    /// List outgoing messages with their keys and states
    Outbox {
        /// At most so many, newest first
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Recover access from the shell
    #[command(subcommand)]
    Admin(Admin),
    /// Measure imports, lists, pages and ticks on generated data of growing size
    Bench(Bench),
}

#[derive(Args)]
pub struct Serve {
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:8420", value_name = "ADDR")]
    pub listen: String,
    /// Where people reach it, for links in messages [default: http:// and the listening address]
    #[arg(long, value_name = "URL")]
    pub address: Option<String>,
}

#[derive(Args)]
pub struct Read {
    /// The report; plain or gzip
    pub file: PathBuf,
    /// The format, when it is not recognised
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,
}

#[derive(Args)]
pub struct Import {
    /// The report; plain or gzip
    pub file: PathBuf,
    /// The service that was scanned
    #[arg(long, value_name = "NAME")]
    pub service: String,
    /// Create the service when there is none of that name
    #[arg(long)]
    pub create_service: bool,
    /// The format, when it is not recognised
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,
    /// What was scanned of the service, e.g. a branch or an image: closing stays within it
    #[arg(long, value_name = "NAME")]
    pub scope: Option<String>,
    /// When the scan was made [default: now]
    #[arg(long, value_name = "RFC3339")]
    pub at: Option<Timestamp>,
    /// Close findings even when more than half of them vanish at once
    #[arg(long)]
    pub force: bool,
    /// Close nothing that the report lacks: it looked at a part only
    #[arg(long)]
    pub partial: bool,
}

#[derive(Subcommand)]
pub enum Imports {
    /// The newest imports
    List {
        /// Only of this service
        #[arg(long, value_name = "NAME")]
        service: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: u32,
    },
    /// Take an import back, with clocks as if its report had never come. Only the newest of its
    /// service, tool and scope can be undone
    Undo {
        /// The import, e.g. I-7
        import: String,
    },
    /// Write the report of an import as it came
    Report {
        /// The import, e.g. I-7
        import: String,
    },
}

#[derive(Subcommand)]
pub enum Migrate {
    /// Read products, engagements, tests and findings with their dates and states through
    /// DefectDojo's API. Nothing is changed there; again, it takes only what is new
    Defectdojo(Defectdojo),
}

#[derive(Args)]
pub struct Defectdojo {
    /// Where it is, e.g. https://defectdojo.example.org
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// An API token of somebody who may read everything there
    #[arg(long, env = "WATCHBELL_MIGRATE_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: String,
    /// Only this product, by its name [default: all]
    #[arg(long, value_name = "NAME")]
    pub product: Option<String>,
    /// It may be in a private network, and reached without TLS
    #[arg(long)]
    pub allow_private_address: bool,
}

#[derive(Subcommand)]
pub enum Exceptions {
    /// List exceptions, the newest first
    List,
    /// Ask for an exception: all parts of the scope that are given must hold
    Request(AskException),
    /// Grant what another person asked for: what it covers is accepted until its end
    Approve(DecideException),
    /// Refuse what another person asked for
    Refuse(DecideException),
    /// End an exception that holds: the clocks go on with the time they have used
    Revoke(DecideException),
}

#[derive(Args)]
pub struct AskException {
    /// Who asks: the person's id in the organisation file
    #[arg(long = "as", value_name = "PERSON")]
    pub person: String,
    /// One finding, e.g. F-17
    #[arg(long, value_name = "ID")]
    pub finding: Option<String>,
    /// A CVE or another identifier
    #[arg(long, value_name = "ID")]
    pub identifier: Option<String>,
    /// A package's name; * stands for any letters
    #[arg(long, value_name = "PATTERN")]
    pub package: Option<String>,
    /// Only in this service
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// Only what this team holds
    #[arg(long, value_name = "TEAM")]
    pub team: Option<String>,
    /// Why it cannot be done in time
    #[arg(long)]
    pub reason: String,
    /// What protects meanwhile
    #[arg(long)]
    pub control: String,
    /// The last day on which it holds: at most 30 days ahead where it covers a critical finding,
    /// else 365
    #[arg(long, value_name = "DATE")]
    pub until: jiff::civil::Date,
    /// Only say what it would cover
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
pub struct DecideException {
    /// The exception, e.g. X-3
    pub exception: String,
    /// Who decides: an administrator who did not ask for it
    #[arg(long = "as", value_name = "PERSON")]
    pub person: String,
    /// A word on the decision
    #[arg(long, default_value = "")]
    pub note: String,
    /// Only say what it would cover
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Subcommand)]
pub enum Exploited {
    /// Load CISA's list of known exploited vulnerabilities (KEV): findings with a listed CVE are
    /// due no later than on its day. Loading again changes nothing
    Load {
        /// The list as CISA publishes it: JSON or CSV
        file: PathBuf,
    },
}

#[derive(Args)]
pub struct Findings {
    /// Write all that match as one document: csv, json, sarif, openvex or cyclonedx-vex
    #[arg(long, value_name = "FORMAT")]
    pub export: Option<String>,
    /// Only of this service
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// open, fix_merged, fixed, false_positive, not_affected or accepted
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// Only with a deadline before this instant
    #[arg(long, value_name = "RFC3339")]
    pub due_before: Option<Timestamp>,
    /// At most so many
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: u32,
}

#[derive(Subcommand)]
pub enum Playbook {
    /// Load a playbook's objectives into a quarter
    Load {
        /// The playbook: ciso
        name: String,
        /// The quarter, e.g. FY27-Q4 [default: the present one]
        #[arg(long, value_name = "LABEL")]
        quarter: Option<String>,
    },
}

#[derive(Args)]
pub struct CheckIn {
    /// The key result, e.g. O1.KR1
    pub key_result: String,
    /// The value; not for computed key results
    #[arg(long)]
    pub value: Option<f64>,
    /// on_track, needs_attention or at_risk
    #[arg(long)]
    pub health: String,
    /// What was accomplished
    #[arg(long, default_value = "")]
    pub done: String,
    /// What comes next
    #[arg(long, default_value = "")]
    pub next: String,
    /// The Monday of the week [default: the present week]
    #[arg(long, value_name = "DATE")]
    pub week: Option<jiff::civil::Date>,
}

#[derive(Args)]
pub struct Hold {
    /// The ritual's id in the organisation file
    pub ritual: String,
    /// The day: one that has come says it was held, one to come that it is scheduled
    /// [default: today]
    #[arg(long, value_name = "DATE")]
    pub on: Option<jiff::civil::Date>,
    /// What came of it, or where it is written down
    #[arg(long, default_value = "")]
    pub words: String,
}

#[derive(Subcommand)]
pub enum Admin {
    /// Make a one-time link with which a person sets a password
    Invite {
        /// The person's id in the organisation file
        person: String,
    },
}

#[derive(Args)]
pub struct Bench {
    /// Findings of the reports imported, e.g. 1000,10000,100000
    #[arg(long, value_delimiter = ',', num_args = 0.., default_value = "1000,10000,100000")]
    pub sizes: Vec<u64>,
    /// Findings stored before lists and pages are measured, e.g. 10000,100000,1000000
    #[arg(long, value_delimiter = ',', num_args = 0.., default_value = "10000,100000")]
    pub stored: Vec<u64>,
    /// One step, in a process that the benchmark starts for it
    #[arg(long, hide = true, value_enum)]
    pub step: Option<BenchStep>,
    /// The format of `report`
    #[arg(long, hide = true)]
    pub kind: Option<String>,
    /// The report of a step that imports
    #[arg(long, hide = true)]
    pub report: Option<PathBuf>,
}

/// A step of the benchmark that has a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum BenchStep {
    Import,
    Again,
    Upload,
    Fill,
    Lists,
    Pages,
    Ticks,
}

impl BenchStep {
    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            BenchStep::Import => "import",
            BenchStep::Again => "again",
            BenchStep::Upload => "upload",
            BenchStep::Fill => "fill",
            BenchStep::Lists => "lists",
            BenchStep::Pages => "pages",
            BenchStep::Ticks => "ticks",
        }
    }
}
