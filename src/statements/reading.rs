//! Lists statements, as clients see them.

use diesel::result::Error::DeserializationError;
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::statements::{Kind, Period};

/// Which statements to list.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub id: Option<i64>,
    pub indicator: Option<String>,
    /// Versions of units.
    pub units: Option<Vec<i64>>,
    pub hamlet: Option<i64>,
    /// Only statements with a greater id.
    pub after: Option<i64>,
    pub limit: Option<i64>,
}

/// The statements of a kind, in the order of their ids.
pub async fn list(conn: &mut AsyncPgConnection, kind: Kind, asked: Asked) -> QueryResult<Vec<Map<String, Value>>> {
    let mut sql = Sql::new("select to_jsonb(t)");
    if kind != Kind::Indicators {
        sql = sql.text(
            " || jsonb_build_object('unit', case when u.id is not null then jsonb_build_object('code', u.code, \
             'name', u.name, 'level', u.level, 'valid_from', u.valid_from, 'valid_to', u.valid_to) end)",
        );
    }
    sql = sql.text(" from ").name(kind.table()).text(" t");
    if kind != Kind::Indicators {
        sql = sql.text(" left join admin_units u on u.id = t.unit_id");
    }
    let mut conditions = Vec::new();
    conditions.extend(asked.id.map(|id| Sql::new("t.id = ").bind(Bind::Integer(id))));
    conditions.extend(asked.units.map(|ids| Sql::new("t.unit_id = any(").bind(Bind::Integers(ids)).text(")")));
    conditions.extend(asked.hamlet.map(|id| Sql::new("t.hamlet_id = ").bind(Bind::Integer(id))));
    conditions.extend(asked.after.map(|id| Sql::new("t.id > ").bind(Bind::Integer(id))));
    if let Some(code) = asked.indicator {
        let column = if kind == Kind::Indicators { "t.code = " } else { "t.indicator = " };
        conditions.push(Sql::new(column).bind(Bind::Text(code)));
    }
    sql = sql.text(" where ").sql(Sql::all(conditions)).text(" order by t.id");
    if let Some(limit) = asked.limit {
        sql = sql.text(" limit ").bind(Bind::Integer(limit));
    }
    objects(conn, sql).await
}

/// A stored statement in the words of the API. Only accounts see who stated it.
pub fn shown(mut stored: Map<String, Value>, is_anonymous: bool) -> Map<String, Value> {
    let days = |stored: &Map<String, Value>| {
        let day = |name: &str| stored.get(name)?.as_str()?.parse().ok();
        Some(Period { from: day("from_day")?, to: day("to_day")? })
    };
    if let Some(period) = days(&stored) {
        stored.insert("period".into(), period.name().into());
    }
    for (name, columns) in [("sentence", ["sentence_vi", "sentence_en"]), ("unit_label", ["unit_vi", "unit_en"])] {
        if let [Some(vi), Some(en)] = columns.map(|column| stored.shift_remove(column)) {
            stored.insert(name.into(), Map::from_iter([("vi".into(), vi), ("en".into(), en)]).into());
        }
    }
    let hidden = ["unit_id", "hamlet_id"].into_iter().chain(is_anonymous.then_some("stated_by"));
    hidden.for_each(|name| drop(stored.shift_remove(name)));
    if stored.contains_key("unit") && stored["unit"].is_null() {
        stored.shift_remove("unit");
    }
    stored.into_iter().map(|(column, value)| (name_of(column), value)).collect()
}

/// Columns are not named by words of SQL.
fn name_of(column: String) -> String {
    let names = [("from_day", "from"), ("to_day", "to"), ("out_of", "of"), ("on_day", "on"), ("group_value", "group")];
    names.iter().find(|(known, _)| *known == column).map_or(column, |(_, name)| (*name).to_owned())
}

/// The rows of a statement that returns one JSON object a row.
pub async fn objects<T: DeserializeOwned>(conn: &mut AsyncPgConnection, sql: Sql) -> QueryResult<Vec<T>> {
    let rows: Vec<Row> = sql.load(conn).await?;
    let object = |row: Row| match row.cells.into_iter().next() {
        Some(Cell::Json(value)) => serde_json::from_value(value).map_err(|error| DeserializationError(error.into())),
        _ => Err(DeserializationError("no JSON".into())),
    };
    rows.into_iter().map(object).collect()
}
