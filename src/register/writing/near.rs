//! Finds records that may be duplicates of the written ones, or share their site.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::access::View;
use crate::error::Error;
use crate::layers::{Layer, Near, Problem};
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::statements::of_import;
use crate::register::writing::{PlannedRow, Refused, Writing};
use crate::texts::text;

/// A neighbour of a row.
#[derive(Debug, Clone, QueryableByName)]
pub struct Neighbour {
    /// The number of a planned row, or the id of a written one.
    #[diesel(sql_type = BigInt)]
    pub key: i64,
    /// `None` if it is another row of the same file.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub id: Option<i64>,
    #[diesel(sql_type = Text)]
    pub code: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
    #[diesel(sql_type = Double)]
    pub distance_m: f64,
    /// True for a possible duplicate, false for a shared site.
    #[diesel(sql_type = Bool)]
    pub is_same: bool,
}

/// Runs after the write. Refuses rows near a possible duplicate, unless the writer has confirmed it. Adds shared sites
/// to `warnings`.
pub(super) async fn check(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    rows: &[PlannedRow],
    warnings: &mut [Vec<Problem>],
) -> Result<(), Refused> {
    let Some(near) = &writing.view.layer.near else { return Ok(()) };
    let compared: Vec<_> = ["geom"].into_iter().chain(near.compared()).collect();
    let moved: Vec<_> = rows.iter().filter(|row| row.touches(&compared)).collect();
    let mut neighbours: HashMap<(i64, bool), Vec<Neighbour>> = HashMap::new();
    for neighbour in of_written(conn, &writing.view, near, moved.iter().map(|row| row.id).collect()).await? {
        neighbours.entry((neighbour.key, neighbour.is_same)).or_default().push(neighbour);
    }
    let mut refused = Vec::new();
    for row in moved {
        let of_row = |is_same| neighbours.get(&(row.id, is_same)).map_or(&[][..], Vec::as_slice);
        if let Some(problem) = problem(of_row(true)) {
            let is_confirmed = writing.confirmed.iter().any(|code| code == problem.code);
            match is_confirmed || writing.unconditional {
                true => warnings[row.nth].push(problem),
                false => refused.push((row.nth, Error::Conflict(problem))),
            }
        }
        warnings[row.nth].extend(problem(of_row(false)));
    }
    Refused::unless_none(refused)
}

/// The neighbours of written records, nearest first.
async fn of_written(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    near: &Near,
    ids: Vec<i64>,
) -> QueryResult<Vec<Neighbour>> {
    let written = Sql::new("select w.*, w.id as key from ")
        .name(view.layer.table())
        .text(" w where w.id = any(")
        .bind(Bind::Integers(ids))
        .text(")");
    within_reach(near, "select", in_register(view, near, written, Sql::new(""))).load(conn).await
}

/// The nearest neighbour of each planned row of an import, in the register or among the earlier rows. A likely
/// duplicate comes before a shared site.
pub async fn of_import_rows(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    import: Uuid,
) -> QueryResult<Vec<Neighbour>> {
    let Some(near) = &view.layer.near else { return Ok(Vec::new()) };
    let rows = || planned(view.layer, near).sql(of_import(import));
    // Records that the file itself moves are compared at their new place.
    let unmoved = Sql::new(" and t.id not in (select record_id from import_rows where moved and record_id is not null")
        .sql(of_import(import))
        .text(")");
    let found = in_register(view, near, rows(), unmoved).text(" union all ").sql(in_file(near, rows()));
    within_reach(near, "select distinct on (key)", found).load(conn).await
}

/// The planned rows of imports that have a new place, with the columns to compare.
fn planned(layer: &'static Layer, near: &Near) -> Sql {
    let compared = near.compared().filter_map(|name| layer.field(name)).map(|field| {
        let planned = Sql::new("(compared ->> '").text(field.name).text("')::").text(field.value.sql_name());
        planned.text(" as ").name(field.name).text(", ")
    });
    Sql::new("select ").sql(Sql::join(compared, "")).text(
        "compared ->> 'identity' as identity, import_id, nth::bigint as key, record_id as id, place as geom, changes ->> 'name' as name, \
         coalesce(changes ->> 'code', concat_ws(' ', sheet, row)) as code \
         from import_rows where moved and op in ('create', 'update', 'restore')",
    )
}

/// How many records or rows at one place are compared with a row. Thousands within some metres would be millions of
/// pairs, and one neighbour is enough to ask.
const CROWD: i64 = 100;

/// Pairs of rows `w` and records `t` of the register, of which `more` is known. Only records whose exact place the writer
/// may see: otherwise a writer could find a hidden place by posting records here and there.
fn in_register(view: &View<'_>, near: &Near, rows: Sql, more: Sql) -> Sql {
    let exact = if view.layer.hides_place() { "> 0" } else { "is not null" };
    pair(near, view.name_of_row())
        .text(" from (")
        .sql(rows)
        .text(") w cross join lateral (select t.* from ")
        .name(view.layer.table())
        .text(" t where t.geom && st_expand(w.geom, ")
        .bind(Bind::Double(reach(near)))
        .text(
            ") and t.id is distinct from w.id and t.deleted_at is null and t.lifecycle_status <> 'decommissioned' and ",
        )
        .sql(view.class_of_row())
        .text(" ")
        .text(exact)
        .sql(more)
        .text(" order by t.geom <-> w.geom limit ")
        .bind(Bind::Integer(CROWD))
        .text(") t")
        .text(DISTANCE)
}

/// Pairs of rows and earlier rows of one file, by the cells of a grid: every row within reach lies in the same cell or in
/// one beside it.
fn in_file(near: &Near, rows: Sql) -> Sql {
    let cell = |axis: &'static str| {
        Sql::new("floor(").text(axis).text("(r.geom) / ").bind(Bind::Double(reach(near))).text(")::bigint")
    };
    Sql::new("(with file as materialized (select g.*, row_number() over (partition by x, y order by key) as crowd from (select r.*, ")
        .sql(cell("st_x"))
        .text(" as x, ")
        .sql(cell("st_y"))
        .text(" as y from (")
        .sql(rows)
        .text(") r) g) ")
        .sql(pair(near, Sql::new("t.name")))
        .text(
            " from file w cross join generate_series(-1, 1) dx cross join generate_series(-1, 1) dy \
             join file t on t.x = w.x + dx and t.y = w.y + dy and t.key < w.key and t.crowd <= ",
        )
        .bind(Bind::Integer(CROWD))
        .text(DISTANCE)
        .text(" where not (")
        .sql(alike(near))
        // One sender tells the rows of one file apart by numbers, and cameras on one pole by names.
        .text(
            " and w.identity <> t.identity and split_part(w.identity, ':', 1) = split_part(t.identity, ':', 1)) is true)",
        )
}

/// The columns of a pair `w` and `t`.
fn pair(near: &Near, name: Sql) -> Sql {
    Sql::new("select w.key, t.id, t.code, ")
        .sql(name)
        .text(" as name, d.distance_m, ")
        .sql(alike(near))
        .text(" as is_same")
}

const DISTANCE: &str = " cross join lateral (select st_distance(w.geom::geography, t.geom::geography) as distance_m) d";

/// The greatest distance of neighbours, degrees. A degree is at least 100 km at these latitudes.
fn reach(near: &Near) -> f64 {
    near.shared_site_m.map_or(near.distance_m, |site_m| site_m.max(near.distance_m)) / 100_000.0
}

/// Whether neighbours may be duplicates: they agree on the first field that both have, and look in the same direction.
fn alike(near: &Near) -> Sql {
    let agree = near.same.iter().map(|name| Sql::new("w.").name(name).text(" = t.").name(name));
    let agree = Sql::new("coalesce(").sql(Sql::join(agree, ", ")).text(", false)");
    match near.direction {
        None => agree,
        // With an unknown direction, two cameras on a pole look the same as one entered twice.
        Some(direction) => agree
            .text(" and coalesce(180 - abs(abs(w.")
            .name(direction)
            .text(" - t.")
            .name(direction)
            .text(") - 180) <= ")
            .bind(Bind::Double(Near::DEGREES))
            .text(", true)"),
    }
}

/// The found pairs that are near enough, nearest first.
fn within_reach(near: &Near, select: &'static str, pairs: Sql) -> Sql {
    Sql::new(select)
        .text(" * from (")
        .sql(pairs)
        .text(") found where is_same and distance_m <= ")
        .bind(Bind::Double(near.distance_m))
        .text(" or not is_same and distance_m <= ")
        .bind(Bind::Double(near.shared_site_m.unwrap_or(-1.0)))
        .text(" order by key, is_same desc, distance_m")
}

/// What duplicates agree on, for a row under an alias. Used to count pairs by groups.
pub fn same(near: &Near, alias: &'static str) -> Sql {
    let fields = near.same.iter().map(|name| Sql::new(alias).name(name));
    Sql::new("coalesce(").sql(Sql::join(fields, ", ")).text(")")
}

/// The problem to report for neighbours: the record may exist already, or a site may be shared.
fn problem(neighbours: &[Neighbour]) -> Option<Problem> {
    let is_same = neighbours.first()?.is_same;
    let one = |Neighbour { code, id, distance_m, .. }: &Neighbour| {
        text!("neighbour", code, id = id.unwrap_or_default().to_string(), distance_m = distance_m.round())
    };
    let neighbours: Vec<_> = neighbours.iter().map(one).collect();
    let text = if is_same { text!("dup.near", neighbours) } else { text!("hint.shared_site", neighbours) };
    Some(Problem::in_body("/geometry", text))
}
