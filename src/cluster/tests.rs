//! Tests that start and kill real clusters, as root or not.

use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::cluster::*;

/// A data directory that is removed after the test, PostgreSQL included, even when the test fails.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("hatang-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let dir = std::env::temp_dir().join(name);
        fs::DirBuilder::new().mode(0o755).create(&dir).unwrap();
        Scratch(dir)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Ok(home) = Home::create(&self.0) {
            signal("KILL", &postmaster::processes(&home));
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Cluster {
    fn psql(&self, sql: &str) -> String {
        psql(&self.url(), sql).unwrap()
    }

    fn pid(&self) -> u32 {
        self.state().as_ref().unwrap().postmaster.pid
    }

    fn processes(&self) -> Vec<u32> {
        postmaster::processes(&self.home)
    }

    /// Leaves what a kill -9 of the service leaves: PostgreSQL, and no locks. The postmaster, a child that nobody waits
    /// for, becomes a zombie when it dies, as in a container whose first process does not reap.
    fn abandon(self) {
        let State { seat, postmaster } = self.state().take().unwrap();
        drop(seat);
        std::mem::forget(postmaster);
    }
}

fn psql(url: &str, sql: &str) -> Result<String> {
    let output = Command::new("psql").args(["-XAtqc", sql, "-d", url]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn signal(name: &str, pids: &[u32]) {
    let pids = pids.iter().map(u32::to_string);
    let _ = Command::new("sh").args(["-c", r#"kill -s "$0" "$@""#, name]).args(pids).stderr(Stdio::null()).status();
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn data_survives_stop_and_start() {
    let scratch = Scratch::new();
    let begin = Instant::now();
    let cluster = Cluster::start(&scratch.0).unwrap();
    println!("initdb and start: {:?}", begin.elapsed());
    assert!(cluster.is_running());
    cluster.psql("create table t as select 'cột đèn' as name");

    let begin = Instant::now();
    cluster.stop().unwrap();
    println!("stop: {:?}", begin.elapsed());
    assert!(cluster.processes().is_empty());
    assert!(!cluster.is_running());
    assert!(!cluster.supervise().unwrap(), "a stopped cluster is not started again");
    drop(cluster);

    let begin = Instant::now();
    let cluster = Cluster::start(&scratch.0).unwrap();
    println!("second start: {:?}", begin.elapsed());
    assert_eq!(cluster.psql("select upper(name) from t"), "CỘT ĐÈN");
}

#[test]
fn settings_are_ours_and_there_is_no_network() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    let shown = |name: &str| cluster.psql(&format!("show {name}"));
    assert_eq!(shown("listen_addresses"), "");
    assert_eq!(shown("timezone"), "Asia/Ho_Chi_Minh");
    assert_eq!(shown("jit"), "off");
    assert_eq!(shown("wal_level"), "replica");
    assert_eq!(shown("server_encoding"), "UTF8");
    assert_eq!(cluster.psql("select count(*) from pg_available_extensions where name = 'postgis'"), "1");
    assert_eq!(fs::metadata(&cluster.home.socket_dir).unwrap().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(&cluster.home.cluster_dir).unwrap().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn url_is_understood_by_diesel() {
    use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};

    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    let mut conn = AsyncPgConnection::establish(&cluster.url()).await.unwrap();
    conn.batch_execute("create extension postgis with schema public").await.unwrap();
}

#[test]
fn ctrl_c_is_for_the_service_alone() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    let stat = fs::read_to_string(format!("/proc/{}/stat", cluster.pid())).unwrap();
    let group = stat.rsplit(") ").next().unwrap().split(' ').nth(2).unwrap();
    assert_eq!(group, cluster.pid().to_string(), "a terminal signals the whole group of what it started");
}

#[test]
fn second_service_is_refused() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    let refusal = Cluster::start(&scratch.0).unwrap_err().to_string();
    assert!(refusal.contains(&format!("another hatang serve (pid {})", std::process::id())), "{refusal}");
    assert_eq!(cluster.psql("select 1"), "1");
}

#[test]
fn attached_verb_leaves_the_cluster_running() {
    let scratch = Scratch::new();
    let service = Cluster::start(&scratch.0).unwrap();
    let verb = Cluster::attach_or_start(&scratch.0).unwrap();
    assert_eq!((verb.url(), verb.pid()), (service.url(), service.pid()));
    drop(verb);
    assert_eq!(service.psql("select 1"), "1");
}

#[test]
fn last_verb_stops_what_the_first_started() {
    let scratch = Scratch::new();
    let first = Cluster::attach_or_start(&scratch.0).unwrap();
    let second = Cluster::attach_or_start(&scratch.0).unwrap();
    drop(first);
    assert_eq!(second.psql("select 1"), "1");
    second.stop().unwrap();
    assert!(second.processes().is_empty());
}

#[test]
fn service_that_comes_while_a_verb_runs_keeps_its_cluster() {
    let scratch = Scratch::new();
    let verb = Cluster::attach_or_start(&scratch.0).unwrap();
    let service = Cluster::start(&scratch.0).unwrap();
    drop(verb);
    assert_eq!(service.psql("select 1"), "1");
}

#[test]
fn verbs_at_the_same_moment_share_one_cluster() {
    let scratch = Scratch::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(Cluster::attach_or_start(&scratch.0).unwrap().psql("select 1"), "1"));
        }
    });
    assert!(postmaster::processes(&Home::create(&scratch.0).unwrap()).is_empty());
}

#[test]
fn killed_service_finds_its_cluster_again() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    cluster.psql("create table t as select 7 as n");
    let pid = cluster.pid();
    cluster.abandon();

    let cluster = Cluster::start(&scratch.0).unwrap();
    assert_eq!(cluster.pid(), pid, "adopted, not started anew");
    assert_eq!(cluster.psql("select n from t"), "7");
    cluster.stop().unwrap();
    assert!(cluster.processes().is_empty());
}

#[test]
fn killed_service_and_postmaster_are_followed_by_a_clean_start() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    cluster.psql("create table t as select 7 as n");
    let pid = cluster.pid();
    cluster.abandon();
    signal("KILL", &[pid]);
    // It is a zombie now, since this process has not waited for it. By itself PostgreSQL would refuse to start.
    let cluster = Cluster::start(&scratch.0).unwrap();
    assert_eq!(cluster.psql("select n from t"), "7");
}

#[test]
fn pid_of_another_process_does_not_block_the_start() {
    let scratch = Scratch::new();
    drop(Cluster::start(&scratch.0).unwrap());
    let home = Home::create(&scratch.0).unwrap();
    let mut other = home.account.command("sleep").arg("60").spawn().unwrap();
    let text = format!("{}\n{}\n1700000000\n5432\n\n\n\n", other.id(), home.cluster_dir.display());
    fs::write(home.cluster_dir.join("postmaster.pid"), text).unwrap();
    if let Some((uid, gid)) = home.account.other() {
        std::os::unix::fs::chown(home.cluster_dir.join("postmaster.pid"), Some(uid), Some(gid)).unwrap();
    }
    let started = Cluster::start(&scratch.0);
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(started.unwrap().psql("select 1"), "1");
}

#[test]
fn postgresql_that_dies_is_started_again() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    cluster.psql("create table t as select 7 as n");
    assert!(!cluster.supervise().unwrap());
    let url = cluster.url();
    // A busy backend does not notice that its postmaster is gone, and holds the shared memory.
    let busy = std::thread::spawn(move || psql(&url, "select count(*) from generate_series(1, 100000000000)"));
    wait_until("the query runs", || {
        cluster
            .psql("select count(*) from pg_stat_activity where query like 'select count%' and pid <> pg_backend_pid()")
            != "0"
    });

    signal("KILL", &[cluster.pid()]);
    wait_until("the death shows", || !cluster.is_running());
    let begin = Instant::now();
    assert!(cluster.supervise().unwrap());
    println!("restart after kill -9: {:?}", begin.elapsed());
    assert_eq!(cluster.psql("select n from t"), "7");
    assert!(busy.join().unwrap().is_err());
    assert!(!cluster.supervise().unwrap());
}

#[test]
fn postgresql_without_its_socket_is_started_again() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    cluster.psql("create table t as select 7 as n");
    assert!(!cluster.supervise().unwrap());
    fs::remove_file(cluster.home.socket()).unwrap();
    psql(&cluster.url(), "select 1").expect_err("nobody gets in");
    assert!(cluster.supervise().unwrap());
    assert_eq!(cluster.psql("select n from t"), "7");
    fs::remove_dir_all(&cluster.home.socket_dir).unwrap();
    assert!(cluster.supervise().unwrap());
    assert_eq!(cluster.psql("select n from t"), "7");
    assert!(!cluster.supervise().unwrap());
}

/// PostgreSQL answers questions while it replays its archive, and accepts writes only after that.
#[test]
fn restored_cluster_is_ready_when_it_accepts_writes() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    cluster.psql("alter system set restore_command = 'sleep 1; false'");
    drop(cluster);
    let home = Home::create(&scratch.0).unwrap();
    let signal = home.cluster_dir.join("recovery.signal");
    fs::write(&signal, "").unwrap();
    if let Some((uid, gid)) = home.account.other() {
        std::os::unix::fs::chown(&signal, Some(uid), Some(gid)).unwrap();
    }
    let cluster = Cluster::start(&scratch.0).unwrap();
    cluster.psql("create table t as select 7 as n");
    assert!(!signal.exists());
}

#[test]
fn stop_after_the_death_of_postgresql_leaves_no_process() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    signal("KILL", &[cluster.pid()]);
    wait_until("the death shows", || !cluster.is_running());
    cluster.stop().unwrap();
    assert!(cluster.processes().is_empty());
}

#[test]
fn long_path_gets_a_short_socket_directory() {
    let scratch = Scratch::new();
    let data_dir = scratch.0.join("a directory with a name that is far too long for the address of a socket".repeat(2));
    let cluster = Cluster::start(&data_dir).unwrap();
    let socket_dir = cluster.home.socket_dir.clone();
    assert!(socket_dir.starts_with("/tmp") && socket_dir.is_dir());
    assert_eq!(cluster.psql("select 1"), "1");
    drop(cluster);
    assert!(!socket_dir.exists());
}

#[test]
fn open_socket_directory_is_refused() {
    let scratch = Scratch::new();
    fs::DirBuilder::new().mode(0o755).create(scratch.0.join("socket")).unwrap();
    let refusal = Cluster::start(&scratch.0).unwrap_err().to_string();
    assert!(refusal.contains("socket must be a directory of uid"), "{refusal}");
}

#[test]
fn directory_that_blocks_postgres_is_named() {
    let scratch = Scratch::new();
    let closed = scratch.0.join("closed");
    fs::DirBuilder::new().mode(0o700).create(&closed).unwrap();
    match Home::create(&closed.join("data")) {
        Err(refusal) => assert!(refusal.to_string().contains(&format!("may not enter {}:", closed.display()))),
        Ok(home) => assert_eq!(home.account.other(), None, "only root runs PostgreSQL as another account"),
    }
}

#[test]
fn postgresql_says_why_it_does_not_start() {
    let scratch = Scratch::new();
    let cluster = Cluster::start(&scratch.0).unwrap();
    cluster.psql("alter system set shared_preload_libraries = 'no_such_library'");
    drop(cluster);
    let failure = Cluster::start(&scratch.0).unwrap_err().to_string();
    assert!(failure.contains(r#"could not access file "no_such_library""#), "{failure}");
}
