//! Loads files whose rows name units: checks the units, and counts the rows written.

use std::collections::BTreeSet;
use std::fmt;

use chrono::NaiveDate;
use diesel::sql_query;
use diesel::sql_types::{Array, Date, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::files::refused::{Refused, Spot};
use crate::postgres::row::Row;
use crate::texts::text;
use crate::units::territory::has_units;

/// The number of rows that were new or differed, and of rows that were known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    pub written: usize,
    pub unchanged: usize,
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} written, {} unchanged", self.written, self.unchanged)
    }
}

/// Checks that each code has a unit of one of the levels on its day. `units`: line, code, day.
///
/// # Errors
/// [`Refused`] with each line whose code has none, and one line for each day of which no units are loaded; or the
/// database's.
pub async fn check_units<'a>(
    conn: &mut AsyncPgConnection,
    column: &str,
    levels: &[&str],
    units: impl Iterator<Item = (u64, &'a str, NaiveDate)>,
) -> anyhow::Result<()> {
    let units: Vec<_> = units.collect();
    let rows: Vec<Row> = sql_query(
        "select given.nth from unnest($1, $2) with ordinality as given (code, day, nth)
         where not exists (
           select from named_by_code(given.code) u
           where u.level = any($3) and in_force(u.valid_from, u.valid_to, given.day))",
    )
    .bind::<Array<Text>, _>(units.iter().map(|(_, code, _)| *code).collect::<Vec<_>>())
    .bind::<Array<Date>, _>(units.iter().map(|(_, _, day)| *day).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(levels)
    .load(conn)
    .await?;
    let unknown: BTreeSet<i64> = rows.iter().filter_map(|row| row.cells[0].as_integer()).collect();
    let mut refused = Refused::new();
    let mut empty_days = BTreeSet::new();
    for nth in unknown {
        let (line, code, day) = units[usize::try_from(nth - 1)?];
        if empty_days.contains(&day) {
            continue;
        }
        if has_units(conn, Some(day)).await? {
            refused.add(Spot::Line(line), column, text!("list.no_unit_of", code, levels, day));
        } else {
            empty_days.insert(day);
            refused.add(Spot::Line(line), column, text!("units.none_on", day));
        }
    }
    Ok(refused.unless_empty(())?)
}
