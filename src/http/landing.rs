//! The landing page and the conformance classes (OGC API Common, Features).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::error::Error;
use crate::http::as_of::Back;
use crate::http::html::{self, Frame};
use crate::http::language::wants_vietnamese;
use crate::http::links::{self, link};
use crate::http::openapi::MEDIA_TYPE;
use crate::http::state::App;
use crate::texts::text;
use crate::units::territory;

/// `GET /api/v1`
pub async fn show_landing(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (back, as_page) = Back::of_page(&request)?;
    let base = back.base(&app, &request);
    let mut landing = json!({
        "title": text!("landing").vi(),
        "description": format!("{} {}", text!("landing.about").vi(), text!("landing.about").en()),
        "links": [
            link("self", &base, "application/json", "This document"),
            link("service-desc", &format!("{base}/openapi.json"), MEDIA_TYPE, "The API, OpenAPI 3.0"),
            link("service-doc", &format!("{base}/docs"), "text/html", "The API, to read"),
            link("conformance", &format!("{base}/conformance"), "application/json", "Conformance classes"),
            link("data", &format!("{base}/collections"), "application/json", "Layers"),
            link("http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", &format!("{base}/tileMatrixSets"), "application/json", "Tile matrix sets"),
            link("related", &format!("{}/stats/definitions", links::base(&app, &request)), "application/json", "Figures"),
        ],
    });
    if !territory::has_units(&mut *app.store.connection().await?, None).await? {
        landing["notice"] = json!(text!("units.none").say(wants_vietnamese(&request)));
    }
    if as_page {
        let vietnamese = wants_vietnamese(&request);
        let (api, title) = (links::base(&app, &request), text!("landing").say(vietnamese));
        let frame = Frame { request: &request, api: &api, base: &base, vietnamese, title: &title, above: Vec::new() };
        return Ok(html::landing(&frame, &landing));
    }
    Ok(HttpResponse::Ok().json(landing))
}

/// The conformance classes of this service, as the standards spell them.
const CONFORMANCE: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/core-roles-features",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/feature-references",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/sortables",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/datetime",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixsetlimits",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixsetlimits",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
];

/// `GET /api/v1/conformance`
pub async fn show_conformance(request: HttpRequest) -> Result<HttpResponse, Error> {
    Back::only(&request)?;
    Ok(HttpResponse::Ok().json(json!({"conformsTo": CONFORMANCE})))
}
