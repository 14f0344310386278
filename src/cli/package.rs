//! `hatang package DIRECTORY`: what a package contains besides the program. It comes from the definitions of the
//! commands, so that it says what they do.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Command;
use clap_complete::{Shell, generate_to};

use crate::cli::settings_file::example;

#[derive(Debug, clap::Args)]
pub struct PackageCommand {
    /// The directory to write to. It is created.
    directory: PathBuf,
}

/// Writes manual pages, completions for shells and the file of settings.
///
/// # Errors
/// When a file cannot be written.
pub fn run(command: &PackageCommand, mut program: Command) -> Result<()> {
    let directory = &command.directory;
    let cannot = || format!("cannot write to {}", directory.display());
    fs::create_dir_all(directory).with_context(cannot)?;
    fs::write(directory.join("hatang.env"), example(&program)).with_context(cannot)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut program, "hatang", directory).with_context(cannot)?;
    }
    clap_mangen::generate_to(without_help(program), directory).with_context(cannot)
}

/// Pages about `help` of each command would say nothing.
fn without_help(command: Command) -> Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help)
}
