//! PostgreSQL's processes, found through `postmaster.pid` and /proc.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::cluster::home::Home;

/// A pid above Linux's limit (2^22), which no process has.
const NOBODYS_PID: &str = "999999999";

/// The first process of a running PostgreSQL.
#[derive(Debug)]
pub struct Postmaster {
    pub pid: u32,
    /// Set if we started it. Then we must wait for it; otherwise it stays as a zombie, whose pid PostgreSQL takes for a
    /// running server.
    child: Option<Child>,
}

#[derive(Debug, PartialEq)]
pub enum Status {
    Starting,
    Ready,
    Stopping,
}

impl Postmaster {
    pub fn spawned(child: Child) -> Postmaster {
        Postmaster { pid: child.id(), child: Some(child) }
    }

    /// The postmaster of this cluster, whoever started it.
    pub fn find(home: &Home) -> Option<Postmaster> {
        let pid = pid_file_line(home, 0)?.parse().ok()?;
        is_postmaster(home, pid).then_some(Postmaster { pid, child: None })
    }

    pub fn is_running(&mut self, home: &Home) -> bool {
        match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(None)),
            None => is_postmaster(home, self.pid),
        }
    }

    pub fn status(&self, home: &Home) -> Status {
        let is_ours = pid_file_line(home, 0).is_some_and(|pid| pid == self.pid.to_string());
        match pid_file_line(home, 7).as_deref() {
            Some("ready") if is_ours => Status::Ready,
            Some("stopping") if is_ours => Status::Stopping,
            _ => Status::Starting,
        }
    }

    /// The directory of its socket, from its pid file.
    pub fn socket_dir(&self, home: &Home) -> Option<PathBuf> {
        pid_file_line(home, 4).filter(|line| !line.is_empty()).map(PathBuf::from)
    }

    /// Waits after a stop: the pid file disappears a moment before the process ends.
    pub fn wait_until_gone(&mut self, home: &Home) -> Result<()> {
        let begin = Instant::now();
        while self.is_running(home) || !processes(home).is_empty() {
            ensure!(begin.elapsed() < Duration::from_secs(10), "PostgreSQL processes remain: {:?}", processes(home));
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

/// Removes what a crash left behind, and returns whether there was anything. Call it only when no postmaster runs.
///
/// The lock files may name a zombie (in a container whose first process does not reap) or an unrelated process that got
/// the pid since; PostgreSQL would then refuse to start. In `postmaster.pid` only the pid is replaced, since the lines
/// below tell PostgreSQL which shared memory to check. Children of a dead postmaster end by themselves when idle. A
/// busy one is told to quit, or the start would wait for its query. All of this runs as the account that owns the
/// files, not as root.
pub fn clear_remains(home: &Home) -> bool {
    let script = r#"
        if [ -s "$1" ]; then sed -i "1s/.*/$3/" "$1"; else rm -f "$1"; fi
        rm -f "$2" "$2.lock"
        shift 3
        [ $# -eq 0 ] || kill -QUIT "$@""#;
    let pid_file = home.cluster_dir.join("postmaster.pid");
    let remains = processes(home);
    if !pid_file.exists() && remains.is_empty() {
        return false;
    }
    let socket = home.socket();
    let mut command = home.account.command("/bin/sh");
    command.args(["-c", script, "sh"]).arg(pid_file).arg(socket).arg(NOBODYS_PID);
    command.args(remains.iter().map(u32::to_string));
    // If it fails, the following start fails with PostgreSQL's own message.
    let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    true
}

/// Every PostgreSQL process of this cluster.
pub fn processes(home: &Home) -> Vec<u32> {
    let is_one = |pid: &u32| {
        is_postmaster(home, *pid)
            || cmdline(*pid).is_some_and(|text| text.starts_with(&format!("postgres: {}: ", home.name)))
    };
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_one).collect()
}

/// Compares the command line, which everybody may read: in a container not even root may see another account's working
/// directory. A zombie has no command line, an unrelated process has another.
fn is_postmaster(home: &Home, pid: u32) -> bool {
    let Some(text) = cmdline(pid) else { return false };
    let mut args = text.split('\0');
    args.next().is_some_and(|program| program.ends_with("/postgres"))
        && args.any(|arg| Some(arg) == home.cluster_dir.to_str())
}

fn cmdline(pid: u32) -> Option<String> {
    Some(String::from_utf8_lossy(&fs::read(format!("/proc/{pid}/cmdline")).ok()?).into_owned())
}

fn pid_file_line(home: &Home, index: usize) -> Option<String> {
    let text = fs::read_to_string(home.cluster_dir.join("postmaster.pid")).ok()?;
    Some(text.lines().nth(index)?.trim().to_owned())
}
