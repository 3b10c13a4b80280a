//! The `watchbell` executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    watchbell::run(std::env::args_os())
}
