//! `GET /api/v1/export.gpkg`: several layers in one GeoPackage.

use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::ETag;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::files::export::{Format, GeoPackage};
use crate::http::audit::Trace;
use crate::http::caching::{not_modified, tag_of_register};
use crate::http::clock::Clock;
use crate::http::download::attachment;
use crate::http::exports::{Bill, Export, check_crs, send, within};
use crate::http::items::query::ItemsQuery;
use crate::http::language::{self, wants_vietnamese};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::{ALL, Class, Layer};
use crate::texts::text;

/// Answers with the layers that `collections` names, by default all that are written here. The other parameters are those
/// of items, and hold for each layer.
pub async fn export_package(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let clock = Clock::of(&request);
    let mut params = Params::parse(request.query_string());
    let writable = || ALL.iter().copied().filter(|layer| layer.is_writable());
    let named = params.read(
        "collections",
        text!("expected.one_of", known = ALL.iter().map(|layer| layer.collection).collect::<Vec<_>>()),
        |text| {
            text.split(',')
                .map(|name| ALL.iter().copied().find(|layer| layer.collection == name))
                .collect::<Option<Vec<_>>>()
        },
    )?;
    let mut layers: Vec<&'static Layer> = Vec::new();
    for layer in named.unwrap_or_else(|| writable().collect()) {
        if !layers.iter().any(|known| known.collection == layer.collection) {
            layers.push(layer);
        }
    }
    let trace = || Trace::of(&request);
    let mut exports = Vec::new();
    let vietnamese = wants_vietnamese(&request);
    let mut conn = app.store.connection().await?;
    let tag = tag_of_register(&mut conn, &caller, clock.today(), &[language::code(vietnamese)]).await?;
    for layer in layers {
        let view = View::new(&caller, layer);
        if view.shows(Class::Restricted) {
            trace().check_purpose()?;
        }
        let mut query = ItemsQuery::parse(&view, params.clone(), clock.now)?;
        check_crs(Format::GeoPackage, query.crs)?;
        query.resolve_units(&mut conn).await?;
        exports.push(Export {
            app: App::clone(&app),
            caller: caller.clone(),
            layer,
            query,
            format: Format::GeoPackage,
            vietnamese,
            trace: trace(),
            rows: 0,
            restricted: 0,
        });
    }
    drop(conn);
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let mut response = HttpResponse::Ok();
    response
        .insert_header(ETag(tag))
        .content_type(Format::GeoPackage.media_type())
        .insert_header(attachment(&format!("hatang_{}.gpkg", clock.today())));
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let (_bill, mut conn) = Bill::open(&app, &caller, &request).await?;
    let limit = Duration::from_secs(app.limits.export_timeout_s);
    let file = within(limit, async {
        let mut package = GeoPackage::new(clock.today())?;
        let Some(open) = conn.get() else { return Err(Error::Overloaded) };
        for export in &mut exports {
            package.begin(export.columns())?;
            export.fill(open, async |row| Ok(package.row(row)?)).await?;
        }
        conn.done();
        Ok(web::block(move || package.finish()).await.map_err(|_| Error::Overloaded)??)
    })
    .await;
    for export in &exports {
        export.log(file.is_ok()).await?;
    }
    send(&mut response, file?)
}
