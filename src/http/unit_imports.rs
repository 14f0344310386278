//! `POST /units/imports`: lists, mappings, boundaries and counts of units, from the files that the command line takes.
//! The file is sent twice: to be planned, then with the plan to be written.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel::result::Error as DieselError;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::access::{Caller, may_administer};
use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::error::Error;
use crate::files::refused::{FileProblem, Refused, Spot};
use crate::http::extract::by;
use crate::http::heavy;
use crate::http::imports::receive;
use crate::http::language::wants_vietnamese;
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Problem;
use crate::texts::text;
use crate::time::date_of;
use crate::units::import::{Import, Imported, run};

/// `POST /api/v1/units/imports`: says what a file would add, change and end. With `commit`, the hash of that plan,
/// writes it.
pub async fn import_units(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    may_administer(&caller)?;
    let received = receive(&request, payload, &app).await?;
    let mut params = Params::parse(&received.query);
    let import = import(&mut params)?;
    let plan = params.take("commit")?;
    params.finish()?;
    let unreadable = || Error::Invalid(vec![Problem::in_body("", text!("file.encoding"))]);
    let (by, vietnamese) = (by(&app, &request, caller.name()), wants_vietnamese(&request));
    let place = app.heavy.place_for(received.file.clone()).await?;
    let answer = heavy::run(place, move || async move {
        let text = str::from_utf8(&received.file).map_err(|_| unreadable())?;
        let mut conn = app.store.connection().await?;
        match plan {
            Some(plan) => committed(&mut conn, text, &import, &plan, &by).await,
            None => planned(&mut conn, text, &import, vietnamese).await,
        }
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

fn import(params: &mut Params) -> Result<Import, Error> {
    let kinds = ["list", "boundaries", "mapping", "census"];
    let expected = text!("expected.one_of", known = kinds.to_vec());
    let kind = params.read("kind", expected.clone(), |text| kinds.into_iter().find(|kind| *kind == text))?;
    let missing = |name: &str, expected| Error::of_parameter(name, text!("parameter.invalid", name, expected));
    let day = |params: &mut Params, name: &str| {
        params.read(name, text!("expected.day"), date_of)?.ok_or_else(|| missing(name, text!("expected.day")))
    };
    Ok(match kind {
        Some("list") => {
            let covers = text!("expected.one_of", known = vec!["country", "listed"]);
            let country = params.read("covers", covers, |text| match text {
                "country" => Some(true),
                "listed" => Some(false),
                _ => None,
            })?;
            Import::List { as_of: day(params, "as_of")?, country }
        }
        Some("boundaries") => Import::Boundaries { as_of: day(params, "as_of")? },
        Some("mapping") => Import::Mapping { on: day(params, "on")? },
        Some(_) => {
            let on = day(params, "on")?;
            let units_as_of = params.read("units_as_of", text!("expected.day"), date_of)?.unwrap_or(on);
            let source = params.take("source")?.filter(|source| !source.trim().is_empty());
            Import::Census { on, units_as_of, source: source.ok_or_else(|| missing("source", text!("expected.text")))? }
        }
        None => return Err(missing("kind", expected)),
    })
}

/// Ends the transaction of a plan.
struct Planned(Result<Value, Error>);

impl From<DieselError> for Planned {
    fn from(error: DieselError) -> Planned {
        Planned(Err(error.into()))
    }
}

/// Imports the file and takes it back.
async fn planned(conn: &mut AsyncPgConnection, text: &str, import: &Import, vietnamese: bool) -> Result<Value, Error> {
    let ended = conn
        .transaction(async |conn| -> Result<(), Planned> {
            let answer = match run(conn, text, import, |_, _| ()).await {
                Ok(imported) => Ok(answer(text, import, &imported, false)),
                Err(error) => refused(error, vietnamese),
            };
            Err(Planned(answer))
        })
        .await;
    ended.map_or_else(|Planned(answer)| answer, |()| Ok(Value::Null))
}

async fn committed(
    conn: &mut AsyncPgConnection,
    text: &str,
    import: &Import,
    plan: &str,
    by: &By,
) -> Result<Value, Error> {
    conn.transaction(async |conn| {
        let imported = match run(conn, text, import, |_, _| ()).await {
            Ok(imported) => imported,
            Err(error) => {
                let answer = refused(error, false)?;
                let count = answer["findings"].as_array().map_or(0, Vec::len);
                return Err(Error::Outdated(vec![Problem::in_body("", text!("import.has_errors", count))]));
            }
        };
        let answer = answer(text, import, &imported, true);
        if answer["plan"] != plan {
            return Err(Error::Outdated(vec![Problem::of_parameter("commit", text!("import.other_plan"))]));
        }
        let detail = json!({"file": imported.summary.what, "counts": answer["counts"], "plan": plan});
        audit::add(conn, by, "units.import", detail).await?;
        Ok(answer)
    })
    .await
}

fn answer(text: &str, import: &Import, imported: &Imported, committed: bool) -> Value {
    let Imported { summary, left_out } = imported;
    let counts = json!({
        "created": summary.created,
        "closed": summary.closed,
        "widened": summary.widened,
        "corrected": summary.corrected,
        "adopted": summary.adopted,
        "removed": summary.removed,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "changes_added": summary.changes_added,
        "changes_removed": summary.changes_removed,
    });
    let digest = Sha256::digest(format!("{import:?}\n{counts}\n{}\n{text}", summary.notes.join("\n")));
    let plan: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "what": summary.what,
        "counts": counts,
        "notes": summary.notes,
        "left_out": left_out,
        "findings": [],
        "plan": format!("sha256:{plan}"),
        "committed": committed,
    })
}

/// The findings of a file that was refused.
fn refused(error: anyhow::Error, vietnamese: bool) -> Result<Value, Error> {
    let refused = match error.downcast::<Refused>() {
        Ok(refused) => refused,
        Err(error) if error.is::<DieselError>() => return Err(Error::Internal(error)),
        Err(error) => {
            let text = text!("units.refused", reason = error.to_string());
            return Err(Error::Invalid(vec![Problem::in_body("", text)]));
        }
    };
    let finding = |problem: &FileProblem| {
        let (row, feature) = match problem.spot {
            Spot::Line(line) => (Some(line), None),
            Spot::Feature(number) => (None, Some(number)),
            Spot::File => (None, None),
        };
        json!({
            "row": row,
            "feature": feature,
            "field": problem.field,
            "code": problem.reason.code(),
            "severity": "error",
            "message": problem.reason.say(vietnamese),
            "messages": {"vi": problem.reason.vi(), "en": problem.reason.en()},
        })
    };
    let findings: Vec<_> = refused.problems.iter().map(finding).collect();
    Ok(json!({"findings": findings, "plan": null, "committed": false}))
}
