//! Accounts, for administrators.

mod grants;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{Duration, SecondsFormat, Utc};
use serde_json::json;

use crate::access::{Caller, may_administer};
use crate::accounts::asked::{AccountChange, NewAccount};
use crate::accounts::{account, passwords};
use crate::error::Error;
use crate::http::auth::private;
use crate::http::extract::{by, id_in_path, json_body};
use crate::http::links::{base, home};
use crate::http::state::App;

pub use grants::{create_grant, list_grants, review_grant, revoke_grant};

/// `GET /api/v1/users`
pub async fn list_users(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Error> {
    may_administer(&caller)?;
    let mut conn = app.store.connection().await?;
    Ok(private(HttpResponse::Ok()).json(json!({"users": account::list(&mut conn).await?})))
}

/// `GET /api/v1/users/{user}`
pub async fn find_user(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    may_administer(&caller)?;
    let id = id_in_path(&request, "user")?;
    let mut conn = app.store.connection().await?;
    Ok(private(HttpResponse::Ok()).json(account::find(&mut conn, id).await?.ok_or(Error::NotFound)?))
}

/// `POST /api/v1/users`: without a password, which a link sets.
pub async fn create_user(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, Error> {
    let account = may_administer(&caller)?;
    let new = NewAccount::read(json_body(&request, &body)?)?;
    let mut conn = app.store.connection().await?;
    let id = account::create(&mut conn, &by(&app, &request, &account.name), &new).await?;
    let location = format!("{}/users/{id}", base(&app, &request));
    let user = account::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    Ok(private(HttpResponse::Created()).insert_header((LOCATION, location)).json(user))
}

/// `PATCH /api/v1/users/{user}`
pub async fn update_user(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, Error> {
    let account = may_administer(&caller)?;
    let id = id_in_path(&request, "user")?;
    let change = AccountChange::read(json_body(&request, &body)?)?;
    let mut conn = app.store.connection().await?;
    account::update(&mut conn, &by(&app, &request, &account.name), id, change).await?;
    Ok(private(HttpResponse::Ok()).json(account::find(&mut conn, id).await?.ok_or(Error::NotFound)?))
}

/// `POST /api/v1/users/{user}/password-link`: a link to hand over. Its secret is after `#`, which browsers keep to
/// themselves, so that no log on the way has it.
pub async fn create_password_link(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let account = may_administer(&caller)?;
    let id = id_in_path(&request, "user")?;
    let mut conn = app.store.connection().await?;
    let secret = passwords::link(&mut conn, &by(&app, &request, &account.name), id).await?;
    let expires_at = (Utc::now() + Duration::hours(24)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let link = format!("{}/setup#{secret}", home(&app, &request));
    Ok(private(HttpResponse::Created()).json(json!({"link": link, "expires_at": expires_at})))
}

/// `POST /api/v1/users/{user}/unlock`: forgets failed log-ins.
pub async fn unlock_user(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let account = may_administer(&caller)?;
    let id = id_in_path(&request, "user")?;
    let mut conn = app.store.connection().await?;
    account::unlock(&mut conn, &by(&app, &request, &account.name), id).await?;
    Ok(private(HttpResponse::NoContent()).finish())
}
