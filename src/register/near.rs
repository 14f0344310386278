//! Which records may be the same thing as those just written.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::View;
use crate::layers::{Near, Problem};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};

/// What stands near a record.
#[derive(Debug)]
pub struct Neighbour {
    /// The record just written.
    pub id: i64,
    pub other: i64,
    pub code: String,
    pub distance_m: f64,
    /// May be the same thing, or else share its site.
    pub is_same: bool,
}

/// The neighbours of records of a layer, nearest first. Only those whose exact place the writer sees: else a record
/// posted here and there would find the place of another.
pub async fn neighbours(conn: &mut AsyncPgConnection, view: &View<'_>, ids: &[i64]) -> QueryResult<Vec<Neighbour>> {
    let Some(near) = view.layer.near else { return Ok(Vec::new()) };
    let rows: Vec<Row> = sql(view, &near, ids).load(conn).await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let [id, other, code, Cell::Double(distance_m), is_same] = &row.cells[..] else { return None };
            Some(Neighbour {
                id: id.as_integer()?,
                other: other.as_integer()?,
                code: code.as_text()?.to_owned(),
                distance_m: *distance_m,
                is_same: matches!(is_same, Cell::Bool(true)),
            })
        })
        .collect())
}

fn sql(view: &View<'_>, near: &Near, ids: &[i64]) -> Sql {
    let reach_m = near.shared_site_m.map_or(near.distance_m, |site_m| site_m.max(near.distance_m));
    let apart = match near.direction {
        None => Sql::new("true"),
        // An unknown direction cannot tell two cameras of a pole from one that was entered twice.
        Some(direction) => Sql::new("coalesce(180 - abs(abs(w.")
            .name(direction)
            .text(" - t.")
            .name(direction)
            .text(") - 180) <= ")
            .bind(Bind::Double(Near::DEGREES))
            .text(", true)"),
    };
    let exact = if view.layer.hides_place() { "> 0" } else { "is not null" };
    Sql::new("select n.id, n.other, n.code, n.distance_m, n.is_same from (select w.id, t.id as other, t.code, ")
        .text("st_distance(w.geom::geography, t.geom::geography) as distance_m, ")
        .sql(alike(near, |name| Sql::new("w.").name(name), "t."))
        .text(" and ")
        .sql(apart)
        .text(" as is_same from ")
        .name(view.layer.table())
        .text(" w join ")
        .name(view.layer.table())
        // A degree is at least 100 km at these latitudes.
        .text(" t on t.geom && st_expand(w.geom, ")
        .bind(Bind::Double(reach_m / 100_000.0))
        .text(") and t.id <> w.id where w.id = any(")
        .bind(Bind::Integers(ids.to_vec()))
        .text(") and t.deleted_at is null and t.lifecycle_status <> 'decommissioned' and ")
        .sql(view.class_of_row())
        .text(" ")
        .text(exact)
        .text(") n where n.is_same and n.distance_m <= ")
        .bind(Bind::Double(near.distance_m))
        .text(" or not n.is_same and n.distance_m <= ")
        .bind(Bind::Double(near.shared_site_m.unwrap_or(-1.0)))
        .text(" order by n.id, n.distance_m")
}

/// Whether records that are near each other are compared: they agree on the first field that both say something of.
pub fn alike(near: &Near, one: impl Fn(&'static str) -> Sql, other: &'static str) -> Sql {
    let agree = near.same.iter().map(|name| one(name).text(" = ").text(other).name(name));
    Sql::new("coalesce(").sql(Sql::join(agree, ", ")).text(", false)")
}

/// What records agree on, of a row under an alias, for those who count pairs by groups.
pub fn same(near: &Near, alias: &'static str) -> Sql {
    let fields = near.same.iter().map(|name| Sql::new(alias).name(name));
    Sql::new("coalesce(").sql(Sql::join(fields, ", ")).text(")")
}

/// What a writer is told of neighbours: that the record may be there already, or that a site may be shared.
pub fn problem(neighbours: &[Neighbour]) -> Option<Problem> {
    let is_same = neighbours.first()?.is_same;
    let list: Vec<_> = neighbours
        .iter()
        .map(|neighbour| format!("{} (id {}, {:.0} m)", neighbour.code, neighbour.other, neighbour.distance_m))
        .collect();
    let list = list.join(", ");
    Some(if is_same {
        Problem::at(
            "/geometry",
            "dup.near",
            format!(
                "Có thể đã được nhập: {list}. Nếu đúng là một bản ghi khác, gửi lại với \"confirm\": [\"dup.near\"]."
            ),
            format!(
                "It may be in the register: {list}. If it is another one, send it again with \"confirm\": [\"dup.near\"]."
            ),
        )
    } else {
        Problem::at(
            "/geometry",
            "hint.shared_site",
            format!("Có thể dùng chung vị trí với: {list}."),
            format!("It may share a site with: {list}."),
        )
    })
}
