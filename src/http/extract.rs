//! What handlers extract from a request: the caller, the layer, the record, the body.

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use std::fmt::Arguments;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;

use serde_json::Map;

use crate::access::Caller;
use crate::accounts::audit::By;
use crate::accounts::callers;
use crate::error::Error;
use crate::http::address::client_address;
use crate::http::auth::{basic, cookie::session_cookie, csrf};
use crate::http::clock::Clock;
use crate::http::envelope::{RequestId, learn};
use crate::http::items::search::only_reads;
use crate::http::links::base;
use crate::http::seats::Reader;
use crate::http::state::App;
use crate::http::vary::{On, note};
use crate::input::{Members, Params};
use crate::layers::Layer;
use crate::postgres::{Connection, work};

/// The credential of a request. It does not implement `Debug`, because it contains secrets.
#[derive(Clone)]
pub enum Presented {
    Nothing,
    Token { secret: String, address: Option<IpAddr> },
    Session { secret: String },
}

impl Presented {
    /// Reads the bearer token, or a token as the password of Basic authentication, or the browser's session cookie.
    ///
    /// # Errors
    /// 401 for an `Authorization` header of another scheme; 403 for Basic authentication that others could read.
    pub fn of(app: &App, request: &HttpRequest) -> Result<Presented, Error> {
        let address = client_address(app.limits.trust_proxy, request);
        if let Some(secret) = basic::password(request) {
            basic::check(app, request)?;
            return Ok(Presented::Token { secret, address });
        }
        if let Some(header) = request.headers().get(AUTHORIZATION) {
            let header = header.to_str().map_err(|_| Error::Unauthorized)?;
            let (scheme, secret) = header.split_once(' ').ok_or(Error::Unauthorized)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(Error::Unauthorized);
            }
            return Ok(Presented::Token { secret: secret.trim().to_owned(), address });
        }
        let session = session_cookie(request).map(|secret| Presented::Session { secret });
        Ok(session.unwrap_or(Presented::Nothing))
    }

    /// Looks up the caller now; `None` when the credential has ended. `is_use` says whether this counts as use of the
    /// credential: use keeps a session alive.
    pub async fn caller(&self, app: &App, conn: &mut AsyncPgConnection, is_use: bool) -> QueryResult<Option<Caller>> {
        let account = match self {
            Presented::Nothing => return Ok(Some(Caller::Anonymous)),
            Presented::Token { secret, address } => callers::by_token(conn, secret, *address, is_use).await?,
            Presented::Session { secret } => callers::by_session(conn, secret, &app.limits.sessions, is_use).await?,
        };
        Ok(account.map(Caller::Account))
    }
}

/// A browser whose session has ended becomes an anonymous caller, so that the map still opens. A token that has ended
/// is rejected: otherwise its program would take the public data for all data.
impl FromRequest for Caller {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Caller, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            note(&request, On::Credential);
            let app = request.app_data::<web::Data<App>>().ok_or(Error::NotFound)?;
            let presented = Presented::of(app, &request)?;
            if matches!(presented, Presented::Nothing) {
                return Ok(Caller::Anonymous);
            }
            let caller = presented.caller(app, &mut *app.store.own_connection().await?, true).await?;
            let Some(Caller::Account(account)) = caller else {
                if matches!(presented, Presented::Token { .. }) {
                    return Err(Error::Unauthorized);
                }
                let anonymous = Reader::of(&Caller::Anonymous, app.limits.trust_proxy, &request);
                app.limiters.spending.check(anonymous)?;
                return Ok(Caller::Anonymous);
            };
            learn(&request, |learned| learned.account = Some(account.id));
            work::belongs_to(account.id);
            app.limiters.spending.check(Reader::Account(account.id))?;
            let writes = !only_reads(request.method(), request.path());
            app.limiters.admit_account(account.id, writes)?;
            if let Presented::Session { secret } = presented
                && writes
            {
                csrf::check(app, &request, &secret)?;
            }
            Ok(Caller::Account(account))
        })
    }
}

/// A write request, with its caller and body.
pub struct WriteRequest {
    pub app: web::Data<App>,
    pub caller: Caller,
    pub request: HttpRequest,
    pub body: web::Bytes,
}

/// Extracts the caller before it reads the body.
impl FromRequest for WriteRequest {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<WriteRequest, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let app = web::Data::extract(&request).await?;
            let caller = Caller::extract(&request).await?;
            let body = web::Bytes::from_request(&request, &mut payload).await?;
            Ok(WriteRequest { app, caller, request, body })
        })
    }
}

impl WriteRequest {
    /// The audit context of this write.
    pub fn by(&self) -> By {
        by(&self.app, &self.request, self.caller.name())
    }

    /// The body as a JSON object. The request has no parameters.
    pub fn members(&self) -> Result<Members, Error> {
        Params::only_format(self.request.query_string(), &["json"])?;
        json_body(&self.request, &self.body)
    }

    /// The same, or no body.
    pub fn optional_members(&self) -> Result<Members, Error> {
        if matches!(self.body.trim_ascii(), b"" | b"null") { Ok(Members::new(Map::new())) } else { self.members() }
    }

    /// Checks that the request has neither parameters nor members.
    pub fn nothing(&self) -> Result<(), Error> {
        Params::only_format(self.request.query_string(), &["json"])?;
        match self.body.trim_ascii() {
            b"" | b"null" => Ok(()),
            body => Members::of_body(body)?.finish(),
        }
    }

    pub fn clock(&self) -> Clock {
        Clock::of(&self.request)
    }

    /// An id in the path; 404 if it is not a positive number.
    pub fn id(&self, name: &str) -> Result<i64, Error> {
        id_in_path(&self.request, name)
    }

    /// The absolute URL of a path below the API's base.
    pub fn url(&self, path: Arguments<'_>) -> String {
        format!("{}{path}", base(&self.app, &self.request))
    }

    pub async fn connection(&self) -> Result<Connection, Error> {
        Ok(self.app.store.connection().await?)
    }
}

/// The audit context of a request: the actor, the request id and the client's address.
pub fn by(app: &App, request: &HttpRequest, actor: &str) -> By {
    By {
        actor: actor.to_owned(),
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()),
        address: client_address(app.limits.trust_proxy, request),
    }
}

/// The layer that the path names.
pub struct LayerPath(pub &'static Layer);

impl FromRequest for LayerPath {
    type Error = Error;
    type Future = Ready<Result<LayerPath, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let layer = request.match_info().get("collection").and_then(Layer::of_collection);
        ready(layer.map(LayerPath).ok_or(Error::NotFound))
    }
}

/// The id of the record that the path names; 404 if it is not a positive number.
pub struct RecordId(pub i64);

impl FromRequest for RecordId {
    type Error = Error;
    type Future = Ready<Result<RecordId, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|id| id.parse().ok()).filter(|id| *id > 0);
        ready(id.map(RecordId).ok_or(Error::NotFound))
    }
}

/// An id in the path; 404 if it is not a positive number.
pub fn id_in_path(request: &HttpRequest, name: &str) -> Result<i64, Error> {
    request.match_info().get(name).and_then(|id| id.parse().ok()).filter(|id| *id > 0).ok_or(Error::NotFound)
}

/// Reads a JSON object. Requires a JSON media type, which a form on another page cannot send.
pub fn json_body(request: &HttpRequest, body: &[u8]) -> Result<Members, Error> {
    let given = request.content_type();
    if !["application/json", "application/merge-patch+json"].iter().any(|known| known.eq_ignore_ascii_case(given)) {
        return Err(Error::UnsupportedMediaType);
    }
    Members::of_body(body)
}
