//! The private PostgreSQL cluster. Without `DATABASE_URL`, the system's PostgreSQL runs on our own data directory.
//!
//! ```text
//! DATA/postgres/      the cluster; belongs to the account that runs PostgreSQL (`postgres` if we are root)
//! DATA/socket/        the only way in, mode 0700; in /tmp if the path is too long for a socket
//! DATA/log/           a file for each day of the week
//! DATA/start.log      PostgreSQL's messages before it opened those
//! DATA/cluster.conf   settings, rewritten at each start
//! DATA/service.lock   held by `serve`
//! DATA/users.lock     shared by all processes that use the cluster
//! DATA/start.lock     held while the cluster is created, started or stopped
//! ```
//!
//! There is no network and no password. Whoever may enter the socket's directory (its owner, and root) can sign in as
//! the superuser `hatang`, who owns the tables, or as `hatang_app`, the role of the service. `serve` stops the cluster
//! when it ends. Other commands attach to it or start it; the last of them stops it when it leaves, unless a service
//! runs.

mod account;
mod home;
mod installation;
mod postmaster;
mod seat;
mod settings;
#[cfg(test)]
mod tests;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use home::Home;
use installation::Installation;
pub use installation::client_program;
use postmaster::{Postmaster, Status};
use seat::Seat;

/// Owns the tables, runs migrations and the commands of the command line.
const OWNER: &str = "hatang";
/// The role of the service. `postgres/functions/service_role.sql` grants its rights.
const SERVICE: &str = "hatang_app";
const ROOT_DATA_DIR: &str = "/var/lib/hatang";
/// Only part of the socket's name: nothing listens on the network.
const PORT: u16 = 5432;
/// How long remains of a crash may delay a start.
const RETRY_FOR: Duration = Duration::from_secs(30);
/// How long the replay of the log may take. After a crash of a busy server it takes minutes; the limit keeps us from
/// waiting for ever.
const RECOVERY_LIMIT: Duration = Duration::from_secs(900);
const STOP_LIMIT_S: &str = "60";

/// A running cluster. Dropping it stops it.
#[derive(Debug)]
pub struct Cluster {
    home: Home,
    installation: Installation,
    /// `None` once stopped.
    state: Mutex<Option<State>>,
}

#[derive(Debug)]
struct State {
    seat: Seat,
    postmaster: Postmaster,
}

/// /var/lib/hatang for root, ~/.local/share/hatang for other accounts.
pub fn default_data_dir() -> PathBuf {
    if account::is_root() {
        return PathBuf::from(ROOT_DATA_DIR);
    }
    std::env::home_dir().unwrap_or_else(|| PathBuf::from("/tmp")).join(".local/share/hatang")
}

impl Cluster {
    /// Starts the cluster for `serve`: the only service on the data directory, and PostgreSQL ends with it. It takes
    /// over a PostgreSQL that a killed service left behind.
    pub fn start(data_dir: &Path) -> Result<Cluster> {
        Cluster::open(data_dir, Seat::take_for_service)
    }

    /// Attaches to the cluster or starts it, for all other commands.
    pub fn attach_or_start(data_dir: &Path) -> Result<Cluster> {
        Cluster::open(data_dir, Seat::take)
    }

    fn open(data_dir: &Path, take_seat: fn(&Home) -> Result<Seat>) -> Result<Cluster> {
        let mut home = Home::create(data_dir)?;
        let _start_lock = seat::start_lock(&home)?;
        let seat = take_seat(&home)?;
        let version = home.cluster_version();
        let installation = Installation::find(version)?;
        if version.is_none() {
            initdb(&home, &installation)?;
        }
        let postmaster = adopt_or_launch(&home, &installation)?;
        if let Some(socket_dir) = postmaster.socket_dir(&home) {
            home.socket_dir = socket_dir;
        }
        create_service_role(&home, &installation)?;
        Ok(Cluster { home, installation, state: Mutex::new(Some(State { seat, postmaster })) })
    }

    /// The address for the owner, for tokio-postgres, diesel and psql. Only root and the account that runs PostgreSQL
    /// can use it.
    pub fn url(&self) -> String {
        url(&self.home.socket_dir, "hatang", OWNER)
    }

    /// A program of the PostgreSQL that runs the cluster.
    pub fn program(&self, name: &str) -> PathBuf {
        self.installation.program(name)
    }

    /// The address for the service.
    pub fn service_url(&self) -> String {
        url(&self.home.socket_dir, "hatang", SERVICE)
    }

    /// Whether PostgreSQL runs. Cheap, since it makes no connection; waits while `supervise` works.
    pub fn is_running(&self) -> bool {
        self.state().as_mut().is_some_and(|state| state.postmaster.is_running(&self.home))
    }

    /// Starts PostgreSQL again if it died or lost its socket (which it never makes anew), and returns whether it did. `serve` calls it every second, on a thread that
    /// may block: a start after a crash takes as long as the replay of the log. After an error, call it again.
    pub fn supervise(&self) -> Result<bool> {
        let mut state = self.state();
        let Some(State { postmaster, .. }) = state.as_mut() else { return Ok(false) };
        let is_running = postmaster.is_running(&self.home);
        if is_running && self.home.socket().exists() {
            return Ok(false);
        }
        let _start_lock = seat::start_lock(&self.home)?;
        if is_running {
            tracing::warn!("the socket of PostgreSQL is gone: starting it again");
            self.pg_ctl_stop("fast")?;
            postmaster.wait_until_gone(&self.home)?;
        } else {
            tracing::warn!(pid = postmaster.pid, "PostgreSQL died: starting it again");
        }
        *postmaster = adopt_or_launch(&self.home, &self.installation)?;
        Ok(true)
    }

    /// Leaves the cluster. Stops PostgreSQL if we are the service or nobody else uses it; open transactions are rolled
    /// back. A second call does nothing.
    pub fn stop(&self) -> Result<()> {
        let mut state = self.state();
        let _start_lock = seat::start_lock(&self.home)?;
        // The seat must be dropped before the lock: whoever takes the lock next must not find us seated.
        let Some(State { seat, mut postmaster }) = state.take() else { return Ok(()) };
        if !seat.is_last() {
            return Ok(());
        }
        if postmaster.is_running(&self.home) {
            self.pg_ctl_stop("fast").or_else(|_| self.pg_ctl_stop("immediate"))?;
        } else {
            postmaster::clear_remains(&self.home);
        }
        postmaster.wait_until_gone(&self.home)?;
        if !self.home.socket_dir.starts_with(&self.home.data_dir) {
            let _ = fs::remove_dir(&self.home.socket_dir);
        }
        Ok(())
    }

    fn pg_ctl_stop(&self, mode: &str) -> Result<()> {
        let mut pg_ctl = self.home.account.command(self.installation.program("pg_ctl"));
        run(pg_ctl.args(["stop", "-w", "-t", STOP_LIMIT_S, "-m", mode, "-D"]).arg(&self.home.cluster_dir))
    }

    fn state(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!("cannot stop PostgreSQL: {error:#}");
        }
    }
}

/// Creates the cluster and its empty database in another directory, then renames that: a half-made cluster is never
/// opened.
fn initdb(home: &Home, installation: &Installation) -> Result<()> {
    let draft = home.data_dir.join("postgres.new");
    if draft.exists() {
        fs::remove_dir_all(&draft)?;
    }
    home.account.create_private_dir(&draft)?;
    let mut initdb = home.account.command(installation.program("initdb"));
    initdb.args(["--username=hatang", "--auth-local=trust", "--auth-host=reject", "--no-instructions"]);
    initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "-D"]).arg(&draft);
    run(&mut initdb)?;

    home.write_conf()?;
    let script = r#"
        echo "include '../cluster.conf'" >> "$2/postgresql.conf" &&
        echo "create database hatang template template0 encoding 'UTF8'" | "$1" --single -D "$2" -j postgres"#;
    let mut create_database = home.account.command("/bin/sh");
    create_database.args(["-c", script, "sh"]).arg(installation.program("postgres")).arg(&draft);
    run(&mut create_database)?;
    fs::rename(&draft, &home.cluster_dir)?;
    Ok(())
}

/// The caller holds the start lock.
fn adopt_or_launch(home: &Home, installation: &Installation) -> Result<Postmaster> {
    let deadline = Instant::now() + RETRY_FOR;
    loop {
        let attempt = match Postmaster::find(home) {
            Some(running) => adopt(home, installation, running),
            None => launch(home, installation),
        };
        match attempt {
            Err(failure) if failure.is::<Passing>() && Instant::now() < deadline => sleep(Duration::from_millis(200)),
            done => return done,
        }
    }
}

/// A failure that may pass: remains of a crash are still ending.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Passing(String);

fn adopt(home: &Home, installation: &Installation, mut running: Postmaster) -> Result<Postmaster> {
    if running.status(home) == Status::Starting {
        wait_until_ready(home, &mut running)?;
    }
    let (pid, dir) = (running.pid, home.cluster_dir.display());
    let silent = |why| Passing(format!("PostgreSQL (pid {pid}) runs on {dir} and does not answer, end it: {why}"));
    let Some(socket_dir) = running.socket_dir(home).filter(|_| running.status(home) == Status::Ready) else {
        return Err(silent("it is stopping".to_owned()).into());
    };
    let mut psql = home.account.command(installation.program("psql"));
    psql.env("PGCONNECT_TIMEOUT", "5").args(["-XAtqc", "select 1", "-d", &url(&socket_dir, "postgres", OWNER)]);
    run(&mut psql).map_err(|failure| silent(format!("{failure:#}")))?;
    Ok(running)
}

fn launch(home: &Home, installation: &Installation) -> Result<Postmaster> {
    let had_crashed = postmaster::clear_remains(home);
    home.account.create_private_dir(&home.socket_dir)?;
    home.create_log_dir()?;
    home.write_conf()?;
    let start_log = home.create_start_log()?;
    let is_restored = home.cluster_dir.join("recovery.signal").exists();
    let mut postgres = home.account.command(installation.program("postgres"));
    postgres.arg("-D").arg(&home.cluster_dir).stdout(start_log.try_clone()?).stderr(start_log);
    // Its own process group: Ctrl-C is for the service, which stops PostgreSQL after its requests are done.
    let child = postgres.process_group(0).spawn().context("cannot run postgres")?;
    let mut postmaster = Postmaster::spawned(child);
    let ready = wait_until_ready(home, &mut postmaster);
    match ready.and_then(|()| if is_restored { wait_until_recovered(home, installation) } else { Ok(()) }) {
        Ok(()) => Ok(postmaster),
        Err(failure) if had_crashed => Err(Passing(format!("{failure:#}")).into()),
        Err(failure) => Err(failure),
    }
}

fn wait_until_ready(home: &Home, postmaster: &mut Postmaster) -> Result<()> {
    let begin = Instant::now();
    while postmaster.status(home) == Status::Starting {
        if !postmaster.is_running(home) {
            // Its logger lives a moment longer.
            let _ = postmaster.wait_until_gone(home);
            bail!("PostgreSQL did not start: {}", home.last_log_lines());
        }
        ensure!(begin.elapsed() < RECOVERY_LIMIT, "PostgreSQL is still not ready: {}", home.last_log_lines());
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Waits after a restore to a point in time: PostgreSQL answers questions, and accepts writes only when it has replayed
/// its archive.
fn wait_until_recovered(home: &Home, installation: &Installation) -> Result<()> {
    let limit = format!("set statement_timeout = '{}s'", RECOVERY_LIMIT.as_secs());
    let wait = "do $$ begin while pg_is_in_recovery() loop perform pg_sleep(0.2); end loop; end $$";
    let mut psql = home.account.command(installation.program("psql"));
    run(psql.args(["-XAtqc", &limit, "-c", wait, "-d", &url(&home.socket_dir, "postgres", OWNER)]))
}

/// Runs at each start, since clusters of earlier versions lack the role. The caller holds the start lock.
fn create_service_role(home: &Home, installation: &Installation) -> Result<()> {
    let sql = format!(
        "do $$ begin if not exists (select from pg_roles where rolname = '{SERVICE}') \
         then create role {SERVICE} login; end if; end $$"
    );
    let mut psql = home.account.command(installation.program("psql"));
    run(psql.args(["-XAtqc", &sql, "-d", &url(&home.socket_dir, "postgres", OWNER)]))
}

fn url(socket_dir: &Path, database: &str, user: &str) -> String {
    format!("postgresql:///{database}?host={}&port={PORT}&user={user}", socket_dir.display())
}

/// Runs a program to its end. Its error output becomes our error.
fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().display().to_string();
    let output = command.stdout(Stdio::piped()).output().with_context(|| format!("cannot run {program}"))?;
    ensure!(output.status.success(), "{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}
