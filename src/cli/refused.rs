//! Turns a rejection by the service into an error message for the command line.

use anyhow::anyhow;

use crate::error::Error;

/// The problems in English, one per line.
pub fn told(error: Error) -> anyhow::Error {
    let problems: Vec<_> = error.problems().iter().map(|problem| problem.text.en()).collect();
    match error {
        Error::Internal(source) => source,
        Error::NotFound => anyhow!("not found"),
        error if problems.is_empty() => anyhow!("{error}"),
        _ => anyhow!("{}", problems.join("\n")),
    }
}
