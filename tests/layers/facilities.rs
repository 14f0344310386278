//! Facilities.

use serde_json::{Value, json};

use crate::common::{Server, feature};

const FACILITIES: &str = "/collections/facilities/items";

fn facility(more: Value) -> Value {
    feature([105.7, 19.81], json!({"name": "Đền Lê Hy", "type": "heritage_site"}), more)
}

#[actix_web::test]
async fn qr_link_is_an_http_address() {
    let server = Server::new().await;
    let post = async |url: &str| server.administrator().post(FACILITIES, facility(json!({"qr_url": url}))).await.summary();
    assert_eq!(post("https://example.vn/le-hy").await, "201");
    for wrong in ["javascript:alert(1)", "ftp://example.vn", "le-hy"] {
        assert_eq!(post(wrong).await, "422 type /properties/qr_url", "{wrong}");
    }
    assert_eq!(post("http://a:b@example.vn").await, "422 secret.in_text /properties/qr_url");
}

#[actix_web::test]
async fn unknown_data_line_is_neither_yes_nor_no() {
    let server = Server::new().await;
    for data_line in [json!(true), json!(false), json!(null)] {
        server.administrator().post(FACILITIES, facility(json!({"data_line": data_line}))).await.ok();
    }
    for answer in ["true", "false"] {
        let found = server.anonymous().get(&format!("{FACILITIES}?data_line={answer}")).await.features();
        assert_eq!(found.len(), 1, "{answer}");
    }
    let refused = server.anonymous().get(&format!("{FACILITIES}?data_line=maybe")).await;
    assert_eq!(refused.summary(), "400 parameter.invalid data_line");
}

#[actix_web::test]
async fn type_is_required_and_security_level_bounded() {
    let server = Server::new().await;
    let untyped = server.administrator().post(FACILITIES, facility(json!({"type": null}))).await;
    assert_eq!(untyped.summary(), "422 required /properties/type");
    let refused = server.administrator().post(FACILITIES, facility(json!({"security_level": 6}))).await;
    assert_eq!(refused.summary(), "422 range /properties/security_level");
}
