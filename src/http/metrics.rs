//! What Prometheus reads: counters that requests and statements add to, and states that are looked up at each reading.
//! They have an address of their own, since they say what is done here to whoever may ask.

use std::fs;
use std::io;
use std::sync::LazyLock;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{HttpResponse, HttpServer, web};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::http::health::problems;
use crate::http::state::App;
use crate::postgres::row::Row;
use crate::postgres::sql::Sql;

/// Upper bounds of the times of requests, seconds.
const SECONDS: &[f64] = &[0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
/// How often the times of requests are added up. Until then each is kept.
const UPKEEP: Duration = Duration::from_secs(10);

/// The counters of the process; `None` when there already is another recorder.
static RECORDER: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let full = Matcher::Full("hatang_request_seconds".to_owned());
    PrometheusBuilder::new().set_buckets_for_metric(full, SECONDS).ok()?.install_recorder().ok()
});

/// Begins to count, and answers `GET /metrics` at `address` while the returned server is awaited.
///
/// # Errors
/// When the address cannot be bound.
pub fn start(app: App, address: &str) -> io::Result<Server> {
    LazyLock::force(&RECORDER);
    describe();
    actix_web::rt::spawn(async {
        while let Some(recorder) = &*RECORDER {
            recorder.run_upkeep();
            actix_web::rt::time::sleep(UPKEEP).await;
        }
    });
    let app = web::Data::new(app);
    let service = move || actix_web::App::new().app_data(app.clone()).route("/metrics", web::get().to(show_metrics));
    Ok(HttpServer::new(service).workers(1).max_connections(16).disable_signals().bind(address)?.run())
}

/// `GET /metrics`
async fn show_metrics(app: web::Data<App>) -> HttpResponse {
    gauge!("hatang_ready").set(f64::from(problems(&app).await.is_empty()));
    gauge!("hatang_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    gauge!("hatang_streams_open").set(app.streams.count() as f64);
    for (pool, state) in app.store.pools() {
        gauge!("hatang_pool_connections", "pool" => pool, "state" => "open").set(state.size as f64);
        gauge!("hatang_pool_connections", "pool" => pool, "state" => "free").set(state.available as f64);
        gauge!("hatang_pool_connections", "pool" => pool, "state" => "most").set(state.max_size as f64);
        gauge!("hatang_pool_waiting", "pool" => pool).set(state.waiting as f64);
    }
    of_process();
    if let Ok(mut conn) = app.store.connection().await
        && let Err(error) = of_database(&mut conn).await
    {
        tracing::warn!(%error, "the state of the database was not read");
    }
    let text = RECORDER.as_ref().map(PrometheusHandle::render).unwrap_or_default();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}

/// Memory and open files, as the kernel tells them.
fn of_process() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    gauge!("process_resident_memory_bytes").set(resident.unwrap_or(0.0) * 1024.0);
    let open = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    gauge!("process_open_fds").set(open as f64);
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let most =
        limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok());
    gauge!("process_max_fds").set(most.unwrap_or(0.0));
}

async fn of_database(conn: &mut AsyncPgConnection) -> diesel::QueryResult<()> {
    let rows: Vec<Row> = Sql::new(
        "select 'hatang_records', collection, row_count::float8 from layers union all
         select 'hatang_imports', status, count(*)::float8 from imports group by status union all
         select 'hatang_feed_last', 'all', last_seq::float8 from feed union all
         select 'hatang_feed_last', 'public', last_public_seq::float8 from feed union all
         select 'hatang_waiting', 'changes without a number', count(*)::float8 from changes where seq is null union all
         select 'hatang_waiting', 'records without their sums', count(*)::float8 from summary_queue",
    )
    .load(conn)
    .await?;
    for row in rows {
        if let [name, of, value] = row.cells.as_slice()
            && let (Some(name), Some(of), Some(value)) = (name.as_text(), of.as_text(), value.to_json().as_f64())
        {
            gauge!(name.to_owned(), "of" => of.to_owned()).set(value);
        }
    }
    Ok(())
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!("hatang_requests_total", "Requests by route, method and status");
    describe_histogram!("hatang_request_seconds", Unit::Seconds, "Times of requests by route");
    describe_counter!("hatang_statements_total", "SQL statements");
    describe_counter!("hatang_statements_slow_total", "SQL statements of a second or more; the log has their text");
    describe_counter!("hatang_statements_cut_off_total", "SQL statements that reached their time limit");
    describe_counter!("hatang_postgresql_restarts_total", "Restarts of the private PostgreSQL after it died");
    describe_gauge!("hatang_postgresql_running", "Whether the private PostgreSQL runs");
    describe_gauge!("hatang_ready", "Whether /readyz answers 200");
    describe_gauge!("hatang_build_info", "The version of the program");
    describe_gauge!("hatang_pool_connections", "Connections to PostgreSQL by pool: open, free, at most");
    describe_gauge!("hatang_pool_waiting", "Requests that wait for a connection");
    describe_gauge!("hatang_streams_open", "Open change streams");
    describe_gauge!("hatang_records", "Records by layer");
    describe_gauge!("hatang_imports", "Imports by status");
    describe_gauge!("hatang_feed_last", "The last number of the change feed");
    describe_gauge!("hatang_waiting", "What a job is still to do");
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "Memory of the service");
    describe_gauge!("process_open_fds", "Open files of the service");
    describe_gauge!("process_max_fds", "Most files that it may open");
}
