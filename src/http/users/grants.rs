//! The grants of an account. Only for administrators.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::{Caller, may_administer};
use crate::accounts::grants::{NewGrant, UserGrant};
use crate::accounts::{account, grants};
use crate::error::Error;
use crate::http::auth::private;
use crate::http::extract::{WriteRequest, id_in_path};
use crate::http::state::App;
use crate::input::Params;
use crate::postgres::Connection;

/// `GET /api/v1/users/{user}/grants`: lists valid and ended grants.
pub async fn list_grants(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    may_administer(&caller)?;
    let user = id_in_path(&request, "user")?;
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    account::find(&mut conn, user).await?.ok_or(Error::NotFound)?;
    let grants = grants::list(&mut conn, user, false).await?;
    Ok(private(HttpResponse::Ok()).json(json!({"grants": grants})))
}

/// `POST /api/v1/users/{user}/grants`
pub async fn create_grant(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    write.caller.confirmed()?;
    let user = write.id("user")?;
    let new = NewGrant::read(write.members()?, write.clock().today())?;
    let mut conn = write.connection().await?;
    let id = grants::create(&mut conn, &write.by(), user, &new).await?;
    let location = write.url(format_args!("/users/{user}/grants/{id}"));
    let grant = find(&mut conn, user, id).await?;
    Ok(private(HttpResponse::Created()).insert_header((LOCATION, location)).json(grant))
}

/// `DELETE /api/v1/users/{user}/grants/{grant}`: revokes the grant. It is kept as revoked.
pub async fn revoke_grant(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    write.caller.confirmed()?;
    let (user, grant) = (write.id("user")?, write.id("grant")?);
    write.nothing()?;
    grants::revoke(&mut *write.connection().await?, &write.by(), user, grant).await?;
    Ok(private(HttpResponse::NoContent()).finish())
}

/// `POST /api/v1/users/{user}/grants/{grant}/review`: confirms that a grant is still right after its unit ended.
pub async fn review_grant(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_administer(&write.caller)?;
    write.caller.confirmed()?;
    let (user, grant) = (write.id("user")?, write.id("grant")?);
    write.nothing()?;
    let mut conn = write.connection().await?;
    grants::review(&mut conn, &write.by(), user, grant).await?;
    Ok(private(HttpResponse::Ok()).json(find(&mut conn, user, grant).await?))
}

async fn find(conn: &mut Connection, user: i64, grant: i64) -> Result<UserGrant, Error> {
    let grants = grants::list(conn, user, false).await?;
    grants.into_iter().find(|known| known.id == grant).ok_or(Error::NotFound)
}
