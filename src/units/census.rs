//! Imports population and households.

use anyhow::{Context, bail};
use chrono::NaiveDate;
use diesel::sql_query;
use diesel::sql_types::{Date, Jsonb, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::texts::text;
use crate::units::names::same_place_name;
use crate::units::read::census;
use crate::units::read::census::Count;
use crate::units::territory::has_units;
use crate::units::{Summary, begin, known};

/// The result of an import of counts.
#[derive(Debug)]
pub struct Counted {
    pub summary: Summary,
    /// Codes without a commune on the day, and codes that belong to another commune by then.
    pub left_out: Vec<String>,
}

/// Imports counts of the day `on` for the communes in force on `units_as_of`.
///
/// Refuses the file if no units of that day are loaded. Leaves out and reports a code that no longer has a commune, or whose commune now has another name (16408 was Đông
/// Anh at the census, and is Đông Khê since 2019-12-01, with twice as many people).
///
/// # Errors
/// As [`crate::units::lists::import`].
pub async fn import(
    conn: &mut AsyncPgConnection,
    text: &str,
    on: NaiveDate,
    units_as_of: NaiveDate,
    source: &str,
) -> anyhow::Result<Counted> {
    let counts = census::read(text)?;
    conn.transaction(async |conn| {
        begin(conn).await?;
        let timeline = known::timeline(conn).await?;
        let mut left_out = Vec::new();
        let (mut gone, mut other, mut unknown) = (0, 0, 0);
        let mut kept: Vec<&Count> = Vec::new();
        for count in &counts {
            match timeline.on(&count.code, units_as_of) {
                None => {
                    gone += 1;
                    left_out.push(format!("{} {}: no commune on {units_as_of}", count.code, count.name));
                }
                Some(unit) if !same_place_name(&unit.name, &count.name) => {
                    other += 1;
                    left_out.push(format!("{} {}: is {} on {units_as_of}", count.code, count.name, unit.name));
                }
                Some(_) if count.population.is_none() && count.households.is_none() => unknown += 1,
                Some(_) => kept.push(count),
            }
        }
        if gone == counts.len() && !has_units(conn, Some(units_as_of)).await? {
            bail!(text!("units.none_on", day = units_as_of).en());
        }
        let updated = sql_query(include_str!("set_counts.sql"))
            .bind::<Jsonb, _>(serde_json::to_value(&kept).context("counts are JSON")?)
            .bind::<Date, _>(units_as_of)
            .bind::<Date, _>(on)
            .bind::<Text, _>(source)
            .execute(conn)
            .await?;
        let mut summary = Summary { what: format!("counts of {on}"), updated, ..Summary::default() };
        summary.unchanged = kept.len() - updated;
        for (number, what) in [
            (gone, "codes that are no commune any more"),
            (other, "codes of another commune by then"),
            (unknown, "without a number"),
        ] {
            if number > 0 {
                summary.notes.push(format!("left out: {number} {what}"));
            }
        }
        anyhow::Ok(Counted { summary, left_out })
    })
    .await
}
