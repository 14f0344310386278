//! What every write is: records checked, changed and checked again in the transaction of the caller, all or none. One
//! record or 10,000 go the same way.

mod checks;
mod refused;

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::{View, keep_unseen};
use crate::error::Error;
use crate::layers::{Problem, Properties};
use crate::postgres::sql::{Bind, Sql};
use crate::register::assets;
use crate::register::assets::Locked;
use checks::{check_keys, check_place, check_references, check_scope, look_around};

pub use refused::Refused;

/// Who writes, and what they say of it.
#[derive(Debug)]
pub struct Writing<'a> {
    pub view: View<'a>,
    /// The name that versions bear.
    pub actor: &'a str,
    pub today: NaiveDate,
    /// Kept with each version.
    pub reason: Option<String>,
    /// Warnings that the writer has seen and confirms, by their codes.
    pub confirmed: Vec<String>,
    /// From clients that can neither confirm nor send `If-Match`.
    pub unconditional: bool,
    /// The bulk write that this is part of.
    pub batch: Option<i64>,
}

/// A record as a client gave it, and as [`normalise`](crate::layers::normalise::normalise) read it.
#[derive(Debug)]
pub struct Draft {
    pub given: Properties,
    pub record: Properties,
}

/// The version that a change is meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Unsaid,
    /// The write is true of any version.
    Unneeded,
    Any,
    /// One of these.
    Versions(Vec<i64>),
    /// A tag that no version has.
    Other,
}

/// What was written, in the order of the list.
#[derive(Debug, Default)]
pub struct Written {
    pub ids: Vec<i64>,
    /// Which of them differ from before.
    pub changed: Vec<bool>,
    pub warnings: Vec<Vec<Problem>>,
}

/// Writes new records.
///
/// # Errors
/// Every record that is refused, with why.
pub async fn create(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    drafts: Vec<Result<Draft, Error>>,
) -> Result<Written, Refused> {
    let layer = writing.view.layer;
    let mut refused = Vec::new();
    let mut records = Vec::with_capacity(drafts.len());
    let mut places = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let kept = draft.and_then(|Draft { given, mut record }| {
            keep_unseen(layer, writing.view.class_written(), None, &given, &mut record).map_err(Error::Invalid)?;
            Ok(record)
        });
        match kept {
            Ok(record) => {
                places.push(index);
                records.push(record);
            }
            Err(error) => refused.push((index, error)),
        }
    }
    let whole: Vec<_> = places.iter().zip(&records).map(|(index, record)| (*index, None, record)).collect();
    let mut warnings = vec![Vec::new(); places.len() + refused.len()];
    refused.extend(check_place(conn, writing, &whole, &mut warnings).await?);
    refused.extend(check_keys(conn, writing, &whole).await?);
    refused.extend(check_references(conn, writing, &whole).await?);
    Refused::unless_none(refused)?;
    tell(conn, writing).await?;
    let count = records.len();
    let ids = assets::insert(conn, layer, records, writing.actor).await?;
    look_around(conn, writing, &ids, &ids, &mut warnings).await?;
    Ok(Written { changed: vec![true; count], ids, warnings })
}

/// Changes records. `read` makes of each record, by its place in the list, what the client gives and the columns to write.
///
/// # Errors
/// Every record that is refused, with why.
pub async fn change(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    targets: &[(i64, Expected)],
    read: impl Fn(usize, &Properties) -> Result<Draft, Error>,
) -> Result<Written, Refused> {
    let layer = writing.view.layer;
    let locked = lock(conn, writing, targets, false).await?;
    let mut refused = Vec::new();
    let mut changes = Vec::new();
    let mut wholes = Vec::new();
    let mut changed = vec![false; targets.len()];
    let compared: Vec<_> = layer.near.iter().flat_map(|near| near.same.iter().copied().chain(near.direction)).collect();
    for (index, (id, _)) in targets.iter().enumerate() {
        let Locked { record: current, class, .. } = &locked[id];
        let record = read(index, current).and_then(|Draft { given, mut record }| {
            keep_unseen(layer, *class, Some(current), &given, &mut record).map_err(Error::Invalid)?;
            Ok(record)
        });
        match record {
            Err(error) => refused.push((index, error)),
            Ok(record) if differs(current, &record) => {
                let mut whole = current.clone();
                whole.extend(record.clone());
                let touches = |names: &[&str]| names.iter().any(|name| is_changed(current, &record, name));
                wholes.push(Touched {
                    index,
                    id: *id,
                    place: touches(&["geom", "declared_commune_code", "declared_on"]),
                    keys: touches(&["code", "external_id", "source_org"]),
                    neighbours: touches(&["geom"]) || touches(&compared),
                    whole,
                });
                changes.push((*id, record));
                changed[index] = true;
            }
            Ok(_) => {}
        }
    }
    let mut warnings = vec![Vec::new(); targets.len()];
    // What stays as it was is not asked again: boundaries may have changed since, and what is near was confirmed.
    let of = |asked: fn(&Touched) -> bool| -> Vec<_> {
        wholes.iter().filter(|touched| asked(touched)).map(|it| (it.index, Some(it.id), &it.whole)).collect()
    };
    refused.extend(check_place(conn, writing, &of(|touched| touched.place), &mut warnings).await?);
    refused.extend(check_keys(conn, writing, &of(|touched| touched.keys)).await?);
    refused.extend(check_references(conn, writing, &of(|_| true)).await?);
    Refused::unless_none(refused)?;
    tell(conn, writing).await?;
    let moved_ids: Vec<_> = wholes.iter().filter(|touched| touched.neighbours).map(|touched| touched.id).collect();
    let ids: Vec<_> = targets.iter().map(|(id, _)| *id).collect();
    assets::update(conn, layer, changes, writing.actor).await?;
    look_around(conn, writing, &ids, &moved_ids, &mut warnings).await?;
    Ok(Written { ids, changed, warnings })
}

/// A record that is changed, and what of it.
struct Touched {
    /// Its place in the list.
    index: usize,
    id: i64,
    /// As it will be.
    whole: Properties,
    place: bool,
    keys: bool,
    neighbours: bool,
}

/// Marks records as deleted, or takes that back. Their history stays.
///
/// # Errors
/// Every record that is refused, with why.
pub async fn set_deleted(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    targets: &[(i64, Expected)],
    deleted: bool,
) -> Result<Written, Refused> {
    lock(conn, writing, targets, !deleted).await?;
    tell(conn, writing).await?;
    let ids: Vec<_> = targets.iter().map(|(id, _)| *id).collect();
    let mut change = Properties::new();
    change.insert("deleted_at".into(), if deleted { json!(chrono::Utc::now()) } else { Value::Null });
    change.insert("effective_on".into(), json!(writing.today));
    let changes = ids.iter().map(|id| (*id, change.clone())).collect();
    assets::update(conn, writing.view.layer, changes, writing.actor).await?;
    let count = ids.len();
    check_scope(conn, writing, &ids).await?;
    Ok(Written { ids, changed: vec![true; count], warnings: vec![Vec::new(); count] })
}

/// Notes that what records say is still true. No precondition: it says so of what is there now.
///
/// # Errors
/// Every record that is refused, with why.
pub async fn verify(conn: &mut AsyncPgConnection, writing: &Writing<'_>, ids: Vec<i64>) -> Result<Written, Refused> {
    let targets: Vec<_> = ids.iter().map(|id| (*id, Expected::Unneeded)).collect();
    let locked = lock(conn, writing, &targets, false).await?;
    tell(conn, writing).await?;
    let now = json!(chrono::Utc::now());
    let changes = ids.iter().map(|id| {
        let mut change = Properties::new();
        change.insert("verified_at".into(), now.clone());
        change.insert("verified_by".into(), json!(writing.actor));
        // It changes no day of what was true.
        change.insert("effective_on".into(), locked[id].record["effective_on"].clone());
        (*id, change)
    });
    assets::update(conn, writing.view.layer, changes.collect(), writing.actor).await?;
    let count = ids.len();
    Ok(Written { ids, changed: vec![true; count], warnings: vec![Vec::new(); count] })
}

/// The records to change: each must be there, the writer's, and of the version that is meant. In this order: 404, 403,
/// 428, 412.
async fn lock(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    targets: &[(i64, Expected)],
    deleted: bool,
) -> Result<HashMap<i64, Locked>, Refused> {
    let ids: Vec<_> = targets.iter().map(|(id, _)| *id).collect();
    let locked = assets::lock(conn, &writing.view, &ids, deleted).await?;
    let mut refused = Vec::new();
    for (index, (id, expected)) in targets.iter().enumerate() {
        let error = match locked.get(id) {
            // An unknown id with `If-Match` is a failed precondition (RFC 9110).
            None if matches!(expected, Expected::Unsaid | Expected::Unneeded) => Error::NotFound,
            None => Error::Stale,
            Some(record) if !record.is_writable => Error::Forbidden(None),
            Some(record) => match expected {
                Expected::Any | Expected::Unneeded => continue,
                Expected::Unsaid if writing.unconditional => continue,
                Expected::Unsaid => Error::PreconditionRequired,
                Expected::Versions(versions) if versions.iter().any(|version| record.record["version"] == *version) => {
                    continue;
                }
                Expected::Versions(_) | Expected::Other => Error::Stale,
            },
        };
        refused.push((index, error));
    }
    Refused::unless_none(refused)?;
    Ok(locked)
}

/// Tells the triggers what to note with each version, for the rest of the transaction.
pub(super) async fn tell(conn: &mut AsyncPgConnection, writing: &Writing<'_>) -> Result<(), Refused> {
    let confirmed = match writing.confirmed.is_empty() {
        true => String::new(),
        false => format!("{{{}}}", writing.confirmed.join(",")),
    };
    Sql::new("select set_config('hatang.reason', ")
        .bind(Bind::Text(writing.reason.clone().unwrap_or_default()))
        .text(", true), set_config('hatang.confirmed', ")
        .bind(Bind::Text(confirmed))
        .text(", true), set_config('hatang.batch', ")
        .bind(Bind::Text(writing.batch.map(|batch| batch.to_string()).unwrap_or_default()))
        .text(", true)")
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether a change says anything new; `effective_on` alone says nothing.
fn differs(current: &Properties, record: &Properties) -> bool {
    record.keys().any(|name| name != "effective_on" && is_changed(current, record, name))
}

fn is_changed(current: &Properties, record: &Properties, name: &str) -> bool {
    record.get(name).is_some_and(|value| !same(value, current.get(name).unwrap_or(&Value::Null)))
}

/// Whether two values are stored alike: 30 and 30.0 are.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
