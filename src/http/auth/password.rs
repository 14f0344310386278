//! Changing one's password, and setting it by a link.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncConnection;
use serde_json::json;

use crate::access::Caller;
use crate::accounts::password::Password;
use crate::accounts::{account, audit, passwords};
use crate::error::Error;
use crate::http::auth::{csrf, private};
use crate::http::extract::{by, json_body};
use crate::http::state::App;
use crate::layers::Problem;

/// `POST /api/v1/auth/password`: needs the old one, ends the other sessions.
pub async fn change_password(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, Error> {
    let (account, session) = caller.in_session()?;
    let mut fields = json_body(&request, &body)?;
    let (old, new) = (fields.secret("old_password"), Password::new(&fields.secret("new_password")));
    fields.finish()?;
    let about = [account.name.as_str(), account.organisation.as_deref().unwrap_or_default()];
    new.check("/new_password", &about).map_err(|problem| Error::Invalid(vec![problem]))?;

    let mut conn = app.store.connection().await?;
    let password_hash = passwords::attempt(&mut conn, &account.name).await?.password_hash;
    drop(conn);
    let matches = Password::new(&old).verify(password_hash.clone()).await?;
    let (true, Some(old_hash)) = (matches, password_hash) else {
        let (vi, en) = (
            "Mật khẩu cũ không đúng, hoặc đã thử quá nhiều lần.",
            "The old password is wrong, or there were too many attempts.",
        );
        return Err(Error::Invalid(vec![Problem::at("/old_password", "auth.failed", vi, en)]));
    };
    let hash = new.hash().await?;
    let by = by(&app, &request, &account.name);
    let mut conn = app.store.connection().await?;
    conn.transaction(async |conn| {
        if !passwords::succeed(conn, account.id, &old_hash).await? {
            return Err(Error::Unauthorized);
        }
        passwords::set(conn, account.id, hash, Some(session)).await?;
        audit::add(conn, &by, "password.change", json!({})).await?;
        Ok(())
    })
    .await?;
    Ok(private(HttpResponse::NoContent()).finish())
}

/// `POST /api/v1/auth/setup`: sets a password by a link, once; ends all sessions.
pub async fn set_password(app: web::Data<App>, request: HttpRequest, body: web::Bytes) -> Result<HttpResponse, Error> {
    csrf::check_origin(&app, &request)?;
    let mut fields = json_body(&request, &body)?;
    let (secret, new) = (fields.secret("token"), Password::new(&fields.secret("password")));
    fields.finish()?;
    let gone = || {
        let (vi, en) = ("Liên kết không đúng, đã dùng hoặc đã hết hạn.", "The link is wrong, used or expired.");
        Error::Invalid(vec![Problem::at("/token", "auth.link", vi, en)])
    };

    let mut conn = app.store.connection().await?;
    let holder = passwords::holder_of_link(&mut conn, &secret).await?.ok_or_else(gone)?;
    drop(conn);
    let about = [holder.username.as_str(), holder.organisation.as_deref().unwrap_or_default()];
    new.check("/password", &about).map_err(|problem| Error::Invalid(vec![problem]))?;
    let hash = new.hash().await?;
    let by = by(&app, &request, &holder.username);
    let mut conn = app.store.connection().await?;
    conn.transaction(async |conn| {
        account::managed(conn, holder.id).await?;
        if !passwords::use_link(conn, &secret).await? {
            return Err(gone());
        }
        passwords::set(conn, holder.id, hash, None).await?;
        audit::add(conn, &by, "password.reset", json!({})).await?;
        Ok(())
    })
    .await?;
    Ok(private(HttpResponse::Ok()).json(json!({"username": holder.username})))
}
