//! The program: each command is in `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match hatang::cli::main() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("hatang: {error:#}");
            ExitCode::FAILURE
        }
    }
}
