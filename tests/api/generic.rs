//! What every writable layer can do.

use hatang::layers::{ALL, Class, Layer, Type};
use serde_json::{Value, json};

use crate::common::{Server, minimal};

fn writable() -> impl Iterator<Item = &'static Layer> {
    ALL.iter().copied().filter(|layer| layer.is_writable())
}

fn items(layer: &Layer) -> String {
    format!("/collections/{}/items", layer.collection)
}

#[actix_web::test]
async fn minimal_record_is_created_read_listed_found_patched_and_deleted() {
    let server = Server::new().await;
    let (admin, anonymous) = (server.administrator(), server.anonymous());
    for layer in writable() {
        let name = layer.collection;
        let mut new = minimal(layer);
        new["properties"]["effective_on"] = json!("2019-05-01");
        let made = admin.post(&items(layer), new).await;
        assert_eq!(made.status, 201, "{name} {}", made.summary());
        let made = made.json();
        assert_eq!(made["geometry"], minimal(layer)["geometry"], "{name}");
        let path = format!("{}/{}", items(layer), made["id"]);
        assert_eq!(admin.get(&path).await.ok()["properties"], made["properties"], "{name}");
        for caller in [admin, anonymous] {
            let list = caller.get(&items(layer)).await.ok();
            assert_eq!((&list["numberMatched"], &list["features"][0]["id"]), (&json!(1), &made["id"]), "{name}");
        }
        let code = made["properties"]["code"].as_str().unwrap();
        assert_eq!(admin.get(&format!("{}?code={code}&lifecycle_status=operational", items(layer))).await.features().len(), 1);

        let patched = admin.patch(&path, "\"1\"", json!({"properties": {"note": "a", "effective_on": "2024-01-01"}})).await;
        assert_eq!((patched.status.as_u16(), patched.etag().as_str()), (200, "\"2\""), "{name}");
        let history = admin.get(&format!("{path}/history")).await.ok();
        assert_eq!(history["versions"][1]["changes"], json!({"note": {"before": null, "after": "a"}}), "{name}");
        for day in ["2020-01-01", "2024-06-01"] {
            let was = admin.get(&format!("{}?as_of={day}", items(layer))).await.features();
            assert_eq!(was[0]["properties"]["note"], if day < "2024" { Value::Null } else { json!("a") }, "{name}");
            assert_eq!(was[0]["geometry"], made["geometry"], "{name}");
        }
        // The record has no earlier date, so it did not exist before.
        assert!(admin.get(&format!("{}?as_of=2019-04-30", items(layer))).await.features().is_empty(), "{name}");
        assert_eq!(admin.delete(&path, "\"2\"").await.status, 204, "{name}");
        assert_eq!(admin.get(&items(layer)).await.ok()["numberMatched"], 0, "{name}");
    }
}

#[actix_web::test]
async fn record_can_be_put_back_as_it_was_read() {
    let server = Server::new().await;
    for layer in writable() {
        let made = server.administrator().post(&items(layer), minimal(layer)).await.ok();
        let path = format!("{}/{}", items(layer), made["id"]);
        let put = server.administrator().put(&path, "\"1\"", made.clone()).await;
        // Nothing changed, so there is no new version.
        assert_eq!((put.status.as_u16(), put.etag().as_str()), (200, "\"1\""), "{}", layer.collection);
        assert_eq!(put.json()["properties"], made["properties"]);
    }
}

#[actix_web::test]
async fn every_writable_field_keeps_its_value() {
    let server = Server::new().await;
    server.execute(include_str!("../common/communes.sql")).await;
    server.execute(include_str!("../common/hamlet.sql")).await;
    let hamlet = server.query("select id from hamlets").await;
    let facility = Layer::of_collection("facilities").unwrap();
    let facility = server.administrator().post(&items(facility), minimal(facility)).await.ok()["id"].clone();
    for layer in writable() {
        let mut body = minimal(layer);
        for field in layer.fields().filter(|field| field.writable) {
            let value = match field.value {
                Type::Text { .. } => json!("Giá trị"),
                Type::Url => json!("https://example.vn"),
                Type::Phone => json!("0912345678"),
                Type::Resolution => json!("1920x1080"),
                Type::CommuneCode => json!("00001"),
                Type::Integer { max, .. } => json!(max.min(3)),
                Type::Number { max, .. } => json!(max.min(4.5)),
                Type::Boolean => json!(true),
                Type::Date => json!("2025-08-01"),
                Type::OneOf(choices) => json!(choices[0].value),
                Type::SomeOf(choices) => json!([choices[0].value, choices[1].value]),
                Type::Reference { collection: "hamlets" } => hamlet.clone(),
                Type::Reference { .. } => facility.clone(),
                Type::Timestamp => panic!("a timestamp is not written"),
            };
            body["properties"][field.name] = value;
        }
        let made = server.administrator().post(&items(layer), body.clone()).await;
        assert_eq!(made.status, 201, "{} {}", layer.collection, made.summary());
        let made = made.json();
        for (name, value) in body["properties"].as_object().unwrap() {
            assert_eq!(&made["properties"][name], value, "{}.{name}", layer.collection);
        }
        // Anonymous callers see only the public fields.
        let seen = server.anonymous().get(&format!("{}/{}", items(layer), made["id"])).await.ok();
        let shown: Vec<_> = seen["properties"].as_object().unwrap().keys().cloned().collect();
        let public: Vec<_> =
            layer.fields().filter(|field| layer.class(field) == Class::Public).map(|field| field.name.to_owned()).collect();
        assert_eq!(shown, public, "{}", layer.collection);
    }
}

#[actix_web::test]
async fn record_without_a_place_counts_under_its_declared_commune() {
    let server = Server::with_communes().await;
    for layer in writable() {
        let mut body = minimal(layer);
        body["geometry"] = Value::Null;
        body["properties"]["declared_commune_code"] = json!("00001");
        let made = server.administrator().post(&items(layer), body).await.ok();
        assert_eq!(made["properties"]["commune_code"], "00001", "{}", layer.collection);
        assert_eq!(made["properties"]["declared_on"], json!(hatang::time::today()), "{}", layer.collection);
    }
}
