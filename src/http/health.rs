//! Whether the process lives, and whether it can work.

use actix_web::{HttpResponse, web};
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::error::Error;
use crate::http::state::App;
use crate::postgres::migrations;
use crate::postgres::row::Row;
use crate::postgres::sql::Sql;

/// `GET /healthz`: the process answers.
pub async fn show_health() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `GET /readyz`: the database is reachable and has every migration of this program.
pub async fn show_readiness(app: web::Data<App>) -> Result<HttpResponse, Error> {
    let mut conn = app.store.connection().await?;
    let row: Row = Sql::new("select count(*) from __diesel_schema_migrations").get_result(&mut conn).await?;
    let applied = row.cells[0].as_integer().unwrap_or(0);
    if applied < migrations::count() as i64 {
        Err(Error::Overloaded)
    } else {
        Ok(HttpResponse::Ok().json(json!({"status": "ready"})))
    }
}
