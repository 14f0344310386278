//! Writing what a plan says: everything, or nothing.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;
use uuid::Uuid;

use crate::access::{Caller, View};
use crate::accounts::audit;
use crate::accounts::audit::Event;
use crate::error::Error;
use crate::imports::{Import, check, imports};
use crate::layers::{Layer, Problem};
use crate::postgres::limit_statements;
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};
use crate::register::{assets, batches, changes};

/// What the committer has seen and agrees to.
#[derive(Debug, Clone, Default)]
pub struct Consent {
    /// The hash of the plan.
    pub plan: String,
    pub accept_warnings: bool,
    /// That more than a tenth of a source's records are decommissioned.
    pub confirm_missing: bool,
}

/// Commits an import that [`find`](crate::imports::find) has shown. One that is committed already stays as it is. No statement
/// takes longer than `limit_s` seconds.
///
/// # Errors
/// Conflict when the plan is another, or a record has changed since (which); invalid when there are errors, or warnings
/// that nobody accepted.
pub async fn commit(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    id: Uuid,
    consent: &Consent,
    limit_s: u64,
) -> Result<(), Error> {
    let view = View::new(caller, layer);
    conn.transaction(async |conn| {
        limit_statements(conn, limit_s).await?;
        let import: Import =
            imports::table.find(id).select(Import::as_select()).for_update().first(conn).await?;
        if import.plan.as_deref() != Some(&consent.plan) {
            return Err(Error::Outdated(vec![Problem::at(
                "/plan",
                "import.other_plan",
                "Đây không phải là kế hoạch của lần nhập này; hãy xem lại kế hoạch.",
                "This is not the plan of this import: look at it again.",
            )]));
        }
        match import.status.as_str() {
            "committed" => return Ok(()),
            "planned" => {}
            _ => {
                return Err(Error::Outdated(vec![Problem::at(
                    "",
                    "import.not_planned",
                    "Lần nhập này không còn chờ ghi.",
                    "This import does not wait to be committed.",
                )]));
            }
        }
        agreed(&import, consent)?;
        still_holds(conn, &view, id).await?;
        let batch = write(conn, caller, layer, &import, id).await?;
        diesel::update(imports::table.find(id))
            .set((
                imports::status.eq("committed"),
                imports::committed_at.eq(diesel::dsl::now),
                imports::batch_id.eq(batch),
            ))
            .execute(conn)
            .await?;
        let ids: Row = Sql::new(
            "select coalesce(jsonb_agg(record_id), '[]') from import_rows where op in ('create', 'update', 'missing') and import_id = ",
        )
        .bind(Bind::Text(id.to_string()))
        .text("::uuid")
        .get_result(conn)
        .await?;
        let ids: Vec<i64> = serde_json::from_value(ids.cells[0].to_json()).unwrap_or_default();
        assets::check_scope(conn, &view, &ids).await
    })
    .await?;
    changes::number(conn).await?;
    if let Err(error) = check::refresh_statistics(conn, layer.table()).await {
        tracing::warn!(%error, "the planner does not know of what was imported yet");
    }
    Ok(())
}

fn agreed(import: &Import, consent: &Consent) -> Result<(), Error> {
    let count = |name: &str| import.counts[name].as_i64().unwrap_or_default();
    let findings = import.findings.as_array().map(Vec::as_slice).unwrap_or_default();
    let has = |code: &str| findings.iter().any(|finding| finding["code"] == code);
    let mut problems = Vec::new();
    if count("error") > 0 {
        problems.push(Problem::at(
            "",
            "import.has_errors",
            format!("Còn {} dòng có lỗi; hãy sửa tệp rồi gửi lại.", count("error")),
            format!("{} rows have errors: correct the file and send it again.", count("error")),
        ));
    }
    if count("warning") > 0 && !consent.accept_warnings {
        problems.push(Problem::at(
            "/accept_warnings",
            "import.warnings",
            format!("Có {} cảnh báo; hãy xem và xác nhận (accept_warnings).", count("warning")),
            format!("There are {} warnings: look at them and accept them (accept_warnings).", count("warning")),
        ));
    }
    if has("snapshot.many_missing") && !consent.confirm_missing {
        problems.push(Problem::at(
            "/confirm_missing",
            "import.many_missing",
            "Danh sách thiếu hơn 10% bản ghi; cần xác nhận riêng (confirm_missing).",
            "The list lacks more than 10% of the records: to be confirmed by itself (confirm_missing).",
        ));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// That every record is as it was planned with, and that nobody has taken a key since.
async fn still_holds(conn: &mut AsyncPgConnection, view: &View<'_>, id: Uuid) -> Result<(), Error> {
    let import = || Bind::Text(id.to_string());
    let changed = Sql::new("select r.sheet, r.row, r.record_id from import_rows r left join ")
        .name(view.layer.table())
        .text(
            " t on t.id = r.record_id and t.deleted_at is null where r.op in ('update', 'unchanged', 'missing') \
             and t.version is distinct from r.version and r.import_id = ",
        )
        .bind(import())
        .text("::uuid");
    // One join a key: with an `or` every row was compared with every record.
    let taken = |key: &'static str| {
        Sql::new("select r.sheet, r.row, t.id from import_rows r join ")
            .name(view.layer.table())
            .text(" t on (t.public or ")
            .sql(view.class_of_row())
            .text(" is not null) and coalesce(t.source_org, '') = coalesce(r.changes ->> 'source_org', '') and t.")
            .name(key)
            .text(" = r.changes ->> ")
            .bind(Bind::Text(key.into()))
            .text(" where r.op = 'create' and r.import_id = ")
            .bind(import())
            .text("::uuid")
    };
    let rows: Vec<Row> = Sql::new("select * from (")
        .sql(Sql::join([changed, taken("code"), taken("external_id")], " union "))
        .text(") stale (sheet, row, record_id) order by sheet, row limit 100")
        .load(conn)
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let problems = rows.iter().map(|row| {
        let [sheet, row, record] = &row.cells[..] else { return Problem::at("", "import.stale", "", "") };
        let place = match row.as_integer() {
            Some(number) => format!("{} {number}", sheet.as_text().unwrap_or_default()),
            None => "–".into(),
        };
        let record = record.as_integer().unwrap_or_default();
        Problem::at(
            format!("/rows/{}", row.as_integer().unwrap_or_default()),
            "import.stale",
            format!("Dòng {}: bản ghi {record} đã thay đổi từ khi lập kế hoạch; hãy gửi lại tệp.", place.trim()),
            format!("Row {}: record {record} has changed since the plan was made: send the file again.", place.trim()),
        )
    });
    Err(Error::Outdated(problems.collect()))
}

async fn write(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    import: &Import,
    id: Uuid,
) -> Result<i64, Error> {
    let reason = match &import.file_name {
        Some(name) => format!("import {name}"),
        None => "import".to_owned(),
    };
    let batch = batches::begin(conn, caller, layer, "import", Some(&reason), None).await?;
    Sql::new("select set_config('hatang.batch', ")
        .bind(Bind::Text(batch.to_string()))
        .text(", true), set_config('hatang.reason', ")
        .bind(Bind::Text(reason))
        .text(", true)")
        .execute(conn)
        .await?;
    let own = || layer.fields().filter(|field| field.writable).map(|field| field.name);
    let columns = |prefix, more: &'static [&'static str]| {
        Sql::join(more.iter().copied().chain(own()).map(move |name| Sql::new(prefix).name(name)), ", ")
    };
    let written = |op: &'static str| {
        Sql::new(" r.import_id = ").bind(Bind::Text(id.to_string())).text("::uuid and r.op ").text(op)
    };
    Sql::new("insert into ")
        .name(layer.table())
        .text(" (created_by, updated_by, ")
        .sql(columns("", &["id", "geom"]))
        .text(") select ")
        .bind(Bind::Text(caller.name().into()))
        .text(", ")
        .bind(Bind::Text(caller.name().into()))
        .text(", ")
        .sql(columns("n.", &["id", "geom"]))
        .text(" from import_rows r cross join lateral jsonb_populate_record(null::")
        .name(layer.table())
        .text(", r.changes) n where")
        .sql(written("= 'create'"))
        .text(" order by r.nth")
        .execute(conn)
        .await
        .map_err(|error| Error::of_write(layer, error))?;
    Sql::new("update ")
        .name(layer.table())
        .text(" t set (updated_by, ")
        .sql(columns("", &["geom"]))
        .text(") = (select ")
        .bind(Bind::Text(caller.name().into()))
        .text(", ")
        .sql(columns("n.", &["geom"]))
        .text(" from jsonb_populate_record(t, r.changes) n) from import_rows r where t.id = r.record_id and")
        .sql(written("in ('update', 'missing')"))
        .execute(conn)
        .await
        .map_err(|error| Error::of_write(layer, error))?;
    let event = Event {
        actor: caller.name(),
        action: "import.commit",
        collection: Some(layer.collection),
        detail: json!({"import": id.to_string(), "batch": batch, "counts": import.counts}),
        ..Event::default()
    };
    audit::record(conn, &event).await?;
    Ok(batch)
}
