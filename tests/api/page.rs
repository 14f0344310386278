//! The map page, and the settings that it gets from the service.

use actix_web::http::Method;

use crate::common::Server;

#[actix_web::test]
async fn the_page_may_run_its_own_scripts_only() {
    let server = Server::new().await;
    let page = server.anonymous().get("//").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert_eq!(page.header("cache-control").unwrap(), "no-cache");
    let tag = page.header("etag").unwrap();
    let again = server.anonymous().send(Method::GET, "//", &[("If-None-Match", &tag)], None).await;
    assert_eq!(again.status, 304);
    assert_eq!(again.header("content-security-policy").unwrap(), policy);
}

#[actix_web::test]
async fn the_console_answers_below_its_address_and_is_framed_by_nobody() {
    let server = Server::new().await;
    for path in ["//console", "//console/cameras/12", "//console/import?step=2"] {
        let page = server.anonymous().get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(page.header("permissions-policy").unwrap().contains("geolocation=(self)"), "{path}");
        assert_eq!(page.header("cache-control").unwrap(), "no-cache");
    }
    let map = server.anonymous().get("//").await;
    assert!(map.header("permissions-policy").unwrap().contains("geolocation=()"));
    assert_eq!(server.anonymous().get("//consoles").await.status, 404);
}

#[actix_web::test]
async fn the_page_learns_where_to_open() {
    let server = Server::new().await;
    let settings = server.anonymous().get("//config.json").await.ok();
    assert_eq!(settings["home"], "405@2023-09-20");
    assert!(settings["basemap"].is_null());
}

#[actix_web::test]
async fn missing_base_map_is_404() {
    let server = Server::new().await;
    for path in ["//basemap.pmtiles", "//assets/none.js"] {
        assert_eq!(server.anonymous().get(path).await.status, 404, "{path}");
    }
}
