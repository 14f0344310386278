//! Looks up the units and hamlets of statements, all at once.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::access::Ground;
use crate::postgres::sql::{Bind, Sql};
use crate::statements::draft::is_known;
use crate::statements::reading::objects;
use crate::statements::{Draft, Place};

/// A unit or hamlet, with what it stands for today.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Found {
    pub unit_id: Option<i64>,
    pub hamlet_id: Option<i64>,
    pub name: String,
    #[serde(default)]
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    #[serde(flatten)]
    pub ground: Ground,
}

#[derive(Deserialize)]
struct FoundUnit {
    code: String,
    on_day: NaiveDate,
    #[serde(flatten)]
    found: Found,
}

/// The places of drafts that exist. `with_ground` says whether to find what units stand for: it takes time.
pub async fn find(
    conn: &mut AsyncPgConnection,
    drafts: impl Iterator<Item = &Draft>,
    today: NaiveDate,
    with_ground: bool,
) -> QueryResult<HashMap<Place, Found>> {
    let mut units = BTreeSet::new();
    let mut hamlets = BTreeSet::new();
    for place in drafts.filter_map(|draft| draft.place.as_ref()) {
        match place {
            Place::Unit { code, on } if is_known(*on) => drop(units.insert((code.clone(), *on))),
            Place::Unit { .. } => {}
            Place::Hamlet(id) => drop(hamlets.insert(*id)),
        }
    }
    let mut found = HashMap::new();
    if !units.is_empty() {
        let units: Value = units.into_iter().map(|(code, on)| json!({"code": code, "on_day": on})).collect();
        let values = [Bind::Json(units), Bind::Date(today), Bind::Bool(with_ground)];
        let units: Vec<FoundUnit> = objects(conn, Sql::file(include_str!("sql/places.sql"), &values)).await?;
        found.extend(units.into_iter().map(|unit| (Place::Unit { code: unit.code, on: unit.on_day }, unit.found)));
    }
    if !hamlets.is_empty() {
        let hamlets = self::hamlets(conn, hamlets.into_iter().collect()).await?;
        found.extend(hamlets.into_iter().filter_map(|hamlet| Some((Place::Hamlet(hamlet.hamlet_id?), hamlet))));
    }
    Ok(found)
}

/// The hamlets with these ids.
pub async fn hamlets(conn: &mut AsyncPgConnection, ids: Vec<i64>) -> QueryResult<Vec<Found>> {
    let values = [Bind::Integers(ids)];
    objects(conn, Sql::file(include_str!("sql/hamlets.sql"), &values)).await
}
