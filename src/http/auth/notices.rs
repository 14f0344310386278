//! Tells people what happened to their accounts: new sign-ins, tokens, changes of how they sign in.

use actix_web::rt::task::spawn_blocking;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::Caller;
use crate::accounts::{account, audit};
use crate::error::Error;
use crate::http::auth::private;
use crate::http::state::App;
use crate::input::Params;
use crate::texts::Text;

/// How many events an account is shown of itself.
const SHOWN: i64 = 50;

/// Sends a notice, if the account has an address and there is a mail server. The caller does not wait for it, and a notice
/// that cannot be sent is logged only: what it tells is done.
pub async fn send(app: &App, account: i64, what: Text) {
    let Some(mailer) = app.mailer.clone() else { return };
    let found = match app.store.own_connection().await {
        Ok(mut conn) => account::find(&mut conn, account).await.ok().flatten(),
        Err(_) => None,
    };
    let Some((mail, username)) = found.and_then(|user| Some((user.mail?, user.username))) else { return };
    let page = app.limits.public_url.clone().unwrap_or_default();
    let _unwaited = spawn_blocking(move || {
        let page = if page.is_empty() { page } else { format!("{}/login", page.trim_end_matches('/')) };
        if let Err(error) = mailer.send_notice(&mail, &username, &what, &page) {
            tracing::warn!(error = format!("{error:#}"), "a notice was not sent");
        }
    });
}

/// `GET /api/v1/auth/events`: the last sign-ins, failures, tokens and changes of the caller's account, newest first.
pub async fn list_own_events(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (account, _) = caller.in_session()?;
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    let events = audit::of_account(&mut conn, &account.name, SHOWN).await?;
    Ok(private(HttpResponse::Ok()).json(json!({"events": events})))
}
