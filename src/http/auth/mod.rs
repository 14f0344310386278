//! Signing in with a password and a second factor, and the sessions of browsers.

pub mod basic;
pub mod cookie;
pub mod csrf;
mod factor;
pub mod notices;
mod password;
mod proof;
mod sessions;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use crate::access::{Account, Caller, Credential, may_administer};
use crate::accounts::{account, audit, devices, grants, second_factor, sessions as stored, tokens};
use crate::error::Error;
use crate::http::auth::proof::{Given, prove};
use crate::http::extract::{WriteRequest, by, json_body};
use crate::http::state::App;
use crate::input::Params;
use crate::texts::text;

pub use factor::{begin_second_factor, confirm_second_factor, remove_second_factor, renew_recovery_codes};
pub use notices::list_own_events;
pub use password::{change_password, set_password};
pub use sessions::{end_session, list_sessions};

/// `POST /api/v1/auth/login`. The name is that of the account or nobody's: the trail is told it only when it is proven.
pub async fn log_in(app: web::Data<App>, request: HttpRequest, body: web::Bytes) -> Result<HttpResponse, Error> {
    // Otherwise a form on another page could sign its visitor in to an account of the attacker.
    if request.headers().get(CONTENT_TYPE).is_none_or(|value| !value.as_bytes().starts_with(b"application/json")) {
        return Err(Error::UnsupportedMediaType);
    }
    csrf::check_origin(&app, &request)?;
    Params::only_format(request.query_string(), &["json"])?;
    let mut fields = json_body(&request, &body)?;
    let username = fields.secret("username").trim().to_lowercase().replace('\0', "");
    let given = Given::read(&mut fields, username.clone());
    fields.finish()?;

    let by = by(&app, &request, &username);
    let settings = &app.limits.sessions;
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    let signed_in = prove(&app, &request, given, async |conn, proven| {
        let device = match proven.known_device {
            Some(_) => None,
            None => Some(devices::remember(conn, proven.account).await?),
        };
        let secret = stored::start(conn, &by, proven.account, user_agent, settings).await?;
        audit::add(conn, &by, "session.login", json!({"known_device": device.is_none()})).await?;
        Ok((proven.account, secret, device))
    });
    let (account, secret, device) = signed_in.await?;
    let answer = json!({"csrf": csrf::token(&secret)});
    let mut response = private(HttpResponse::Ok());
    response.cookie(cookie::set(&app, &request, &secret));
    if let Some(device) = device {
        response.cookie(cookie::set_device(&app, &request, &device));
        let address = by.address.map_or_else(|| "?".to_owned(), |address| address.to_string());
        notices::send(&app, account, text!("mail.notice/login", address, browser = user_agent.unwrap_or("?"))).await;
    }
    Ok(response.json(answer))
}

/// `POST /api/v1/auth/confirmation`: proves again who one is, before what needs it.
pub async fn confirm_session(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, session) = write.caller.in_session()?;
    let mut fields = write.members()?;
    let given = Given::read(&mut fields, account.name.clone());
    fields.finish()?;
    let by = write.by();
    let confirmed = prove(&write.app, &write.request, given, async |conn, _| {
        stored::confirm(conn, session).await?;
        Ok(audit::add(conn, &by, "session.confirm", json!({})).await?)
    });
    // Not 401: the session goes on.
    confirmed.await.map_err(|error| match error {
        Error::LogInFailed(problem) => Error::Invalid(vec![problem]),
        error => error,
    })?;
    Ok(private(HttpResponse::NoContent()).finish())
}

/// `POST /api/v1/auth/logout`
pub async fn log_out(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, session) = write.caller.in_session()?;
    write.nothing()?;
    let by = write.by();
    let mut conn = write.connection().await?;
    conn.transaction(async |conn| {
        stored::end(conn, account.id, session).await?;
        audit::add(conn, &by, "session.logout", json!({})).await
    })
    .await?;
    Ok(private(HttpResponse::NoContent()).cookie(cookie::clear(&write.app, &write.request)).finish())
}

/// `GET /api/v1/auth/me`: the caller's account and grants, and the CSRF token that a page must send with writes.
pub async fn show_me(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let account = caller.account().ok_or(Error::Unauthorized)?;
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    let mut me = json!({
        "account": account::find(&mut conn, account.id).await?,
        "grants": if account.grants.is_empty() { Vec::new() } else { grants::list(&mut conn, account.id, true).await? },
        "administers": may_administer(&caller).is_ok(),
    });
    if let Credential::Session { .. } = account.credential {
        me["recovery_codes_left"] = json!(second_factor::recovery_codes_left(&mut conn, account.id).await?);
    }
    for (name, value) in credential(account, &request) {
        me[name] = value;
    }
    if let Credential::Token { id, .. } = account.credential {
        me["token"] = json!(tokens::find(&mut conn, account.id, id).await?);
    }
    Ok(private(HttpResponse::Ok()).json(me))
}

fn credential(account: &Account, request: &HttpRequest) -> Vec<(&'static str, Value)> {
    match account.credential {
        Credential::Session { id, is_confirmed, lacks_factor } => {
            let csrf = cookie::session_cookie(request).map(|secret| csrf::token(&secret));
            vec![
                ("credential", json!("session")),
                ("session", json!(id)),
                ("csrf", json!(csrf)),
                ("confirmed", json!(is_confirmed)),
                ("lacks_second_factor", json!(lacks_factor)),
            ]
        }
        _ => vec![("credential", json!("token"))],
    }
}

/// Tells browsers and caches not to store the answer.
pub fn private(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response.insert_header((CACHE_CONTROL, "no-store"));
    response
}
