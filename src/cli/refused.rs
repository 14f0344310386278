//! What the service refuses, for whoever runs a verb.

use anyhow::anyhow;

use crate::error::Error;

/// The problems in English, one a line.
pub fn told(error: Error) -> anyhow::Error {
    let problems: Vec<_> = error.problems().iter().map(|problem| problem.text.en()).collect();
    match error {
        Error::Internal(source) => source,
        Error::NotFound => anyhow!("there is no such thing"),
        error if problems.is_empty() => anyhow!("{error}"),
        _ => anyhow!("{}", problems.join("\n")),
    }
}
