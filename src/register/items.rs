//! Reading the rows of a layer: pages, single rows, numbers.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::{Stream, TryStreamExt};

use crate::access::View;
use crate::conditions::{AsOf, Cursor, Filter, FilterValue, Interval, ItemsQuery, Key};
use crate::figures::counting;
use crate::layers::{Class, Field, Layer, Storage, Type};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::register::order;
use crate::units::territory;

/// The number of rows that are counted one by one; beyond it no number is given.
const COUNTED: i64 = 10_000;

/// Rows of a layer in the order of a query.
#[derive(Debug)]
pub struct Page {
    /// Each row: id, geometry, the fields of the view in order.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

/// The page that a query asks for, of the rows that the view shows.
pub async fn page(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    query: &ItemsQuery,
    today: NaiveDate,
) -> QueryResult<Page> {
    let size = query.page_size();
    // One more than asked for tells whether there is a next page.
    let mut rows: Vec<Row> = rows_sql(view, query, Some(size + 1), today).load(conn).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| after(view, query, row));
    // The rank, which only the order needs, comes last.
    rows.iter_mut().for_each(|row| drop(row.cells.pop()));
    Ok(Page { rows, next })
}

/// The cursor after a row.
fn after(view: &View<'_>, query: &ItemsQuery, row: &Row) -> String {
    let value = |key: &Key| match key {
        Key::Rank => row.cells.last(),
        Key::Field { field, .. } => position(view, field).and_then(|at| row.cells.get(at)),
    };
    Cursor::after(row.cells[0].as_integer().unwrap_or_default(), query.order.iter().filter_map(value))
}

/// How many rows a query asks for; `None` when they are too many to count.
pub async fn count(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    query: &ItemsQuery,
    today: NaiveDate,
) -> QueryResult<Option<i64>> {
    if query.is_whole()
        && view.layer.is_writable()
        && let Some(counter) = view.counter()
    {
        return counted(conn, view.layer, counter).await.map(Some);
    }
    let sql = Sql::new("select count(*) from (select 1 from ")
        .sql(source(view, query, today))
        .text(" where ")
        .sql(condition(view, query, today))
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
pub async fn find(conn: &mut AsyncPgConnection, view: &View<'_>, id: i64) -> QueryResult<Option<Row>> {
    let sql = Sql::new("select ")
        .sql(columns(view))
        .text(" from ")
        .sql(view.relation(AsOf::NOW))
        .text(" where t.id = ")
        .bind(Bind::Integer(id));
    Ok(sql.load::<Row>(conn).await?.pop())
}

/// The class of fields that the view shows of a record and of its history, also of a deleted one to insiders.
pub async fn class_of(conn: &mut AsyncPgConnection, view: &View<'_>, id: i64) -> QueryResult<Option<Class>> {
    let sql = Sql::new("select ")
        .sql(view.class_of_row())
        .text(" from ")
        .name(view.layer.table())
        .text(" t where t.id = ")
        .bind(Bind::Integer(id));
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows[..].first().and_then(|row| class_of_cell(&row.cells[0])))
}

/// Whether the caller may write a record.
pub async fn is_writable(conn: &mut AsyncPgConnection, view: &View<'_>, id: i64) -> QueryResult<bool> {
    let sql = Sql::new("select ")
        .sql(view.writable())
        .text(" from ")
        .name(view.layer.table())
        .text(" t where t.deleted_at is null and t.id = ")
        .bind(Bind::Integer(id));
    Ok(sql.load::<Row>(conn).await?.iter().any(|row| matches!(row.cells[0], Cell::Bool(true))))
}

/// The ids of the rows that a query selects and the caller may write, at most so many.
pub async fn writable_ids(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    query: &ItemsQuery,
    today: NaiveDate,
    most: usize,
) -> QueryResult<Vec<i64>> {
    let sql = Sql::new("select t.id from ")
        .sql(source(view, query, today))
        .text(" where t.id in (select t.id from ")
        .name(view.layer.table())
        .text(" t where t.deleted_at is null and ")
        .sql(view.writable())
        .text(") and ")
        .sql(condition(view, query, today))
        .text(" order by t.id limit ")
        .bind(Bind::Integer(most as i64))
        .uncached();
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_integer()).collect())
}

/// The present version of records.
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

/// The class of fields that a row of [`Page::rows`] shows.
pub fn class_of_row(row: &Row) -> Class {
    row.cells.last().and_then(class_of_cell).unwrap_or(Class::Public)
}

pub fn class_of_cell(cell: &Cell) -> Option<Class> {
    Some(match cell.as_integer()? {
        2 => Class::Restricted,
        1 => Class::Internal,
        _ => Class::Public,
    })
}

/// West, south, east, north of the rows that the view shows, and the first and last day of their valid time.
pub async fn extent(conn: &mut AsyncPgConnection, view: &View<'_>) -> QueryResult<Row> {
    let time = view.layer.valid_time();
    Sql::new(
        "select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e), first_day from (select st_extent(t.geom) as e, min(t.",
    )
    .name(time.from)
    .text(") as first_day from ")
    .sql(view.relation(AsOf::NOW))
    .text(") extent")
    .get_result(conn)
    .await
}

/// The select list: id, geometry, the fields of the view, the class of what is shown of the row.
fn columns(view: &View<'_>) -> Sql {
    let fields = view.fields().map(|field| Sql::new("t.").name(field.name));
    let class = if view.layer.is_writable() { ", t.class" } else { ", 0" };
    Sql::new("t.id, t.geom, ").sql(Sql::join(fields, ", ")).text(class)
}

/// All rows that a query asks for, as they come: each in the shape of [`Page::rows`].
pub async fn stream<'a>(
    conn: &'a mut AsyncPgConnection,
    view: &View<'_>,
    query: &ItemsQuery,
    today: NaiveDate,
) -> QueryResult<impl Stream<Item = QueryResult<Row>> + use<'a>> {
    let rows = rows_sql(view, query, query.limit, today).load_stream::<Row>(conn).await?;
    Ok(rows.map_ok(|mut row| {
        row.cells.pop();
        row
    }))
}

fn rows_sql(view: &View<'_>, query: &ItemsQuery, limit: Option<usize>, today: NaiveDate) -> Sql {
    let parts = view.parts(query.days(today).versions());
    let several = parts.len() > 1;
    let pages = parts.into_iter().map(|part| page_of(view, query, part, limit, today));
    let sql = if several {
        let pages = pages.map(|page| Sql::new("(").sql(page).text(")"));
        let all = Sql::new("select p.* from (").sql(Sql::join(pages, " union all ")).text(") p");
        limited(all.sql(order::by(&query.order, "p.")), limit)
    } else {
        Sql::join(pages, "")
    };
    let is_common = query.filters.is_empty() && !query.order.iter().any(|key| matches!(key, Key::Field { .. }));
    if is_common { sql } else { sql.uncached() }
}

/// The page of a part of the relation.
fn page_of(view: &View<'_>, query: &ItemsQuery, part: Sql, limit: Option<usize>, today: NaiveDate) -> Sql {
    let rank = rank(view, query);
    let mut sql = Sql::new("select ")
        .sql(columns(view))
        .text(", ")
        .sql(rank.clone())
        .text(" as rank from ")
        .sql(part)
        .text(" where ")
        .sql(condition(view, query, today));
    if let Some(cursor) = &query.cursor {
        sql = sql.text(" and ").sql(order::after(&query.order, cursor, &rank));
    }
    limited(sql.sql(order::by(&query.order, "t.")), limit)
}

fn limited(sql: Sql, limit: Option<usize>) -> Sql {
    match limit {
        Some(limit) => sql.text(" limit ").bind(Bind::Integer(limit as i64)),
        None => sql,
    }
}

/// Exact accents before folded ones.
fn rank(view: &View<'_>, query: &ItemsQuery) -> Sql {
    match (&query.q, view.field("name")) {
        (Some(text), Some(name)) => Sql::new("(case when strpos(lower(t.")
            .name(name.name)
            .text("), lower(normalize(")
            .bind(Bind::Text(text.clone()))
            .text(", nfc))) > 0 then 0::bigint else 1::bigint end)"),
        (Some(_), None) => Sql::new("1::bigint"),
        (None, _) => Sql::new("0::bigint"),
    }
}

/// The rows of the view as `t`, as they are or as they were on a day.
fn source(view: &View<'_>, query: &ItemsQuery, today: NaiveDate) -> Sql {
    view.relation(query.days(today).versions())
}

fn condition(view: &View<'_>, query: &ItemsQuery, today: NaiveDate) -> Sql {
    let mut all = Vec::new();
    if let Some(bbox) = query.bbox {
        all.push(in_bbox(bbox));
    }
    match (view.layer.storage, query.datetime, query.as_of) {
        (_, Some(interval), None) => all.push(valid_during(view.layer, interval)),
        (layer, datetime, Some(day)) => {
            // The hamlets that a figure counts are those of its territory.
            let day = match (layer, &query.within, query.indicator) {
                (Storage::Units { .. }, Some(unit), Some(_)) => unit.on.unwrap_or(day),
                _ => day,
            };
            all.push(valid_during(view.layer, Interval { from: Some(day), to: Some(day) }));
            all.extend(datetime.map(|interval| valid_during(view.layer, interval)));
        }
        // Units: those in force today, or on the day that the asked unit is read.
        (Storage::Units { .. }, None, None) => {
            let day = query.within.as_ref().and_then(|unit| unit.on).unwrap_or(today);
            all.push(valid_during(view.layer, Interval { from: Some(day), to: Some(day) }));
        }
        (Storage::Assets { .. }, None, None) => {}
    }
    if let Some(unit) = &query.within {
        all.push(territory::within(view, unit, query.days(today)));
    }
    if let Some(selection) = query.indicator {
        all.push(counting::selected(view, selection, query.days(today), query.within.as_ref()));
    }
    if let Some(text) = &query.q {
        all.push(
            Sql::new("t.search like '%' || replace(replace(replace(fold(")
                .bind(Bind::Text(text.trim().to_owned()))
                .text("), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'"),
        );
    }
    all.extend(query.filters.iter().map(filter_sql));
    Sql::all(all)
}

fn in_bbox([west, south, east, north]: [f64; 4]) -> Sql {
    let envelope = |west: f64, east: f64| {
        let mut sql = Sql::new("st_intersects(t.geom, st_makeenvelope(");
        for edge in [west, south, east, north] {
            sql = sql.bind(Bind::Double(edge)).text(", ");
        }
        sql.text("4326))")
    };
    if west <= east {
        envelope(west, east)
    } else {
        Sql::new("(").sql(envelope(west, 180.0)).text(" or ").sql(envelope(-180.0, east)).text(")")
    }
}

/// Rows whose valid time meets an interval; an unknown beginning or end is open.
fn valid_during(layer: &Layer, interval: Interval) -> Sql {
    let time = layer.valid_time();
    let mut all = Vec::new();
    if let Some(to) = interval.to {
        all.push(
            Sql::new("(t.")
                .name(time.from)
                .text(" is null or t.")
                .name(time.from)
                .text(" <= ")
                .bind(Bind::Date(to))
                .text(")"),
        );
    }
    if let Some(from) = interval.from {
        let operator = if time.last_day_counts { " >= " } else { " > " };
        all.push(
            Sql::new("(t.")
                .name(time.to)
                .text(" is null or t.")
                .name(time.to)
                .text(operator)
                .bind(Bind::Date(from))
                .text(")"),
        );
    }
    Sql::all(all)
}

fn filter_sql(Filter { field, values }: &Filter) -> Sql {
    let column = Sql::new("t.").name(field.name);
    match (values, field.value) {
        (FilterValue::Texts(texts), Type::SomeOf(_)) => column.text(" && ").bind(Bind::Texts(texts.clone())),
        (FilterValue::Texts(texts), _) => column.text(" = any(").bind(Bind::Texts(texts.clone())).text(")"),
        (FilterValue::Integers(integers), _) => column.text(" = any(").bind(Bind::Integers(integers.clone())).text(")"),
        (FilterValue::Numbers(numbers), _) => {
            any_of(numbers.iter().map(|number| column.clone().text(" = ").bind(Bind::Double(*number))))
        }
        (FilterValue::Dates(dates), value) => {
            let cast = if matches!(value, Type::Timestamp) { "::date = " } else { " = " };
            any_of(dates.iter().map(|date| column.clone().text(cast).bind(Bind::Date(*date))))
        }
        (FilterValue::Boolean(value), _) => column.text(" = ").bind(Bind::Bool(*value)),
    }
}

fn any_of(parts: impl Iterator<Item = Sql>) -> Sql {
    Sql::new("(").sql(Sql::join(parts, " or ")).text(")")
}

/// The place of a field in [`Page::rows`].
pub fn position(view: &View<'_>, field: &Field) -> Option<usize> {
    view.fields().position(|shown| shown.name == field.name).map(|index| index + 2)
}
