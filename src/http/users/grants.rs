//! The grants of an account, for administrators.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::access::{Caller, may_administer};
use crate::accounts::asked::NewGrant;
use crate::accounts::{account, grants};
use crate::error::Error;
use crate::http::auth::private;
use crate::http::extract::{by, id_in_path, json_body};
use crate::http::links::base;
use crate::http::state::App;
use crate::postgres::Connection;
use crate::time::today;

/// `GET /api/v1/users/{user}/grants`: also those that have ended.
pub async fn list_grants(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    may_administer(&caller)?;
    let user = id_in_path(&request, "user")?;
    let mut conn = app.store.connection().await?;
    account::find(&mut conn, user).await?.ok_or(Error::NotFound)?;
    let grants = grants::list(&mut conn, user, false).await?;
    Ok(private(HttpResponse::Ok()).json(json!({"grants": grants})))
}

/// `POST /api/v1/users/{user}/grants`
pub async fn create_grant(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, Error> {
    let account = may_administer(&caller)?;
    let user = id_in_path(&request, "user")?;
    let new = NewGrant::read(json_body(&request, &body)?, today())?;
    let mut conn = app.store.connection().await?;
    let id = grants::create(&mut conn, &by(&app, &request, &account.name), user, &new).await?;
    let location = format!("{}/users/{user}/grants/{id}", base(&app, &request));
    let grant = find(&mut conn, user, id).await?;
    Ok(private(HttpResponse::Created()).insert_header((LOCATION, location)).json(grant))
}

/// `DELETE /api/v1/users/{user}/grants/{grant}`: it stays on record as revoked.
pub async fn revoke_grant(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let account = may_administer(&caller)?;
    let (user, grant) = (id_in_path(&request, "user")?, id_in_path(&request, "grant")?);
    let mut conn = app.store.connection().await?;
    grants::revoke(&mut conn, &by(&app, &request, &account.name), user, grant).await?;
    Ok(private(HttpResponse::NoContent()).finish())
}

/// `POST /api/v1/users/{user}/grants/{grant}/review`: what the grant was carried to is right.
pub async fn review_grant(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let account = may_administer(&caller)?;
    let (user, grant) = (id_in_path(&request, "user")?, id_in_path(&request, "grant")?);
    let mut conn = app.store.connection().await?;
    grants::review(&mut conn, &by(&app, &request, &account.name), user, grant).await?;
    Ok(private(HttpResponse::Ok()).json(find(&mut conn, user, grant).await?))
}

async fn find(conn: &mut Connection, user: i64, grant: i64) -> Result<Value, Error> {
    let grants = grants::list(conn, user, false).await?;
    grants.into_iter().find(|known| known["id"] == grant).ok_or(Error::NotFound)
}
