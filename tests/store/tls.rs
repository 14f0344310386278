//! Connections by TLS to a PostgreSQL whose certificate an authority of the test's own signed.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use hatang::cluster::Cluster;
use hatang::postgres::row::Row;
use hatang::postgres::sql::Sql;
use hatang::postgres::{Store, connect, migrations};

/// A cluster that listens on an address of this machine, to TLS only, as `register.test`.
struct Remote {
    dir: PathBuf,
    address: String,
    cluster: Option<Cluster>,
}

impl Remote {
    async fn start() -> Remote {
        let pid = std::process::id();
        let dir = std::env::temp_dir().join(format!("hatang-tls-{pid}"));
        fs::create_dir(&dir).unwrap();
        fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        let address = format!("127.{}.{}.77", pid / 256 % 256, pid % 256);
        let cluster = Cluster::start(&dir).unwrap();
        let mut conn = connect(&cluster.url(), Duration::from_secs(30)).await.unwrap();
        for setting in [format!("listen_addresses = '{address}'"), "ssl = on".to_owned()] {
            conn.batch_execute(&format!("alter system set {setting}")).await.unwrap();
        }
        drop(conn);
        cluster.stop().unwrap();
        authority(&dir, "right");
        authority(&dir, "wrong");
        certificate(&dir);
        let cluster_dir = dir.join("postgres");
        let rules = "local all all trust\nhostssl all all 127.0.0.0/8 trust\n";
        fs::write(cluster_dir.join("pg_hba.conf"), rules).unwrap();
        Remote { cluster: Some(Cluster::start(&dir).unwrap()), dir, address }
    }

    fn url(&self, host: &str, tls: &str) -> String {
        format!("postgresql://hatang@{host}/hatang?hostaddr={}&{tls}", self.address)
    }

    fn root(&self, name: &str) -> String {
        format!("sslrootcert={}/{name}.crt", self.dir.display())
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        drop(self.cluster.take());
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn openssl(dir: &Path, arguments: &str) {
    let output = Command::new("openssl").current_dir(dir).args(arguments.split(' ')).output().expect("openssl");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

fn authority(dir: &Path, name: &str) {
    openssl(
        dir,
        &format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={name} -keyout \
             {name}.key -out {name}.crt"
        ),
    );
}

/// The server's key and certificate, where PostgreSQL looks for them.
fn certificate(dir: &Path) {
    openssl(
        dir,
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=register.test -addext \
         subjectAltName=DNS:register.test -keyout postgres/server.key -out server.csr",
    );
    openssl(
        dir,
        "x509 -req -in server.csr -CA right.crt -CAkey right.key -CAcreateserial -days 2 -copy_extensions copy -out \
         postgres/server.crt",
    );
    let owner = fs::metadata(dir.join("postgres")).unwrap();
    for name in ["server.key", "server.crt"] {
        let path = dir.join("postgres").join(name);
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
}

async fn is_encrypted(url: &str) -> Result<bool, String> {
    let mut conn = connect(url, Duration::from_secs(30)).await.map_err(|error| error.to_string())?;
    let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    let row: Row = Sql::new(sql).get_result(&mut conn).await.map_err(|error| error.to_string())?;
    Ok(row.cells[0].to_json() == true)
}

#[tokio::test]
async fn certificates_are_checked_as_the_address_says() {
    let remote = Remote::start().await;
    let (right, wrong) = (remote.root("right"), remote.root("wrong"));
    for (host, tls) in [
        ("register.test", format!("sslmode=verify-full&{right}")),
        ("other.test", format!("sslmode=verify-ca&{right}")),
        ("other.test", format!("sslmode=require&{right}")),
        ("other.test", "sslmode=require".to_owned()),
        ("other.test", "sslmode=prefer".to_owned()),
        ("other.test", "sslmode=allow".to_owned()),
    ] {
        assert_eq!(is_encrypted(&remote.url(host, &tls)).await, Ok(true), "{host} {tls}");
    }
    for (host, tls, why) in [
        ("register.test", format!("sslmode=verify-full&{wrong}"), "UnknownIssuer"),
        ("register.test", format!("sslmode=verify-ca&{wrong}"), "UnknownIssuer"),
        ("register.test", format!("sslmode=require&{wrong}"), "UnknownIssuer"),
        ("register.test", "sslrootcert=system".to_owned(), "UnknownIssuer"),
        ("other.test", format!("sslmode=verify-full&{right}"), "not valid for name"),
        ("register.test", "sslmode=disable".to_owned(), "no encryption"),
        ("register.test", "sslmode=verify-full&sslrootcert=/no/such".to_owned(), "/no/such"),
    ] {
        let refusal = is_encrypted(&remote.url(host, &tls)).await.expect_err(&tls);
        assert!(refusal.contains(why), "{host} {tls}: {refusal}");
    }
    // The socket of the machine itself speaks no TLS, whatever is asked.
    let local = remote.cluster.as_ref().unwrap().url() + "&sslmode=verify-full&" + &right;
    assert_eq!(is_encrypted(&local).await, Ok(false));

    // Everything of the service takes the same way: migrations with their lock, and the pool.
    let url = remote.url("register.test", &format!("sslmode=verify-full&{right}"));
    assert!(migrations::run(&url, &hatang::figures::tables()).unwrap() > 0);
    let store = Store::new(&url, 2, Duration::from_secs(30)).unwrap();
    let mut conn = store.connection().await.unwrap();
    assert_eq!(migrations::unfit(&mut conn).await.unwrap(), None);
    let wrong = remote.url("register.test", &format!("sslmode=verify-full&{wrong}"));
    assert!(migrations::run(&wrong, "").unwrap_err().to_string().contains("UnknownIssuer"));
    drop((conn, store));
    backed_up_and_restored(&remote, &url, &wrong).await;
}

/// Both ways by TLS, into the database of a plain owner; not from a server that proves to be somebody else.
async fn backed_up_and_restored(remote: &Remote, url: &str, wrong: &str) {
    let run = |url: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hatang"));
        let ran = command.args(arguments).env("DATABASE_URL", url).env("HATANG_CONFIG", "/no/such").output().unwrap();
        (ran.status.success(), String::from_utf8_lossy(&ran.stderr).into_owned())
    };
    let dump = remote.dir.join("register.dump");
    let dump = dump.to_str().unwrap();
    let (done, said) = run(wrong, &["backup", dump]);
    assert!(!done && said.contains("certificate") && !Path::new(dump).exists(), "{said}");
    let (done, said) = run(url, &["backup", dump]);
    assert!(done, "{said}");

    let mut server = connect(&remote.cluster.as_ref().unwrap().url(), Duration::from_secs(30)).await.unwrap();
    server.batch_execute("create role plain login").await.unwrap();
    server.batch_execute("create database plain owner plain").await.unwrap();
    let mut plain = connect(&url.replace("/hatang?", "/plain?"), Duration::from_secs(30)).await.unwrap();
    plain.batch_execute("create extension postgis").await.unwrap();
    let own = url.replace("//hatang@", "//plain@").replace("/hatang?", "/plain?");
    let (done, said) = run(&own, &["restore", dump]);
    assert!(done, "{said}");
    let mut conn = connect(&own, Duration::from_secs(30)).await.unwrap();
    assert_eq!(migrations::run(&own, &hatang::figures::tables()).unwrap(), 0);
    assert_eq!(migrations::unfit(&mut conn).await.unwrap(), None);
    let row: Row = Sql::new(
        "select ssl, usename::text from pg_stat_ssl join pg_stat_activity using (pid) where pid = pg_backend_pid()",
    )
    .get_result(&mut conn)
    .await
    .unwrap();
    assert_eq!((row.cells[0].to_json(), row.cells[1].as_text()), (true.into(), Some("plain")));
}
