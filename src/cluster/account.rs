//! The system account that runs PostgreSQL, which refuses to run as root.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

const ROOT: u32 = 0;

/// The system account that owns the cluster's files and runs its programs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Account {
    uid: u32,
    gid: u32,
    is_other: bool,
}

impl Account {
    /// Our own account. If that is root: the owner of the cluster or of its data directory, otherwise `postgres`.
    pub fn of(data_dir: &Path, cluster_dir: &Path) -> Result<Account> {
        let own_uid = own_uid()?;
        let owner = |path: &Path| fs::metadata(path).ok().map(|meta| (meta.uid(), meta.gid()));
        if own_uid != ROOT {
            let owner_uid = owner(cluster_dir).or(owner(data_dir)).map_or(own_uid, |(uid, _)| uid);
            ensure!(
                owner_uid == own_uid,
                "{} belongs to another account (uid {owner_uid}): run as that account or as root",
                data_dir.display()
            );
            let gid = fs::metadata("/proc/self")?.gid();
            return Ok(Account { uid: own_uid, gid, is_other: false });
        }
        if let Some((uid, _)) = owner(cluster_dir) {
            let path = cluster_dir.display();
            ensure!(uid != ROOT, "{path} belongs to root, as whom PostgreSQL refuses to run: chown -R postgres {path}");
        }
        let owned = [cluster_dir, data_dir].into_iter().filter_map(owner).find(|(uid, _)| *uid != ROOT);
        let passwd = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
        let (uid, gid) = owned.or_else(|| ids_of("postgres", &passwd)).context(
            "PostgreSQL refuses to run as root and there is no account `postgres`: install PostgreSQL, \
             or run as another account",
        )?;
        Ok(Account { uid, gid, is_other: true })
    }

    /// A command that runs as this account, without the PG* variables and the language of our own environment.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir("/").stdin(Stdio::null()).env("LC_ALL", "C.UTF-8");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        if self.is_other {
            command.gid(self.gid).uid(self.uid);
        }
        command
    }

    /// Creates a directory that only this account may enter. One that exists must already be such a directory: anybody
    /// could have created it in /tmp.
    pub fn create_private_dir(&self, path: &Path) -> Result<()> {
        match fs::DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => {
                let Some((uid, gid)) = self.other() else { return Ok(()) };
                return lchown(path, Some(uid), Some(gid)).with_context(|| format!("cannot chown {}", path.display()));
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot create {}", path.display())),
        }
        let meta = fs::symlink_metadata(path)?;
        ensure!(
            meta.is_dir() && meta.uid() == self.uid && meta.mode() & 0o077 == 0,
            "{} must be a directory of uid {} with mode 0700: remove it, or mend its owner and mode",
            path.display(),
            self.uid
        );
        Ok(())
    }

    /// Its user and group id if it is not our own account. Files that we create must then be given to it.
    pub fn other(&self) -> Option<(u32, u32)> {
        self.is_other.then_some((self.uid, self.gid))
    }

    /// Fails with the name of a parent directory that this account may not enter. PostgreSQL itself would only say
    /// "could not access directory". Asking the shell as that account also honours access lists.
    pub fn check_can_enter(&self, dir: &Path) -> Result<()> {
        if !self.is_other {
            return Ok(());
        }
        let mut way: Vec<&Path> = dir.ancestors().collect();
        way.reverse();
        let script = r#"for dir in "$@"; do [ -x "$dir" ] || { printf %s "$dir"; exit 1; }; done"#;
        let output = self.command("/bin/sh").args(["-c", script, "sh"]).args(way).output()?;
        if output.status.success() {
            return Ok(());
        }
        let blocking = String::from_utf8_lossy(&output.stdout);
        bail!(
            "PostgreSQL runs as uid {}, which may not enter {blocking}: choose another data directory \
             (HATANG_DATA_DIR; root's default is {}), or chmod o+x {blocking}",
            self.uid,
            crate::cluster::ROOT_DATA_DIR
        )
    }
}

pub fn is_root() -> bool {
    own_uid().is_ok_and(|uid| uid == ROOT)
}

/// The effective user id. std has no function for it, and a system call would be our only unsafe line.
fn own_uid() -> Result<u32> {
    Ok(fs::metadata("/proc/self").context("cannot read /proc/self")?.uid())
}

fn ids_of(name: &str, passwd: &str) -> Option<(u32, u32)> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut ids = line.split(':').skip(2);
    Some((ids.next()?.parse().ok()?, ids.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_the_whole_name() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\npostgres2:x:7:8::/:/bin/sh\n\
                      postgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(ids_of("postgres", passwd), Some((101, 104)));
        assert_eq!(ids_of("post", passwd), None);
    }
}
