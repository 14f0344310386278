//! What an administrator does and watches.

mod audit;
mod check;
mod mail;
mod metrics;
mod package;

use std::process::Command;

/// What a command printed to its standard output and to its error output, and its exit status.
pub fn hatang(url: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_hatang"))
        .args(arguments)
        .env("DATABASE_URL", url)
        .env("HATANG_CONFIG", "/no/such/file")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}
