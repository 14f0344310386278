//! Finds the PostgreSQL installation that runs the cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

const OLDEST_VERSION: u32 = 15;
const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";

/// The programs of one installed PostgreSQL.
#[derive(Debug)]
pub struct Installation {
    bin_dir: PathBuf,
    version: u32,
    has_postgis: bool,
}

impl Installation {
    /// Finds the newest PostgreSQL with PostGIS: in Debian's directories, then by `pg_config`, then in `PATH`. An
    /// existing cluster is only opened by the major version that made it.
    pub fn find(cluster_version: Option<u32>) -> Result<Installation> {
        let mut found: Vec<Installation> = bin_dirs().into_iter().filter_map(Installation::at).collect();
        // The sort is stable: among equal versions the one found first stays first.
        found.sort_by_key(|installation| (!installation.has_postgis, u32::MAX - installation.version));
        choose(found, cluster_version)
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.bin_dir.join(name)
    }

    fn at(bin_dir: PathBuf) -> Option<Installation> {
        if !bin_dir.join("initdb").is_file() {
            return None;
        }
        let version = major_version(&stdout_of(Command::new(bin_dir.join("postgres")).arg("--version"))?)?;
        // Without pg_config we cannot know, so `create extension` decides.
        let has_postgis = stdout_of(Command::new(bin_dir.join("pg_config")).arg("--sharedir"))
            .is_none_or(|share_dir| Path::new(share_dir.trim()).join("extension/postgis.control").is_file());
        Some(Installation { bin_dir, version, has_postgis })
    }
}

/// A program of PostgreSQL for clients, such as `pg_dump`, of the newest version that is installed: it must be as new as
/// the server.
///
/// # Errors
/// When there is none.
pub fn client_program(name: &str) -> Result<PathBuf> {
    let programs = bin_dirs().into_iter().map(|dir| dir.join(name)).filter(|path| path.is_file());
    let version = |path: &PathBuf| stdout_of(Command::new(path).arg("--version")).and_then(|text| major_version(&text));
    let newest = programs.min_by_key(|path| std::cmp::Reverse(version(path)));
    newest.with_context(|| format!("{name} is not installed (on Debian: apt-get install postgresql-client)"))
}

fn choose(found: Vec<Installation>, cluster_version: Option<u32>) -> Result<Installation> {
    let newest = found.iter().map(|installation| installation.version).max();
    let wanted = cluster_version.or(newest.filter(|version| *version >= OLDEST_VERSION)).unwrap_or(OLDEST_VERSION);
    let fits = |installation: &Installation| match cluster_version {
        Some(version) => installation.version == version,
        None => installation.version >= OLDEST_VERSION,
    };
    let advice = format!(
        "on Debian: apt-get install postgresql-{wanted} postgresql-{wanted}-postgis-3; \
         or give the address of a server in DATABASE_URL"
    );
    match found.into_iter().find(fits) {
        Some(installation) if installation.has_postgis => Ok(installation),
        Some(_) => bail!("PostgreSQL {wanted} has no PostGIS on this system ({advice})"),
        None => match (cluster_version, newest) {
            (Some(made_by), Some(newest)) => {
                bail!("the data was written by PostgreSQL {made_by}, this system has {newest} ({advice})")
            }
            (None, Some(newest)) => bail!("PostgreSQL {newest} is too old, {OLDEST_VERSION} is needed ({advice})"),
            (_, None) => bail!("PostgreSQL is not installed ({advice})"),
        },
    }
}

fn bin_dirs() -> Vec<PathBuf> {
    let debian = fs::read_dir(DEBIAN_VERSIONS).into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let configured = stdout_of(Command::new("pg_config").arg("--bindir")).map(|bin_dir| bin_dir.trim().into());
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.chain(configured).chain(std::env::split_paths(&path)).collect()
}

/// "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)" and "16beta1" give 15 and 16.
fn major_version(text: &str) -> Option<u32> {
    let number = text.split("(PostgreSQL) ").nth(1)?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn stdout_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn major_version_is_the_first_number() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major_version("something else"), None);
    }

    fn installed(version: u32, has_postgis: bool) -> Installation {
        Installation { bin_dir: PathBuf::from("/nowhere"), version, has_postgis }
    }

    #[test]
    fn what_is_missing_is_said_with_the_packages() {
        let text = |found, made_by| choose(found, made_by).unwrap_err().to_string();
        assert!(text(vec![], None).contains("apt-get install postgresql-15 postgresql-15-postgis-3"));
        assert!(text(vec![installed(13, true)], None).contains("PostgreSQL 13 is too old"));
        assert!(text(vec![installed(17, false)], None).contains("postgresql-17-postgis-3"));
        assert!(text(vec![installed(17, true)], Some(15)).contains("written by PostgreSQL 15, this system has 17"));
    }

    #[test]
    fn existing_cluster_keeps_its_version() {
        let chosen = choose(vec![installed(17, true), installed(15, true)], Some(15)).unwrap();
        assert_eq!(chosen.version, 15);
    }
}
