//! Writes of many features at once: repeated, undone, confirmed and verified.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Caller, Server, camera, feature, tower};

const CAMERAS: &str = "/collections/cameras/items";
const TOWERS: &str = "/collections/towers/items";

/// A camera far from all others.
fn nth_camera(nth: usize) -> Value {
    let place = [105.0 + (nth % 100) as f64 * 0.01, 19.0 + (nth / 100) as f64 * 0.01];
    let mut camera = feature(place, json!({"managing_level": "commune_police", "name": format!("Số {nth}")}), json!({}));
    camera.as_object_mut().unwrap().remove("confirm");
    camera
}

fn collection(features: Vec<Value>) -> Value {
    json!({"type": "FeatureCollection", "features": features, "reason": "kiểm kê"})
}

async fn send(caller: Caller<'_>, method: Method, path: &str, body: Value) -> Answer {
    caller.send(method, path, &[("Content-Type", "application/json")], Some(body)).await
}

#[actix_web::test]
async fn many_are_answered_in_order_and_all_or_none_are_written() {
    let server = Server::new().await;
    let admin = server.administrator();
    let made = admin.post(CAMERAS, collection((0..3).map(nth_camera).collect())).await.ok();
    for (index, item) in made["items"].as_array().unwrap().iter().enumerate() {
        assert_eq!((&item["index"], &item["version"], &item["status"]), (&json!(index), &json!(1), &json!("created")));
        let read = admin.get(&format!("{CAMERAS}/{}", item["id"])).await.ok();
        assert_eq!(read["properties"]["name"], format!("Số {index}"));
    }
    let history = admin.get(&format!("{CAMERAS}/{}/history", made["items"][1]["id"])).await.ok();
    assert_eq!(history["versions"][0]["reason"], "kiểm kê");

    let mut features: Vec<_> = (10..30).map(nth_camera).collect();
    features[17]["properties"]["eye_count"] = json!(99);
    features[2] = json!(7);
    features[5]["geometry"]["coordinates"] = json!([19.8, 105.7]);
    features[6]["properties"]["code"] = json!("A");
    features[7]["properties"]["code"] = json!("A");
    let refused = admin.post(CAMERAS, collection(features)).await;
    assert_eq!(
        refused.summary(),
        "422 json.malformed /features/2/type geo.swapped /features/5/geometry/coordinates \
         dup.code /features/7/properties/code range /features/17/properties/eye_count"
    );
    assert_eq!(server.query("select count(*) from cameras").await, 3);
}

#[actix_web::test]
async fn each_changed_record_must_exist_be_in_scope_and_have_the_expected_version() {
    let server = Server::new().await;
    let admin = server.administrator();
    let made = admin.post(CAMERAS, collection((0..4).map(nth_camera).collect())).await.ok();
    let id = |nth: usize| made["items"][nth]["id"].clone();
    let change = |id: Value, version: Value| json!({"id": id, "version": version, "properties": {"eye_count": 4}});
    let body = json!({"features": [change(id(0), json!(1)), change(id(1), json!(9)), change(id(2), Value::Null), change(json!(5), json!(1))]});
    let refused = send(admin, Method::PATCH, CAMERAS, body).await;
    assert_eq!(refused.summary(), "422 version.stale /features/1 version.required /features/2 version.stale /features/3");
    let twice = json!({"features": [change(id(0), json!(1)), change(id(0), json!(1))]});
    assert_eq!(send(admin, Method::PATCH, CAMERAS, twice).await.summary(), "422 dup.id /features/1/id");
    assert_eq!(server.query("select sum(eye_count)::bigint from cameras").await, 4);

    let body = json!({"features": [change(id(3), json!(1)), change(id(0), json!(1))]});
    let done = send(admin, Method::PATCH, CAMERAS, body).await.ok();
    assert_eq!((&done["items"][0]["id"], &done["items"][1]["version"]), (&id(3), &json!(2)));
    let gone = json!({"items": [{"id": id(3), "version": 2}]});
    assert_eq!(send(admin, Method::DELETE, CAMERAS, gone).await.ok()["items"][0]["status"], "deleted");
    assert_eq!(admin.get(&format!("{CAMERAS}/{}", id(3))).await.status, 404);
}

#[actix_web::test]
async fn each_reference_to_a_missing_record_is_reported() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let point = |lat: f64, more: Value| {
        let mut properties = json!({"name": "Wifi"});
        properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        feature([105.7, lat], properties, json!({}))
    };
    let many = collection(vec![
        point(19.81, json!({})),
        point(19.82, json!({"facility_id": 5})),
        point(19.83, json!({"hamlet_id": 999_999})),
    ]);
    let refused = admin.post("/collections/wifi-points/items", many).await;
    let pointers = "/features/1/properties/facility_id reference.unknown /features/2/properties/hamlet_id";
    assert_eq!(refused.summary(), format!("422 reference.unknown {pointers}"));
    let made = admin.post("/collections/wifi-points/items", collection(vec![point(19.81, json!({})), point(19.82, json!({}))])).await.ok();
    let change = |nth: usize, more: Value| json!({"id": made["items"][nth]["id"], "version": 1, "properties": more});
    let body = json!({"features": [change(0, json!({"note": "a"})), change(1, json!({"facility_id": 5}))]});
    let refused = send(admin, Method::PATCH, "/collections/wifi-points/items", body).await;
    assert_eq!(refused.summary(), "422 reference.unknown /features/1/properties/facility_id");
}

#[actix_web::test]
async fn undo_restores_every_record_not_changed_since() {
    let server = Server::new().await;
    let admin = server.administrator();
    let made = admin.post(CAMERAS, collection((0..3).map(nth_camera).collect())).await.ok();
    let fields = async |nth: usize| {
        let mut read = admin.get(&format!("{CAMERAS}/{}", made["items"][nth]["id"])).await.ok();
        let properties = read["properties"].as_object_mut().unwrap();
        for name in ["version", "updated_at", "updated_by", "effective_on"] {
            properties.remove(name);
        }
        let properties = Value::Object(properties.clone());
        (read["geometry"].clone(), properties)
    };
    let before = [fields(0).await, fields(1).await];
    let changes: Vec<_> = (0..3)
        .map(|nth| json!({"id": made["items"][nth]["id"], "version": 1, "geometry": {"type": "Point", "coordinates": [106, 20 + nth]},
            "properties": {"eye_count": 5, "note": "nhầm", "effective_on": "2024-01-01"}}))
        .collect();
    let batch = send(admin, Method::PATCH, CAMERAS, json!({"features": changes})).await.ok()["batch"].clone();
    let last = format!("{CAMERAS}/{}", made["items"][2]["id"]);
    admin.patch(&last, "*", json!({"properties": {"eye_count": 6}})).await.ok();

    let undone = admin.post(&format!("/batches/{batch}/undo"), json!({"reason": "nhập nhầm"})).await.ok();
    assert_eq!(undone["left"], json!([{"id": made["items"][2]["id"], "why": "changed"}]));
    assert_eq!(undone["items"].as_array().unwrap().len(), 2);
    assert_eq!([fields(0).await, fields(1).await], before);
    let then = admin.get(&format!("{CAMERAS}?as_of=2024-06-01&eye_count=5")).await.ok();
    assert_eq!(then["numberMatched"], 1, "the past too, but for the one left");
    let again = admin.post(&format!("/batches/{batch}/undo"), json!({})).await;
    assert_eq!(again.codes(), ["undo.nothing"]);

    // An undo is a batch and can itself be undone.
    let redo = admin.post(&format!("/batches/{}/undo", undone["batch"]), json!({})).await.ok();
    assert_eq!(redo["items"].as_array().unwrap().len(), 2);
    assert_eq!(fields(0).await.1["eye_count"], 5);
    let listed = admin.get("/batches?collection=cameras").await.ok();
    let ops: Vec<_> = listed["batches"].as_array().unwrap().iter().map(|batch| batch["op"].clone()).collect();
    assert_eq!(json!(ops), json!(["undo", "undo", "update", "create"]));
}

#[actix_web::test]
async fn same_key_writes_once_and_is_refused_with_another_body() {
    let server = Server::new().await;
    let admin = server.administrator();
    let post = async |body: Value| admin.send(Method::POST, TOWERS, &[("Idempotency-Key", "k-1")], Some(body)).await;
    let (one, two) = tokio::join!(post(tower(json!({}))), post(tower(json!({}))));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (201, 201));
    assert_eq!((one.etag(), &one.body, one.header("location")), (two.etag(), &two.body, two.header("location")));
    assert_eq!(post(tower(json!({"height_m": 9}))).await.summary(), "422 idempotency.mismatch Idempotency-Key");
    assert_eq!(server.query("select count(*) from towers").await, 1);
    // A refused write may be corrected and sent again under the same key.
    let refused = async |body: Value| admin.send(Method::POST, TOWERS, &[("Idempotency-Key", "k-2")], Some(body)).await;
    assert_eq!(refused(tower(json!({"operator": "x"}))).await.status, 422);
    assert_eq!(refused(tower(json!({}))).await.status, 201);
}

#[actix_web::test]
async fn repeated_key_gets_the_first_answer_although_the_version_has_changed() {
    let server = Server::new().await;
    let admin = server.administrator();
    let made = admin.post(CAMERAS, collection((0..2).map(nth_camera).collect())).await.ok();
    let id = |nth: usize| made["items"][nth]["id"].clone();
    let (one, eyes) = (format!("{CAMERAS}/{}", id(0)), json!({"properties": {"eye_count": 4}}));
    let change = json!({"features": [{"id": id(1), "version": 1, "properties": {"eye_count": 4}}]});
    let gone = json!({"items": [{"id": id(1), "version": 2}]});
    let writes = [
        (Method::PATCH, one.as_str(), "\"1\"", Some(eyes)),
        (Method::DELETE, one.as_str(), "\"2\"", None),
        (Method::PATCH, CAMERAS, "", Some(change)),
        (Method::DELETE, CAMERAS, "", Some(gone)),
    ];
    for (nth, (method, path, tag, body)) in writes.into_iter().enumerate() {
        let key = format!("k-{nth}");
        let mut headers = vec![("Idempotency-Key", key.as_str())];
        headers.extend((!tag.is_empty()).then_some(("If-Match", tag)));
        let first = admin.send(method.clone(), path, &headers, body.clone()).await;
        assert!(first.status.is_success(), "{method} {path}: {}", first.summary());
        let again = admin.send(method.clone(), path, &headers, body).await;
        let told = |answer: &Answer| (answer.status, answer.body.clone(), answer.header("etag"));
        assert_eq!(told(&first), told(&again), "{method} {path}");
    }
    assert_eq!(server.query("select sum(version)::bigint from cameras where deleted_at is not null").await, 6);
}

#[actix_web::test]
async fn near_duplicate_is_refused_until_confirmed_and_the_confirmation_is_stored() {
    let server = Server::new().await;
    let admin = server.administrator();
    let station = |lon: f64, operator: &str| {
        let mut body = feature([lon, 19.81], json!({"name": "Trạm", "operator": operator}), json!({}));
        body.as_object_mut().unwrap().remove("confirm");
        body
    };
    let first = admin.post(TOWERS, station(105.7, "vnpt")).await.ok();
    // 42 m away.
    let refused = admin.post(TOWERS, station(105.7004, "vnpt")).await;
    assert_eq!(refused.summary(), "409 dup.near /geometry");
    let message = refused.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains(first["properties"]["code"].as_str().unwrap()), "{message}");
    assert_eq!(admin.post(TOWERS, station(105.7006, "vnpt")).await.status, 201);
    let other = admin.post(TOWERS, station(105.7002, "viettel")).await.ok();
    assert_eq!(other["warnings"][0]["code"], "hint.shared_site");
    let mut confirmed = station(105.7001, "vnpt");
    confirmed["confirm"] = json!(["dup.near"]);
    assert_eq!(admin.post(TOWERS, confirmed).await.status, 201);
    assert_eq!(server.query("select count(*) from versions where confirmed = '{dup.near}'").await, 1);
    // A client that cannot confirm gets a warning instead.
    let secret = server.account("qgis", &[json!({"role": "administrator"})]).await;
    server.execute("update tokens set unconditional_writes = true where name = 'test'").await;
    let warned = server.holder(&secret).post(TOWERS, station(105.7001, "vnpt")).await.ok();
    assert_eq!(warned["warnings"][0]["code"], "dup.near");
}

#[actix_web::test]
async fn camera_without_managing_org_may_duplicate_one_that_has_it() {
    let server = Server::new().await;
    let admin = server.administrator();
    let at = |lon: f64, more: Value| {
        let mut body = camera(more);
        body["geometry"]["coordinates"] = json!([lon, 19.81]);
        body.as_object_mut().unwrap().remove("confirm");
        body
    };
    admin.post(CAMERAS, at(105.7, json!({"managing_org": "Công an xã Đông Hòa"}))).await.ok();
    let unsaid = admin.post(CAMERAS, at(105.700_01, json!({}))).await;
    assert_eq!(unsaid.summary(), "409 dup.near /geometry");
    let other = admin.post(CAMERAS, at(105.700_01, json!({"managing_org": "Công an xã Đông Ninh"}))).await;
    assert_eq!(other.status, 201);
}

#[actix_web::test]
async fn verification_is_a_version_that_changes_nothing_else() {
    let server = Server::new().await;
    let admin = server.administrator();
    let made = admin.post(CAMERAS, collection((0..3).map(nth_camera).collect())).await.ok();
    let path = format!("{CAMERAS}/{}", made["items"][0]["id"]);
    let verified = admin.send(Method::POST, &format!("{path}/verify"), &[], None).await.ok();
    assert_eq!((&verified["properties"]["version"], &verified["properties"]["verified_by"]), (&json!(2), &json!("console/tester")));
    let history = admin.get(&format!("{path}/history")).await.ok();
    let changed: Vec<_> = history["versions"][1]["changes"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(changed, ["verified_at", "verified_by"]);
    let all = send(admin, Method::POST, "/collections/cameras/verify?eye_count=1", json!({})).await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
    let listed = json!({"items": [made["items"][1]["id"], 5]});
    assert_eq!(send(admin, Method::POST, "/collections/cameras/verify", listed).await.summary(), "422 not_found /items/1");
    assert_eq!(admin.send(Method::POST, &format!("{CAMERAS}/5/verify"), &[], None).await.status, 404);
}

#[actix_web::test]
async fn empty_or_wrong_body_verifies_nothing() {
    let server = Server::new().await;
    let admin = server.administrator();
    let made = admin.post(CAMERAS, collection((0..2).map(nth_camera).collect())).await.ok();
    let verify = "/collections/cameras/verify";
    assert_eq!(admin.post(verify, json!({})).await.summary(), "422 required /items");
    let other = json!({"features": [{"id": made["items"][0]["id"]}]});
    assert_eq!(admin.post(verify, other).await.summary(), "422 property.unknown /features");
    let item = format!("{CAMERAS}/{}", made["items"][0]["id"]);
    assert_eq!(admin.post(&format!("{item}/verify"), json!({"note": "x"})).await.summary(), "422 property.unknown /note");
    assert_eq!(server.query("select count(*) from cameras where verified_at is not null").await, 0);
}

#[actix_web::test]
async fn batches_are_undone_in_turn_even_if_records_were_verified_since() {
    let server = Server::new().await;
    let admin = server.administrator();
    let made = admin.post(CAMERAS, collection((0..2).map(nth_camera).collect())).await.ok();
    let change = async |eyes: u8, version: u8| {
        let changes = [0, 1].map(|nth| json!({"id": made["items"][nth]["id"], "version": version, "properties": {"eye_count": eyes}}));
        send(admin, Method::PATCH, CAMERAS, json!({"features": changes})).await.ok()["batch"].clone()
    };
    let (first, second) = (change(4, 1).await, change(5, 2).await);
    let undo = async |batch: &Value| admin.post(&format!("/batches/{batch}/undo"), json!({})).await;
    assert_eq!(undo(&first).await.summary(), "409 undo.nothing ");
    let ids = json!({"items": [made["items"][0]["id"], made["items"][1]["id"]]});
    send(admin, Method::POST, "/collections/cameras/verify", ids).await.ok();
    for (batch, eyes) in [(second, 8), (first, 2)] {
        assert_eq!(undo(&batch).await.ok()["left"], json!([]));
        assert_eq!(server.query("select sum(eye_count)::bigint from cameras").await, eyes);
    }
    assert_eq!(server.query("select count(*) from cameras where verified_at is not null").await, 2);
}

#[actix_web::test]
async fn deleted_record_and_earlier_values_can_be_restored() {
    let server = Server::new().await;
    let admin = server.administrator();
    let made = admin.post(CAMERAS, camera(json!({"note": "cũ", "owner_name": "Bà Lan"}))).await.ok();
    let path = format!("{CAMERAS}/{}", made["id"]);
    admin.patch(&path, "*", json!({"properties": {"eye_count": 7, "note": "mới"}})).await.ok();
    let restore = async |tag: &str, body: Value| {
        admin.send(Method::POST, &format!("{path}/restore"), &[("If-Match", tag)], Some(body)).await
    };
    assert_eq!(admin.post(&format!("{path}/restore"), json!({"version": 1})).await.status, 428);
    assert_eq!(restore("\"1\"", json!({"version": 1})).await.status, 412);
    assert_eq!(restore("*", json!({"version": 8})).await.summary(), "422 version.unknown /version");
    let back = restore("\"2\"", json!({"version": 1})).await.ok();
    assert_eq!((&back["properties"]["note"], &back["properties"]["version"]), (&json!("cũ"), &json!(3)));

    assert_eq!(restore("*", json!({})).await.codes(), ["restore.not_deleted"]);
    admin.delete(&path, "*").await.ok();
    assert_eq!(restore("*", json!({})).await.ok()["properties"]["eye_count"], 2);

    let second = admin.get(&format!("{path}/history/2")).await.ok();
    assert_eq!((&second["properties"]["note"], &second["properties"]["eye_count"]), (&json!("mới"), &json!(7)));
    let seen = server.anonymous().get(&format!("{path}/history/2")).await;
    assert!(!String::from_utf8(seen.body.to_vec()).unwrap().contains("Lan"));
    assert_eq!(seen.ok()["properties"]["eye_count"], 7);
    assert_eq!(admin.get(&format!("{path}/history/99")).await.status, 404);
}

#[actix_web::test]
async fn ten_thousand_cameras_are_one_write() {
    // On a machine with other work it takes more than the minute that tests give a request.
    let server = Server::with_limits(|limits| limits.request_timeout_s = 600).await;
    let started = std::time::Instant::now();
    let made = server.administrator().post(CAMERAS, collection((0..10_000).map(nth_camera).collect())).await.ok();
    println!("10,000 cameras: {:?}", started.elapsed());
    assert_eq!(made["items"].as_array().unwrap().len(), 10_000);
    assert_eq!(server.query("select count(*) from cameras").await, 10_000);
    let more = collection((0..10_001).map(nth_camera).collect());
    assert_eq!(server.administrator().post(CAMERAS, more).await.summary(), "422 range /features");
}

#[actix_web::test]
async fn record_outside_the_writers_scope_is_reported_and_nothing_is_written() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let token = server.account("east", &[json!({"role": "editor", "unit": "00002@2026-01-01"})]).await;
    let editor = server.holder(&token);
    let at = |lon: f64| feature([lon, 19.81], json!({"name": "Trạm", "operator": "vnpt"}), json!({}));
    let many = json!({"type": "FeatureCollection", "features": [at(105.79), at(105.71), at(105.78)]});
    assert_eq!(editor.post(TOWERS, many).await.summary(), "422 scope.outside /features/1");
    let mine = editor.post(TOWERS, at(105.79)).await.ok()["id"].clone();
    let theirs = admin.post(TOWERS, at(105.71)).await.ok()["id"].clone();
    let features = |last: Value| json!({"features": [{"id": mine, "version": 1, "properties": {"height_m": 30}}, last]});
    let change = json!({"id": theirs, "version": 1, "properties": {"height_m": 30}});
    let refused = editor.send(Method::PATCH, TOWERS, &[], Some(features(change))).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["pointer"]), (422, &json!("/features/1")));
    let moved = json!({"id": mine, "version": 1, "geometry": {"type": "Point", "coordinates": [105.71, 19.81]}});
    let refused = editor.send(Method::PATCH, TOWERS, &[], Some(json!({"features": [moved]}))).await;
    assert_eq!(refused.summary(), "422 scope.outside /features/0");
    let items = json!({"items": [{"id": mine, "version": 1}, {"id": theirs, "version": 1}]});
    assert_eq!(editor.send(Method::DELETE, TOWERS, &[], Some(items)).await.status, 422);
    let towers = admin.get(TOWERS).await.features();
    assert_eq!(towers.len(), 2);
    assert!(towers.iter().all(|tower| tower["properties"]["version"] == 1));
}

#[actix_web::test]
async fn secret_in_a_reason_is_refused_and_fields_of_the_service_cannot_be_set() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(TOWERS, tower(json!({}))).await.ok()["id"].clone();
    let body = |properties: Value, reason: &str| json!({"reason": reason, "features": [{"id": id, "version": 1, "properties": properties}]});
    let send = async |body: Value| admin.send(Method::PATCH, TOWERS, &[], Some(body)).await;
    assert_eq!(send(body(json!({"height_m": 3}), "xem rtsp://10.0.0.9/1")).await.summary(), "422 secret.in_text /reason");
    send(body(json!({"height_m": 3, "version": 9, "created_by": "ai đó", "commune_code": "00002"}), "đo lại")).await;
    let now = admin.get(&format!("{TOWERS}/{id}")).await.ok()["properties"].clone();
    assert_ne!(now["created_by"], "ai đó");
    assert!(now["version"].as_i64() < Some(3) && now["commune_code"] != "00002");
}

#[actix_web::test]
async fn key_of_a_running_request_is_refused() {
    let server = Server::new().await;
    let mut other = server.connection().await;
    use diesel_async::SimpleAsyncConnection;
    other
        .batch_execute("begin; select pg_advisory_xact_lock(hashtextextended('console/tester k-9', 0))")
        .await
        .unwrap();
    let key = [("Idempotency-Key", "k-9")];
    let post = async || server.administrator().send(Method::POST, TOWERS, &key, Some(tower(json!({})))).await.summary();
    assert_eq!(post().await, "409 idempotency.running Idempotency-Key");
    other.batch_execute("rollback").await.unwrap();
    assert_eq!(post().await, "201");
}
