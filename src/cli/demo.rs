//! Loads the demo localities through the same code as every other write.

use std::collections::HashMap;

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::layers::normalise::{Write, normalise};
use crate::layers::{ALL, Layer, Properties};
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::{Draft, Expected, Refused, Writing};
use crate::register::{changes, writing};
use crate::time::today;
use crate::units::demo;
use crate::units::relations::hamlets_on;

/// The author that the history of the demo records names.
const ACTOR: &str = "demo";

/// The files of a locality: name and text of each.
type Files = &'static [(&'static str, &'static str)];
/// Each folder of `fixtures/` with its files. `build.rs` writes this list.
const LOCALITIES: &[(&str, Files)] = include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));

/// Loads the demo in one transaction. Returns `false`, and loads nothing, if the register is not empty.
///
/// # Errors
/// When a record of a fixture is rejected.
pub async fn load(conn: &mut AsyncPgConnection) -> anyhow::Result<bool> {
    let loaded = conn
        .transaction(async |conn| {
            let begun: Option<Found> = Sql::new(
                "select 1::bigint as id where exists (select from admin_units) or exists (select from versions)",
            )
            .get_result(conn)
            .await
            .optional()?;
            if begun.is_some() {
                return Ok::<_, anyhow::Error>(false);
            }
            // The author of statements.
            Sql::new("select set_config('hatang.actor', ")
                .bind(Bind::Text(ACTOR.into()))
                .text(", true)")
                .execute(conn)
                .await?;
            for (locality, files) in LOCALITIES {
                load_locality(conn, files).await.with_context(|| format!("demo: {locality}"))?;
            }
            Ok(true)
        })
        .await?;
    changes::number(conn).await?;
    Ok(loaded)
}

/// Loads the units of a locality, then its records layer by layer with their later changes, then the statements about
/// units and hamlets.
async fn load_locality(conn: &mut AsyncPgConnection, files: Files) -> anyhow::Result<()> {
    demo::load(conn, |name| text_of(files, name)).await.context("units")?;
    let mut ids = HashMap::new();
    for (layer, text) in layers(files) {
        load_layer(conn, layer, text, &mut ids).await.context(layer.collection)?;
        if let Some(updates) = text_of(files, "updates.json") {
            load_updates(conn, layer, updates, &ids)
                .await
                .with_context(|| format!("updates of {}", layer.collection))?;
        }
    }
    demo::load_statements(conn, |name| text_of(files, name)).await
}

fn text_of(files: Files, name: &str) -> Option<&'static str> {
    files.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The layers that have a fixture. A layer comes after those that its records refer to.
fn layers(files: Files) -> Vec<(&'static Layer, &'static str)> {
    let fixture = |layer: &Layer| text_of(files, &format!("{}.geojson", layer.collection));
    let mut layers: Vec<_> = ALL.iter().filter_map(|layer| Some((*layer, fixture(layer)?))).collect();
    // Hamlets refer to nothing, facilities to hamlets, Wi-Fi points to both.
    layers.sort_by_key(|(layer, _)| layer.references().count());
    layers
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Maps the collection and code of a record to its id.
type Ids = HashMap<(String, String), i64>;

async fn load_layer(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    text: &str,
    ids: &mut Ids,
) -> anyhow::Result<()> {
    let features: Value = serde_json::from_str(text)?;
    let mut codes = Vec::new();
    let mut drafts = Vec::new();
    for feature in features["features"].as_array().into_iter().flatten() {
        let given = resolve(conn, layer, &feature["properties"], ids).await?;
        codes.push(given["code"].as_str().unwrap_or_default().to_owned());
        drafts.push(draft(layer, Write::Create, given, Some(&feature["geometry"])));
    }
    let loader = Caller::console(ACTOR);
    let written = writing::create(conn, &writing_of(&loader, layer), drafts).await;
    let new = written.map_err(|refused| refusal(refused, &codes))?.ids;
    ids.extend(codes.into_iter().map(|code| (layer.collection.to_owned(), code)).zip(new));
    Ok(())
}

async fn load_updates(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    text: &str,
    ids: &Ids,
) -> anyhow::Result<()> {
    let updates: Value = serde_json::from_str(text)?;
    let loader = Caller::console(ACTOR);
    let own = |update: &&Value| update["collection"] == layer.collection;
    for update in updates.as_array().into_iter().flatten().filter(own) {
        let code = update["code"].as_str().unwrap_or_default().to_owned();
        let id = *ids.get(&(layer.collection.to_owned(), code.clone())).with_context(|| format!("no record {code}"))?;
        let mut patch = update["patch"].clone();
        patch["effective_on"] = update["effective_on"].clone();
        let mut patch = resolve(conn, layer, &patch, ids).await?;
        let geometry = patch.remove("geometry");
        let read =
            |_: usize, current: &Properties| draft(layer, Write::Patch { current }, patch.clone(), geometry.as_ref());
        let targets = [(id, Expected::Unneeded)];
        let written = writing::change(conn, &writing_of(&loader, layer), &targets, read).await;
        written.map_err(|refused| refusal(refused, &[code]))?;
    }
    Ok(())
}

/// The demo may write everything. `unconditional` also accepts records close to each other: none are duplicates.
fn writing_of<'a>(loader: &'a Caller, layer: &'static Layer) -> Writing<'a> {
    Writing {
        view: View::new(loader, layer),
        actor: ACTOR,
        today: today(),
        reason: None,
        confirmed: Vec::new(),
        unconditional: true,
        batch: None,
    }
}

pub(super) fn draft(
    layer: &'static Layer,
    write: Write<'_>,
    given: Properties,
    geometry: Option<&Value>,
) -> Result<Draft, Error> {
    let record = normalise(layer, write, &given, geometry, today()).map_err(Error::Invalid)?;
    Ok(Draft { given, record })
}

/// Replaces codes by ids: a fixture refers to other records by code (`hamlet_code`), the register by id (`hamlet_id`).
async fn resolve(
    conn: &mut AsyncPgConnection,
    layer: &Layer,
    properties: &Value,
    ids: &Ids,
) -> anyhow::Result<Properties> {
    let mut properties = properties.as_object().cloned().unwrap_or_default();
    for (field, collection) in layer.references() {
        let Some(Value::String(code)) = properties.remove(&field.name.replace("_id", "_code")) else { continue };
        let id = match collection {
            "hamlets" => hamlet(conn, &code, &properties).await?,
            _ => ids.get(&(collection.to_owned(), code.clone())).copied(),
        };
        properties.insert(field.name.into(), json!(id.with_context(|| format!("no {collection} {code}"))?));
    }
    Ok(properties)
}

/// The hamlet that bore this code on the day of a record.
async fn hamlet(conn: &mut AsyncPgConnection, code: &str, properties: &Properties) -> anyhow::Result<Option<i64>> {
    let day = ["declared_on", "effective_on"].iter().find_map(|name| properties.get(*name)?.as_str());
    let day: NaiveDate = day.context("a record names a hamlet but has no day")?.parse()?;
    let found: Vec<Found> =
        Sql::new("select id from hamlets where id = ").sql(hamlets_on(code, day)).load(conn).await?;
    Ok(found.into_iter().next().map(|found| found.id))
}

/// Lists each rejected record by its code, with the reasons.
pub(super) fn refusal(refused: Refused, codes: &[String]) -> anyhow::Error {
    let said = |error: &Error| {
        let problems = error.problems().iter().map(|problem| format!("{}: {}", problem.place, problem.text.en()));
        format!("{error}: {}", problems.collect::<Vec<_>>().join("; "))
    };
    let of_record = |(index, error): &(usize, Error)| format!("{}: {}", codes[*index], said(error));
    match refused {
        Refused::Records(records) => anyhow!("{}", records.iter().map(of_record).collect::<Vec<_>>().join("\n")),
        Refused::Whole(error) => anyhow!("{}", said(&error)),
    }
}
