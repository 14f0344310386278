//! Changing one's own password, and setting a password by a link.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncConnection;
use serde_json::json;

use crate::accounts::account::managed;
use crate::accounts::password_hash::Password;
use crate::accounts::{audit, password_links, sign_in};
use crate::error::Error;
use crate::http::auth::cookie::device_cookie;
use crate::http::auth::{csrf, private};
use crate::http::extract::{WriteRequest, by, json_body};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Problem;
use crate::texts::text;

/// `POST /api/v1/auth/password`: requires the old password and ends the account's other sessions.
pub async fn change_password(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, session) = write.caller.in_session()?;
    let mut fields = write.members()?;
    let (old, new) = (fields.secret("old_password"), Password::new(&fields.secret("new_password")));
    fields.finish()?;
    let about = [account.name.as_str(), account.organisation.as_deref().unwrap_or_default()];
    new.check("/new_password", &about).map_err(|problem| Error::Invalid(vec![problem]))?;

    let mut conn = write.connection().await?;
    let device = device_cookie(&write.request);
    let sign_in::Attempt { password_hash, knows_device, .. } =
        sign_in::attempt(&mut conn, &account.name, device.as_deref()).await?;
    let known = device.filter(|_| knows_device);
    drop(conn);
    let matches = Password::new(&old).verify(password_hash.clone()).await?;
    let (true, Some(old_hash)) = (matches, password_hash) else {
        return Err(Error::Invalid(vec![Problem::in_body("/old_password", text!("auth.failed/old"))]));
    };
    let hash = new.hash().await?;
    let by = write.by();
    let mut conn = write.connection().await?;
    conn.transaction(async |conn| {
        if !sign_in::succeed(conn, account.id, &old_hash, known.as_deref()).await? {
            return Err(Error::Unauthorized);
        }
        sign_in::set_password(conn, account.id, hash, Some(session)).await?;
        audit::add(conn, &by, "password.change", json!({})).await?;
        Ok(())
    })
    .await?;
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
    Ok(private(HttpResponse::Ok()).json(json!({"username": holder.username})))
}
