//! Changing one's own password, and setting a password by a link.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncConnection;
use serde_json::json;

use crate::accounts::account::managed;
use crate::accounts::password_hash::Password;
use crate::accounts::{audit, password_links, sessions, sign_in};
use crate::error::Error;
use crate::http::auth::proof::{Given, prove};
use crate::http::auth::{csrf, notices, private};
use crate::http::extract::{WriteRequest, by, json_body};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Problem;
use crate::texts::text;

/// `POST /api/v1/auth/password`: requires the old password, and a code where there is a second factor, and ends the account's other sessions.
pub async fn change_password(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, session) = write.caller.in_session()?;
    let mut fields = write.members()?;
    let (old, new) = (fields.secret("old_password"), Password::new(&fields.secret("new_password")));
    let code = fields.text("code", 100);
    fields.finish()?;
    let about = [account.name.as_str(), account.organisation.as_deref().unwrap_or_default()];
    new.check("/new_password", &about).map_err(|problem| Error::Invalid(vec![problem]))?;
    new.check_list("/new_password", write.app.limits.sessions.password_list.as_deref()).await?;

    let given = Given { username: account.name.clone(), password: old, code };
    let hash = new.hash().await?;
    let by = write.by();
    let changed = prove(&write.app, &write.request, given, async |conn, proven| {
        sign_in::set_password(conn, proven.account, hash, Some(session)).await?;
        sessions::confirm(conn, session).await?;
        Ok(audit::add(conn, &by, "password.change", json!({})).await?)
    });
    changed.await.map_err(|error| match error {
        Error::LogInFailed(problem) if problem.code == "auth.failed" => {
            Error::Invalid(vec![Problem::in_body("/old_password", text!("auth.failed/old"))])
        }
        Error::LogInFailed(problem) => Error::Invalid(vec![problem]),
        error => error,
    })?;
    notices::send(&write.app, account.id, text!("mail.notice/password")).await;
    Ok(private(HttpResponse::NoContent()).finish())
}

/// `POST /api/v1/auth/setup`: sets a password by a link that works once, and ends all sessions of the account.
pub async fn set_password(app: web::Data<App>, request: HttpRequest, body: web::Bytes) -> Result<HttpResponse, Error> {
    csrf::check_origin(&app, &request)?;
    Params::only_format(request.query_string(), &["json"])?;
    let mut fields = json_body(&request, &body)?;
    let (secret, new) = (fields.secret("token"), Password::new(&fields.secret("password")));
    fields.finish()?;
    let gone = || Error::Invalid(vec![Problem::in_body("/token", text!("auth.link"))]);

    let mut conn = app.store.own_connection().await?;
    let holder = password_links::holder(&mut conn, &secret).await?.ok_or_else(gone)?;
    drop(conn);
    let about = [holder.username.as_str(), holder.organisation.as_deref().unwrap_or_default()];
    new.check("/password", &about).map_err(|problem| Error::Invalid(vec![problem]))?;
    new.check_list("/password", app.limits.sessions.password_list.as_deref()).await?;
    let hash = new.hash().await?;
    let by = by(&app, &request, &holder.username);
    let mut conn = app.store.own_connection().await?;
    conn.transaction(async |conn| {
        managed(conn, holder.id).await?;
        if !password_links::use_up(conn, &secret).await? {
            return Err(gone());
        }
        sign_in::set_password(conn, holder.id, hash, None).await?;
        audit::add(conn, &by, "password.reset", json!({})).await?;
        Ok(())
    })
    .await?;
    notices::send(&app, holder.id, text!("mail.notice/password")).await;
    Ok(private(HttpResponse::Ok()).json(json!({"username": holder.username})))
}
