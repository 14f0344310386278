//! Accounts. Only for administrators.

mod grants;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{Duration, SecondsFormat};
use diesel_async::AsyncConnection;
use serde_json::json;

use crate::access::{Caller, may_administer};
use crate::accounts::account::{NewAccount, mail_of, managed};
use crate::accounts::account_change::{AccountChange, update};
use crate::accounts::{account, audit, password_links, second_factor};
use crate::error::Error;
use crate::http::auth::{notices, private};
use crate::http::extract::{WriteRequest, id_in_path};
use crate::http::links::home;
use crate::http::paging::{MAX_LIMIT, Paging};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Problem;
use crate::texts::text;

pub use grants::{create_grant, list_grants, review_grant, revoke_grant};

/// `GET /api/v1/users`: lists accounts by name.
pub async fn list_users(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    may_administer(&caller)?;
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let paging = Paging::read(&mut params, MAX_LIMIT, |text| Some(text.to_owned()))?;
    params.finish()?;
    let mut conn = app.store.connection().await?;
    let mut users = account::list(&mut conn, paging.cursor.as_deref(), paging.sought()).await?;
    let links = paging.links(&app, &request, &mut users, |user| user.username.clone());
    Ok(private(HttpResponse::Ok()).json(json!({"users": users, "links": links})))
}

/// `GET /api/v1/users/{user}`
pub async fn find_user(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    may_administer(&caller)?;
    let id = id_in_path(&request, "user")?;
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    Ok(private(HttpResponse::Ok()).json(account::find(&mut conn, id).await?.ok_or(Error::NotFound)?))
}

/// `POST /api/v1/users`: creates an account without a password. A link sets the password later.
pub async fn create_user(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    write.caller.confirmed()?;
    let new = NewAccount::read(write.members()?)?;
    let mut conn = write.connection().await?;
    let id = account::create(&mut conn, &write.by(), &new).await?;
    let location = write.url(format_args!("/users/{id}"));
    let user = account::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    Ok(private(HttpResponse::Created()).insert_header((LOCATION, location)).json(user))
}

/// `PATCH /api/v1/users/{user}`
pub async fn update_user(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    write.caller.confirmed()?;
    let id = write.id("user")?;
    let change = AccountChange::read(write.members()?)?;
    let mut conn = write.connection().await?;
    update(&mut conn, &write.by(), id, change).await?;
    Ok(private(HttpResponse::Ok()).json(account::find(&mut conn, id).await?.ok_or(Error::NotFound)?))
}

/// `POST /api/v1/users/{user}/password-link`: makes a link for the administrator to hand over, or sends it to the address
/// `mail`, which is not kept. Its secret follows `#`, which browsers do not send, so that no log contains it.
pub async fn create_password_link(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    write.caller.confirmed()?;
    let id = write.id("user")?;
    let mut members = write.optional_members()?;
    let mail = mail_of(&mut members);
    members.finish()?;
    let mailer = write.app.mailer.clone();
    if mail.is_some() && mailer.is_none() {
        return Err(Error::Invalid(vec![Problem::in_body("/mail", text!("mail.none"))]));
    }
    let mut conn = write.connection().await?;
    let secret = password_links::give(&mut conn, &write.by(), id).await?;
    let link = format!("{}/setup#{secret}", home(&write.app, &write.request));
    let expires_at = (write.clock().now + Duration::hours(24)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let (Some(mail), Some(mailer)) = (mail, mailer) else {
        return Ok(private(HttpResponse::Created()).json(json!({"link": link, "expires_at": expires_at})));
    };
    let username = account::find(&mut conn, id).await?.ok_or(Error::NotFound)?.username;
    drop(conn);
    let answer = json!({"sent_to": mail, "expires_at": expires_at});
    let sent = web::block(move || mailer.send_link(&mail, &username, &link)).await.map_err(anyhow::Error::new)?;
    sent.map_err(|error| Error::unavailable(text!("unavailable/mail"), &format!("{error:#}")))?;
    Ok(private(HttpResponse::Created()).json(answer))
}

/// `POST /api/v1/users/{user}/unlock`: resets the count of failed log-ins.
pub async fn unlock_user(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    write.caller.confirmed()?;
    write.nothing()?;
    account::unlock(&mut *write.connection().await?, &write.by(), write.id("user")?).await?;
    Ok(private(HttpResponse::NoContent()).finish())
}

/// `DELETE /api/v1/users/{user}/second-factor`: removes the second factor of somebody who lost it.
pub async fn reset_second_factor(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    write.caller.confirmed()?;
    write.nothing()?;
    let (id, by) = (write.id("user")?, write.by());
    let mut conn = write.connection().await?;
    conn.transaction(async |conn| {
        let username = managed(conn, id).await?;
        if !second_factor::remove(conn, id).await? {
            return Err(Error::NotFound);
        }
        audit::add(conn, &by, "factor.reset", json!({"account": username})).await?;
        Ok(())
    })
    .await?;
    drop(conn);
    notices::send(&write.app, id, text!("mail.notice/no_factor")).await;
    Ok(private(HttpResponse::NoContent()).finish())
}
