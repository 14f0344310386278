//! The real program, killed while it plans and while it commits. What is left is all or nothing, and its status says
//! which.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use diesel_async::RunQueryDsl;
use hatang::postgres::row::Row;
use hatang::postgres::sql::{Bind, Sql};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};

use crate::common::Server;

const ROWS: usize = 2000;

/// A process of `hatang serve` on the database of a test.
struct Service {
    child: Child,
    port: u16,
    secret: String,
}

impl Service {
    fn start(server: &Server, secret: &str) -> Service {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(env!("CARGO_BIN_EXE_hatang"))
            .arg("serve")
            .env("DATABASE_URL", server.service_url())
            .env("HATANG_MIGRATION_URL", server.database_url())
            .env("HATANG_BIND", "127.0.0.1")
            .env("PORT", port.to_string())
            .env("RUST_LOG", "info")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let told = log.by_ref().map_while(Result::ok).find(|line| line.contains("Hatang is at"));
        assert!(told.is_some(), "the service ended instead of listening");
        // A full pipe would block the process.
        std::thread::spawn(move || log.for_each(drop));
        Service { child, port, secret: secret.to_owned() }
    }

    /// Sends a request in its own thread. Receives nothing if the service is killed before it answers.
    fn ask(&self, method: &str, path: &str, body: Vec<u8>) -> Receiver<Value> {
        let head = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: hatang.test\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.secret,
            body.len()
        );
        let (sender, receiver) = channel();
        let port = self.port;
        std::thread::spawn(move || -> std::io::Result<()> {
            let mut stream = TcpStream::connect(("127.0.0.1", port))?;
            stream.write_all(head.as_bytes())?;
            stream.write_all(&body)?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            let answer = String::from_utf8_lossy(&answer).into_owned();
            let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            if let Ok(json) = serde_json::from_str(body) {
                let _ = sender.send(json);
            }
            Ok(())
        });
        receiver
    }

    fn get(&self, path: &str) -> Value {
        self.ask("GET", path, Vec::new()).recv_timeout(Duration::from_secs(60)).unwrap()
    }

    fn plan(&self, prefix: &str) -> Receiver<Value> {
        let rows = (0..ROWS).map(|n| {
            format!(
                "{prefix}-{n},Trạm {n},vnpt,{:.5},{:.5}\n",
                105.62 + (n % 50) as f64 * 0.005,
                19.72 + (n / 50) as f64 * 0.005
            )
        });
        let file: String = ["code,name,operator,lon,lat\n".to_owned()].into_iter().chain(rows).collect();
        self.ask("POST", "/collections/towers/imports", file.into_bytes())
    }

    fn commit(&self, plan: &Value) -> Receiver<Value> {
        let body = json!({"plan": plan["plan"], "accept_warnings": true});
        self.ask("POST", &format!("/imports/{}/commit", plan["id"].as_str().unwrap()), body.to_string().into_bytes())
    }

    fn kill(self) {}
}

impl Drop for Service {
    fn drop(&mut self) {
        // SIGKILL.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The number of towers with a prefix, of their versions, of their changes, and of changes without a number.
async fn traces(server: &Server, prefix: &str) -> [u64; 4] {
    let sql = "with mine as (select id from towers where code like $1),
          told as (select c.* from changes c join mine on mine.id = c.record_id where c.collection = 'towers')
        select jsonb_build_array((select count(*) from mine),
          (select count(*) from versions v join mine on mine.id = v.record_id where v.collection = 'towers'),
          (select count(*) from told), (select count(*) from told where seq is null))";
    let mut conn = server.connection().await;
    let found: Row = Sql::file(sql, &[Bind::Text(format!("{prefix}-%"))]).get_result(&mut conn).await.unwrap();
    serde_json::from_value(found.cells[0].to_json()).unwrap()
}

#[actix_web::test]
async fn import_fails_cleanly_when_the_service_is_killed_while_planning() {
    kill_five_times(false).await;
}

#[actix_web::test]
async fn import_is_all_or_nothing_when_the_service_is_killed_while_committing() {
    kill_five_times(true).await;
}

/// Kills the service five times at random points and checks each time what is left.
async fn kill_five_times(in_commit: bool) {
    let server = Server::with_communes().await;
    let secret = server.account("root", &[json!({"role": "administrator"})]).await;
    let whole = ROWS as u64;
    let patience = Duration::from_secs(100);
    // Measures how long the work takes without a kill.
    let mut service = Service::start(&server, &secret);
    let began = Instant::now();
    let planned = service.plan("FIRST").recv_timeout(patience).unwrap();
    assert_eq!(planned["counts"]["create"], whole, "{}", planned["findings"]);
    let to_plan = began.elapsed();
    let began = Instant::now();
    service.commit(&planned).recv_timeout(patience).unwrap();
    let to_commit = began.elapsed();

    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(20_261_127), ..Config::default() });
    for round in 0..5 {
        let prefix = format!("K{round}");
        let part = (0.0..1.1_f64).new_tree(&mut runner).unwrap().current();
        // Waits a random time for the answer, then kills the service.
        if in_commit {
            let planned = service.plan(&prefix).recv_timeout(patience).unwrap();
            let _ = service.commit(&planned).recv_timeout(to_commit.mul_f64(part));
        } else {
            let _ = service.plan(&prefix).recv_timeout(to_plan.mul_f64(part));
        }
        service.kill();

        service = Service::start(&server, &secret);
        let mut import = service.get("/imports?limit=1")["imports"][0].clone();
        // PostgreSQL finishes what the killed service began, and only then notices that the client has gone.
        let waiting = Instant::now();
        while import["status"] == "planning" || server.query(BUSY).await != 0 {
            assert!(waiting.elapsed() < patience, "{import}");
            import = service.get("/imports?limit=1")["imports"][0].clone();
        }
        let status = import["status"].as_str().unwrap().to_owned();
        let [towers, versions, changes, _] = traces(&server, &prefix).await;
        match status.as_str() {
            "committed" if in_commit => assert_eq!([towers, versions, changes], [whole; 3], "round {round}"),
            "failed" => assert_eq!((&import["failure"], towers, versions, changes), (&json!("interrupted"), 0, 0, 0)),
            // Killed before the file was stored, or after the plan was complete.
            _ => assert_eq!([towers, versions, changes], [0; 3], "round {round} {status}"),
        }
        if status == "planned" {
            // The next service can still commit it.
            let plan = service.get(&format!("/imports/{}", import["id"].as_str().unwrap()));
            let committed = service.commit(&plan).recv_timeout(patience).unwrap();
            assert_eq!(committed["status"], "committed", "{committed}");
            assert_eq!(traces(&server, &prefix).await, [whole, whole, whole, 0], "round {round}");
        }
        // The service numbers what was committed before the kill.
        let waiting = Instant::now();
        while traces(&server, &prefix).await[3] != 0 {
            assert!(waiting.elapsed() < patience);
        }
    }
    service.kill();
    let feed = server
        .query("select jsonb_build_array(count(*), count(distinct seq), max(seq) - min(seq) + 1) from changes")
        .await;
    assert!(feed[0] == feed[1] && feed[1] == feed[2], "the feed has gaps: {feed}");
    let towers = server.query("select jsonb_build_array(count(*), count(distinct code)) from towers").await;
    assert_eq!(towers[0], towers[1]);
}

/// Statements still running for a service.
const BUSY: &str =
    "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'hatang'
    and state <> 'idle' and pid <> pg_backend_pid() and (query ilike '%import%' or query ilike '%towers%')";
