//! Reading one feature: `GET /collections/{collection}/items/{id}`.

use actix_web::http::header::{CONTENT_ENCODING, ETag, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::http::audit::Trace;
use crate::http::caching::not_modified;
use crate::http::extract::{LayerPath, RecordId};
use crate::http::feature::{CONTENT_CRS, GEOJSON, content_crs, log_restricted, restricted_rows, tagged_feature};
use crate::http::items::form::Form;
use crate::http::language::wants_vietnamese;
use crate::http::links::base;
use crate::http::state::App;
use crate::input::Params;
use crate::register::items;

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
    params.format(&["json", "geojson"])?;
    let form = Form::parse(&view, &mut params)?;
    params.finish()?;
    let mut conn = app.store.connection().await?;
    let row = items::find(&mut conn, &view, form.shape, id).await?.ok_or(Error::NotFound)?;
    log_restricted(&mut conn, &caller, layer, restricted_rows(layer, std::slice::from_ref(&row)), &Trace::of(&request))
        .await?;
    let columns = form.columns(&view, wants_vietnamese(&request));
    let (etag, body) = tagged_feature(&base(&app, &request), &view, &columns, &row, &[]);
    if let Some(unchanged) = not_modified(&request, &etag) {
        return Ok(unchanged);
    }
    let mut response = HttpResponse::Ok();
    response.insert_header(ETag(etag)).insert_header((CONTENT_CRS, content_crs()));
    // A strong tag stands for exact bytes, so this answer is never compressed.
    response.insert_header((CONTENT_ENCODING, HeaderValue::from_static("identity")));
    Ok(response.content_type(GEOJSON).body(body))
}
