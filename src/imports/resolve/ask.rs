//! Questions to the register, each for all rows at once.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::{Caller, View};
use crate::conditions::{AsOf, Days};
use crate::imports::interpret;
use crate::imports::interpret::{Communes, Place, Record};
use crate::imports::resolve::communes::Open;
use crate::layers::HAMLET;
use crate::postgres::sql::{Bind, Sql};
use crate::time::today;
use crate::units::territory::placed;

#[derive(QueryableByName)]
struct Commune {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    district: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    province: Option<String>,
    #[diesel(sql_type = Date)]
    valid_from: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    valid_to: Option<NaiveDate>,
}

/// All communes of all times, to be searched for those in force on a day.
pub async fn communes(conn: &mut AsyncPgConnection, on: NaiveDate) -> QueryResult<Communes> {
    let communes: Vec<Commune> = Sql::file(include_str!("communes.sql"), &[]).load(conn).await?;
    let units = communes.into_iter().map(|Commune { id, code, name, district, province, valid_from, valid_to }| {
        interpret::Commune { id, code, name, district, province, valid_from, valid_to }
    });
    let changes: Vec<Change> = Sql::new(
        "select c.from_id, c.to_id from admin_changes c join admin_units u on u.id = c.from_id where u.level = 'commune'",
    )
    .load(conn)
    .await?;
    let changes: Vec<_> = changes.into_iter().map(|Change { from_id, to_id }| (from_id, to_id)).collect();
    Ok(Communes::new(units.collect(), &changes, on))
}

#[derive(QueryableByName)]
struct Change {
    #[diesel(sql_type = BigInt)]
    from_id: i64,
    #[diesel(sql_type = BigInt)]
    to_id: i64,
}

/// The communes, each in force on the day of its row, that contain the places of some rows, by row.
pub async fn communes_at(
    conn: &mut AsyncPgConnection,
    open: &[Open],
    records: &[Record],
) -> QueryResult<HashMap<usize, i64>> {
    #[derive(QueryableByName)]
    struct At {
        #[diesel(sql_type = BigInt)]
        nth: i64,
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let places = open.iter().filter_map(|Open { nth, on, .. }| match &records[*nth].place {
        Place::Degrees(geometry) => Some(json!({"nth": nth, "geom": geometry, "on": on})),
        _ => None,
    });
    let places: Vec<Value> = places.collect();
    if places.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<At> = Sql::new("select p.nth, c.id from jsonb_to_recordset(")
        .bind(Bind::Json(Value::Array(places)))
        .text(
            ") as p (nth bigint, geom jsonb, \"on\" date) cross join lateral (\
             select commune_at(st_setsrid(st_geomfromgeojson(p.geom), 4326), p.\"on\") as id) c where c.id is not null",
        )
        .load(conn)
        .await?;
    Ok(found.into_iter().filter_map(|At { nth, id }| Some((usize::try_from(nth).ok()?, id))).collect())
}

#[derive(QueryableByName)]
pub struct Hamlet {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub code: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The code of the commune that it lay in.
    #[diesel(sql_type = Nullable<Text>)]
    pub commune_code: Option<String>,
}

/// The hamlets of a day.
pub async fn hamlets(conn: &mut AsyncPgConnection, on: NaiveDate) -> QueryResult<Vec<Hamlet>> {
    // Anybody may know them.
    let view = View::new(&Caller::Anonymous, &HAMLET);
    let days = Days { as_of: on, unit_date: on, known_at: None, today: today() };
    Sql::new("select t.id, t.code, t.name, p.commune as commune_code from ")
        .sql(view.relation(days.versions()))
        .sql(placed(days))
        .text(" where t.ended_on is null or t.ended_on > ")
        .bind(Bind::Date(on))
        .load(conn)
        .await
}

#[derive(QueryableByName)]
pub struct Named {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Nullable<Text>)]
    pub code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
}

/// The records with one of these codes or names, as far as the caller may see them.
pub async fn named(conn: &mut AsyncPgConnection, view: &View<'_>, texts: Vec<String>) -> QueryResult<Vec<Named>> {
    Sql::new("select t.id, t.code, t.name from ")
        .sql(view.relation(AsOf::NOW))
        .text(" where t.code = any(")
        .bind(Bind::Texts(texts.clone()))
        .text(") or t.name = any(")
        .bind(Bind::Texts(texts))
        .text(")")
        .load(conn)
        .await
}
