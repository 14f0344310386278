//! Signing in with a password, and the sessions of browsers.

pub mod basic;
pub mod cookie;
pub mod csrf;
mod password;
mod sessions;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use crate::access::{Account, Caller, Credential, may_administer};
use crate::accounts::password_hash::Password;
use crate::accounts::sign_in::{Attempt, attempt, succeed};
use crate::accounts::{account, audit, devices, grants, sessions as stored, tokens};
use crate::error::Error;
use crate::http::extract::{WriteRequest, by, json_body};
use crate::http::state::App;
use crate::input::Params;

pub use password::{change_password, set_password};
pub use sessions::{end_session, list_sessions};

/// `POST /api/v1/auth/login`. A wrong name and a wrong password get the same answer and cost the same time.
pub async fn log_in(app: web::Data<App>, request: HttpRequest, body: web::Bytes) -> Result<HttpResponse, Error> {
    // Otherwise a form on another page could sign its visitor in to an account of the attacker.
    if request.headers().get(CONTENT_TYPE).is_none_or(|value| !value.as_bytes().starts_with(b"application/json")) {
        return Err(Error::UnsupportedMediaType);
    }
    csrf::check_origin(&app, &request)?;
    Params::only_format(request.query_string(), &["json"])?;
    let mut fields = json_body(&request, &body)?;
    let (username, password) = (fields.secret("username"), fields.secret("password"));
    fields.finish()?;
    let username = username.trim().to_lowercase().replace('\0', "");

    let mut conn = app.store.own_connection().await?;
    let device = cookie::device_cookie(&request);
    let Attempt { account, password_hash, refused, knows_device } =
        attempt(&mut conn, &username, device.as_deref()).await?;
    drop(conn);
    let matches = Password::new(&password).verify(password_hash.clone()).await?;

    let mut conn = app.store.own_connection().await?;
    let mut by = by(&app, &request, "stranger");
    if let (true, Some(id), Some(hash)) = (matches, account, &password_hash) {
        by.actor.clone_from(&username);
        let settings = &app.limits.sessions;
        let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        let known = device.filter(|_| knows_device);
        let secret = conn
            .transaction(async |conn| {
                if !succeed(conn, id, hash, known.as_deref()).await? {
                    return Ok(None);
                }
                let device = if known.is_some() { None } else { Some(devices::remember(conn, id).await?) };
                let secret = stored::start(conn, &by, id, user_agent, settings).await?;
                audit::add(conn, &by, "session.login", json!({})).await?;
                Ok::<_, Error>(Some((secret, device)))
            })
            .await?;
        if let Some((secret, device)) = secret {
            let account = json!({"csrf": csrf::token(&secret)});
            let cookie = cookie::set(&app, &request, &secret);
            let mut response = private(HttpResponse::Ok());
            response.cookie(cookie);
            if let Some(device) = device {
                response.cookie(cookie::set_device(&app, &request, &device));
            }
            return Ok(response.json(account));
        }
    }
    // People sometimes type their password into the name field, so an unknown name is not recorded.
    let name = account.map(|_| username);
    let detail = json!({"account": name, "reason": refused.as_deref().unwrap_or("password")});
    audit::add(&mut conn, &by, "session.failed", detail).await?;
    Err(Error::LogInFailed)
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
        "grants": grants::list(&mut conn, account.id, true).await?,
        "administers": may_administer(&caller).is_ok(),
    });
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
        Credential::Session { id } => {
            let csrf = cookie::session_cookie(request).map(|secret| csrf::token(&secret));
            vec![("credential", json!("session")), ("session", json!(id)), ("csrf", json!(csrf))]
        }
        _ => vec![("credential", json!("token"))],
    }
}

/// Tells browsers and caches not to store the answer.
pub fn private(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response.insert_header((CACHE_CONTROL, "no-store"));
    response
}
