//! The demo district Đông Sơn, loaded through the same code as any write.

use std::collections::HashMap;

use anyhow::Context;
use chrono::NaiveDate;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::layers::normalise::{Write, normalise};
use crate::layers::{ALL, Layer, Problem, Properties};
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};
use crate::register::place::{Finding, check_places};
use crate::register::{assets, changes};
use crate::time::today;
use crate::units::demo;
use crate::units::demo::DemoFiles;

/// Who the records of the demo say wrote them.
const ACTOR: &str = "demo";

/// The fixtures of layers, by collection: made by `build.rs`.
const LAYERS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));
const UNITS: DemoFiles<'_> = DemoFiles {
    units: include_str!("../../fixtures/dong_son/units.csv"),
    boundaries: include_str!("../../fixtures/dong_son/boundaries.geojson"),
    changes: include_str!("../../fixtures/dong_son/changes.csv"),
    availability: include_str!("../../fixtures/dong_son/availability.csv"),
    baselines: include_str!("../../fixtures/dong_son/baselines.csv"),
};
const UPDATES: &str = include_str!("../../fixtures/dong_son/updates.json");

/// Loads the demo into an empty register, all or nothing; `false` when there is something in it already.
///
/// # Errors
/// A record of the fixture that is refused.
pub async fn load(conn: &mut AsyncPgConnection) -> anyhow::Result<bool> {
    let loaded = conn
        .transaction(async |conn| {
            let row: Row = Sql::new("select exists (select from admin_units) or exists (select from versions)")
                .get_result(conn)
                .await?;
            if row.cells[0].to_json() == true {
                return Ok::<_, anyhow::Error>(false);
            }
            demo::load(conn, UNITS).await.context("demo: units")?;
            let mut ids = HashMap::new();
            for (layer, text) in layers() {
                let name = layer.collection;
                load_layer(conn, layer, text, &mut ids).await.with_context(|| format!("demo: {name}"))?;
            }
            load_updates(conn, &ids).await.context("demo: updates")?;
            Ok(true)
        })
        .await?;
    changes::number(conn).await?;
    Ok(loaded)
}

/// The layers with a fixture, first those to which others refer.
fn layers() -> Vec<(&'static Layer, &'static str)> {
    let fixture = |layer: &Layer| LAYERS.iter().find(|(name, _)| *name == layer.collection).map(|(_, text)| *text);
    let mut layers: Vec<_> = ALL.iter().filter_map(|layer| Some((*layer, fixture(layer)?))).collect();
    let refers = |layer: &Layer, to: &Layer| layer.references().any(|(_, collection)| collection == to.collection);
    layers.sort_by_key(|(layer, _)| !ALL.iter().any(|other| refers(other, layer)));
    layers
}

/// Collection and code of a record, to its id.
type Ids = HashMap<(String, String), i64>;

async fn load_layer(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    text: &str,
    ids: &mut Ids,
) -> anyhow::Result<()> {
    let collection = layer.collection;
    let features: Value = serde_json::from_str(text)?;
    let mut records = Vec::new();
    for feature in features["features"].as_array().into_iter().flatten() {
        let properties = resolve(conn, layer, &feature["properties"], ids).await?;
        let record = normalise(layer, Write::Create, &properties, Some(&feature["geometry"]), today())
            .map_err(|problems| refused(&properties["code"], &problems))?;
        records.push(record);
    }
    let whole: Vec<_> = records.iter().collect();
    for (record, finding) in records.iter().zip(check_places(conn, &whole, today()).await?) {
        if let Some(Finding::Error(problem)) = finding {
            return Err(refused(&record["code"], &[problem]));
        }
    }
    let codes: Vec<_> = records.iter().map(|record| record["code"].as_str().unwrap_or_default().to_owned()).collect();
    let new = assets::insert(conn, layer, records, ACTOR).await.map_err(|error| refusal(&json!(collection), error))?;
    ids.extend(codes.into_iter().map(|code| (collection.to_owned(), code)).zip(new));
    Ok(())
}

async fn load_updates(conn: &mut AsyncPgConnection, ids: &Ids) -> anyhow::Result<()> {
    let updates: Value = serde_json::from_str(UPDATES)?;
    let loader = Caller::console(ACTOR);
    for update in updates.as_array().into_iter().flatten() {
        let text = |name: &str| update[name].as_str().unwrap_or_default().to_owned();
        let layer = Layer::of_collection(&text("collection")).context("no such layer")?;
        let id =
            *ids.get(&(text("collection"), text("code"))).with_context(|| format!("no record {}", text("code")))?;
        let view = View::new(&loader, layer);
        let current = assets::lock(conn, &view, &[id], false).await?.remove(&id).context("the record is gone")?.record;
        let mut patch = update["patch"].clone();
        patch["effective_on"] = update["effective_on"].clone();
        let mut patch = resolve(conn, layer, &patch, ids).await?;
        let geometry = patch.remove("geometry");
        let write = Write::Patch { current: &current };
        let record = normalise(layer, write, &patch, geometry.as_ref(), today())
            .map_err(|problems| refused(&update["code"], &problems))?;
        assets::update(conn, layer, vec![(id, record)], ACTOR)
            .await
            .map_err(|error| refusal(&update["code"], error))?;
    }
    Ok(())
}

/// The fixtures name other records by code (`hamlet_code`), the register by id (`hamlet_id`).
async fn resolve(
    conn: &mut AsyncPgConnection,
    layer: &Layer,
    properties: &Value,
    ids: &Ids,
) -> anyhow::Result<Properties> {
    let mut properties = properties.as_object().cloned().unwrap_or_default();
    for (field, collection) in layer.references() {
        let Some(Value::String(code)) = properties.remove(&field.name.replace("_id", "_code")) else { continue };
        let known = ids.get(&(collection.to_owned(), code.clone())).copied();
        let id = match (known, Layer::of_collection(collection).and_then(Layer::unit_level)) {
            (None, Some(level)) => unit(conn, level, &code, &properties).await?,
            (known, _) => known,
        };
        properties.insert(field.name.into(), json!(id.with_context(|| format!("no {collection} {code}"))?));
    }
    Ok(properties)
}

/// The unit that a code means on the day of a record.
async fn unit(
    conn: &mut AsyncPgConnection,
    level: &str,
    code: &str,
    properties: &Properties,
) -> anyhow::Result<Option<i64>> {
    let day = ["declared_on", "effective_on"].iter().find_map(|name| properties.get(*name)?.as_str());
    let day: NaiveDate = day.context("a unit without a day")?.parse()?;
    let rows: Vec<Row> = Sql::new("select id from admin_units where level = ")
        .bind(Bind::Text(level.into()))
        .text(" and code = ")
        .bind(Bind::Text(code.into()))
        .text(" and in_force(valid_from, valid_to, ")
        .bind(Bind::Date(day))
        .text(")")
        .load(conn)
        .await?;
    Ok(rows.iter().find_map(|row| row.cells[0].as_integer()))
}

fn refused(code: &Value, problems: &[Problem]) -> anyhow::Error {
    let list: Vec<_> = problems.iter().map(|problem| format!("{:?}: {}", problem.place, problem.text.en())).collect();
    anyhow::anyhow!("{code}: {}", list.join("; "))
}

fn refusal(code: &Value, error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(problems) => refused(code, &problems),
        Error::Conflict(problem) => refused(code, &[problem]),
        error => anyhow::anyhow!("{code}: {error}"),
    }
}
