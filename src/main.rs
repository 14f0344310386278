//! The program: each command is in `cli`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A request allocates some hundred times: by the allocator of glibc it takes 13 to 74% more of a core (tiles, 100 features).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match hatang::cli::main() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("hatang: {error:#}");
            ExitCode::FAILURE
        }
    }
}
