//! Reads the rows of a layer: pages, single rows, counts.

use std::collections::HashMap;

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::{Stream, TryStreamExt};

use crate::access::View;
use crate::conditions::{AsOf, Condition, Cursor, Days, Derived, Key};
use crate::layers::geometry::half_pixel;
use crate::layers::{Class, Field, Layer};
use crate::postgres::conditions::{distance, in_table, sql};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::register::order;

/// Rows are counted up to this number. Beyond it no count is given.
pub const COUNTED: i64 = 10_000;

/// Which rows of a layer to read, and in which order.
#[derive(Debug, Clone)]
pub struct Question {
    pub condition: Condition,
    pub days: Days,
    /// The search text. Rows that match its accents exactly rank first.
    pub searched: Option<String>,
    /// The sort keys, before the id.
    pub order: Vec<Key>,
    pub cursor: Option<Cursor>,
    pub shape: Shape,
    /// Whether the caller's fields shape the statement. There are too many shapes to keep each one prepared.
    pub is_of_own_shape: bool,
    /// Turns what the condition derives from other rows into SQL. This module derives nothing itself.
    pub derive: Derive,
    /// The records that the condition can be true of, as an array of ids, if it says.
    pub among: Option<Sql>,
    /// Where each record is counted on the days of the question, as rows of `record_id`, `unit_id` and sums, if the
    /// condition asks for it.
    pub placed: Option<Sql>,
}

/// How the geometry of the rows is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    pub is_left_out: bool,
    /// Simplified for a map of this zoom level.
    pub zoom: Option<u8>,
}

/// The rows of a view for which something derived is true, as a condition on `t`.
pub type Derive = fn(&View<'_>, &Derived, Days, Option<&Sql>) -> Sql;

/// A page of rows, in the order of the question.
#[derive(Debug)]
pub struct Page {
    /// Each row: id, geometry, then the fields of the view in order.
    pub rows: Vec<Row>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<String>,
}

/// A page of at most `size` rows that the question asks for and the view shows.
pub async fn page(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    question: &Question,
    size: usize,
) -> QueryResult<Page> {
    // One row more than asked for shows whether there is a next page.
    let mut rows: Vec<Row> = rows_sql(view, question, Some(size + 1)).load(conn).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| after(view, question, row));
    // The rank comes last. Only the order needs it.
    rows.iter_mut().for_each(|row| drop(row.cells.pop()));
    Ok(Page { rows, next })
}

/// The cursor after a row.
fn after(view: &View<'_>, question: &Question, row: &Row) -> String {
    let value = |key: &Key| match key {
        Key::Rank | Key::Distance(_) => row.cells.last(),
        Key::Field { field, .. } => position(view, field).and_then(|at| row.cells.get(at)),
    };
    let values = question.order.iter().filter_map(value).map(Cell::to_value).collect();
    Cursor { id: row.cells[0].as_integer().unwrap_or_default(), values }.to_text()
}

/// The number of rows that a question asks for; `None` if there are too many to count.
pub async fn count(conn: &mut AsyncPgConnection, view: &View<'_>, question: &Question) -> QueryResult<Option<i64>> {
    if question.condition.is_always()
        && question.days.versions() == AsOf::NOW
        && view.layer.is_writable()
        && let Some(counter) = view.counter()
    {
        return counted(conn, view.layer, counter).await.map(Some);
    }
    let sql = Sql::new("select count(*) from (select 1 from ")
        .sql(view.relation_among(question.days.versions(), question.among.as_ref()))
        .text(" where ")
        .sql(condition(view, question))
        .text(" limit ")
        .bind(Bind::Integer(COUNTED + 1))
        .text(") counted")
        .uncached();
    let row: Row = sql.get_result(conn).await?;
    Ok(row.cells[0].as_integer().filter(|count| *count <= COUNTED))
}

async fn counted(conn: &mut AsyncPgConnection, layer: &Layer, counter: &'static str) -> QueryResult<i64> {
    let row: Row = Sql::new("select ")
        .name(counter)
        .text(" from layers where collection = ")
        .bind(Bind::Text(layer.collection.into()))
        .get_result(conn)
        .await?;
    Ok(row.cells[0].as_integer().unwrap_or(0))
}

/// One row that the view shows, in the shape of [`Page::rows`].
pub async fn find(conn: &mut AsyncPgConnection, view: &View<'_>, shape: Shape, id: i64) -> QueryResult<Option<Row>> {
    let sql = Sql::new("select ")
        .sql(columns(view, shape))
        .text(" from ")
        .sql(view.relation(AsOf::NOW))
        .text(" where t.id = ")
        .bind(Bind::Integer(id));
    Ok(sql.load::<Row>(conn).await?.pop())
}

/// One row as a question asks for it, on another day.
pub async fn find_then(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    question: &Question,
    id: i64,
) -> QueryResult<Option<Row>> {
    let only = Sql::default().bind(Bind::Integers(vec![id]));
    let sql = Sql::new("select ")
        .sql(columns(view, question.shape))
        .text(" from ")
        .sql(view.relation_among(question.days.versions(), Some(&only)))
        .text(" where t.id = ")
        .bind(Bind::Integer(id))
        .text(" and ")
        .sql(condition(view, question));
    Ok(sql.load::<Row>(conn).await?.pop())
}

/// The class of fields that the view shows of a record and its history. Accounts see deleted records too.
pub async fn class_of(conn: &mut AsyncPgConnection, view: &View<'_>, id: i64) -> QueryResult<Option<Class>> {
    let sql = Sql::new("select ")
        .sql(view.class_of_row())
        .text(" from ")
        .name(view.layer.table())
        .text(" t where t.id = ")
        .bind(Bind::Integer(id));
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows[..].first().and_then(|row| row.cells[0].as_class()))
}

/// The ids of at most `most` rows that a question selects and the caller may write.
pub async fn writable_ids(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    question: &Question,
    most: usize,
) -> QueryResult<Vec<i64>> {
    let sql = Sql::new("select t.id from ")
        .sql(view.relation_among(question.days.versions(), question.among.as_ref()))
        .text(" where t.id in (select t.id from ")
        .name(view.layer.table())
        .text(" t where t.deleted_at is null and ")
        .sql(view.writable())
        .text(") and ")
        .sql(condition(view, question))
        .text(" order by t.id limit ")
        .bind(Bind::Integer(most as i64))
        .uncached();
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_integer()).collect())
}

/// The current versions of records, by id.
pub async fn versions_of(conn: &mut AsyncPgConnection, layer: &Layer, ids: &[i64]) -> QueryResult<HashMap<i64, i64>> {
    let rows: Vec<Row> = Sql::new("select id, version from ")
        .name(layer.table())
        .text(" where id = any(")
        .bind(Bind::Integers(ids.to_vec()))
        .text(")")
        .load(conn)
        .await?;
    Ok(rows.iter().filter_map(|row| Some((row.cells[0].as_integer()?, row.cells[1].as_integer()?))).collect())
}

/// West, south, east and north of the rows that a question asks for, and the first day of their valid time.
pub async fn extent(conn: &mut AsyncPgConnection, view: &View<'_>, question: &Question) -> QueryResult<Row> {
    let time = view.layer.valid_time();
    Sql::new(
        "select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e), first_day from (select st_extent(t.geom) as e, min(t.",
    )
    .name(time.from)
    .text(") as first_day from ")
    .sql(view.relation(question.days.versions()))
    .text(" where ")
    .sql(condition(view, question))
    .text(") extent")
    .get_result(conn)
    .await
}

/// The select list: id, geometry, the fields of the view, and the class of what is shown of the row.
fn columns(view: &View<'_>, shape: Shape) -> Sql {
    let fields = view.fields().map(|field| Sql::new("t.").name(field.name));
    let class = if view.layer.is_writable() { ", t.class" } else { ", 0" };
    Sql::new("t.id, ").sql(geometry(view, shape)).text(" as geom, ").sql(Sql::join(fields, ", ")).text(class)
}

fn geometry(view: &View<'_>, shape: Shape) -> Sql {
    let geom = match shape {
        Shape { is_left_out: true, .. } => return Sql::new("null::geometry"),
        // Lines keep their ends. One in a hundred
        // communes of Vietnam, with islands, is invalid when it is simple: an island lies within another.
        Shape { zoom: Some(zoom), .. } if view.layer.geometry != ["Point"] => {
            Sql::new("st_collectionextract(st_makevalid(st_simplifypreservetopology(t.geom, ")
                .bind(Bind::Double(half_pixel(zoom)))
                .text("), 'method=structure'), st_dimension(t.geom) + 1)")
        }
        _ => Sql::new("t.geom"),
    };
    // PostGIS winds what it makes, such as the union that is the boundary of a district, the other way than GeoJSON.
    if view.layer.is_writable() && shape.zoom.is_none() {
        geom
    } else {
        Sql::new("st_forcepolygonccw(").sql(geom).text(")")
    }
}

/// Streams at most `limit` rows that a question asks for, each in the shape of [`Page::rows`].
pub async fn stream<'a>(
    conn: &'a mut AsyncPgConnection,
    view: &View<'_>,
    question: &Question,
    limit: Option<usize>,
) -> QueryResult<impl Stream<Item = QueryResult<Row>> + use<'a>> {
    let rows = rows_sql(view, question, limit).load_stream::<Row>(conn).await?;
    Ok(rows.map_ok(|mut row| {
        row.cells.pop();
        row
    }))
}

fn rows_sql(view: &View<'_>, question: &Question, limit: Option<usize>) -> Sql {
    let parts = view.parts(question.days.versions(), question.among.as_ref());
    let several = parts.len() > 1;
    let pages = parts.into_iter().map(|part| page_of(view, question, part, limit));
    let sql = if several {
        let pages = pages.map(|page| Sql::new("(").sql(page).text(")"));
        let all = Sql::new("select p.* from (").sql(Sql::join(pages, " union all ")).text(") p");
        limited(all.sql(order::by(&question.order, "p.")), limit)
    } else {
        Sql::join(pages, "")
    };
    if question.is_of_own_shape { sql.uncached() } else { sql }
}

/// The page from one part of the relation.
fn page_of(view: &View<'_>, question: &Question, part: Sql, limit: Option<usize>) -> Sql {
    let rank = rank(view, question);
    let mut sql = Sql::new("select ")
        .sql(columns(view, question.shape))
        .text(", ")
        .sql(rank.clone())
        .text(" as rank from ")
        .sql(part)
        .text(" where ")
        .sql(condition(view, question));
    if let Some(cursor) = &question.cursor {
        sql = sql.text(" and ").sql(order::after(&question.order, cursor, &rank));
    }
    limited(sql.sql(order::by(&question.order, "t.")), limit)
}

fn limited(sql: Sql, limit: Option<usize>) -> Sql {
    match limit {
        Some(limit) => sql.text(" limit ").bind(Bind::Integer(limit as i64)),
        None => sql,
    }
}

/// The rank of a row: its distance, or exact accents before folded ones.
fn rank(view: &View<'_>, question: &Question) -> Sql {
    if let Some(Key::Distance(near)) = question.order[..].first() {
        return distance(*near);
    }
    match (&question.searched, view.field("name")) {
        (Some(text), Some(name)) => Sql::new("(case when strpos(lower(t.")
            .name(name.name)
            .text("), lower(normalize(")
            .bind(Bind::Text(text.clone()))
            .text(", nfc))) > 0 then 0::bigint else 1::bigint end)"),
        (Some(_), None) => Sql::new("1::bigint"),
        (None, _) => Sql::new("0::bigint"),
    }
}

pub(super) fn condition(view: &View<'_>, question: &Question) -> Sql {
    let derive = |derived: &Derived| (question.derive)(view, derived, question.days, question.placed.as_ref());
    sql(&question.condition, in_table, &derive)
}

/// The index of a field in a row of [`Page::rows`].
pub fn position(view: &View<'_>, field: &Field) -> Option<usize> {
    view.fields().position(|shown| shown.name == field.name).map(|index| index + 2)
}
