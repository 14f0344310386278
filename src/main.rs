//! The program: each command is in `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match hatang::cli::main() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hatang: {error:#}");
            ExitCode::FAILURE
        }
    }
}
