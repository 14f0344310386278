//! The demo district Đông Sơn, loaded through the same code as any write.

use std::collections::HashMap;

use anyhow::Context;
use chrono::NaiveDate;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::layers::normalise::{Write, normalise};
use crate::layers::{Layer, Problem, Properties};
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};
use crate::register::place::{Finding, check_places};
use crate::register::{assets, changes};
use crate::time::today;
use crate::units::demo;
use crate::units::demo::DemoFiles;

/// Who the records of the demo say wrote them.
const ACTOR: &str = "demo";

/// The fixture of each layer; facilities first, since Wi-Fi points name them.
const LAYERS: &[(&str, &str)] = &[
    ("facilities", include_str!("../../fixtures/dong_son/facilities.geojson")),
    ("cameras", include_str!("../../fixtures/dong_son/cameras.geojson")),
    ("towers", include_str!("../../fixtures/dong_son/towers.geojson")),
    ("wifi-points", include_str!("../../fixtures/dong_son/wifi-points.geojson")),
    ("fiber-routes", include_str!("../../fixtures/dong_son/fiber-routes.geojson")),
    ("fiber-areas", include_str!("../../fixtures/dong_son/fiber-areas.geojson")),
];
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
            for (collection, text) in LAYERS {
                load_layer(conn, collection, text, &mut ids).await.with_context(|| format!("demo: {collection}"))?;
            }
            load_updates(conn, &ids).await.context("demo: updates")?;
            Ok(true)
        })
        .await?;
    changes::number(conn).await?;
    Ok(loaded)
}

/// Collection and code of a record, to its id.
type Ids = HashMap<(String, String), i64>;

async fn load_layer(conn: &mut AsyncPgConnection, collection: &str, text: &str, ids: &mut Ids) -> anyhow::Result<()> {
    let layer = Layer::of_collection(collection).context("no such layer")?;
    let features: Value = serde_json::from_str(text)?;
    let mut records = Vec::new();
    for feature in features["features"].as_array().into_iter().flatten() {
        let properties = resolve(conn, &feature["properties"], ids).await?;
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
        let mut patch = resolve(conn, &patch, ids).await?;
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

/// The fixtures name facilities and hamlets by code, the register by id.
async fn resolve(conn: &mut AsyncPgConnection, properties: &Value, ids: &Ids) -> anyhow::Result<Properties> {
    let mut properties = properties.as_object().cloned().unwrap_or_default();
    if let Some(Value::String(code)) = properties.remove("facility_code") {
        let id = ids.get(&("facilities".to_owned(), code.clone())).with_context(|| format!("no facility {code}"))?;
        properties.insert("facility_id".into(), json!(id));
    }
    if let Some(Value::String(code)) = properties.remove("hamlet_code") {
        let day = ["declared_on", "effective_on"].iter().find_map(|name| properties.get(*name)?.as_str());
        let day: NaiveDate = day.context("a hamlet without a day")?.parse()?;
        let rows: Vec<Row> = Sql::new("select id from admin_units where level = 'hamlet' and code = ")
            .bind(Bind::Text(code.clone()))
            .text(" and in_force(valid_from, valid_to, ")
            .bind(Bind::Date(day))
            .text(")")
            .load(conn)
            .await?;
        let id = rows.iter().find_map(|row| row.cells[0].as_integer()).with_context(|| format!("no hamlet {code}"))?;
        properties.insert("hamlet_id".into(), json!(id));
    }
    Ok(properties)
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
