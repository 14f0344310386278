//! `Idempotency-Key`: a write that is sent again gets the stored response and is not done again.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse};
use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::access::Caller;
use crate::accounts::secrets::hex;
use crate::error::Error;
use crate::http::audit::Trace;
use crate::http::heavy::Asked;
use crate::http::state::App;
use crate::layers::Problem;
use crate::postgres::Tries;
use crate::register::idempotency::{Known, Stored};
use crate::register::writing::Refused;
use crate::register::{changes, idempotency};
use crate::texts::{Text, text};

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

const HEADER: &str = "Idempotency-Key";

/// What identifies a request: its caller, its key, and a hash of its method, URL and body.
pub struct Request<'a> {
    caller: &'a Caller,
    key: Option<String>,
    hash: String,
    trace: Trace,
}

impl<'a> Request<'a> {
    /// Reads the key of a request.
    ///
    /// # Errors
    /// 422 for a key that is malformed.
    pub fn new(caller: &'a Caller, request: &HttpRequest, body: &[u8]) -> Result<Request<'a>, Error> {
        let (method, uri) = (request.method().as_str(), request.uri().to_string());
        Request::read(caller, request.headers(), &format!("{method} {uri}"), body, Trace::of(request))
    }

    /// The same, of a request that was taken to another thread.
    ///
    /// # Errors
    /// As [`new`](Request::new).
    pub fn of(caller: &'a Caller, asked: &Asked, body: &[u8]) -> Result<Request<'a>, Error> {
        Request::read(caller, &asked.headers, &format!("{} {}", asked.method, asked.uri), body, asked.trace.clone())
    }

    fn read(
        caller: &'a Caller,
        headers: &HeaderMap,
        what: &str,
        body: &[u8],
        trace: Trace,
    ) -> Result<Request<'a>, Error> {
        let key = match headers.get(HEADER) {
            None => None,
            Some(value) => {
                let key = value.to_str().ok().filter(|key| (1..=200).contains(&key.len()));
                Some(key.ok_or_else(|| refuse(text!("idempotency.malformed")))?)
            }
        };
        let mut hash = Sha256::new();
        hash.update(format!("{what}\n"));
        hash.update(body);
        let hash = hex(&hash.finalize());
        Ok(Request { caller, key: key.map(str::to_owned), hash, trace })
    }
}

impl Request<'_> {
    /// Does the work of a write in one transaction, and answers after its commit, when its changes have numbers in the
    /// feed. A request that was answered before gets the stored response.
    ///
    /// # Errors
    /// The errors of the work; 422 when the key was used for another request, 409 while the first request is running.
    pub async fn answer(
        &self,
        app: &App,
        work: impl AsyncFn(&mut AsyncPgConnection) -> Result<Stored, Refused>,
    ) -> Result<HttpResponse, Refused> {
        self.stored(app, work).await.map(send)
    }

    /// The same, before it is sent. Work that other writes stood in the way of is done again.
    ///
    /// # Errors
    /// As [`answer`](Request::answer).
    pub async fn stored(
        &self,
        app: &App,
        work: impl AsyncFn(&mut AsyncPgConnection) -> Result<Stored, Refused>,
    ) -> Result<Stored, Refused> {
        let mut conn = app.store.connection().await.map_err(Error::from)?;
        let mut tries = Tries::default();
        loop {
            match self.attempt(&mut conn, &work).await {
                Err(Refused::Whole(Error::Contended)) if tries.again().await => {}
                done => return done,
            }
        }
    }

    async fn attempt(
        &self,
        conn: &mut AsyncPgConnection,
        work: &impl AsyncFn(&mut AsyncPgConnection) -> Result<Stored, Refused>,
    ) -> Result<Stored, Refused> {
        // `AsyncConnection::transaction` requires futures that are `Send`, which a generic function cannot promise.
        Transactions::begin_transaction(conn).await?;
        match self.once(conn, work).await {
            Ok(answer) => {
                Transactions::commit_transaction(conn).await?;
                changes::number_written(conn).await;
                Ok(answer)
            }
            Err(refused) => {
                // If the rollback fails, too, the connection is not used again.
                Transactions::rollback_transaction(conn).await.ok();
                Err(refused)
            }
        }
    }

    async fn once(
        &self,
        conn: &mut AsyncPgConnection,
        work: &impl AsyncFn(&mut AsyncPgConnection) -> Result<Stored, Refused>,
    ) -> Result<Stored, Refused> {
        let Some(key) = &self.key else { return work(conn).await };
        match idempotency::take(conn, self.caller.name(), key, &self.hash).await? {
            Known::New => {
                let answer = work(conn).await?;
                idempotency::keep(conn, self.caller.name(), key, &answer, &self.caller.rights()).await?;
                Ok(answer)
            }
            Known::Answered(stored, _) if stored.body.is_empty() => Ok(stored),
            Known::Answered(stored, rights) if self.caller.includes(&rights) => {
                let detail = json!({"path": self.trace.path, "key": key});
                self.trace.record(conn, self.caller, "answer.repeat", None, detail).await?;
                Ok(stored)
            }
            Known::Answered(..) => Err(Error::Conflict(Problem::of_header(HEADER, text!("idempotency.rights"))).into()),
            Known::Running => Err(Error::Conflict(Problem::of_header(HEADER, text!("idempotency.running"))).into()),
            Known::Other => Err(refuse(text!("idempotency.mismatch")).into()),
        }
    }
}

/// Sends a stored response.
pub fn send(stored: Stored) -> HttpResponse {
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    for (name, value) in stored.headers {
        response.insert_header((name, value));
    }
    response.body(stored.body)
}

fn refuse(text: Text) -> Error {
    Error::Invalid(vec![Problem::of_header(HEADER, text)])
}
