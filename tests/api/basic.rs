//! Basic authentication with a token as the password.

use actix_web::http::Method;
use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::json;

use crate::common::{Server, camera};

const CAMERAS: &str = "/collections/cameras/items";

fn basic(text: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(text))
}

#[actix_web::test]
async fn a_token_is_a_password_whatever_the_name() {
    let server = Server::with_communes().await;
    let secret = server.administrator_secret();
    for name in ["tester", "", "công an"] {
        let header = basic(&format!("{name}:{secret}"));
        let me = server.anonymous().send(Method::GET, "/auth/me", &[("Authorization", &header)], None).await;
        assert_eq!(me.ok()["credential"], "token", "{name}");
        let made = server.anonymous().send(Method::POST, CAMERAS, &[("Authorization", &header)], Some(camera(json!({})))).await;
        assert_eq!(made.status, 201, "{name}");
    }
}

#[actix_web::test]
async fn only_who_tried_it_is_asked_for_it() {
    let server = Server::new().await;
    let wrong = [basic("a:wrong"), basic("no colon"), "Basic".to_owned(), "Basic %%".to_owned()];
    for (header, challenge) in [(None, "Bearer"), (Some("Bearer wrong".to_owned()), "Bearer")]
        .into_iter()
        .chain(wrong.map(|header| (Some(header), "Basic realm=\"Hatang\", charset=\"UTF-8\"")))
    {
        let headers: Vec<_> = header.iter().map(|header| ("Authorization", header.as_str())).collect();
        let refused = server.anonymous().send(Method::GET, "/auth/me", &headers, None).await;
        assert_eq!((refused.status.as_u16(), refused.header("www-authenticate").as_deref()), (401, Some(challenge)), "{header:?}");
    }
}

#[actix_web::test]
async fn a_password_that_others_could_read_is_refused() {
    let server = Server::with_limits(|limits| limits.trust_proxy = true).await;
    let header = basic(&format!("x:{}", server.administrator_secret()));
    for (from, scheme, expected) in [
        ("203.0.113.7", "http", 403),
        ("203.0.113.7", "https", 200),
        ("127.0.0.1", "http", 200),
        ("::1", "http", 200),
    ] {
        let headers = [("Authorization", header.as_str()), ("X-Forwarded-For", from), ("X-Forwarded-Proto", scheme)];
        let answer = server.anonymous().send(Method::GET, "/auth/me", &headers, None).await;
        assert_eq!(answer.status, expected, "{from} {scheme}");
        if expected == 403 {
            assert_eq!(answer.summary(), "403 auth.basic Authorization");
        }
    }
}

#[actix_web::test]
async fn another_page_cannot_write_with_what_a_browser_keeps() {
    let server = Server::with_communes().await;
    let header = basic(&format!("x:{}", server.administrator_secret()));
    for (origin, expected) in [("https://evil.example", 403), ("http://hatang.test", 201), ("https://console.example", 201)] {
        let headers = [("Authorization", header.as_str()), ("Origin", origin)];
        let answer = server.anonymous().send(Method::POST, CAMERAS, &headers, Some(camera(json!({})))).await;
        assert_eq!(answer.status, expected, "{origin}");
    }
}

/// The requests of QGIS from 3.32 on, as its source has them: 3.22 cannot write at all.
#[actix_web::test]
async fn qgis_edits_with_a_token_that_writes_unconditionally() {
    let server = Server::with_communes().await;
    server.execute("update tokens set unconditional_writes = true").await;
    let secret = server.administrator_secret();
    let header = basic(&format!("qgis:{secret}"));
    let send = async |method: Method, path: &str, media_type: Option<&str>, body| {
        let mut headers = vec![("Authorization", header.as_str())];
        headers.extend(media_type.map(|media_type| ("Content-Type", media_type)));
        server.anonymous().send(method, path, &headers, body).await
    };
    let options = async |path: String| send(Method::OPTIONS, &path, None, None).await.header("allow").unwrap();
    assert!(options(CAMERAS.to_owned()).await.contains("POST"));
    let of_none = options(format!("{CAMERAS}/unknown_id")).await;
    assert!(of_none.contains("PUT") && of_none.contains("PATCH") && of_none.contains("DELETE"), "an empty layer: {of_none}");

    // A new feature has every column, null where nothing was entered.
    let fields = hatang::layers::CAMERA.fields().map(|field| (field.name.to_owned(), json!(null)));
    let mut properties = json!(fields.collect::<serde_json::Map<_, _>>());
    properties["name"] = json!("Từ QGIS");
    properties["managing_level"] = json!("commune_police");
    let new = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [105.7, 19.81]}, "properties": properties});
    let made = send(Method::POST, CAMERAS, Some("application/geo+json"), Some(new)).await;
    assert_eq!(made.status, 201, "{}", made.summary());
    let location = made.header("location").unwrap();
    let one = format!("{CAMERAS}/{}", location.split("/items/").nth(1).unwrap());

    let patch = Some("application/merge-patch+json");
    let moved = json!({"geometry": {"type": "Point", "coordinates": [105.71, 19.8]}});
    assert_eq!(send(Method::PATCH, &one, patch, Some(moved)).await.status, 200);
    let changed = json!({"properties": {"eye_count": 3, "note": null}});
    assert_eq!(send(Method::PATCH, &one, patch, Some(changed)).await.status, 200);
    let mut whole = send(Method::GET, &one, None, None).await.ok();
    assert_eq!((&whole["geometry"]["coordinates"], &whole["properties"]["eye_count"]), (&json!([105.71, 19.8]), &json!(3)));
    whole.as_object_mut().unwrap().remove("links");
    whole["properties"]["name"] = json!("Đã sửa");
    let replaced = send(Method::PUT, &one, Some("application/geo+json"), Some(whole)).await;
    assert_eq!(replaced.status, 200, "{}", replaced.summary());
    assert_eq!(send(Method::DELETE, &one, None, None).await.status, 204);
    assert_eq!(send(Method::GET, &one, None, None).await.status, 404);
}
