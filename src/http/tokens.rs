//! The caller's own tokens.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::{Caller, Credential};
use crate::accounts::tokens;
use crate::accounts::tokens::{MAX_TOKEN_DAYS, NewToken};
use crate::error::Error;
use crate::http::auth::{notices, private};
use crate::http::extract::WriteRequest;
use crate::http::paging;
use crate::http::paging::{MAX_LIMIT, Paging};
use crate::http::state::App;
use crate::input::Params;
use crate::texts::text;

/// `GET /api/v1/tokens`
pub async fn list_tokens(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let account = caller.account().ok_or(Error::Unauthorized)?;
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let paging = Paging::read(&mut params, MAX_LIMIT, paging::id)?;
    params.finish()?;
    let mut conn = app.store.connection().await?;
    let after = paging.cursor.unwrap_or_default();
    let mut tokens = tokens::list(&mut conn, account.id, after, paging.sought()).await?;
    let links = paging.links(&app, &request, &mut tokens, |token| token.id.to_string());
    Ok(private(HttpResponse::Ok()).json(json!({"tokens": tokens, "links": links})))
}

/// `POST /api/v1/tokens`. Requires a session: a token that creates tokens could outlive its own expiry and limits.
pub async fn create_token(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, _) = write.caller.in_session()?;
    write.caller.confirmed()?;
    let new = NewToken::read(write.members()?, write.clock().today())?;
    let mut conn = write.connection().await?;
    let (id, secret) = tokens::give(&mut conn, &write.by(), account.id, &new).await?;
    let mut token = json!(tokens::find(&mut conn, account.id, id).await?.ok_or(Error::NotFound)?);
    token["token"] = json!(secret);
    drop(conn);
    notices::send(&write.app, account.id, text!("mail.notice/token", name = new.name.as_str())).await;
    let location = write.url(format_args!("/tokens/{id}"));
    Ok(private(HttpResponse::Created()).insert_header((LOCATION, location)).json(token))
}

/// `DELETE /api/v1/tokens/{token}`. A caller with a token can revoke only this token.
pub async fn revoke_token(write: WriteRequest) -> Result<HttpResponse, Error> {
    let account = write.caller.account().ok_or(Error::Unauthorized)?;
    let id = write.id("token")?;
    if !matches!(account.credential, Credential::Token { id: own, .. } if own == id) {
        write.caller.in_session()?;
    }
    write.nothing()?;
    tokens::revoke(&mut *write.connection().await?, &write.by(), account.id, id).await?;
    Ok(private(HttpResponse::NoContent()).finish())
}

/// `POST /api/v1/tokens/{token}/rotation`: gives the token a new secret. The old one is valid for an hour more. A caller
/// with a token can rotate only this token, and cannot lengthen its validity.
pub async fn rotate_token(write: WriteRequest) -> Result<HttpResponse, Error> {
    let account = write.caller.account().ok_or(Error::Unauthorized)?;
    let id = write.id("token")?;
    let mut members = write.optional_members()?;
    let days = members.integer("days", 1..=MAX_TOKEN_DAYS);
    members.finish()?;
    write.caller.confirmed()?;
    if days.is_some() || !matches!(account.credential, Credential::Token { id: own, .. } if own == id) {
        write.caller.in_session()?;
    }
    let mut conn = write.connection().await?;
    let secret = tokens::rotate(&mut conn, &write.by(), account.id, id, days).await?;
    let mut token = json!(tokens::find(&mut conn, account.id, id).await?.ok_or(Error::NotFound)?);
    token["token"] = json!(secret);
    Ok(private(HttpResponse::Ok()).json(token))
}
