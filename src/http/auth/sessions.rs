//! The caller's own sessions.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncConnection;
use serde_json::json;

use crate::access::Caller;
use crate::accounts::{audit, sessions};
use crate::error::Error;
use crate::http::auth::private;
use crate::http::extract::WriteRequest;
use crate::http::state::App;
use crate::input::Params;

/// `GET /api/v1/auth/sessions`
pub async fn list_sessions(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (account, session) = caller.in_session()?;
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    let sessions = sessions::list(&mut conn, account.id, session, &app.limits.sessions).await?;
    Ok(private(HttpResponse::Ok()).json(json!({"sessions": sessions})))
}

/// `DELETE /api/v1/auth/sessions/{session}`
pub async fn end_session(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, _) = write.caller.in_session()?;
    write.nothing()?;
    let (id, by) = (write.id("session")?, write.by());
    let mut conn = write.connection().await?;
    conn.transaction(async |conn| {
        if !sessions::end(conn, account.id, id).await? {
            return Err(Error::NotFound);
        }
        audit::add(conn, &by, "session.revoke", json!({"session": id})).await?;
        Ok(())
    })
    .await?;
    Ok(private(HttpResponse::NoContent()).finish())
}
