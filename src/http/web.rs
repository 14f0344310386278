//! The map page and the console: the files that `make web` built and `build.rs` embeds, and the page's configuration.

use std::sync::LazyLock;

use actix_web::http::Uri;
use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETag, Encoding, EntityTag, Header,
    HeaderName, REFERRER_POLICY, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::accounts::secrets::hex;
use crate::config::Page;
use crate::error::Error;
use crate::http::basemap::BASEMAP;
use crate::http::caching::not_modified;
use crate::http::security::{PERMISSIONS, PERMISSIONS_POLICY};
use crate::http::state::App;

/// A file of the page. `gzip` is its compressed form, if that is smaller.
struct File {
    name: &'static str,
    bytes: &'static [u8],
    gzip: Option<&'static [u8]>,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The page of a program that was built without `make web`.
static PLACEHOLDER: File = File {
    name: "index.html",
    bytes: b"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hatang</title>\
        <p>This program was built without its map page: run <code>make web</code>, then build again. \
        <p>API: <a href=\"/api/v1\">/api/v1</a>, <a href=\"/api/v1/docs\">/api/v1/docs</a></html>",
    gzip: None,
};

/// `GET /`
pub async fn show_page(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    static TAG: LazyLock<EntityTag> = LazyLock::new(|| tag_of("index.html"));
    document(&request, "index.html", &TAG, [(CONTENT_SECURITY_POLICY, policy(&app.page, "'self'"))])
}

/// `GET /console`, and every address below, which the console itself reads. No other page may frame it, and it may ask the
/// browser where it is, to register what stands there.
pub async fn show_console(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    static TAG: LazyLock<EntityTag> = LazyLock::new(|| tag_of("console.html"));
    let own = [
        (CONTENT_SECURITY_POLICY, policy(&app.page, "'none'")),
        (PERMISSIONS_POLICY, PERMISSIONS.replace("geolocation=()", "geolocation=(self)")),
    ];
    document(&request, "console.html", &TAG, own)
}

fn tag_of(name: &str) -> EntityTag {
    EntityTag::new_weak(hex(&Sha256::digest(find(name).unwrap_or(&PLACEHOLDER).bytes)[..8]))
}

/// A document with its own headers, also with 304: browsers replace their stored headers, and the default policy would stop
/// the scripts.
fn document<const N: usize>(
    request: &HttpRequest,
    name: &str,
    tag: &EntityTag,
    own: [(HeaderName, String); N],
) -> HttpResponse {
    let file = find(name).unwrap_or(&PLACEHOLDER);
    let is_unchanged = not_modified(request, tag).is_some();
    let mut response = if is_unchanged { HttpResponse::NotModified() } else { answer(request, file) };
    response.insert_header((CACHE_CONTROL, "no-cache")).insert_header(ETag(tag.clone()));
    for header in own {
        response.insert_header(header);
    }
    if is_unchanged { response.finish() } else { body(response, request, file) }
}

/// `GET /login`, `GET /setup`: the page on which people sign in and set their password.
pub async fn show_account(request: HttpRequest) -> HttpResponse {
    let file = find("account.html").unwrap_or(&PLACEHOLDER);
    let mut response = answer(&request, file);
    response.insert_header((CACHE_CONTROL, "no-cache"));
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    response.insert_header((CONTENT_SECURITY_POLICY, policy));
    response.insert_header((REFERRER_POLICY, "no-referrer"));
    body(response, &request, file)
}

/// `GET /assets/{file}`, and the few files outside that folder. Names of assets change with their content, so a copy is
/// valid for ever.
pub async fn show_file(name: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let file = find(&name).ok_or(Error::NotFound)?;
    let lasting = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let mut response = answer(&request, file);
    response.insert_header((CACHE_CONTROL, lasting));
    Ok(body(response, &request, file))
}

/// `GET /config.json`: the first view of the map, and its base map.
pub async fn show_config(app: web::Data<App>) -> HttpResponse {
    let Page { home, basemap, basemap_style, attribution, .. } = &app.page;
    HttpResponse::Ok().json(json!({
        "home": home,
        "basemap": basemap.as_ref().map(|_| BASEMAP),
        "basemap_style": basemap_style,
        "attribution": attribution,
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// The name of a built file whose name has a hash: `assets/swagger-ui-bundle-Dk3x.js`.
pub fn asset(begin: &str, ending: &str) -> Option<&'static str> {
    let mut names = FILES.iter().map(|file| file.name);
    let is_it = |name: &&str| {
        name.strip_prefix("assets/").is_some_and(|name| name.starts_with(begin))
            && name.rsplit('.').next() == Some(ending)
    };
    names.find(is_it)
}

fn find(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

fn answer(request: &HttpRequest, file: &File) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.content_type(content_type(file.name));
    response.insert_header((VARY, "Accept-Encoding"));
    if file.gzip.is_some() && takes_gzip(request) {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    response
}

fn body(mut response: actix_web::HttpResponseBuilder, request: &HttpRequest, file: &File) -> HttpResponse {
    match file.gzip.filter(|_| takes_gzip(request)) {
        Some(gzip) => response.body(gzip),
        None => response.body(file.bytes),
    }
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let supported = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(request).is_ok_and(|accepted| accepted.negotiate(supported.iter()) == Some(Encoding::gzip()))
}

/// The page may run only its own scripts, and may connect only to this service and the hosts of a remote base map.
/// MapLibre starts its worker from a blob.
fn policy(page: &Page, ancestors: &str) -> String {
    let addresses = page.basemap_style.iter().chain(&page.basemap_hosts);
    let hosts: String = addresses.filter_map(|address| origin(address)).map(|origin| format!(" {origin}")).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'{hosts}; img-src 'self' data: blob:; \
         font-src 'self'; worker-src 'self' blob:; frame-ancestors {ancestors}; form-action 'self'; base-uri 'none'; \
         object-src 'none'"
    )
}

/// The origin of a URL, such as `https://tiles.example:8443`.
fn origin(address: &str) -> Option<String> {
    let uri = address.parse::<Uri>().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
