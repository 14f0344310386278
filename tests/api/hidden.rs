//! A camera of police operations does not exist for callers outside its scope. Every answer is the same, byte for byte,
//! with and without the camera, before and after each event in its life.

use std::io::Cursor;

use actix_web::http::Method;
use calamine::{Reader, Xlsx};
use hatang::layers::{CAMERA, Layer};
use serde_json::{Value, json};

use crate::common::{Answer, Caller, Server, camera};
use crate::permissions::{Operation, operations};

const CAMERAS: &str = "/collections/cameras/items";
/// In the western commune of `communes.sql`.
const PLACE: [f64; 2] = [105.71, 19.81];

/// Queries on a layer, appended to its `/items`.
const QUESTIONS: [&str; 17] = [
    "?limit=2",
    "?resultType=hits",
    "?bbox=105.715,19.815,105.725,19.825",
    "?within=38@2026-01-01",
    "?within=00001@2026-01-01",
    "?as_of=2023-01-01",
    "?datetime=2022-01-01/2024-01-01",
    "?q=kin",
    "?code=KIN-1",
    "?legal_class=operational_police",
    "?filter=S_DWITHIN(geom,POINT(105.71%2019.81),50)%20AND%20eye_count%3E8",
    "?filter=name%20LIKE%20'%25k%25'%20OR%20id%20%3E%200%20OR%20geom%20IS%20NOT%20NULL&resultType=hits",
    "?f=csv",
    "?f=geojson",
    "?f=geojsonseq",
    "?f=kml",
    "?f=xlsx",
];

fn hidden(more: Value) -> Value {
    let properties = json!({
        "code": "KIN-1", "external_id": "K-1", "source_org": "Đội nghiệp vụ", "name": "Chốt kín", "eye_count": 16,
        "managing_level": "commune_police", "legal_class": "operational_police", "installed_on": "2022-06-01"});
    let mut feature = camera(properties);
    feature["geometry"]["coordinates"] = json!(PLACE);
    for (name, value) in more.as_object().unwrap() {
        feature["properties"][name] = value.clone();
    }
    feature
}

/// The callers from whom the camera is hidden, each with its token.
async fn outsiders(server: &Server) -> Vec<(&'static str, Option<String>)> {
    let mut outsiders = vec![("anonymous", None)];
    for (name, grant) in [
        ("other_editor", json!({"role": "editor", "unit": "00002@2026-01-01"})),
        ("liaison", json!({"role": "editor", "unit": "38@2026-01-01", "operators": ["viettel"]})),
        ("of_towers", json!({"role": "editor", "unit": "38@2026-01-01", "collections": ["towers"]})),
    ] {
        outsiders.push((name, Some(server.account(name, &[grant]).await)));
    }
    outsiders
}

fn caller<'a>(server: &'a Server, token: &'a Option<String>) -> Caller<'a> {
    token.as_ref().map_or(server.anonymous(), |token| server.holder(token))
}

/// Every address in the document that can be read, with the queries that an outsider might try.
fn addresses(known: &Value, unknown: i64) -> Vec<String> {
    let mut addresses = Vec::new();
    // A stream has no end. `tests/feed` compares its contents with `/changes`.
    let is_read = |operation: &Operation| operation.method == Method::GET && operation.path != "/changes/stream";
    for operation in operations().into_iter().filter(is_read) {
        let path = operation.path.replace("405@2023-09-20", "38@2026-01-01");
        let path = path.replace("{user}", "1").replace("{batchId}", "1").replace("{import}", "1");
        let path = path.replace("/collections/towers", "/collections/cameras");
        if path.contains("{featureId}") {
            let of_cameras = operation.layer.is_some_and(|layer: &Layer| layer.collection == CAMERA.collection);
            addresses.extend(of_cameras.then(|| path.replace("{featureId}", &known.to_string())));
            addresses.push(path.replace("{featureId}", &unknown.to_string()));
        } else if path.ends_with("/items") {
            addresses.extend(QUESTIONS.map(|question| format!("{path}{question}")));
        } else if path.starts_with("/stats") && !path.ends_with("definitions") {
            let within = if path == "/stats" { "?level=commune&within=38@2026-01-01&" } else { "?" };
            addresses.extend(
                ["as_of=2026-01-01", "as_of=2023-01-01&compare=2022-01-01"].map(|on| format!("{path}{within}{on}")),
            );
        } else if path == "/changes" {
            addresses.extend(["", "?after=1", "?collections=cameras&limit=1"].map(|more| format!("{path}{more}")));
        } else {
            addresses.push(path);
        }
    }
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// The cells that hold records. The bytes of the workbook and its sheet "about" contain the time of day.
fn cells(workbook: &[u8]) -> String {
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(workbook)).unwrap();
    let sheets = workbook.worksheets().into_iter().filter(|(name, _)| name != "About");
    sheets.map(|(name, range)| format!("{name} {:?}\n", range.rows().collect::<Vec<_>>())).collect()
}

/// Status, headers and body, without the parts that differ between any two requests.
fn told(answer: &Answer) -> String {
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
        // A workbook has the time at which it was made, and so has its tag.
        .filter(|(name, _)| *name != "etag" || !answer.body.starts_with(b"PK"))
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    headers.sort_unstable();
    let mut body = match answer.body.starts_with(b"PK") {
        true => cells(&answer.body),
        false => String::from_utf8_lossy(&answer.body).into_owned(),
    };
    if let Some(object) = answer.json().as_object() {
        let mut object = object.clone();
        for varying in ["request_id", "timeStamp"] {
            object.remove(varying);
        }
        body = json!(object).to_string();
    }
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"))
}

#[actix_web::test]
async fn nothing_that_happens_to_a_hidden_camera_changes_an_answer() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let mut shown = camera(json!({"code": "HIEN-1", "installed_on": "2021-01-01"}));
    shown["geometry"]["coordinates"] = json!(PLACE);
    let known = admin.post(CAMERAS, shown).await.ok()["id"].clone();
    // The id that the hidden camera will get.
    let unknown = 4_000_000_000_000_000_i64;
    let outsiders = outsiders(&server).await;
    let addresses = addresses(&known, unknown);
    assert!(addresses.len() > 120, "{}", addresses.len());
    let ask_all = async || {
        let mut answers = Vec::new();
        for (name, token) in &outsiders {
            for address in &addresses {
                // The query only matters for GET.
                let methods = [Method::GET, Method::HEAD, Method::OPTIONS].into_iter();
                for method in methods.take(if address.contains('?') { 1 } else { 3 }) {
                    let answer = caller(&server, token).send(method.clone(), address, &[], None).await;
                    assert!(!answer.status.is_server_error(), "{name} {method} {address}");
                    let mut told = told(&answer);
                    // An account reads the sequence of the whole register, also in tags, which every write advances. It
                    // reveals only that something happened somewhere.
                    if address.starts_with("/changes") && token.is_some() {
                        told = told.split(",\"next\":").next().unwrap().to_owned();
                    }
                    if token.is_some() {
                        told = told.lines().filter(|line| !line.starts_with("etag: W/")).collect::<Vec<_>>().join("\n");
                    }
                    answers.push((format!("{name} {method} {address}"), told));
                }
            }
        }
        answers
    };
    // The last use of a token is recorded from time to time. Prevent that here.
    server.execute("update tokens set last_used_at = '9999-12-31'").await;
    let before = ask_all().await;
    let compare = async |event: &str| {
        for ((asked, after), (_, before)) in ask_all().await.iter().zip(&before) {
            assert_eq!(after, before, "{event}: {asked}");
        }
    };

    server
        .execute(&format!(
            "insert into cameras (id, code, source_org, name, managing_level, legal_class, eye_count, geom, \
             effective_on, installed_on) values ({unknown}, 'KIN-0', 'Đội nghiệp vụ', 'Chốt kín', 'commune_police', \
             'operational_police', 16, st_setsrid(st_makepoint(105.72, 19.82), 4326), '2010-01-01', '2010-01-01'); \
             select number_changes();"
        ))
        .await;
    let path = format!("{CAMERAS}/{unknown}");
    admin.patch(&path, "*", json!({"properties": {"eye_count": 3, "effective_on": "2022-01-01"}})).await.ok();
    let many = json!({"type": "FeatureCollection", "confirm": ["dup.near"], "features": [hidden(json!({}))]});
    let batch = admin.post(CAMERAS, many).await.ok()["batch"].clone();
    compare("made and changed").await;

    admin.post(&format!("{path}/verify"), json!({})).await.ok();
    admin.post(&format!("/batches/{batch}/undo"), json!({})).await.ok();
    admin.delete(&path, "*").await.ok();
    admin.post(&format!("{path}/restore"), json!({})).await.ok();
    compare("verified, undone, deleted, restored").await;

    let file = hidden(json!({"code": "KIN-2", "external_id": "K-2"})).to_string().into_bytes();
    let plan = crate::imports::plan(admin, "cameras", "", file).await;
    crate::imports::commit(admin, &plan).await.ok();
    compare("imported").await;
}

#[actix_web::test]
async fn writes_to_a_hidden_camera_are_answered_as_if_it_did_not_exist() {
    let server = Server::with_communes().await;
    let id = server.administrator().post(CAMERAS, hidden(json!({}))).await.ok()["id"].as_i64().unwrap();
    let unknown = id ^ 1;
    for (name, token) in &outsiders(&server).await {
        let outsider = caller(&server, token);
        let ask = async |id: i64| {
            let item = format!("{CAMERAS}/{id}");
            let one = json!([{"id": id, "version": 1, "properties": {"eye_count": 2}}]);
            let mut answers = Vec::new();
            for (method, path, body) in [
                (Method::PUT, item.clone(), hidden(json!({}))),
                (Method::PATCH, item.clone(), json!({"properties": {"eye_count": 2}})),
                (Method::DELETE, item.clone(), json!({})),
                (Method::POST, format!("{item}/verify"), json!({})),
                (Method::POST, format!("{item}/restore"), json!({"version": 1})),
                (Method::POST, format!("{item}/erase"), json!({"fields": ["owner_name"], "reason": "thử"})),
                (Method::PATCH, CAMERAS.to_owned(), json!({"features": one})),
                (Method::DELETE, CAMERAS.to_owned(), json!({"items": one})),
                (Method::POST, "/collections/cameras/verify".to_owned(), json!({"items": one})),
            ] {
                let headers: &[_] = match path.ends_with("/erase") {
                    true => &[("Content-Type", "application/json")],
                    false => &[("If-Match", "\"1\"")],
                };
                let answer = outsider.send(method, &path, headers, Some(body)).await;
                assert!(answer.status.is_client_error(), "{name} {path}: {}", answer.summary());
                answers.push(told(&answer).replace(&id.to_string(), "ID"));
            }
            answers
        };
        for (of_hidden, of_none) in ask(id).await.iter().zip(ask(unknown).await) {
            assert_eq!(*of_hidden, of_none, "{name}");
        }
    }
}

#[actix_web::test]
async fn keys_of_a_hidden_camera_can_be_taken_by_others() {
    let server = Server::with_communes().await;
    server.administrator().post(CAMERAS, hidden(json!({}))).await.ok();
    let token = server.account("east", &[json!({"role": "editor", "unit": "00002@2026-01-01"})]).await;
    let outsider = server.holder(&token);
    let mut mine = hidden(json!({"legal_class": "traffic", "name": "Chốt của tôi"}));
    mine["geometry"]["coordinates"] = json!([105.79, 19.81]);
    let plan = crate::imports::plan(outsider, "cameras", "", mine.to_string().into_bytes()).await;
    assert_eq!((&plan["counts"]["create"], &plan["counts"]["error"]), (&json!(1), &json!(0)), "{plan}");
    let made = outsider.post(CAMERAS, mine).await;
    assert_eq!(made.status, 201, "{}", made.summary());
    // The two cannot become equal: their commune sees both and is told of the conflict.
    let path = format!("{CAMERAS}/{}", made.json()["id"]);
    let alike = json!({"properties": {"legal_class": "operational_police"}});
    let refused = server.administrator().patch(&path, "\"1\"", alike).await;
    assert_eq!(refused.summary(), "409 dup.code /properties/code");
}
