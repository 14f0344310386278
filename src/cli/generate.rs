//! `hatang generate`: made-up records in the communes that are loaded, for measurements.

use anyhow::{Context, bail};
use chrono::{Days, NaiveDate};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::access::{Caller, View};
use crate::cli::demo::{draft, refusal};
use crate::layers::normalise::Write;
use crate::layers::{ALL, Field, Layer, Properties, Type};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::{Expected, Writing};
use crate::register::{changes, writing};
use crate::time::today;

/// The author that the history of the records names.
const ACTOR: &str = "generate";

/// How many records are written in one transaction.
const BATCH: usize = 5_000;

/// The days on which records were installed: the last eight years.
const DAYS: u64 = 8 * 365;

/// The same records each time, except for their ids.
const SEED: u64 = 7;

#[derive(Debug, clap::Args)]
pub struct GenerateCommand {
    /// As many records as a country has: a million cameras, and of the other layers as many as belong to them.
    #[arg(long, required = true)]
    national: bool,
    /// The share of these records, such as 0.1.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
}

/// Writes the records of each layer through the write engine, then later versions of some of them.
///
/// # Errors
/// When the register has records or no communes, or the database's.
pub async fn run(conn: &mut AsyncPgConnection, command: &GenerateCommand) -> anyhow::Result<()> {
    if !(0.0..=10.0).contains(&command.scale) {
        bail!("--scale is a number from 0 to 10");
    }
    let begun: Row = Sql::new("select exists (select from versions)").get_result(conn).await?;
    if matches!(begun.cells[0], Cell::Bool(true)) {
        bail!("the register has records already: generate into an empty one, with its units loaded");
    }
    let mut random = StdRng::seed_from_u64(SEED);
    for layer in ALL.iter().filter(|layer| layer.is_writable() && layer.national > 0) {
        let count = (layer.national as f64 * command.scale).round() as usize;
        let began = std::time::Instant::now();
        let changed = fill(conn, layer, count, &mut random).await.context(layer.collection)?;
        let seconds = began.elapsed().as_secs_f64();
        println!("{}: {count} records, {changed} of them changed later, {seconds:.0} s", layer.collection);
    }
    Ok(())
}

async fn fill(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    count: usize,
    random: &mut StdRng,
) -> anyhow::Result<usize> {
    let places = places(conn, count).await?;
    let loader = Caller::console(ACTOR);
    let writing = Writing {
        view: View::new(&loader, layer),
        actor: ACTOR,
        today: today(),
        reason: None,
        confirmed: Vec::new(),
        unconditional: true,
        batch: None,
    };
    let mut changed = 0;
    for (nth, places) in places.chunks(BATCH).enumerate() {
        let begin = nth * BATCH;
        let made: Vec<_> = (begin..).zip(places).map(|(nth, place)| record(layer, nth, place, random)).collect();
        let codes: Vec<_> =
            made.iter().map(|(given, _)| given["code"].as_str().unwrap_or_default().to_owned()).collect();
        let days: Vec<_> = made.iter().map(|(given, _)| given["installed_on"].clone()).collect();
        let drafts = made.into_iter().map(|(given, place)| draft(layer, Write::Create, given, Some(&place)));
        let drafts: Vec<_> = drafts.collect();
        changed += conn
            .transaction(async |conn| {
                let written =
                    writing::create(conn, &writing, drafts).await.map_err(|refused| refusal(refused, &codes))?;
                let later: Vec<_> =
                    written.ids.iter().zip(&days).filter_map(|(id, day)| later(*id, day, random)).collect();
                let targets: Vec<_> = later.iter().map(|(id, _)| (*id, Expected::Unneeded)).collect();
                let read = |nth: usize, current: &Properties| {
                    draft(layer, Write::Patch { current }, later[nth].1.clone(), None)
                };
                let codes: Vec<_> = later.iter().map(|(id, _)| id.to_string()).collect();
                writing::change(conn, &writing, &targets, read).await.map_err(|refused| refusal(refused, &codes))?;
                anyhow::Ok(later.len())
            })
            .await?;
        changes::number(conn).await?;
    }
    Sql::new("select refresh_statistics(").bind(Bind::Text(layer.table().into())).text(")").execute(conn).await?;
    Ok(changed)
}

/// Longitude and latitude of so many places, as many in each commune of today. PostGIS draws the same ones each time. It
/// gives each part of a shape its share, rounded, so islands can leave a commune with too few: a place more for each part is
/// enough. Some more are drawn since a place at the shore, rounded as the register rounds, can lie in the sea.
async fn places(conn: &mut AsyncPgConnection, count: usize) -> anyhow::Result<Vec<[f64; 2]>> {
    let sql = Sql::new(
        "with communes as (
           select u.geom, row_number() over (order by u.code) as nth, count(*) over () as total
           from admin_units u
           where u.level = 'commune' and u.geom is not null and in_force(u.valid_from, u.valid_to, current_date))
         select st_x(p.geom), st_y(p.geom)
         from communes c, lateral (select ",
    )
    .bind(Bind::Integer(count as i64))
    .text(" / c.total + (c.nth <= ")
    .bind(Bind::Integer(count as i64))
    .text(
        " % c.total)::int as share) s,
         lateral (
           select d.geom
           from (
             select (d).path, st_snaptogrid((d).geom, 0.0000001) as geom
             from (select st_dump(st_generatepoints(c.geom, s.share::int + st_numgeometries(c.geom) + 3, c.nth::int)) as d) d) d
           where st_covers(c.geom, d.geom)
           order by hashint4(path[1])
           limit s.share) p",
    );
    let rows: Vec<Row> = sql.load(conn).await?;
    let number = |cell: &Cell| if let Cell::Double(number) = cell { *number } else { 0.0 };
    let places: Vec<_> = rows.iter().map(|row| [number(&row.cells[0]), number(&row.cells[1])]).collect();
    if places.len() < count {
        bail!("no communes with boundaries are loaded: hatang units import");
    }
    Ok(places)
}

/// The properties and the geometry of a new record.
fn record(layer: &'static Layer, nth: usize, [lon, lat]: &[f64; 2], random: &mut StdRng) -> (Properties, Value) {
    let mut given = Properties::new();
    given.insert("code".into(), json!(format!("{}-{nth}", layer.table().to_uppercase())));
    if layer.field("installed_on").is_some() {
        let day = today() - Days::new(random.random_range(1..DAYS));
        given.insert("installed_on".into(), json!(day));
        given.insert("effective_on".into(), json!(day));
    }
    // What reports count is always known; the rest is as full as registers are.
    let is_counted =
        |field: &Field| field.required || layer.legend == Some(field.name) || layer.summed.contains(&field.name);
    for field in layer.own_fields.iter().filter(|field| field.writable) {
        if (is_counted(field) || random.random_range(0..3) > 0)
            && let Some(value) = value(field, nth, random)
        {
            given.insert(field.name.into(), value);
        }
    }
    // Rules ask for a day or a source beside some fields, and neither is made up.
    if layer.rules.iter().any(|rule| rule(&given).is_some()) {
        given.retain(|name, _| !layer.own_fields.iter().any(|field| field.name == *name && !is_counted(field)));
    }
    // The point that a shape counts by is its place: another could lie in the sea.
    let place = if layer.lies_in_one_commune() {
        json!({"type": "Point", "coordinates": [lon, lat]})
    } else if layer.is_measured() {
        let count = random.random_range(1..4);
        let mut step = || random.random_range(-0.002..0.002);
        let steps: Vec<_> = (0..count).map(|_| (step(), step())).collect();
        let before = steps.iter().rev().map(|(x, y)| [lon - x, lat - y]);
        let points: Vec<_> =
            before.chain([[*lon, *lat]]).chain(steps.iter().map(|(x, y)| [lon + x, lat + y])).collect();
        json!({"type": "LineString", "coordinates": points})
    } else {
        let [west, south, east, north] = [lon - 0.0005, lat - 0.0005, lon + 0.0005, lat + 0.0005];
        let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
        json!({"type": "MultiPolygon", "coordinates": [[ring]]})
    };
    (given, place)
}

/// A value that the field may have on any day. Texts other than names, and what refers to others, stay empty.
fn value(field: &Field, nth: usize, random: &mut StdRng) -> Option<Value> {
    Some(match field.value {
        Type::Text { .. } if field.name == "name" => json!(format!("Điểm {nth}")),
        Type::Text { .. } if field.required => json!(format!("{} {nth}", field.label.vi)),
        Type::Integer { min, max } => json!(random.random_range(min..=max.min(min + 3))),
        Type::Number { min, max } => {
            json!(((random.random_range(min..=max.min(min + 100.0)) * 10.0_f64).round() / 10.0).max(min))
        }
        Type::Boolean => json!(random.random_bool(0.5)),
        Type::OneOf(choices) => {
            let lasting: Vec<_> = choices.iter().filter(|choice| choice.until.is_none()).collect();
            json!(lasting.choose(random)?.value)
        }
        Type::SomeOf(choices) => {
            json!(choices.iter().filter(|_| random.random_bool(0.5)).map(|it| it.value).collect::<Vec<_>>())
        }
        _ => return None,
    })
}

/// What was written of a record later: in one of twenty a note, in one of fifty its end.
fn later(id: i64, installed_on: &Value, random: &mut StdRng) -> Option<(i64, Properties)> {
    let installed_on: NaiveDate = installed_on.as_str()?.parse().ok()?;
    let day = (installed_on + Days::new(random.random_range(30..900))).min(today());
    let patch = match random.random_range(0..100) {
        0..5 => json!({"note": "Đã kiểm tra", "effective_on": day}),
        5..7 => json!({"lifecycle_status": "decommissioned", "decommissioned_on": day, "effective_on": day}),
        _ => return None,
    };
    patch.as_object().cloned().map(|patch| (id, patch))
}
