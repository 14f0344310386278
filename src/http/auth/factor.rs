//! Setting up a second factor of one's own, and removing it.

use actix_web::HttpResponse;
use diesel_async::AsyncConnection;
use qrcode::QrCode;
use qrcode::render::svg;
use serde_json::json;

use crate::accounts::{audit, second_factor};
use crate::error::Error;
use crate::http::auth::{notices, private};
use crate::http::extract::WriteRequest;
use crate::layers::Problem;
use crate::texts::text;

/// `POST /api/v1/auth/second-factor`: makes a secret for an authenticator. It counts once a code was given.
pub async fn begin_second_factor(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, _) = write.caller.in_session()?;
    write.caller.confirmed_for_factor()?;
    write.nothing()?;
    let mut conn = write.connection().await?;
    let has_one = || Error::Conflict(Problem::in_body("", text!("factor.has_one")));
    let key = write.app.secret_key.as_deref();
    let made = conn.transaction(async |conn| second_factor::begin(conn, key, account.id, &account.name).await).await?;
    let enrolment = made.ok_or_else(has_one)?;
    let code = QrCode::new(&enrolment.uri).map_err(anyhow::Error::new)?;
    let qr = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    let shown = json!({"secret": enrolment.secret, "uri": enrolment.uri, "qr": qr});
    Ok(private(HttpResponse::Created()).json(shown))
}

/// `POST /api/v1/auth/second-factor/confirmation`: the first code. Answers with the recovery codes.
pub async fn confirm_second_factor(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, _) = write.caller.in_session()?;
    write.caller.confirmed_for_factor()?;
    let mut fields = write.members()?;
    let code = fields.secret("code");
    fields.finish()?;
    let (by, key) = (write.by(), write.app.secret_key.as_deref());
    let mut conn = write.connection().await?;
    let codes = conn
        .transaction(async |conn| {
            let codes = second_factor::confirm(conn, key, account.id, &code).await?;
            let wrong = || Error::Invalid(vec![Problem::in_body("/code", text!("auth.code_wrong"))]);
            let codes = codes.ok_or_else(wrong)?;
            audit::add(conn, &by, "factor.create", json!({})).await?;
            Ok::<_, Error>(codes)
        })
        .await?;
    drop(conn);
    notices::send(&write.app, account.id, text!("mail.notice/factor")).await;
    Ok(private(HttpResponse::Ok()).json(json!({"recovery_codes": codes})))
}

/// `POST /api/v1/auth/second-factor/recovery-codes`: new ones, and the former ones end.
pub async fn renew_recovery_codes(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, _) = write.caller.in_session()?;
    write.caller.confirmed()?;
    write.nothing()?;
    let by = write.by();
    let mut conn = write.connection().await?;
    let codes = conn
        .transaction(async |conn| {
            if !second_factor::has(conn, account.id).await? {
                return Err(Error::NotFound);
            }
            let codes = second_factor::renew_recovery_codes(conn, account.id).await?;
            audit::add(conn, &by, "factor.renew", json!({})).await?;
            Ok(codes)
        })
        .await?;
    drop(conn);
    notices::send(&write.app, account.id, text!("mail.notice/codes")).await;
    Ok(private(HttpResponse::Ok()).json(json!({"recovery_codes": codes})))
}

/// `DELETE /api/v1/auth/second-factor`
pub async fn remove_second_factor(write: WriteRequest) -> Result<HttpResponse, Error> {
    let (account, _) = write.caller.in_session()?;
    write.caller.confirmed()?;
    write.nothing()?;
    let by = write.by();
    let mut conn = write.connection().await?;
    conn.transaction(async |conn| {
        if !second_factor::remove(conn, account.id).await? {
            return Err(Error::NotFound);
        }
        audit::add(conn, &by, "factor.delete", json!({})).await?;
        Ok(())
    })
    .await?;
    drop(conn);
    notices::send(&write.app, account.id, text!("mail.notice/no_factor")).await;
    Ok(private(HttpResponse::NoContent()).finish())
}
