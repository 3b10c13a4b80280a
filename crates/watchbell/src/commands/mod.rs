//! Each command: parse, call one operation, print.

mod baseline;
mod bench;
mod breaches;
mod cvss;
mod escalations;
mod exceptions;
mod exploited;
mod findings;
mod imports;
mod ledger;
mod metrics;
mod migrate;
mod objectives;
mod organisation;
mod ownership;
mod read;
mod rituals;
mod serve;
mod watch;

use std::path::Path;

use crate::cli::{Admin, Cli, Command, Exploited, Migrate, Playbook};
use crate::failure::Failure;

/// Runs the command.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    let Cli { common, command } = cli;
    match command {
        Command::Serve(serve) => serve::serve(&common, &serve).await,
        Command::Read(read) => read::read(&common, &read),
        Command::Formats => read::formats(&common),
        Command::Cvss { vectors } => cvss::cvss(&common, &vectors),
        Command::Metrics { history } => metrics::metrics(&common, &history),
        Command::Ledger { file } => ledger::ledger(&common, &file),
        Command::Apply { file, dry_run, yes } => {
            organisation::apply(&common, &file, dry_run, yes).await
        }
        Command::Codeowners { service, file } => {
            ownership::code_owners(&common, &service, &file).await
        }
        Command::Export => organisation::export(&common).await,
        Command::Tick { at, send } => watch::tick(&common, at, send).await,
        Command::Outbox { limit } => watch::outbox(&common, limit).await,
        Command::Import(import) => imports::import(&common, &import).await,
        Command::Imports(asked) => imports::imports(&common, &asked).await,
        Command::Migrate(Migrate::Defectdojo(from)) => migrate::defectdojo(&common, &from).await,
        Command::Exceptions(asked) => exceptions::exceptions(&common, &asked).await,
        Command::Exploited(Exploited::Load { file }) => exploited::load(&common, &file).await,
        Command::Findings(asked) => findings::findings(&common, &asked).await,
        Command::BaselineWeek => baseline::baseline(&common).await,
        Command::Breaches { quarter } => breaches::breaches(&common, quarter.as_deref()).await,
        Command::Playbook(Playbook::Load { name, quarter }) => {
            objectives::load(&common, &name, quarter.as_deref()).await
        }
        Command::Objectives => objectives::list(&common).await,
        Command::CheckIn(asked) => objectives::check_in(&common, &asked).await,
        Command::Rituals => rituals::list(&common).await,
        Command::Hold(asked) => rituals::hold(&common, &asked).await,
        Command::Escalations => escalations::list(&common).await,
        Command::Admin(Admin::Invite { person }) => organisation::invite(&common, &person).await,
        Command::Demo(serve) => serve::demo(&common, &serve).await,
        Command::Bench(bench) => bench::bench(&common, &bench).await,
    }
}

/// The bytes of a file that somebody named, within the limit of uploads.
fn bytes_of(file: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let place = file.display();
    let refused = |why: String| Failure::Input(format!("cannot read `{place}`: {why}"));
    let size = std::fs::metadata(file).map_err(|error| refused(error.to_string()))?;
    if size.is_dir() {
        return Err(refused("it is a directory; name a report".into()));
    }
    if size.len() > limit {
        let found = size.len();
        return Err(refused(format!("it has {found} bytes, the limit is {limit}")));
    }
    std::fs::read(file).map_err(|error| refused(error.to_string()))
}

/// The text of a file that somebody named.
fn text_of(file: &Path, limit: u64) -> Result<String, Failure> {
    String::from_utf8(bytes_of(file, limit)?).map_err(|error| {
        let (place, at) = (file.display(), error.utf8_error().valid_up_to());
        Failure::Input(format!("{place}: byte {at} is not UTF-8; save the file as UTF-8"))
    })
}
