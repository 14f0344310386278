//! What only the register can tell of planned rows, asked of all of them at once.

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::View;
use crate::files::sheet::Workbook;
use crate::imports::interpret::{Note, Reading, Record, Severity};
use crate::layers::Near;
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::register::place;
use crate::register::place::finding;
use crate::time::today;

/// Places, scope, duplicates; rows with an error then do nothing. `record` is that of a row.
pub async fn check<'r>(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    workbook: &Workbook,
    reading: &mut Reading,
    import: Uuid,
    record: impl Fn(i64) -> Option<&'r Record>,
) -> QueryResult<()> {
    // Else the planner takes the table for empty.
    refresh_statistics(conn, "import_rows").await?;
    let mut refused = Vec::new();
    let note = |reading: &mut Reading, nth: i64, field: Option<&str>, note: Note| {
        if let Some(record) = record(nth) {
            reading.note_record(workbook, record, field, note);
        }
    };
    let values = [Bind::Text(import.to_string()), Bind::Date(today())];
    let rows: Vec<Row> = Sql::file(include_str!("check_places.sql"), &values).load(conn).await?;
    for row in &rows {
        let [nth, code, place @ ..] = &row.cells[..] else { continue };
        let nth = nth.as_integer().unwrap_or_default();
        match finding(place, code.as_text().unwrap_or_default()) {
            Some(place::Finding::Warning(it)) => {
                note(reading, nth, Some("geom"), Note::of_problem(Severity::Warning, it));
            }
            Some(place::Finding::Error(it)) => {
                let field = if it.code == "unit.not_valid" { "declared_commune_code" } else { "geom" };
                note(reading, nth, Some(field), Note::of_problem(Severity::Error, it));
                refused.push(nth);
            }
            None => {}
        }
    }
    let field = if view.writes_by_place() { "geom" } else { "operator" };
    for (nth, commune) in outside_scope(conn, view, import).await? {
        let place = commune.filter(|_| field == "geom").map_or(String::new(), |commune| format!(" ({commune})"));
        let found = Note::error(
            "scope.outside",
            format!("Dòng này{place} nằm ngoài phạm vi được giao cho bạn."),
            format!("This row{place} lies outside of what is yours."),
        );
        note(reading, nth, Some(field), found);
        refused.push(nth);
    }
    // From here on rows with an error do nothing, and are no neighbours.
    Sql::new("update import_rows set op = 'error' where import_id = ")
        .bind(Bind::Text(import.to_string()))
        .text("::uuid and nth = any(")
        .bind(Bind::Integers(refused))
        .text(")")
        .execute(conn)
        .await?;
    if let Some(rule) = &view.layer.near {
        for (nth, found) in near(conn, view, import, rule).await? {
            note(reading, nth, Some("geom"), found);
        }
    }
    Ok(())
}

/// Tells the planner how many rows a table has, of an import or a layer.
pub async fn refresh_statistics(conn: &mut AsyncPgConnection, table: &str) -> QueryResult<()> {
    Sql::new("select refresh_statistics(").bind(Bind::Text(table.into())).text(")").execute(conn).await?;
    Ok(())
}

/// Rows whose record would lie outside of what the caller may write, with the commune in which it would.
async fn outside_scope(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    import: Uuid,
) -> QueryResult<Vec<(i64, Option<String>)>> {
    let rows: Vec<Row> = Sql::new(
        "select t.nth, (select format('%s %s', u.code, u.name) from admin_units u where u.id = t.commune_id) from (select r.nth::bigint, r.hamlet_id, r.operator, coalesce(r.commune_id, stored.commune_id) as commune_id \
         from import_rows r left join ",
    )
    .name(view.layer.table())
    .text(" stored on stored.id = r.record_id and not r.moved where r.op in ('create', 'update') and r.import_id = ")
    .bind(Bind::Text(import.to_string()))
    .text("::uuid) t where not ")
    .sql(view.writable())
    .load(conn)
    .await?;
    let outside = |row: &Row| Some((row.cells[0].as_integer()?, row.cells[1].as_text().map(str::to_owned)));
    Ok(rows.iter().filter_map(outside).collect())
}

/// Rows near a record, or an earlier row, that is likely the same; see [`neighbours`](crate::register::near::neighbours),
/// which asks it of what is written. Only records whose exact place the sender sees.
async fn near(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    import: Uuid,
    near: &Near,
) -> QueryResult<Vec<(i64, Note)>> {
    let reach_m = near.shared_site_m.map_or(near.distance_m, |site_m| site_m.max(near.distance_m));
    let here = |condition: &'static str| {
        Sql::new(" where r.import_id = ")
            .bind(Bind::Text(import.to_string()))
            .text("::uuid and r.moved and r.op in ('create', 'update') and ")
            .text(condition)
    };
    let exact = if view.layer.hides_place() { "> 0" } else { "is not null" };
    let in_register = Sql::new("select r.nth::bigint, t.code, ")
        .sql(view.name_of_row())
        .text(", d.metres, ")
        .sql(agrees(near, "t."))
        .text(" from import_rows r join ")
        .name(view.layer.table())
        .text(" t on t.geom && st_expand(r.place, ")
        .bind(Bind::Double(reach_m / 100_000.0))
        .text(") cross join lateral (select st_distance(t.geom::geography, r.place::geography) as metres) d")
        .sql(here("t.id is distinct from r.record_id and t.deleted_at is null and t.lifecycle_status <> 'decommissioned'"))
        // What the file itself moves is compared where it will be.
        .text(" and t.id not in (select own.record_id from import_rows own where own.moved and own.record_id is not null and own.import_id = ")
        .bind(Bind::Text(import.to_string()))
        .text("::uuid) and ")
        .sql(view.class_of_row())
        .text(" ")
        .text(exact);
    let in_file = Sql::new("select r.nth::bigint, coalesce(o.changes ->> 'code', concat_ws(' ', o.sheet, o.row)), o.changes ->> 'name', d.metres, ")
        .sql(agrees(near, "t."))
        .text(" from import_rows r join import_rows o on o.moved and o.place && st_expand(r.place, ")
        .bind(Bind::Double(reach_m / 100_000.0))
        .text(") cross join lateral (select st_distance(o.place::geography, r.place::geography) as metres) d cross join lateral jsonb_populate_record(null::")
        .name(view.layer.table())
        .text(", o.compared) t")
        // `is true` keeps the planner from reading all earlier rows by the primary key: 12 s against 0.3 of 20,000 rows.
        .sql(here("(o.import_id = r.import_id and o.nth < r.nth) is true and o.op in ('create', 'update')"));
    let rows: Vec<Row> = Sql::new("select distinct on (nth) * from (")
        .sql(in_register)
        .text(" union all ")
        .sql(in_file)
        .text(") found (nth, code, name, metres, is_same) where is_same and metres <= ")
        .bind(Bind::Double(near.distance_m))
        .text(" or not is_same and metres <= ")
        .bind(Bind::Double(near.shared_site_m.unwrap_or(-1.0)))
        .text(" order by nth, is_same desc, metres")
        .load(conn)
        .await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let [nth, code, name, metres, is_same] = &row.cells[..] else { return None };
            let Cell::Double(metres) = metres else { return None };
            let what = [code.as_text(), name.as_text()].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let note = if is_same.to_json() == false {
                Note::info(
                    "hint.shared_site",
                    format!("Cách {what} của nhà mạng khác {metres:.0} m: có thể dùng chung vị trí."),
                    format!("{metres:.0} m from {what} of another operator: perhaps a shared site."),
                )
            } else {
                Note::warning(
                    "dup.near",
                    format!("Cách {what} {metres:.0} m: có thể trùng."),
                    format!("{metres:.0} m from {what}: perhaps the same."),
                )
            };
            Some((nth.as_integer()?, note))
        })
        .collect())
}

/// Whether a record under an alias agrees with the planned row `r`, so that near it is likely the same.
fn agrees(near: &Near, alias: &'static str) -> Sql {
    let planned = |name: &'static str| Sql::new("(r.compared ->> ").bind(Bind::Text(name.into())).text(")");
    let same = crate::register::near::alike(near, planned, alias);
    let Some(direction) = near.direction else { return same };
    same.text(" and coalesce(180 - abs(abs(")
        .text(alias)
        .name(direction)
        .text(" - ")
        .sql(planned(direction))
        .text("::double precision) - 180) <= ")
        .bind(Bind::Double(Near::DEGREES))
        .text(", true)")
}

/// Plans to decommission what the list of a source no longer has, and says so when it is much.
pub async fn missing(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    import: Uuid,
    source_org: Option<&str>,
    effective_on: NaiveDate,
    reading: &mut Reading,
) -> QueryResult<()> {
    let Some(source_org) = source_org else { return Ok(()) };
    let id = || Bind::Text(import.to_string());
    let missing = Sql::new(
        "insert into import_rows (import_id, nth, sheet, op, record_id, version, changes, before, commune_id, hamlet_id) \
         select ",
    )
    .bind(id())
    .text("::uuid, (select coalesce(max(nth), -1) from import_rows where import_id = ")
    .bind(id())
    .text(
        "::uuid) + row_number() over (order by t.id), '', 'missing', t.id, t.version, \
         jsonb_build_object('lifecycle_status', 'decommissioned', 'decommissioned_on', greatest(t.installed_on, ",
    )
    .bind(Bind::Date(effective_on))
    .text("), 'effective_on', ")
    .bind(Bind::Date(effective_on))
    .text(
        "), jsonb_build_object('code', t.code, 'name', ",
    )
    .sql(view.name_of_row())
    .text(
        ", 'lifecycle_status', t.lifecycle_status, \
         'decommissioned_on', t.decommissioned_on), t.commune_id, t.hamlet_id from ",
    )
    .name(view.layer.table())
    .text(" t where t.deleted_at is null and t.lifecycle_status <> 'decommissioned' and t.source_org = ")
    .bind(Bind::Text(source_org.into()))
    .text(" and ")
    .sql(view.writable())
    .text(" and not exists (select from import_rows r where r.record_id = t.id and r.import_id = ")
    .bind(id())
    .text("::uuid)")
    .execute(conn)
    .await?;
    let row: Row =
        Sql::new("select count(*) from import_rows where op <> 'create' and record_id is not null and import_id = ")
            .bind(id())
            .text("::uuid")
            .get_result(conn)
            .await?;
    let known = row.cells[0].as_integer().unwrap_or_default();
    if missing as i64 * 10 > known {
        let note = Note::warning(
            "snapshot.many_missing",
            format!(
                "Danh sách thiếu {missing} trong {known} bản ghi hiện có, quá 10%: cần xác nhận riêng (confirm_missing)."
            ),
            format!(
                "The list lacks {missing} of {known} records, more than 10%: to be confirmed by itself (confirm_missing)."
            ),
        );
        reading.note("", None, None, None, None, note);
    }
    Ok(())
}

/// How many rows do what.
pub async fn counts(conn: &mut AsyncPgConnection, import: Uuid) -> QueryResult<Value> {
    let row: Row = Sql::new(
        "select jsonb_build_object('create', count(*) filter (where op = 'create'), 'update', count(*) filter (where op = 'update'), \
         'unchanged', count(*) filter (where op = 'unchanged'), 'missing', count(*) filter (where op = 'missing')) \
         from import_rows where import_id = ",
    )
    .bind(Bind::Text(import.to_string()))
    .text("::uuid")
    .get_result(conn)
    .await?;
    Ok(row.cells.into_iter().next().map_or_else(|| json!({}), |cell| cell.to_json()))
}

/// What the rows would do, as a hash.
pub async fn hash(conn: &mut AsyncPgConnection, import: Uuid) -> QueryResult<String> {
    let row: Row = Sql::new(
        "select encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', nth, op, record_id, version, md5(changes::text)), \
         E'\\n' order by nth), ''), 'UTF8')), 'hex') from import_rows where import_id = ",
    )
    .bind(Bind::Text(import.to_string()))
    .text("::uuid")
    .get_result(conn)
    .await?;
    Ok(row.cells[0].as_text().unwrap_or_default().to_owned())
}
