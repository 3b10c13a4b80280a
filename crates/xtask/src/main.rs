//! Chores of the project: `cargo xtask tidy` and `cargo xtask test`.
//!
//! `tidy` holds the tree against the rules of the house in a second or two. `test` runs everything
//! there is, with what it needs fetched and started. Both end with a plain line that a machine can
//! read and an exit status that says the same.

mod test_run;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask CHORE

chores:
  tidy                      hold the tree against the rules of the house
  tidy --accept-migrations  the same, after writing down the digests of new migrations
  test                      everything: format, lints, tidy, tests, licences
  test --no-install         the same, without installing what is missing on this machine
  test --build-deny         the same, building cargo-deny into target/tools first (minutes)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["tidy"] => tidy::run(tidy::Migrations::Hold),
        ["tidy", "--accept-migrations"] => tidy::run(tidy::Migrations::Accept),
        ["test", options @ ..] => match test_run::Options::parse(options) {
            Ok(options) => test_run::run(&options),
            Err(refusal) => return usage(&refusal),
        },
        _ => return usage("no such chore"),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("error: {failure:#}");
            ExitCode::FAILURE
        }
    }
}

fn usage(refusal: &str) -> ExitCode {
    eprint!("error: {refusal}\n\n{USAGE}");
    ExitCode::from(2)
}
