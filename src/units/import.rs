//! An import of a file of units, whichever it is.

use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;

use crate::units::{Summary, boundaries, census, lists, mappings};

/// What a file holds, and of which day. [`lists`], [`boundaries`], [`mappings`] and [`census`] say more.
#[derive(Debug, Clone)]
pub enum Import {
    /// `country`: whether the list is of the whole country; `None` to decide by its provinces.
    List {
        as_of: NaiveDate,
        country: Option<bool>,
    },
    Boundaries {
        as_of: NaiveDate,
    },
    Mapping {
        on: NaiveDate,
    },
    Census {
        on: NaiveDate,
        units_as_of: NaiveDate,
        source: String,
    },
}

/// What an import did.
#[derive(Debug)]
pub struct Imported {
    pub summary: Summary,
    /// The rows that were left out, each with the reason.
    pub left_out: Vec<String>,
}

/// Imports a file. `progress` is called with the numbers of boundaries written and in all.
///
/// # Errors
/// As [`lists::import`].
pub async fn run(
    conn: &mut AsyncPgConnection,
    text: &str,
    import: &Import,
    progress: fn(usize, usize),
) -> anyhow::Result<Imported> {
    let summary = match import {
        Import::List { as_of, country } => lists::import(conn, text, *as_of, *country).await?,
        Import::Boundaries { as_of } => boundaries::import(conn, text, *as_of, progress).await?,
        Import::Mapping { on } => mappings::import(conn, text, *on).await?,
        Import::Census { on, units_as_of, source } => {
            let counted = census::import(conn, text, *on, *units_as_of, source).await?;
            return Ok(Imported { summary: counted.summary, left_out: counted.left_out });
        }
    };
    Ok(Imported { summary, left_out: Vec::new() })
}
