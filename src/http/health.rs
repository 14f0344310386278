//! Whether the process is running, and whether it can serve requests.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::error::Error;
use crate::http::state::App;
use crate::postgres::migrations;

/// `GET /healthz`: the process is running.
pub async fn show_health() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `GET /readyz`: the database is reachable and has every migration of this program.
pub async fn show_readiness(app: web::Data<App>) -> Result<HttpResponse, Error> {
    let mut conn = app.store.connection().await?;
    if !migrations::are_applied(&mut conn).await? {
        Err(Error::Overloaded)
    } else {
        Ok(HttpResponse::Ok().json(json!({"status": "ready"})))
    }
}
