//! `GET /statements/{kind}/{statement}/history`: what a statement was before.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::Caller;
use crate::error::Error;
use crate::http::extract::id_in_path;
use crate::http::paging::{self, DEFAULT_LIMIT, Paging};
use crate::http::state::App;
use crate::input::Params;
use crate::statements::Kind;
use crate::statements::history::{Of, versions};

/// Lists the versions of a statement, newest first, also of one that was withdrawn.
pub async fn list_statement_versions(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let paging = Paging::read(&mut params, DEFAULT_LIMIT, paging::id)?;
    params.finish()?;
    let kind = request.match_info().get("kind").and_then(Kind::of_name).ok_or(Error::NotFound)?;
    let id = id_in_path(&request, "statement")?;
    let mut conn = app.store.connection().await?;
    let of = Of::Statement(id);
    let mut found = versions(&mut conn, kind, of, paging.cursor, paging.sought(), caller.is_anonymous()).await?;
    if found.is_empty() && paging.cursor.is_none() {
        return Err(Error::NotFound);
    }
    let links = paging.links(&app, &request, &mut found, |version| version["id"].to_string());
    Ok(HttpResponse::Ok().json(json!({"versions": found, "links": links})))
}
