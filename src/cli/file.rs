//! Files named on the command line.

use std::path::Path;

use anyhow::Context;

/// The text of a file.
///
/// # Errors
/// When it cannot be read or is not UTF-8, naming it.
pub fn read(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}
