//! Instants of clients are days in Vietnam, in addresses and in bodies.

use serde_json::json;

use crate::common::{Server, tower};

const TOWERS: &str = "/collections/towers/items";

#[actix_web::test]
async fn an_instant_in_an_address_is_its_day_in_vietnam() {
    let server = Server::new().await;
    server.administrator().post(TOWERS, tower(json!({"installed_on": "2023-09-20"}))).await.ok();
    for (datetime, found) in [
        ("2023-09-19T16:59:59Z", 0),
        ("2023-09-19T17:00:00Z", 1),
        ("2023-09-20T00:00:00+07:00", 1),
        ("2023-09-20T00:00:00%2B07:00", 1),
        ("2023-09-20T00:00:00%2B09:00", 0),
        ("2021-01-01T/2023-09-20T", 1),
        ("2021-01-01T/2023-09-19T", 0),
        ("../2023-09-19T23:59:59.999%2B07:00", 0),
        ("2023-09-20T00:00:00.123Z", 1),
        ("0000-01-01T00:00:00Z/9999-12-31T23:59:59Z", 1),
    ] {
        let page = server.anonymous().get(&format!("{TOWERS}?datetime={datetime}")).await.ok();
        assert_eq!(page["numberMatched"], found, "{datetime}");
    }
    for wrong in ["2023-09-20T24:61:00Z", "2023-09-20T00:00:00%2B7", "2023-09-20%20x", "/x"] {
        let answer = server.anonymous().get(&format!("{TOWERS}?datetime={wrong}")).await;
        assert_eq!(answer.summary(), "400 parameter.invalid datetime", "{wrong}");
    }
    let then = server.anonymous().get(&format!("{TOWERS}?as_of=2023-09-19T17:00:00Z")).await.ok();
    assert_eq!(then["numberMatched"], 1);
}

#[actix_web::test]
async fn an_instant_in_a_body_is_its_day_in_vietnam() {
    let server = Server::new().await;
    for (written, day) in [
        ("2023-01-31T17:00:00.000Z", "2023-02-01"),
        ("2023-01-31T16:59:17Z", "2023-02-01"),
        ("2023-02-01T08:30:00+07:00", "2023-02-01"),
        ("2023-02-01T08:30:00", "2023-02-01"),
        ("2023-02-01T00:00:00+09:00", "2023-01-31"),
    ] {
        let made = server.administrator().post(TOWERS, tower(json!({"installed_on": written}))).await.ok();
        assert_eq!(made["properties"]["installed_on"], day, "{written}");
    }
    for wrong in ["2023-02-01T08:30:00 (approx.)", "2023-02-01T25:00:00Z"] {
        let answer = server.administrator().post(TOWERS, tower(json!({"installed_on": wrong}))).await;
        assert_eq!(answer.summary(), "422 type /properties/installed_on", "{wrong}");
    }
}
