//! Estimated areas with a mobile signal: the parts of communes within the nominal radius of stations.
//!
//! A commune takes some 30 ms, so results are kept in `mobile_areas`, by the version of the commune's list and of the
//! towers. Without the table they are computed for each answer.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Double, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;

use crate::conditions::Days;
use crate::figures::{INDICATORS, Measure, Number, Numbers, Question, Scope, Slot};
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::Level;

/// A commune of the scope.
#[derive(Debug, QueryableByName)]
struct Commune {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Nullable<Text>)]
    district: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    province: Option<String>,
    #[diesel(sql_type = Bool)]
    has_boundary: bool,
}

impl Commune {
    fn unit(&self, level: Level) -> Option<String> {
        match level {
            Level::Province => self.province.clone(),
            Level::District => self.district.clone(),
            _ => Some(self.code.clone()),
        }
    }
}

/// The areas of a commune, square metres.
#[derive(Debug, Clone, QueryableByName, Serialize)]
struct Areas {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Double)]
    area_m2: f64,
    #[diesel(sql_type = Double)]
    area_2g: f64,
    #[diesel(sql_type = Double)]
    area_3g: f64,
    #[diesel(sql_type = Double)]
    area_4g: f64,
    #[diesel(sql_type = Double)]
    area_5g: f64,
}

impl Areas {
    fn of(&self, generation: &str) -> f64 {
        match generation {
            "2g" => self.area_2g,
            "3g" => self.area_3g,
            "4g" => self.area_4g,
            _ => self.area_5g,
        }
    }
}

#[derive(Debug, QueryableByName)]
struct HasTable {
    #[diesel(sql_type = Bool)]
    has_table: bool,
}

/// Computes what is not kept yet, before the snapshot in which figures are read.
pub async fn keep(conn: &mut AsyncPgConnection, question: &Question) -> QueryResult<()> {
    if question.days.known_at.is_some() || !has_table(conn).await? {
        return Ok(());
    }
    for days in [question.base(), Some(question.days)].into_iter().flatten() {
        let communes = communes(conn, &question.scope, days.unit_date).await?;
        let known = kept(conn, &communes, days.as_of).await?;
        let computed = computed(conn, &missing(&communes, &known), days).await?;
        let rows = serde_json::to_value(&computed).unwrap_or_default();
        let values = [Bind::Json(rows), Bind::Date(days.as_of)];
        Sql::file(include_str!("keep_areas.sql"), &values).execute(conn).await?;
    }
    Ok(())
}

/// The covered and the whole area of each unit, and in how many communes it is unknown for want of a boundary.
pub async fn numbers(conn: &mut AsyncPgConnection, question: &Question, days: Days) -> QueryResult<Numbers> {
    let communes = communes(conn, &question.scope, days.unit_date).await?;
    let mut known = match days.known_at.is_none() && has_table(conn).await? {
        true => kept(conn, &communes, days.as_of).await?,
        false => HashMap::new(),
    };
    for areas in computed(conn, &missing(&communes, &known), days).await? {
        known.insert(areas.id, areas);
    }
    let mut numbers = Numbers::default();
    for commune in &communes {
        let unit = commune.unit(question.scope.level);
        let mut add = |name: Number, amount: f64| {
            let sum = numbers.get(&unit, name) + amount.round() as i64;
            numbers.set(unit.clone(), name, sum);
        };
        for indicator in INDICATORS.iter() {
            let Measure::Area { generation } = indicator.measure else { continue };
            match known.get(&commune.id) {
                Some(areas) => {
                    add(Number::Of(indicator.code, Slot::Covered), areas.of(generation));
                    add(Number::Of(indicator.code, Slot::Total), areas.area_m2);
                }
                None => add(Number::Of(indicator.code, Slot::Unknown), 1.0),
            }
        }
    }
    Ok(numbers)
}

fn missing(communes: &[Commune], known: &HashMap<i64, Areas>) -> Vec<i64> {
    let missing = communes.iter().filter(|commune| commune.has_boundary && !known.contains_key(&commune.id));
    missing.map(|commune| commune.id).collect()
}

async fn has_table(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
    let found: HasTable =
        Sql::new("select to_regclass('mobile_areas') is not null as has_table").get_result(conn).await?;
    Ok(found.has_table)
}

async fn communes(conn: &mut AsyncPgConnection, scope: &Scope, day: NaiveDate) -> QueryResult<Vec<Commune>> {
    let sql = Sql::new("select c.id, c.code, u.district, u.province, c.geom is not null as has_boundary from ");
    sql.sql(scope.units(day)).text(" u join admin_units c on c.id = u.id and c.level = 'commune'").load(conn).await
}

/// What is kept of communes and is still right.
async fn kept(conn: &mut AsyncPgConnection, communes: &[Commune], day: NaiveDate) -> QueryResult<HashMap<i64, Areas>> {
    let ids = Bind::Integers(communes.iter().map(|commune| commune.id).collect());
    let sql = Sql::file(
        "select a.unit_id as id, a.area_m2, a.area_2g, a.area_3g, a.area_4g, a.area_5g
from mobile_areas a
join layers l on l.collection = 'towers' and l.version = a.towers_version
join reference_state r on r.version = a.units_version
where a.unit_id = any($1) and a.on_day = $2",
        &[ids, Bind::Date(day)],
    );
    let rows: Vec<Areas> = sql.load(conn).await?;
    Ok(rows.into_iter().map(|areas| (areas.id, areas)).collect())
}

async fn computed(conn: &mut AsyncPgConnection, ids: &[i64], days: Days) -> QueryResult<Vec<Areas>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let known_at = days.known_at.map_or(Bind::Text("infinity".into()), Bind::Moment);
    Sql::file(include_str!("areas.sql"), &[Bind::Integers(ids.to_vec()), Bind::Date(days.as_of), known_at])
        .load(conn)
        .await
}
