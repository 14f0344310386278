//! `/imports`: plans, commits, undoes and returns files of records.

mod again;
mod answer;
mod questions;
mod rows;
mod suggestions;
mod upload;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::access::{Caller, View, may_write};
use crate::error::Error;
use crate::http::clock::Clock;
use crate::http::download::download;
use crate::http::extract::{LayerPath, WriteRequest};
use crate::http::heavy::{self, Place};
use crate::http::language::wants_vietnamese;
use crate::http::links::base;
use crate::http::paging::{DEFAULT_LIMIT, Paging};
use crate::http::state::App;
use crate::http::writes::writable;
use crate::imports::interpret::{
    Correction, Finding, Locality, corrected_cells, refused, returned, stored_mappings, template,
};
use crate::imports::{Consent, Import};
use crate::input::{Members, Params};
use crate::layers::{Layer, Problem, Type};
use crate::postgres::Connection;
use crate::texts::text;
use crate::{imports, units};

pub use again::plan_import;
pub use answer::in_language;
pub use rows::list_import_rows;
pub use suggestions::accept_suggestions;
pub use upload::receive;

/// How long a client waits for a plan before it is told to ask again.
const PATIENCE: Duration = Duration::from_secs(25);

/// The place in the examples of a template without a commune, in Đông Sơn.
const SOMEWHERE: (f64, f64) = (105.733, 19.817);

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `POST /api/v1/collections/{collection}/imports`: plans what a file would do, without writing its records. Answers
/// `201` with the plan, or `202` if planning takes longer; then `GET /imports/{id}` shows the progress.
pub async fn create_import(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    writable(layer)?;
    may_write(&caller, layer)?;
    let (sent, room) = upload::read(layer, &caller, &request, payload, &app).await?;
    let place = app.heavy.place_for(Arc::clone(&sent.file)).await?;
    let (planner, mut conn) = (caller.clone(), app.store.connection().await?);
    let (tell, created) = oneshot::channel();
    let done = patiently(place, move || async move {
        let _room = room;
        let id = imports::create(&mut conn, &planner, layer, &sent).await?;
        tell.send(id).ok();
        imports::plan(&mut conn, &planner, layer, id, sent).await
    });
    let done = done.await?;
    let id = created.await.map_err(anyhow::Error::new)?;
    let mut conn = app.store.connection().await?;
    let import = imports::find(&mut conn, &caller, id).await?.ok_or(Error::NotFound)?;
    let document = answer::document(&mut conn, &app, &request, &import).await?;
    let mut response = if done { HttpResponse::Created() } else { HttpResponse::Accepted() };
    Ok(response.insert_header((LOCATION, format!("{}/imports/{id}", base(&app, &request)))).json(document))
}

/// Plans an import. Returns whether that ended while the client waits.
async fn patiently<F: Future<Output = Result<(), Error>> + 'static>(
    place: Place,
    plan: impl FnOnce() -> F + Send + 'static,
) -> Result<bool, Error> {
    let planning = actix_web::rt::spawn(heavy::run(place, plan));
    match actix_web::rt::time::timeout(PATIENCE, planning).await {
        Ok(planned) => planned.map_err(anyhow::Error::new)?.map(|()| true),
        Err(_) => Ok(false),
    }
}

/// `GET /api/v1/imports`: the caller's own imports, newest first. Administrators see all.
pub async fn list_imports(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    if caller.is_anonymous() {
        return Err(Error::Unauthorized);
    }
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let paging = Paging::read(&mut params, DEFAULT_LIMIT, |text| text.parse().ok())?;
    params.finish()?;
    let mut conn = app.store.connection().await?;
    let mut imports = imports::list(&mut conn, &caller, paging.cursor, paging.sought()).await?;
    let links = paging.links(&app, &request, &mut imports, |import| import.id.to_string());
    let base = base(&app, &request);
    let imports: Vec<_> = imports.iter().map(|import| answer::summary(&base, import)).collect();
    Ok(HttpResponse::Ok().json(json!({"imports": imports, "links": links})))
}

/// `GET /api/v1/imports/{import}`: the plan, or its progress.
pub async fn find_import(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    let (import, _) = visible(&mut conn, &caller, &path).await?;
    Ok(HttpResponse::Ok().json(answer::document(&mut conn, &app, &request, &import).await?))
}

/// `POST /api/v1/imports/{import}/commit`: writes everything in the plan or nothing, or its rows without errors.
pub async fn commit_import(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    let WriteRequest { app, caller, request, body } = &write;
    let mut conn = write.connection().await?;
    let (import, layer) = visible(&mut conn, caller, &path).await?;
    may_write(caller, layer)?;
    Params::only_format(request.query_string(), &["json"])?;
    let mut members = Members::of_body(body)?;
    let plan = members.text("plan", 100);
    let plan = members.required("plan", plan).unwrap_or_default();
    let consent = Consent {
        plan,
        accept_warnings: members.flag("accept_warnings").unwrap_or_default(),
        confirm_missing: members.flag("confirm_missing").unwrap_or_default(),
        confirm_new: members.flag("confirm_new").unwrap_or_default(),
        only_valid: members.one_of("only", &["valid"]).is_some(),
    };
    members.finish()?;
    imports::commit(&mut conn, caller, layer, import.id, &consent, app.limits.request_timeout_s).await?;
    let import = imports::find(&mut conn, caller, import.id).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(answer::document(&mut conn, app, request, &import).await?))
}

/// `POST /api/v1/imports/{import}/undo`: restores every record that has not been changed since, and lists the others.
pub async fn undo_import(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    let WriteRequest { app, caller, request, .. } = &write;
    let mut conn = write.connection().await?;
    let (import, layer) = visible(&mut conn, caller, &path).await?;
    may_write(caller, layer)?;
    write.nothing()?;
    imports::undo(&mut conn, caller, layer, import.id, app.limits.request_timeout_s).await?;
    let import = imports::find(&mut conn, caller, import.id).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().json(answer::document(&mut conn, app, request, &import).await?))
}

/// `GET /api/v1/imports/{import}/workbook`: the file as a workbook that marks what is wrong in each cell. With
/// `rows=refused` only the rows with errors, to be corrected and sent.
pub async fn show_workbook(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    params.format(&["xlsx"])?;
    let is_refused = |text: &str| (text == "refused").then_some(());
    let only_refused = params.read("rows", text!("expected.one_of", known = vec!["refused"]), is_refused)?.is_some();
    params.finish()?;
    let mut conn = app.store.connection().await?;
    let (import, layer) = visible(&mut conn, &caller, &path).await?;
    let file = imports::file(&mut conn, import.id).await?.ok_or(Error::NotFound)?;
    let states: HashMap<_, _> = imports::operations(&mut conn, import.id).await?.into_iter().collect();
    let missing = imports::listed(&mut conn, import.id, "missing", i64::MAX).await?;
    drop(conn);
    let corrections: Vec<Correction> = serde_json::from_value(import.corrections).map_err(anyhow::Error::new)?;
    let findings: Vec<Finding> = serde_json::from_value(import.findings).map_err(anyhow::Error::new)?;
    let mappings = stored_mappings(layer, &import.mappings);
    let file: Arc<[u8]> = file.into();
    let place = app.heavy.place_for(Arc::clone(&file)).await?;
    let written = heavy::run(place, move || async move {
        if only_refused {
            return refused::answer(layer, &file, mappings, &corrections, findings, states);
        }
        let corrected = corrected_cells(layer, &file, &mappings, &corrections)?;
        let outcome =
            returned::Outcome { findings: &findings, states: &states, missing: &missing, corrected: &corrected };
        returned::answer(layer, &file, &mappings, &outcome)
    });
    let bytes = written.await?;
    Ok(download(XLSX, &format!("{}-ket-qua.xlsx", stem(import.file_name.as_deref().unwrap_or_default())), bytes))
}

/// The name of a file without folders, ending, and what no file system takes.
fn stem(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let cleaned: String = stem.chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c)).take(100).collect();
    let cleaned = cleaned.trim_matches(['.', ' ']);
    if cleaned.is_empty() { "import".to_owned() } else { cleaned.to_owned() }
}

/// `GET /api/v1/collections/{collection}/import-template.xlsx`: an empty workbook to fill in.
pub async fn show_template(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["xlsx"])?;
    if !layer.is_writable() {
        return Err(Error::NotFound);
    }
    let view = View::new(&caller, layer);
    let mut conn = app.store.connection().await?;
    let ids = view.communes_written().map(|ids| ids.into_iter().collect());
    let communes = units::communes_of_today(&mut conn, ids).await?;
    // Anonymous callers get the same columns as an editor who may not see restricted fields.
    let class = view.class_written().max(crate::layers::Class::Internal);
    let is_asked = |field: &&'static crate::layers::Field| {
        field.writable
            && layer.class(field) <= class
            && !matches!(field.name, "source" | "declared_on")
            && !matches!(field.value, Type::Timestamp)
    };
    let fields: Vec<_> = layer.fields().filter(is_asked).collect();
    let first = communes.first().and_then(|commune| commune.split(' ').next()).unwrap_or_default();
    let place = units::place_in_commune(&mut conn, first).await?.unwrap_or(SOMEWHERE);
    let locality = Locality { communes, place };
    let today = Clock::of(&request).today();
    let written = web::block(move || template::write(layer, &fields, &locality, today));
    let bytes = written.await.map_err(anyhow::Error::new)?.map_err(anyhow::Error::new)?;
    Ok(download(XLSX, &format!("{}.xlsx", layer.collection), bytes))
}

/// The members of a body whose texts are kept as JSON, in which PostgreSQL cannot store a NUL.
fn members_of(body: &[u8]) -> Result<Members, Error> {
    let members = Members::of_body(body)?;
    match body.windows(6).any(|part| part == br"\u0000") {
        true => Err(Error::Invalid(vec![Problem::in_body("", text!("text.control/body"))])),
        false => Ok(members),
    }
}

/// Finds the import that the path names, and its layer: 401 for anonymous callers, 404 for imports that the caller may
/// not see.
async fn visible(conn: &mut Connection, caller: &Caller, id: &str) -> Result<(Import, &'static Layer), Error> {
    if caller.is_anonymous() {
        return Err(Error::Unauthorized);
    }
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let import = imports::find(conn, caller, id).await?.ok_or(Error::NotFound)?;
    let layer = Layer::of_collection(&import.collection).ok_or(Error::NotFound)?;
    Ok((import, layer))
}

/// The language of the findings.
fn vietnamese(request: &HttpRequest) -> bool {
    wants_vietnamese(request)
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn names_of_files_lead_to_no_folder() {
        for (name, stem_of_it) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\tệp\\Danh sách.v2.xlsx", "Danh sách.v2"),
            ("..", "import"),
            ("", "import"),
            ("a\r\nb\"c.csv", "abc"),
        ] {
            assert_eq!(stem(name), stem_of_it);
        }
    }
}
