//! Resolves what only the register knows: communes and hamlets by name, other records by code, places in
//! WGS 84. The register is asked for whole sets; pure functions apply the answers to the rows.

mod ask;
mod names;
mod places;

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::View;
use crate::files::sheet::Workbook;
use crate::imports::interpret::Reading;
use crate::layers::{Layer, Type};

/// Resolves all records. A failure becomes a finding, and its field is marked as broken.
pub async fn resolve(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    workbook: &Workbook,
    reading: &mut Reading,
    units_as_of: NaiveDate,
) -> QueryResult<()> {
    let mut records = std::mem::take(&mut reading.records);
    let mut communes = None;
    if records.iter().any(|record| record.commune.is_some() || places::need_province(record)) {
        let known = communes.insert(ask::communes(conn, units_as_of).await?);
        names::communes(known, workbook, reading, &mut records);
    }
    places::resolve(view.layer, communes.as_ref(), units_as_of, workbook, reading, &mut records);
    if records.iter().any(|record| record.hamlet.is_some()) {
        let hamlets = names::Hamlets::new(ask::hamlets(conn, units_as_of).await?);
        hamlets.resolve(workbook, reading, &mut records);
    }
    for field in view.layer.fields() {
        let Type::Reference { collection } = field.value else { continue };
        let Some(layer) = Layer::of_collection(collection).filter(|layer| layer.is_writable()) else { continue };
        let texts = names::references_of(field, &records);
        if !texts.is_empty() {
            let named = ask::named(conn, &view.of(layer), texts).await?;
            names::references(field, &named, workbook, reading, &mut records);
        }
    }
    reading.records = records;
    Ok(())
}
