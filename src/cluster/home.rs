//! The data directory: what it contains, and who may enter it.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::cluster::account::Account;
use crate::cluster::{account, settings};

/// The 107 bytes of a socket address minus `/.s.PGSQL.5432.lock`.
const LONGEST_SOCKET_DIR: usize = 88;

#[derive(Debug, Clone)]
pub struct Home {
    pub data_dir: PathBuf,
    /// PostgreSQL's own directory.
    pub cluster_dir: PathBuf,
    pub socket_dir: PathBuf,
    pub log_dir: PathBuf,
    /// Different for each data directory. PostgreSQL shows it in the title of each of its processes.
    pub name: String,
    pub account: Account,
}

impl Home {
    pub fn create(data_dir: &Path) -> Result<Home> {
        let cannot = || format!("cannot create the data directory {}", data_dir.display());
        if !data_dir.exists() {
            fs::create_dir_all(data_dir).with_context(cannot)?;
            // The account `postgres` must enter root's directory. What is private in it has its own mode.
            let mode = if account::is_root() { 0o755 } else { 0o700 };
            fs::set_permissions(data_dir, Permissions::from_mode(mode))?;
        }
        let data_dir = data_dir.canonicalize().with_context(cannot)?;
        let cluster_dir = data_dir.join("postgres");
        let log_dir = data_dir.join("log");
        let digest = Sha256::digest(data_dir.as_os_str().as_encoded_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let name = format!("hatang-{name}");
        let socket_dir = socket_dir(&data_dir, &name);
        let account = Account::of(&data_dir, &cluster_dir)?;
        account.check_can_enter(&data_dir)?;
        Ok(Home { data_dir, cluster_dir, socket_dir, log_dir, name, account })
    }

    /// The major version of PostgreSQL that made the cluster; `None` without a cluster.
    pub fn cluster_version(&self) -> Option<u32> {
        fs::read_to_string(self.cluster_dir.join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    /// The file by which clients reach PostgreSQL.
    pub fn socket(&self) -> PathBuf {
        self.socket_dir.join(format!(".s.PGSQL.{}", crate::cluster::PORT))
    }

    pub fn create_log_dir(&self) -> Result<()> {
        // An existing directory is left alone: an administrator may have let others read it.
        if self.log_dir.is_dir() { Ok(()) } else { self.account.create_private_dir(&self.log_dir) }
    }

    pub fn write_conf(&self) -> Result<()> {
        let path = self.data_dir.join("cluster.conf");
        let draft = self.data_dir.join("cluster.conf.new");
        let mut file = create_anew(&draft)?;
        file.set_permissions(Permissions::from_mode(0o644))?;
        file.write_all(settings::conf(self).as_bytes())?;
        fs::rename(&draft, &path).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The log of PostgreSQL's start, before it opens its own logs.
    pub fn create_start_log(&self) -> Result<File> {
        create_anew(&self.start_log_path())
    }

    /// The last lines of the start log and of PostgreSQL's newest log.
    pub fn last_log_lines(&self) -> String {
        let logs = fs::read_dir(&self.log_dir).into_iter().flatten().flatten().map(|entry| entry.path());
        let newest = logs.max_by_key(|path| fs::metadata(path).and_then(|meta| meta.modified()).ok());
        let mut lines = last_lines(&self.start_log_path());
        lines.extend(newest.iter().flat_map(|path| last_lines(path)));
        format!("{} (logs: {})", lines.join("\n"), self.log_dir.display())
    }

    /// Opens a file for locking the data directory. It belongs to the account that runs PostgreSQL, so that root and
    /// that account can share its locks.
    pub fn lock_file(&self, name: &str) -> Result<File> {
        let path = self.data_dir.join(name);
        if let (Ok(created), Some((uid, gid))) = (File::create_new(&path), self.account.other()) {
            fchown(&created, Some(uid), Some(gid))?;
        }
        let file = OpenOptions::new().read(true).write(true).open(&path);
        let file = file.with_context(|| format!("cannot open {}", path.display()))?;
        ensure!(
            fs::symlink_metadata(&path)?.ino() == file.metadata()?.ino(),
            "{} is a link: remove it",
            path.display()
        );
        Ok(file)
    }

    fn start_log_path(&self) -> PathBuf {
        self.data_dir.join("start.log")
    }
}

fn last_lines(path: &Path) -> Vec<String> {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("log output")).collect();
    lines[lines.len().saturating_sub(6)..].iter().map(ToString::to_string).collect()
}

/// Never follows a link: another account could have put one where root writes.
fn create_anew(path: &Path) -> Result<File> {
    let _ = fs::remove_file(path);
    File::create_new(path).with_context(|| format!("cannot create {}", path.display()))
}

/// A directory inside the data directory, unless its path is too long for a socket or has characters that settings and
/// URLs of PostgreSQL would need quoted.
fn socket_dir(data_dir: &Path, name: &str) -> PathBuf {
    let inside = data_dir.join("socket");
    let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    match inside.to_str() {
        Some(text) if text.len() <= LONGEST_SOCKET_DIR && is_plain(text) => inside,
        _ => Path::new("/tmp").join(name),
    }
}
