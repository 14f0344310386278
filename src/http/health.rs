//! Whether the process is running, and whether it can serve requests.

use std::path::Path;

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use crate::error::Error;
use crate::http::clock::Clock;
use crate::http::state::App;
use crate::layers::Problem;
use crate::postgres::migrations::{Unfit, unfit};
use crate::postgres::row::Row;
use crate::postgres::sql::Sql;
use crate::texts::{Text, text};

/// With less space than this, writes and exports begin to fail.
const LEAST_FREE_MB: u64 = 64;

/// `GET /healthz`: the process is running.
pub async fn show_health() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `GET /readyz`: the database is reachable, is this program's, has all that it should, and can be written.
///
/// `live` says whether layers are answered from memory: `off`, `loading`, `following`, or `behind` when the feed is lost.
/// PostgreSQL answers then.
pub async fn show_readiness(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let problems = problems(&app).await;
    if problems.is_empty() {
        let live = app.live.standing(Clock::of(&request).today());
        return Ok(HttpResponse::Ok().json(json!({"status": "ready", "live": live.name()})));
    }
    Err(Error::NotReady(problems.into_iter().map(|text| Problem::in_body("", text)).collect()))
}

/// Why the service cannot serve; empty when it can.
pub async fn problems(app: &App) -> Vec<Text> {
    let unreachable = |error: &dyn std::fmt::Display| {
        tracing::warn!(%error, "not ready: no database");
        vec![text!("ready.database")]
    };
    let temporary = std::env::temp_dir();
    let disks = [Some(temporary.as_path()), app.data_dir.as_deref()];
    // First what may be the cause of the rest.
    let mut problems: Vec<_> = disks.into_iter().flatten().filter_map(space).collect();
    problems.extend(match app.store.own_connection().await {
        Ok(mut conn) => of_database(&mut conn).await.unwrap_or_else(|error| unreachable(&error)),
        Err(error) => unreachable(&error),
    });
    problems
}

async fn of_database(conn: &mut AsyncPgConnection) -> diesel::QueryResult<Vec<Text>> {
    let mut problems = Vec::new();
    problems.extend(unfit(conn).await?.map(|why| match why {
        Unfit::Behind(count) => text!("ready.behind", count = count as i64),
        Unfit::Foreign(_) => text!("ready.foreign"),
        Unfit::Lost(objects) => text!("ready.lost", objects = objects.join(", ")),
    }));
    let row: Row = Sql::new("select current_setting('transaction_read_only') = 'on'").get_result(conn).await?;
    problems.extend((row.cells[0].to_json() == true).then(|| text!("ready.read_only")));
    Ok(problems)
}

fn space(directory: &Path) -> Option<Text> {
    let free = free_mb(directory)?;
    (free < LEAST_FREE_MB).then(|| text!("ready.disk", free = free as i64, directory = directory.display().to_string()))
}

/// How much space the service may still use, in MB; `None` where that is not known.
pub fn free_mb(directory: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(directory).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize) / 1_000_000)
}
