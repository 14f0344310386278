//! How many files the process may open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors for everything but clients: connections to PostgreSQL, files of exports and imports, logs.
const OWN: u64 = 200;

/// Raises the limit on open files as far as the system allows, and returns how many there are for clients.
pub fn for_clients() -> usize {
    let hard = getrlimit(Resource::Nofile).maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: hard, maximum: hard }) {
        tracing::warn!(%error, "the limit on open files could not be raised");
    }
    let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(allowed.saturating_sub(OWN).max(OWN)).unwrap_or(usize::MAX)
}
