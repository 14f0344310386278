//! What is asked of all records of a write at once, before and after it.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use serde_json::Value;

use crate::error::Error;
use crate::layers::{Layer, Problem, Properties, Type};
use crate::register::near::Neighbour;
use crate::register::place::{Finding, check_places};
use crate::register::writing::{Refused, Writing};
use crate::register::{assets, near};

/// Places in the list, ids and records.
pub(super) type Listed<'a> = (usize, Option<i64>, &'a Properties);

/// What the units say of the places of the records to be written: who is refused, and warnings.
pub(super) async fn check_place(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    records: &[Listed<'_>],
    warnings: &mut [Vec<Problem>],
) -> Result<Vec<(usize, Error)>, Refused> {
    let whole: Vec<_> = records.iter().map(|(.., record)| *record).collect();
    let mut refused = Vec::new();
    let findings = check_places(conn, &whole, writing.today).await?;
    for ((index, ..), finding) in records.iter().zip(findings) {
        match finding {
            Some(Finding::Error(problem)) => refused.push((*index, Error::Invalid(vec![problem]))),
            Some(Finding::Warning(problem)) => warnings[*index].push(problem),
            None => {}
        }
    }
    Ok(refused)
}

/// Which of several records have a key that is taken; of one the constraint says it.
pub(super) async fn check_keys(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    records: &[Listed<'_>],
) -> Result<Vec<(usize, Error)>, Refused> {
    if records.len() < 2 {
        return Ok(Vec::new());
    }
    let given: Vec<_> = records.iter().map(|(_, id, record)| (*id, *record)).collect();
    let taken = assets::taken_keys(conn, &writing.view, &given).await?;
    Ok(taken.into_iter().map(|(nth, key)| (records[nth].0, Error::taken_key(key))).collect())
}

/// Which of several records name one that is not there; of one the constraint says it.
pub(super) async fn check_references(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    records: &[Listed<'_>],
) -> Result<Vec<(usize, Error)>, Refused> {
    let mut refused = Vec::new();
    if records.len() < 2 {
        return Ok(refused);
    }
    for field in writing.view.layer.fields() {
        let Type::Reference { collection } = field.value else { continue };
        let Some(layer) = Layer::of_collection(collection) else { continue };
        let named = |record: &Properties| record.get(field.name).and_then(Value::as_i64);
        let ids: Vec<_> = records.iter().filter_map(|(.., record)| named(record)).collect();
        let known = assets::existing(conn, layer, ids).await?;
        let is_wrong = |record: &Properties| named(record).is_some_and(|id| !known.contains(&id));
        let wrong = records.iter().filter(|(.., record)| is_wrong(record));
        refused.extend(wrong.map(|(index, ..)| (*index, Error::unknown_reference(field.name))));
    }
    Ok(refused)
}

/// After the write: nobody has moved a record into what is not theirs, and what stands near is told, or confirmed.
pub(super) async fn look_around(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    ids: &[i64],
    moved: &[i64],
    warnings: &mut [Vec<Problem>],
) -> Result<(), Refused> {
    check_scope(conn, writing, ids).await?;
    let mut neighbours: HashMap<(i64, bool), Vec<Neighbour>> = HashMap::new();
    for neighbour in near::neighbours(conn, &writing.view, moved).await? {
        neighbours.entry((neighbour.id, neighbour.is_same)).or_default().push(neighbour);
    }
    let mut refused = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let of_record = |is_same| neighbours.get(&(*id, is_same)).map_or(&[][..], Vec::as_slice);
        if let Some(problem) = near::problem(of_record(true)) {
            let is_confirmed = writing.confirmed.iter().any(|code| code == problem.code);
            match is_confirmed || writing.unconditional {
                true => warnings[index].push(problem),
                false => refused.push((index, Error::Conflict(problem))),
            }
        }
        warnings[index].extend(near::problem(of_record(false)));
    }
    Refused::unless_none(refused)
}

/// Refuses each record that was written where the writer may not write.
pub(super) async fn check_scope(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    ids: &[i64],
) -> Result<(), Refused> {
    let outside = assets::outside_scope(conn, &writing.view, ids).await?;
    let places = ids.iter().enumerate().filter(|(_, id)| outside.contains(*id));
    Refused::unless_none(places.map(|(index, _)| (index, assets::outside())).collect())
}
