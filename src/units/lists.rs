//! Imports a list of units as of a day.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::units::plan::list_plan;
use crate::units::read::list;
use crate::units::{Summary, begin, finish, known, number_changes, write};

/// Imports a list, which has every unit of the provinces that it covers on that day. For `country` see [`list::read`].
///
/// # Errors
/// [`Refused`](crate::files::Refused) with every problem of the file, or the database's. Then nothing is written.
pub async fn import(
    conn: &mut AsyncPgConnection,
    text: &str,
    day: NaiveDate,
    country: Option<bool>,
) -> anyhow::Result<Summary> {
    let list = list::read(text, country)?;
    let summary = conn
        .transaction(async |conn| {
            begin(conn).await?;
            let stored = known::timeline(conn).await?;
            let days = known::list_days(conn).await?;
            let mut timeline = stored.clone();
            let changes = list_plan::apply(&mut timeline, &list, day, &days);

            let mut summary = Summary { what: format!("list of {day}"), ..Summary::default() };
            let difference = timeline.difference(&stored);
            summary.count(&difference);
            let touched: BTreeSet<&str> =
                difference.created.iter().chain(&difference.updated).map(|version| version.code.as_str()).collect();
            summary.unchanged = list.units.iter().filter(|unit| !touched.contains(unit.code.as_str())).count();
            write::versions(conn, &difference).await?;
            summary.changes_added = write::shown_changes(conn, &changes).await?;
            known::remember_list(conn, day, list.provinces.clone(), &days).await?;
            finish(conn, &mut summary).await?;
            anyhow::Ok(summary)
        })
        .await?;
    number_changes(conn).await?;
    Ok(summary)
}
