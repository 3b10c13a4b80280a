//! The binary: command line, configuration, and the wiring of all floors.
//!
//! Commands work on a database directly (`--database`), which is also what `serve` does for
//! everybody else. Exit status: 0 done, 2 wrong use or unusable input, 1 something failed.

mod cli;
mod commands;
mod configuration;
pub mod demo;
mod failure;
mod present;
mod wiring;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

pub use cli::Cli;

/// Runs one command line and answers its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are not failures.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("watchbell: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("watchbell: {failure}");
            failure.exit_code()
        }
    }
}
