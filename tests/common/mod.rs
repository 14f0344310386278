//! A service on its own database, and callers that send requests to it.

mod database;
mod events;
pub mod mvt;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, IF_MATCH};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Bytes;
use diesel_async::AsyncPgConnection;
use hatang::accounts::secret_key::SecretKey;
use hatang::config::{Limits, Page, Rates, Sessions, Streams};
use hatang::http::routes::app;
use hatang::http::state::App;
use hatang::layers::Layer;
use hatang::postgres::Store;
use hatang::postgres::row::Row;
use hatang::postgres::sql::{Bind, Sql};
use serde_json::{Map, Value, json};

pub use database::TestDatabase;
pub use events::Events;

type Answering = Pin<Box<dyn Future<Output = HttpResponse>>>;

pub struct Server {
    respond: Box<dyn Fn(TestRequest) -> Answering>,
    secret: String,
    database: Arc<TestDatabase>,
    pub state: App,
}

impl Server {
    /// With an empty register.
    pub async fn new() -> Server {
        Server::on(TestDatabase::empty().await).await
    }

    /// With the demo district.
    pub async fn with_demo() -> Server {
        Server::on(TestDatabase::demo().await).await
    }

    /// With an empty register and other settings.
    pub async fn with_limits(change: impl FnOnce(&mut Limits)) -> Server {
        let mut limits = limits();
        change(&mut limits);
        Server::on_with(TestDatabase::empty().await, limits).await
    }

    /// The same register, served with a mail server.
    pub async fn with_mail(self, mail: &hatang::config::Mail) -> Server {
        let mut state = self.state.clone();
        state.mailer = hatang::accounts::mail::Mailer::of(mail).unwrap();
        Server { respond: responding(state.clone()).await, state, ..self }
    }

    /// The same register, served with a key for the secrets of authenticators.
    pub async fn with_secret_key(self, key: SecretKey) -> Server {
        let mut state = self.state.clone();
        state.secret_key = Some(Arc::new(key));
        Server { respond: responding(state.clone()).await, state, ..self }
    }

    /// With the units of `communes.sql`: in one province, side by side, Phường Tây (00001) and Xã Đông (00002), and
    /// their predecessors before July 2025.
    pub async fn with_communes() -> Server {
        let server = Server::new().await;
        server.execute(include_str!("communes.sql")).await;
        hatang::figures::fold(&mut server.connection().await, hatang::time::today()).await.unwrap();
        server
    }

    /// With a database that the test has prepared.
    pub async fn on(database: TestDatabase) -> Server {
        Server::on_with(database, limits()).await
    }

    async fn on_with(database: TestDatabase, limits: Limits) -> Server {
        let store = Store::new(&database.service_url(), 8, Duration::from_secs(30)).unwrap();
        let mut conn = connect(&database.url()).await;
        let secret = hatang::accounts::tokens::create(&mut conn, "tester", 1).await.unwrap();
        let state = App::new(store, limits, Page::default());
        let respond = responding(state.clone()).await;
        let App { store, streams, .. } = state.clone();
        actix_web::rt::spawn(async move { streams.watch(&store).await });
        Server { respond, secret, database: Arc::new(database), state }
    }

    /// The same register, served by another process.
    pub async fn twin(&self, change: impl FnOnce(&mut App)) -> Server {
        let mut state = self.state.clone();
        change(&mut state);
        let (secret, database) = (self.secret.clone(), self.database.clone());
        Server { respond: responding(state.clone()).await, secret, database, state }
    }

    pub fn anonymous(&self) -> Caller<'_> {
        Caller { server: self, secret: None }
    }

    pub fn administrator(&self) -> Caller<'_> {
        Caller { server: self, secret: Some(&self.secret) }
    }

    /// The administrator's token.
    pub fn administrator_secret(&self) -> &str {
        &self.secret
    }

    /// The caller with this token.
    pub fn holder<'a>(&'a self, secret: &'a str) -> Caller<'a> {
        Caller { server: self, secret: Some(secret) }
    }

    /// Creates an account with these grants and returns a token of it. A grant is `{"role": "editor", "unit":
    /// "00001@2026-01-01", "operators": ["vnpt"], "collections": ["towers"]}`.
    pub async fn account(&self, username: &str, grants: &[Value]) -> String {
        use diesel_async::RunQueryDsl;
        let mut conn = self.connection().await;
        let secret = format!("hatang_secret_of_{username}");
        let sql = "with account as (
               insert into accounts (username, created_by) values ($1, 'test') returning id
             ), granted as (
               insert into grants (account_id, role, unit_code, unit_on, operators, collections, starts_on, created_by)
               select account.id, g.role, split_part(g.unit, '@', 1), split_part(g.unit, '@', 2)::date, g.operators,
                 g.collections, current_date - 1, 'test'
               from account, jsonb_to_recordset($2) as g (role text, unit text, operators text[], collections text[])
             )
             insert into tokens (account_id, name, secret_hash, expires_at)
             select id, 'test', sha256($3::text::bytea), now() + interval '1 day' from account";
        let values = [Bind::Text(username.into()), Bind::Json(json!(grants)), Bind::Text(secret.clone())];
        Sql::file(sql, &values).execute(&mut conn).await.unwrap();
        secret
    }

    /// Creates an account with [`PASSWORD`] and these grants (in the form of a request body). Returns its id.
    pub async fn person(&self, username: &str, grants: &[Value]) -> i64 {
        let user = self.administrator().post_json("/users", json!({"username": username})).await.ok();
        for grant in grants {
            self.administrator().post_json(&format!("/users/{}/grants", user["id"]), grant.clone()).await.ok();
        }
        let token = self.link_of(&user["id"]).await;
        self.anonymous().post_json("/auth/setup", json!({"token": token, "password": PASSWORD})).await.ok();
        user["id"].as_i64().unwrap()
    }

    /// The secret of a new link with which an account sets its password.
    pub async fn link_of(&self, user: &Value) -> String {
        let made = self.administrator().post_json(&format!("/users/{user}/password-link"), json!({})).await.ok();
        let (page, secret) = made["link"].as_str().unwrap().split_once('#').unwrap();
        assert_eq!(page, "http://hatang.test/setup");
        secret.to_owned()
    }

    /// Signs a person in.
    pub async fn sign_in(&self, username: &str) -> Session<'_> {
        let answer =
            self.anonymous().post_json("/auth/login", json!({"username": username, "password": PASSWORD})).await;
        let cookie = answer.header("set-cookie").expect("a cookie");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Session { server: self, cookie, csrf: answer.ok()["csrf"].as_str().unwrap().to_owned() }
    }

    /// The first value of the first row.
    pub async fn query(&self, sql: &'static str) -> Value {
        use diesel_async::RunQueryDsl;
        let row: Row = Sql::new(sql).get_result(&mut self.connection().await).await.unwrap();
        row.cells[0].to_json()
    }

    /// A direct connection to the database, as its owner.
    pub async fn connection(&self) -> AsyncPgConnection {
        connect(&self.database.url()).await
    }

    pub fn database_url(&self) -> String {
        self.database.url()
    }

    /// The database address for the role of the service.
    pub fn service_url(&self) -> String {
        self.database.service_url()
    }

    /// Runs SQL text.
    pub async fn execute(&self, sql: &str) {
        use diesel_async::SimpleAsyncConnection;
        self.connection().await.batch_execute(sql).await.unwrap();
    }
}

/// The service in this process.
async fn responding(state: App) -> Box<dyn Fn(TestRequest) -> Answering> {
    let service = std::rc::Rc::new(init_service(app(state)).await);
    Box::new(move |request: TestRequest| {
        let service = service.clone();
        Box::pin(async move {
            let answer = service.call(request.to_request()).await;
            answer.map_or_else(|error| error.error_response(), |answer| answer.map_into_boxed_body().into())
        }) as Answering
    })
}

/// The settings of the service under test.
pub fn limits() -> Limits {
    Limits {
        public_url: None,
        trust_proxy: false,
        require_purpose: false,
        db_connections: 4,
        live_off: Vec::new(),
        connections: 1000,
        statement_timeout_s: 30,
        body_limit: 1 << 20,
        bulk_limit: 16 << 20,
        import_retention_days: 90,
        write_origins: vec!["https://console.example".into()],
        request_timeout_s: 60,
        export_timeout_s: 60,
        rates: Rates::UNLIMITED,
        sessions: Sessions::default(),
        streams: Streams::DEFAULT,
    }
}

async fn connect(url: &str) -> AsyncPgConnection {
    hatang::postgres::connect(url, Duration::from_secs(60)).await.unwrap()
}

/// The password of everyone who signs in here.
pub const PASSWORD: &str = "thuyền giấy trôi ngược suối";

/// A browser in which somebody is signed in.
pub struct Session<'a> {
    server: &'a Server,
    pub cookie: String,
    pub csrf: String,
}

impl Session<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let headers =
            [("Cookie", self.cookie.as_str()), ("X-CSRF-Token", &self.csrf), ("Content-Type", "application/json")];
        self.server.anonymous().send(method, path, &headers, body).await
    }
}

/// Sends all requests as one caller.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    server: &'a Server,
    secret: Option<&'a str>,
}

impl Caller<'_> {
    pub fn is_anonymous(&self) -> bool {
        self.secret.is_none()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    /// For endpoints that take plain JSON.
    pub async fn post_json(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[("Content-Type", "application/json")], Some(body)).await
    }

    pub async fn put(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, &[(IF_MATCH.as_str(), etag)], Some(body)).await
    }

    pub async fn patch(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, &[(IF_MATCH.as_str(), etag)], Some(body)).await
    }

    pub async fn delete(&self, path: &str, etag: &str) -> Answer {
        self.send(Method::DELETE, path, &[(IF_MATCH.as_str(), etag)], None).await
    }

    /// `path` is below the API. A path such as `//healthz` is absolute.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        self.send_bytes(method, path, headers, body.map(|body| body.to_string().into_bytes())).await
    }

    /// The same with any bytes as the body.
    pub async fn send_bytes(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        Answer::of(self.respond(method, path, headers, body).await).await
    }

    /// A stream that stays open.
    pub async fn stream(&self, path: &str, headers: &[(&str, &str)]) -> Events {
        Events::of(self.respond(Method::GET, path, headers, None).await)
    }

    async fn respond(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> HttpResponse {
        let uri = match path.strip_prefix('/').filter(|rest| rest.starts_with('/')) {
            Some(outside) => outside.to_owned(),
            None => format!("/api/v1{path}"),
        };
        let mut request = TestRequest::with_uri(&uri)
            .method(method)
            .insert_header(("Host", "hatang.test"))
            .insert_header((ACCEPT_LANGUAGE, "en"));
        if let Some(secret) = self.secret {
            request = request.insert_header(("Authorization", format!("Bearer {secret}")));
        }
        if let Some(body) = body {
            request = request.insert_header(("Content-Type", "application/geo+json")).set_payload(body);
        }
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        (self.server.respond)(request).await
    }

    /// The features of all pages.
    pub async fn all_items(&self, path: &str) -> Vec<Value> {
        let mut features = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await.ok();
            features.extend(page["features"].as_array().unwrap().clone());
            next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(below_api);
        }
        features
    }
}

/// The path of an absolute link, in the form that [`Caller::get`] takes.
pub fn below_api(link: &Value) -> String {
    let href = link["href"].as_str().or(link.as_str()).unwrap();
    href.strip_prefix("http://hatang.test/api/v1").unwrap_or_else(|| panic!("not ours: {href}")).to_owned()
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// For an endless stream, reads only the head.
    async fn of(response: HttpResponse) -> Answer {
        let (status, headers) = (response.status(), response.headers().clone());
        let is_endless = headers.get("content-type").is_some_and(|name| name == "text/event-stream");
        let body = if is_endless { Bytes::new() } else { to_bytes(response.into_body()).await.expect("a body") };
        Answer { status, headers, body }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body of a successful answer.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.body));
        self.json()
    }

    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").expect("an ETag")
    }

    pub fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().unwrap().to_owned())
    }

    /// The cookies that the answer sets.
    pub fn cookies(&self) -> Vec<String> {
        self.headers.get_all("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned()).collect()
    }

    /// The features of a page, or of a collection.
    #[track_caller]
    pub fn features(self) -> Vec<Value> {
        self.ok()["features"].as_array().expect("features").clone()
    }

    /// The names of the features, in order.
    #[track_caller]
    pub fn names(self) -> Vec<String> {
        let name = |feature: &Value| feature["properties"]["name"].as_str().unwrap_or_default().to_owned();
        self.features().iter().map(name).collect()
    }

    /// The status, and the code and place of every problem: `422 range /properties/eye_count`.
    pub fn summary(&self) -> String {
        let body = self.json();
        let mut summary = self.status.as_u16().to_string();
        for error in body["errors"].as_array().into_iter().flatten() {
            let place = ["pointer", "parameter", "header"].iter().find_map(|key| error[*key].as_str());
            summary += &format!(" {} {}", error["code"].as_str().unwrap_or("?"), place.unwrap_or("?"));
        }
        summary
    }

    /// The codes of the problems, in order.
    #[track_caller]
    pub fn codes(&self) -> Vec<String> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["code"].as_str().unwrap().to_owned()).collect()
    }
}

/// A camera in the demo district. `more` adds or replaces properties.
pub fn camera(more: Value) -> Value {
    feature([105.7, 19.81], json!({"name": "Cổng chợ", "managing_level": "commune_police", "eye_count": 2}), more)
}

/// A station in the demo district. `more` adds or replaces properties.
pub fn tower(more: Value) -> Value {
    feature([105.7, 19.81], json!({"name": "Trạm chợ", "operator": "vnpt"}), more)
}

pub fn feature(lon_lat: [f64; 2], properties: Value, more: Value) -> Value {
    let mut properties = properties;
    for (name, value) in more.as_object().unwrap() {
        properties[name] = value.clone();
    }
    // Tests put many records in one place, which would be duplicates.
    json!({
        "type": "Feature", "confirm": ["dup.near"], "geometry": {"type": "Point", "coordinates": lon_lat},
        "properties": properties})
}

/// The smallest valid record: a place and the required fields.
pub fn minimal(layer: &'static Layer) -> Value {
    let coordinates = match layer.geometry[0] {
        "Point" => json!([105.7, 19.8]),
        "LineString" => json!([[105.7, 19.8], [105.72, 19.8]]),
        "MultiPolygon" => json!([[[[105.7, 19.8], [105.71, 19.8], [105.71, 19.81], [105.7, 19.8]]]]),
        other => panic!("no example of a {other}"),
    };
    let required: Map<_, _> = layer
        .fields()
        .filter(|field| field.required)
        .map(|field| (field.name.to_owned(), json!(field.value.choices().first().map_or("Một", |choice| choice.value))))
        .collect();
    json!({"type": "Feature", "confirm": ["dup.near"], "geometry": {"type": layer.geometry[0], "coordinates": coordinates}, "properties": required})
}
