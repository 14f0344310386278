//! One's own tokens.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::access::{Caller, Credential};
use crate::accounts::asked::NewToken;
use crate::accounts::tokens;
use crate::error::Error;
use crate::http::auth::private;
use crate::http::extract::{by, id_in_path, json_body};
use crate::http::links::base;
use crate::http::state::App;
use crate::time::today;

/// `GET /api/v1/tokens`
pub async fn list_tokens(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Error> {
    let account = caller.account().ok_or(Error::Unauthorized)?;
    let mut conn = app.store.connection().await?;
    let tokens = tokens::list(&mut conn, account.id).await?;
    Ok(private(HttpResponse::Ok()).json(json!({"tokens": tokens})))
}

/// `POST /api/v1/tokens`. Only from a session: a token that made tokens could outlive its end and its limits.
pub async fn create_token(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, Error> {
    let (account, _) = caller.in_session()?;
    let new = NewToken::read(json_body(&request, &body)?, today())?;
    let mut conn = app.store.connection().await?;
    let (id, secret) = tokens::give(&mut conn, &by(&app, &request, &account.name), account.id, &new).await?;
    let all = tokens::list(&mut conn, account.id).await?;
    let mut token: Value = all.into_iter().find(|token| token["id"] == id).ok_or(Error::NotFound)?;
    token["token"] = json!(secret);
    let location = format!("{}/tokens/{id}", base(&app, &request));
    Ok(private(HttpResponse::Created()).insert_header((LOCATION, location)).json(token))
}

/// `DELETE /api/v1/tokens/{token}`. With a token only that one.
pub async fn revoke_token(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let account = caller.account().ok_or(Error::Unauthorized)?;
    let id = id_in_path(&request, "token")?;
    if !matches!(account.credential, Credential::Token { id: own, .. } if own == id) {
        caller.in_session()?;
    }
    let mut conn = app.store.connection().await?;
    tokens::revoke(&mut conn, &by(&app, &request, &account.name), account.id, id).await?;
    Ok(private(HttpResponse::NoContent()).finish())
}
