//! `hatang backup`: writes the whole register to a file.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::cli::database::Database;
use crate::cli::programs::{output, program};

#[derive(Debug, clap::Args)]
pub struct BackupCommand {
    /// The file to write, in the custom format of pg_dump. It must not exist yet.
    file: PathBuf,
}

/// Writes the file while the service runs: a backup shows one moment. It has its name only when it is complete, and was
/// read to its end.
///
/// # Errors
/// When the file exists or cannot be written, or pg_dump fails.
pub fn run(database: &Database, command: &BackupCommand) -> Result<()> {
    let file = &command.file;
    ensure!(!file.exists(), "{} exists already", file.display());
    let mut name = file.file_name().context("the file has no name")?.to_owned();
    name.push(".part");
    let draft = file.with_file_name(name);
    let written = write(database, &draft).and_then(|()| {
        check(database, &draft)?;
        fs::rename(&draft, file).with_context(|| format!("cannot write {}", file.display()))
    });
    if let Err(error) = written {
        let _ = fs::remove_file(&draft);
        return Err(error);
    }
    println!("{}: {} bytes", file.display(), fs::metadata(file)?.len());
    Ok(())
}

fn write(database: &Database, draft: &Path) -> Result<()> {
    // It contains personal data.
    let out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft);
    let out = out.with_context(|| format!("cannot write {}", draft.display()))?;
    let mut dump = program(database, "pg_dump")?;
    output(dump.arg("--format=custom").stdout(out.try_clone()?))?;
    Ok(out.sync_all()?)
}

/// Reads a backup to its end: a file that was cut off or damaged is found before it is needed.
///
/// # Errors
/// When pg_restore cannot read it.
pub fn check(database: &Database, file: &Path) -> Result<()> {
    let mut restore = program(database, "pg_restore")?;
    restore.arg("--file=/dev/null").stdin(open(file)?).stdout(Stdio::null());
    output(&mut restore).with_context(|| format!("{} is damaged, or no backup", file.display()))?;
    Ok(())
}

/// Opens a backup for reading.
pub fn open(file: &Path) -> Result<File> {
    File::open(file).with_context(|| format!("cannot read {}", file.display()))
}
