//! The API as web pages, for people with a browser.

use actix_web::http::Method;
use hatang::layers::ALL;
use serde_json::json;

use crate::common::{Answer, Caller, Server, camera};

const CAMERAS: &str = "/collections/cameras/items";
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

async fn page(caller: Caller<'_>, path: &str, language: &str) -> String {
    let headers = [("Accept", BROWSER), ("Accept-Language", language)];
    let answer = caller.send(Method::GET, path, &headers, None).await;
    assert_eq!((answer.status.as_u16(), is_page(&answer)), (200, true), "{path}: {}", answer.summary());
    assert_eq!(answer.header("content-language").unwrap(), language);
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    String::from_utf8(answer.body.to_vec()).unwrap()
}

fn is_page(answer: &Answer) -> bool {
    answer.header("content-type").unwrap().starts_with("text/html")
}

/// The addresses in a page.
fn addresses(page: &str) -> Vec<String> {
    page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect()
}

#[actix_web::test]
async fn every_link_of_a_page_leads_somewhere_and_no_page_has_a_script() {
    let server = Server::with_demo().await;
    let mut waiting = vec![String::new()];
    let mut seen = Vec::new();
    while let Some(path) = waiting.pop() {
        let page = page(server.anonymous(), &path, "vi").await;
        assert!(!page.contains("<script") && !page.contains(" on"), "{path}");
        for address in addresses(&page) {
            let path = address.strip_prefix("http://hatang.test/api/v1").unwrap_or_else(|| panic!("{address}")).to_owned();
            if seen.contains(&path) {
                continue;
            }
            seen.push(path.clone());
            let answer = server.anonymous().send(Method::GET, &path, &[("Accept", BROWSER)], None).await;
            assert_eq!(answer.status, 200, "{path}");
            // Each kind of page, of two layers: all filters of all layers would take minutes.
            let (address, query) = path.split_once('?').unwrap_or((&path, ""));
            let is_near = ["/collections", "/collections/cameras", "/collections/fiber-routes"].contains(&address)
                || ["/items", "/queryables"].iter().any(|end| address == format!("/collections/cameras{end}"));
            if is_near && query.is_empty() {
                waiting.push(path);
            }
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
}

#[actix_web::test]
async fn a_table_has_labels_and_links_to_the_next_page_and_to_filters() {
    let server = Server::with_demo().await;
    let vi = page(server.anonymous(), &format!("{CAMERAS}?limit=50"), "vi").await;
    let en = page(server.anonymous(), &format!("{CAMERAS}?limit=50"), "en").await;
    assert!(vi.contains("<html lang=\"vi\">") && vi.contains("Công an xã") && !vi.contains("<td>commune_police"), "{vi}");
    assert!(en.contains("<html lang=\"en\">") && en.contains("Commune police"));
    let count = |page: &str| page.matches("<tr>").count() - 1;
    assert_eq!(count(&vi), 50);
    let next = addresses(&vi).into_iter().find(|address| address.contains("cursor=")).unwrap();
    let next = next.strip_prefix("http://hatang.test/api/v1").unwrap();
    let second = page(server.anonymous(), next, "vi").await;
    assert_eq!(count(&second), 50);
    assert!(second.contains("rel=\"first\""));
    let first_row = |page: &str| page.split("<tbody>").nth(1).unwrap().split("</td>").next().unwrap().to_owned();
    assert_ne!(first_row(&vi), first_row(&second));
    let filter = addresses(&second).into_iter().find(|address| address.contains("managing_level=commune_police")).unwrap();
    assert!(!filter.contains("cursor"), "{filter}");
    let filtered = page(server.anonymous(), filter.strip_prefix("http://hatang.test/api/v1").unwrap(), "vi").await;
    assert!(filtered.contains("aria-current=\"true\""));
    let past = page(server.anonymous(), "/as-of/2023-09-20/collections/districts/items", "vi").await;
    assert!(past.contains("Huyện Đông Sơn"), "{past}");
}

#[actix_web::test]
async fn texts_of_others_are_escaped() {
    let server = Server::new().await;
    let admin = server.administrator();
    let evil = "<img src=x onerror=alert(1)>\"'&<script>alert(2)</script>";
    let feature = camera(json!({"name": evil, "note": evil, "address": "</title><script>alert(3)</script>"}));
    let id = admin.post(CAMERAS, feature).await.ok()["id"].clone();
    let sent = form_urlencoded::byte_serialize("\"><script>alert(4)</script>".as_bytes()).collect::<String>();
    for path in [CAMERAS.to_owned(), format!("{CAMERAS}/{id}"), format!("{CAMERAS}?q={sent}"), format!("{CAMERAS}?filter={sent}")] {
        let answer = admin.send(Method::GET, &path, &[("Accept", "text/html")], None).await;
        let body = String::from_utf8_lossy(&answer.body);
        assert!(!body.contains("<script") && !body.contains("<img"), "{path}: {body}");
        assert!(is_page(&answer) || answer.status == 400, "{path}");
    }
    let list = page(admin, CAMERAS, "en").await;
    assert!(list.contains("&lt;img src=x onerror=alert(1)&gt;&quot;"), "{list}");
}

#[actix_web::test]
async fn pages_show_what_their_reader_may_see() {
    let server = Server::new().await;
    let feature = camera(json!({"note": "Ghi chú kín", "serial_number": "SN-777"}));
    let id = server.administrator().post(CAMERAS, feature).await.ok()["id"].clone();
    let reads = "select count(*) from audit where action = 'restricted.read'";
    let before = server.query(reads).await.as_i64().unwrap();
    for path in [CAMERAS.to_owned(), format!("{CAMERAS}/{id}")] {
        let open = page(server.anonymous(), &path, "vi").await;
        assert!(!open.contains("Ghi chú kín") && !open.contains("SN-777"), "{open}");
        assert!(page(server.administrator(), &path, "vi").await.contains("SN-777"));
    }
    assert_eq!(server.query(reads).await.as_i64().unwrap(), before + 2);
}

#[actix_web::test]
async fn programs_get_json_and_whoever_asks_by_name_a_page() {
    let server = Server::with_demo().await;
    let id = server.anonymous().get(&format!("{CAMERAS}?limit=1")).await.features()[0]["id"].clone();
    let mut paths = vec![String::new(), "/collections".into(), format!("{CAMERAS}/{id}")];
    for layer in ALL {
        for end in ["", "/items", "/queryables"] {
            paths.push(format!("/collections/{}{end}", layer.collection));
        }
    }
    for path in paths {
        for accept in ["*/*", "application/json", "application/geo+json, application/json;q=0.9", "text/html;q=0.5, application/json"] {
            let answer = server.anonymous().send(Method::GET, &path, &[("Accept", accept)], None).await;
            assert!(answer.header("content-type").unwrap().contains("json"), "{path} {accept}");
        }
        assert!(is_page(&server.anonymous().get(&format!("{path}?f=html")).await), "{path}");
        let json = server.anonymous().send(Method::GET, &format!("{path}?f=json"), &[("Accept", BROWSER)], None).await;
        assert!(json.header("content-type").unwrap().contains("json"), "{path}");
    }
}
