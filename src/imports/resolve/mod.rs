//! Resolves what only the register knows: communes and hamlets by name, other records by code, places in
//! WGS 84. The register is asked for whole sets; pure functions apply the answers to the rows.

mod ask;
mod communes;
mod names;
mod places;

pub use ask::{communes as all_communes, hamlets as all_hamlets};
pub use names::Hamlets;

use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::access::View;
use crate::error::Error;
use crate::files::sheet::Workbook;
use crate::imports::interpret::{Defaults, Filling, Note, Origin, Place, Reading, Record};
use crate::layers::{Layer, Type};
use crate::texts::text;

/// Resolves all records. A failure becomes a finding, and its field is marked as broken.
///
/// # Errors
/// A default that is no commune; those of the database.
pub async fn resolve(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    workbook: &Workbook,
    reading: &mut Reading,
    defaults: &Defaults,
    units_as_of: NaiveDate,
) -> Result<(), Error> {
    let mut records = std::mem::take(&mut reading.records);
    fill_operator(view, reading, &mut records);
    let own = view.communes_written();
    let sole = own.as_ref().filter(|own| own.len() == 1).and_then(|own| own.iter().next().copied());
    let default = defaults.text(COMMUNE);
    let is_open = |record: &Record| sole.is_some() && record.communes.is_empty() && record.place == Place::Unsaid;
    let mut found = None;
    let mut open = Vec::new();
    if default.is_some()
        || records.iter().any(|record| !record.communes.is_empty() || places::need_province(record) || is_open(record))
    {
        let known = found.insert(ask::communes(conn, units_as_of).await?);
        if let Some(given) = default {
            match (communes::of_default(known, own.as_ref(), &given), defaults.origin(COMMUNE)) {
                (Ok(code), origin) => fill(view, reading, COMMUNE, code, origin, 0),
                (Err(note), Origin::Remembered) => {
                    let note = Note::warning(text!("default.outdated", reason = note.text));
                    reading.note("", None, None, Some(COMMUNE), Some(given), note);
                }
                (Err(note), _) => {
                    let text = text!("parameter.invalid/default", name = COMMUNE, reason = note.text);
                    return Err(Error::of_parameter("defaults", text));
                }
            }
        }
        if let Some(code) = sole.and_then(|id| communes::of_id(known, id)) {
            fill(view, reading, COMMUNE, code, Origin::Grant, 0);
        }
        open = communes::resolve(known, own.as_ref(), reading, &mut records);
    }
    places::resolve(view.layer, found.as_ref(), units_as_of, workbook, reading, &mut records);
    if let Some(known) = &found {
        let at = ask::communes_at(conn, &open, &records).await?;
        communes::by_place(known, open, &at, reading, &mut records);
    }
    if records.iter().any(|record| record.hamlet.is_some()) {
        let hamlets = Hamlets::new(ask::hamlets(conn, units_as_of).await?);
        hamlets.resolve(workbook, reading, &mut records);
    }
    for field in view.layer.fields() {
        let Type::Reference { collection } = field.value else { continue };
        let Some(layer) = Layer::of_collection(collection) else { continue };
        let texts = names::references_of(field, &records);
        if !texts.is_empty() {
            let named = ask::named(conn, &view.of(layer), texts).await?;
            names::references(field, &named, workbook, reading, &mut records);
        }
    }
    reading.records = records;
    Ok(())
}

const COMMUNE: &str = "declared_commune_code";

/// Fills in the only operator whose records the sender may write. It also tells which record a row is.
fn fill_operator(view: &View<'_>, reading: &mut Reading, records: &mut [Record]) {
    let Some(operator) = view.operator_written() else { return };
    let mut rows = 0;
    for record in records.iter_mut().filter(|record| !record.broken.contains(&"operator")) {
        if !record.values.contains_key("operator") {
            record.values.insert("operator".into(), json!(operator));
            rows += 1;
        }
    }
    fill(view, reading, "operator", operator.to_owned(), Origin::Grant, rows);
}

fn fill(view: &View<'_>, reading: &mut Reading, name: &str, value: String, origin: Origin, rows: usize) {
    let Some(field) = view.layer.field(name) else { return };
    reading.fillings.push(Filling { field, value: json!(value), origin, rows });
}
