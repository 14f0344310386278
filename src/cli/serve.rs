//! `hatang serve`: runs the service.

use std::io::{self, IsTerminal};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use ::metrics::{counter, gauge};
use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::accounts::audit;
use crate::accounts::first_link::first_link;
use crate::accounts::mail::Mailer;
use crate::accounts::second_factor;
use crate::accounts::secret_key::find_or_make;
use crate::cli::database::Database;
use crate::cli::demo;
use crate::cli::descriptors;
use crate::cli::refused::told;
use crate::cli::user::link;
use crate::cluster::Cluster;
use crate::config::{Config, ServeConfig};
use crate::http::changes::streams::Streams;
use crate::http::connections::start;
use crate::http::limiters::Limiters;
use crate::http::metrics;
use crate::http::state::App;
use crate::live::Standing;
use crate::postgres::{Store, connect, migrations};
use crate::register::{changes, idempotency};
use crate::texts::text;
use crate::time::today;
use crate::{figures, imports, units};

/// Runs the service until it is told to stop.
pub fn run(config: &Config, serve: &ServeConfig, with_demo: bool) -> anyhow::Result<()> {
    log();

    // A port that is in use is found before anything is started or loaded.
    TcpListener::bind((serve.bind.as_str(), serve.port)).with_context(|| cannot_listen(serve))?;
    let database = Database::start(config)?;
    tracing::info!("the register is in {}", database.place());
    let address = address(serve);
    database.note_address(&address);
    let url = database.url();
    migrations::run(&url, &figures::tables())?;
    let statement_timeout = Duration::from_secs(serve.limits.statement_timeout_s);
    let store = Store::new(&database.service_url(), serve.limits.db_connections, statement_timeout)?;
    let mut limits = serve.limits.clone();
    limits.connections = limits.connections.min(descriptors::for_clients());
    let mut state = App::new(store, limits, serve.page.clone());
    state.mailer = Mailer::of(&serve.mail)?;
    let key_file = state.limits.sessions.secret_key_file.as_deref();
    state.secret_key = find_or_make(key_file, database.data_dir())?.map(Arc::new);
    state.data_dir = database.data_dir().map(Path::to_path_buf);

    let result = std::thread::scope(|scope| {
        let (stop, stopped) = channel();
        if let Some(cluster) = &database.cluster {
            scope.spawn(move || supervise(cluster, &stopped));
        }
        let result = actix_web::rt::System::new().block_on(listen(serve, &url, state, with_demo));
        drop(stop);
        result
    });
    if let Some(cluster) = &database.cluster {
        cluster.stop()?;
    }
    tracing::info!("stopped");
    result
}

/// Writes the log to standard error. `RUST_LOG` sets how much.
pub fn log() {
    // actix_http logs what clients did wrong as errors of the service.
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn,actix_http=off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
}

async fn listen(serve: &ServeConfig, url: &str, state: App, with_demo: bool) -> anyhow::Result<()> {
    if with_demo {
        let mut conn = connect(url, Duration::from_secs(600)).await?;
        if demo::load(&mut conn).await? {
            tracing::info!("the demo district is loaded");
        }
    }
    let mut conn = state.store.connection().await?;
    let first_link = first_link(&mut conn).await.map_err(told)?;
    if let Some(key) = &state.secret_key {
        match second_factor::seal(&mut conn, key).await {
            Ok(0) => {}
            Ok(sealed) => tracing::info!("{sealed} secrets of authenticators are encrypted now"),
            // A database that takes no writes is served as well.
            Err(error) => tracing::warn!(%error, "secrets of authenticators stay in clear"),
        }
    }
    let has_units = units::territory::has_units(&mut conn, None).await?;
    drop(conn);
    actix_web::rt::spawn(housekeeping(state.store.clone(), state.limits.import_retention_days));
    actix_web::rt::spawn(keep_summaries(state.store.clone()));
    actix_web::rt::spawn(follow_feed(state.clone()));
    actix_web::rt::spawn(forget_idle(state.limiters.clone()));
    actix_web::rt::spawn(close_streams(state.streams.clone()));
    if let Some(address) = &serve.metrics {
        let metrics = metrics::start(state.clone(), address).with_context(|| format!("cannot listen on {address}"))?;
        actix_web::rt::spawn(metrics);
    }
    let (server, _) = start(state, &serve.bind, serve.port).with_context(|| cannot_listen(serve))?;
    if !has_units {
        advise();
    }
    if let Some(secret) = first_link {
        if is_kept() { point_to_link() } else { invite(&address(serve), &secret) }
    }
    tracing::info!("Hatang is at {}", address(serve));
    Ok(server.await?)
}

/// Where people reach the service.
fn address(serve: &ServeConfig) -> String {
    serve.limits.public_url.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}", serve.port))
}

fn cannot_listen(serve: &ServeConfig) -> String {
    format!("cannot listen on {}:{} (--port or PORT names another port)", serve.bind, serve.port)
}

/// Says what an empty register needs first.
fn advise() {
    let notice = text!("units.none");
    eprintln!("\n  {}\n  {}\n", notice.vi(), notice.en());
}

/// Whether systemd keeps the error output in its journal, which others may read. It names the stream that it reads, so
/// that what a service starts with another output does not take it for its own.
fn is_kept() -> bool {
    let journal = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    rustix::fs::fstat(io::stderr()).is_ok_and(|stream| journal == format!("{}:{}", stream.st_dev, stream.st_ino))
}

/// Says how an administrator gets the link that is not printed.
fn point_to_link() {
    eprintln!(
        "\n  Chưa có quản trị viên. Chạy trên máy chủ để lấy liên kết đặt mật khẩu:\n  \
         No administrator yet. On the server, this prints the link to set the password:\n\n  \
         hatang user link admin\n"
    );
}

/// Prints the link that makes its reader the administrator. It is not logged, because others may read the log.
fn invite(address: &str, secret: &str) {
    let link = link(address, secret);
    eprintln!(
        "\n  Chưa có quản trị viên. Đặt mật khẩu cho tài khoản “admin” (một lần, trong 24 giờ):\n  \
         No administrator yet. Set the password of the account “admin” (once, within 24 hours):\n\n  {link}\n"
    );
}

/// Restarts PostgreSQL when it has died, until the other end of the channel is dropped.
fn supervise(cluster: &Cluster, stopped: &Receiver<()>) {
    while stopped.recv_timeout(Duration::from_millis(500)) == Err(RecvTimeoutError::Timeout) {
        let supervised = cluster.supervise();
        gauge!("hatang_postgresql_running").set(f64::from(cluster.is_running()));
        match supervised {
            Ok(true) => {
                counter!("hatang_postgresql_restarts_total").increment(1);
                tracing::warn!("PostgreSQL had died and was started again");
            }
            Ok(false) => {}
            Err(error) => tracing::error!(error = format!("{error:#}"), "PostgreSQL cannot be restarted"),
        }
    }
}

/// Events of the audit trail that are sealed in one second.
const SEALED_AT_ONCE: i64 = 5_000;

/// Once a second: numbers the changes written with psql, seals the audit trail, brings records up to the units of today and
/// deletes stored responses that are older than a day. Once a day: erases the contents of old import files.
async fn housekeeping(store: Store, import_retention_days: u32) {
    let mut day = None;
    loop {
        if let Ok(mut conn) = store.connection().await {
            if let Err(error) = units::keep_up(&mut conn).await {
                tracing::warn!(%error, "the communes of assets were not refreshed");
            }
            if day != Some(today()) {
                day = Some(today());
                if let Err(error) = imports::forget(&mut conn, import_retention_days).await {
                    tracing::warn!(%error, "old import files were not erased");
                }
            }
            if let Err(error) = idempotency::purge(&mut conn).await {
                tracing::warn!(%error, "old stored responses were not deleted");
            }
            if let Err(error) = audit::seal(&mut conn, SEALED_AT_ONCE).await {
                tracing::warn!(%error, "the audit trail was not sealed");
            }
            if let Err(error) = changes::number(&mut conn).await {
                tracing::warn!(%error, "changes were not numbered");
            }
        }
        actix_web::rt::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Folds what was written into the kept sums of figures, some times a second.
async fn keep_summaries(store: Store) {
    loop {
        if let Ok(mut conn) = store.connection().await
            && let Err(error) = figures::fold(&mut conn, today()).await
        {
            tracing::warn!(%error, "the sums of figures were not brought up to date");
        }
        actix_web::rt::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Reads into memory what was written on other nodes, some times a second.
async fn follow_feed(state: App) {
    let mut was = Standing::Loading;
    loop {
        if let Err(error) = state.live.catch_up(&state.store, today(), false).await {
            tracing::warn!(?error, "the layers in memory could not follow the feed");
        }
        let standing = state.live.standing(today());
        if standing != was {
            tracing::info!(standing = standing.name(), "layers in memory");
            was = standing;
        }
        actix_web::rt::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Ends the change streams when the service is told to stop, by a signal or by Ctrl-C. The shutdown waits for open
/// requests, and a stream never ends by itself.
async fn close_streams(streams: Arc<Streams>) {
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            streams.close();
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(%error, "cannot listen for signals: open streams will delay the shutdown")
        }
    }
}

/// Runs once a minute, which is how far back the limits look.
async fn forget_idle(limiters: Arc<Limiters>) {
    loop {
        actix_web::rt::time::sleep(Duration::from_secs(60)).await;
        limiters.forget_idle();
    }
}
