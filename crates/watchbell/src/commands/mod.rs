//! Each command: parse, call one operation, print.

mod cvss;
mod metrics;
mod organisation;
mod read;
mod serve;
mod watch;

use std::path::Path;

use crate::cli::{Cli, Command};
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
        Command::Apply { file, dry_run, yes } => {
            organisation::apply(&common, &file, dry_run, yes).await
        }
        Command::Export => organisation::export(&common).await,
        Command::Tick { at, send } => watch::tick(&common, at, send).await,
        Command::Outbox { limit } => watch::outbox(&common, limit).await,
        _ => Err(Failure::Failed("later".into())),
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
