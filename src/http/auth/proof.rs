//! Proving who one is: by a password and, if the account has a second factor, by a code.

use actix_web::HttpRequest;
use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use serde_json::json;

use crate::accounts::audit;
use crate::accounts::password_hash::Password;
use crate::accounts::second_factor::{self, Checked};
use crate::accounts::sign_in::{Attempt, attempt, succeed};
use crate::error::Error;
use crate::http::auth::cookie::device_cookie;
use crate::http::extract::by;
use crate::http::state::App;
use crate::input::Members;
use crate::layers::Problem;
use crate::texts::{Text, text};

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// What somebody gives to prove who they are.
pub struct Given {
    pub username: String,
    pub password: String,
    pub code: Option<String>,
}

/// Who gave it.
pub struct Proven {
    pub account: i64,
    /// The secret of the device, if the account has signed in with it before.
    pub known_device: Option<String>,
}

impl Given {
    /// The password and the code in a body.
    pub fn read(fields: &mut Members, username: String) -> Given {
        let password = fields.secret("password");
        Given { username, password, code: fields.text("code", 100) }
    }
}

/// Checks what was given. If it is right, does `then` in the transaction that notes the success. Wrong names, passwords
/// and accounts without one get the same answer, and cost the same time.
///
/// # Errors
/// 401, which asks for a code only from somebody who knows the password; those of `then`.
pub async fn prove<T>(
    app: &App,
    request: &HttpRequest,
    given: Given,
    then: impl AsyncFnOnce(&mut AsyncPgConnection, &Proven) -> Result<T, Error>,
) -> Result<T, Error> {
    let Given { username, password, code } = given;
    let mut conn = app.store.own_connection().await?;
    let device = device_cookie(request);
    let Attempt { account, password_hash, refused, knows_device } =
        attempt(&mut conn, &username, device.as_deref()).await?;
    drop(conn);
    let matches = Password::new(&password).verify(password_hash.clone()).await?;

    let mut conn = app.store.own_connection().await?;
    let mut why = refused.unwrap_or_else(|| "password".to_owned());
    let mut problem = Problem::in_body("", text!("auth.failed"));
    if let (true, Some(account), Some(hash)) = (matches, account, &password_hash) {
        let proven = Proven { account, known_device: device.filter(|_| knows_device) };
        // `AsyncConnection::transaction` requires futures that are `Send`, which a generic function cannot promise.
        Transactions::begin_transaction(&mut *conn).await?;
        let done = in_transaction(&mut conn, app, hash, code.as_deref(), &proven, then).await;
        match &done {
            Ok(Ok(_)) => Transactions::commit_transaction(&mut *conn).await?,
            // If the rollback fails, too, the connection is not used again.
            _ => Transactions::rollback_transaction(&mut *conn).await.unwrap_or_default(),
        }
        let asked = |text: Text| Problem::in_body("/code", text);
        (why, problem) = match done? {
            Ok(done) => return Ok(done),
            Err(Checked::Missing) => ("no code".to_owned(), asked(text!("auth.code_required"))),
            Err(_) => ("code".to_owned(), asked(text!("auth.code_wrong"))),
        };
    }
    // People sometimes type their password into the name field, so an unknown name is not recorded.
    let name = account.map(|_| username);
    let detail = json!({"account": name, "reason": why});
    audit::add(&mut conn, &by(app, request, "stranger"), "session.failed", detail).await?;
    Err(Error::LogInFailed(problem))
}

async fn in_transaction<T>(
    conn: &mut AsyncPgConnection,
    app: &App,
    password_hash: &str,
    code: Option<&str>,
    proven: &Proven,
    then: impl AsyncFnOnce(&mut AsyncPgConnection, &Proven) -> Result<T, Error>,
) -> Result<Result<T, Checked>, Error> {
    let checked = second_factor::check(conn, app.secret_key.as_deref(), proven.account, code).await?;
    if checked != Checked::Right {
        return Ok(Err(checked));
    }
    if !succeed(conn, proven.account, password_hash, proven.known_device.as_deref()).await? {
        return Err(Error::Unauthorized);
    }
    then(conn, proven).await.map(Ok)
}
