//! Reading one feature: `GET /collections/{collection}/items/{id}`.

use actix_web::http::header::{CONTENT_ENCODING, ETag, EntityTag, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::access::{Caller, View};
use crate::conditions::parameters;
use crate::error::Error;
use crate::http::accept::preferred;
use crate::http::as_of::Back;
use crate::http::audit::Trace;
use crate::http::caching::not_modified;
use crate::http::clock::Clock;
use crate::http::crs::turn;
use crate::http::extract::{LayerPath, RecordId};
use crate::http::feature::{
    CONTENT_CRS, GEOJSON, content_crs, hash_tag, log_restricted, restricted_rows, tagged_feature, tagged_in_memory,
};
use crate::http::html::{self, Frame};
use crate::http::items::form::Form;
use crate::http::items::query::ItemsQuery;
use crate::http::language::wants_vietnamese;
use crate::http::links::{self, base};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::NamedCrs;
use crate::register::items::{self, Question};

/// `GET /api/v1/collections/{collection}/items/{id}`
pub async fn find_item(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    RecordId(id): RecordId,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let view = View::new(&caller, layer);
    let mut params = Params::parse(request.query_string());
    let as_page = match params.format(&["json", "geojson", "html"])? {
        Some(format) => format == "html",
        None => preferred(&request, &[GEOJSON, "application/json", "text/html"]).ok_or(Error::NotAcceptable)? == 2,
    };
    let form = Form::parse(&view, &mut params)?;
    let crs = parameters::crs(&mut params, "crs")?;
    let clock = Clock::of(&request);
    let back = Back::take(&mut params, clock, view.has_versions())?;
    params.finish()?;
    if !as_page
        && caller.is_anonymous()
        && back.is_now()
        && form.is_plain()
        && crs == NamedCrs::crs84()
        && let Some(state) = app.live.current(clock.today())
        && let Some(found) = state.rows(layer).and_then(|rows| rows.find(id))
    {
        let (etag, body) = tagged_in_memory(&base(&app, &request), layer, found);
        return Ok(answer(&request, etag, crs, body));
    }
    let mut conn = app.store.connection().await?;
    let row = match back.is_now() {
        true => items::find(&mut conn, &view, form.shape, id).await?,
        false => {
            let question = ItemsQuery::parse(&view, back.params(), clock.now)?.question;
            items::find_then(&mut conn, &view, &Question { shape: form.shape, ..question }, id).await?
        }
    };
    let mut row = row.ok_or(Error::NotFound)?;
    log_restricted(&mut conn, &caller, layer, restricted_rows(layer, std::slice::from_ref(&row)), &Trace::of(&request))
        .await?;
    turn(std::slice::from_mut(&mut row), crs);
    let columns = form.columns(&view, true);
    let base = back.base(&app, &request);
    if as_page {
        let vietnamese = form.labels.unwrap_or_else(|| wants_vietnamese(&request));
        let (api, title) = (links::base(&app, &request), format!("{} {id}", layer.title.say(vietnamese)));
        let above = html::above(layer, vietnamese, 2);
        let frame = Frame { request: &request, api: &api, base: &base, vietnamese, title: &title, above };
        return Ok(html::item(&frame, &form.without_labels().columns(&view, vietnamese), &row));
    }
    let (mut etag, body) = tagged_feature(&base, &view, &columns, &row, &[]);
    if !back.is_now() {
        etag = hash_tag(&body);
    }
    if crs != NamedCrs::crs84() {
        etag = EntityTag::new_strong(format!("{}-{}", etag.tag(), crs.crs().epsg()));
    }
    Ok(answer(&request, etag, crs, body))
}

fn answer(request: &HttpRequest, etag: EntityTag, crs: &NamedCrs, body: Vec<u8>) -> HttpResponse {
    if let Some(unchanged) = not_modified(request, &etag) {
        return unchanged;
    }
    let mut response = HttpResponse::Ok();
    response.insert_header(ETag(etag)).insert_header((CONTENT_CRS, content_crs(crs)));
    // A strong tag stands for exact bytes, so this answer is never compressed.
    response.insert_header((CONTENT_ENCODING, HeaderValue::from_static("identity")));
    response.content_type(GEOJSON).body(body)
}
