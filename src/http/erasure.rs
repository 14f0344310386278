//! `POST /collections/{collection}/items/{id}/erase`: erases personal data permanently.

use actix_web::HttpResponse;
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use crate::access::may_administer;
use crate::error::Error;
use crate::http::audit::Trace;
use crate::http::extract::{LayerPath, RecordId, WriteRequest};
use crate::http::writes::{body, read_object, writable};
use crate::input::Params;
use crate::layers::{Field, Layer, Problem};
use crate::postgres::limit_statements;
use crate::register::{changes, erasure};
use crate::texts::text;

/// Erases values of restricted fields from the record, its history and the audit trail, also if the record is deleted.
/// The hashes of the values and the reason are kept.
pub async fn erase_fields(
    LayerPath(layer): LayerPath,
    RecordId(id): RecordId,
    write: WriteRequest,
) -> Result<HttpResponse, Error> {
    let WriteRequest { app, caller, request, body } = &write;
    may_administer(caller)?;
    writable(layer)?;
    Params::only_format(request.query_string(), &["json"])?;
    let asked = read_object(request.headers(), body, &["application/json"])?;
    let (fields, reason) = read(layer, &asked).map_err(Error::Invalid)?;
    let trace = Trace::of(request);
    let mut conn = write.connection().await?;
    let limit_s = app.limits.request_timeout_s;
    let erased = conn
        .transaction(async |conn| {
            // The search covers years of history, so it may take as long as the request.
            limit_statements(conn, limit_s).await?;
            let erased = erasure::erase(conn, layer, id, &fields, caller.name(), &reason).await?;
            let erased = erased.ok_or(Error::NotFound)?;
            let detail = json!({"id": id, "erased": erased.hashes, "reason": erased.reason});
            trace.record(conn, caller, "record.erase", Some(layer.collection), detail).await?;
            Ok::<_, Error>(erased)
        })
        .await?;
    changes::number_written(&mut conn).await;
    Ok(HttpResponse::Ok().json(json!({"id": id, "erased": erased.hashes, "salt": erased.salt})))
}

fn read(layer: &'static Layer, asked: &Value) -> Result<(Vec<&'static Field>, String), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut fields = Vec::new();
    let names = asked["fields"].as_array().filter(|names| !names.is_empty());
    if names.is_none() {
        problems.push(Problem::in_body("/fields", text!("required/erased")));
    }
    for (index, name) in names.into_iter().flatten().enumerate() {
        let field = name.as_str().and_then(|name| layer.field(name));
        match field.filter(|field| layer.is_erasable(field)) {
            Some(field) => fields.push(field),
            None => problems.push(Problem::in_body(format!("/fields/{index}"), text!("field.not_erasable"))),
        }
    }
    let reason = match body::reason(asked["reason"].as_str().unwrap_or_default()) {
        Ok(reason) if !reason.is_empty() => reason,
        Ok(_) => {
            problems.push(Problem::in_body("/reason", text!("required/reason", max = body::LONGEST_REASON)));
            String::new()
        }
        Err(error) => {
            problems.extend_from_slice(error.problems());
            String::new()
        }
    };
    for name in asked.as_object().into_iter().flat_map(|object| object.keys()) {
        if !["fields", "reason"].contains(&name.as_str()) {
            problems.push(Problem::in_body(format!("/{name}"), text!("field.unknown", name)));
        }
    }
    if problems.is_empty() { Ok((fields, reason)) } else { Err(problems) }
}
