//! `/statements/imports`: sheets of statements. The file is sent twice: to be planned, then with the plan to be written.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::{Caller, may_state};
use crate::error::Error;
use crate::files::export::Format;
use crate::http::clock::Clock;
use crate::http::download::download;
use crate::http::extract::by;
use crate::http::heavy;
use crate::http::imports::{in_language, receive};
use crate::http::language::wants_vietnamese;
use crate::http::state::App;
use crate::input::Params;
use crate::statements::Kind;
use crate::statements::sheet::{Sent, import, template};
use crate::texts::{Text, text};

/// `POST /api/v1/statements/imports`: says what a file would do. With `commit`, the hash of that plan, writes it.
pub async fn import_statements(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    if caller.is_anonymous() {
        return Err(Error::Unauthorized);
    }
    let received = receive(&request, payload, &app).await?;
    let mut params = Params::parse(&received.query);
    let kind = kind(&mut params)?
        .ok_or_else(|| Error::of_parameter("kind", text!("parameter.invalid", name = "kind", expected = kinds())))?;
    let plan = params.take("commit")?;
    params.finish()?;
    may_state(&caller, kind.stated())?;
    let by = by(&app, &request, caller.name());
    let today = Clock::of(&request).today();
    let place = app.heavy.place_for(received.file.clone()).await?;
    let is_commit = plan.is_some();
    let planned = heavy::run(place, move || async move {
        let sent = Sent { kind, caller: &caller, by: &by, today, file: &received.file, plan: plan.as_deref() };
        import(&mut *app.store.connection().await?, sent).await
    });
    let mut answer = json!(planned.await?);
    answer["findings"] = in_language(answer["findings"].take(), wants_vietnamese(&request));
    answer["kind"] = json!(kind.name());
    answer["committed"] = json!(is_commit);
    Ok(HttpResponse::Ok().json(answer))
}

/// `GET /api/v1/statements/import-template.xlsx`: an empty workbook to fill in.
pub async fn show_statement_template(request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    params.format(&["xlsx"])?;
    let kind = kind(&mut params)?.unwrap_or(Kind::Values);
    params.finish()?;
    let bytes = template(kind).map_err(anyhow::Error::new)?;
    Ok(download(Format::Xlsx.media_type(), &format!("statements_{}.xlsx", kind.name()), bytes))
}

fn kind(params: &mut Params) -> Result<Option<Kind>, Error> {
    params.read("kind", kinds(), Kind::of_name)
}

fn kinds() -> Text {
    text!("expected.one_of", known = Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>())
}
