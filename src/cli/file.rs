//! Reads files named on the command line.

use std::path::Path;

use anyhow::Context;

/// Reads a UTF-8 file.
///
/// # Errors
/// When the file cannot be read or is not UTF-8. The message names the file.
pub fn read(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}
