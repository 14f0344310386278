//! Which services can be had, by operator: stated of a hamlet, or of a whole commune, district or province.

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value, json};

use crate::conditions::Days;
use crate::error::Error;
use crate::figures;
use crate::input::Members;
use crate::postgres::sql::{Bind, Sql};
use crate::statements::draft::{day, unit, words};
use crate::statements::reading::{objects, shown};
use crate::statements::{Draft, Place};
use crate::texts::text;

pub const TECHNOLOGIES: &[&str] = &["fiber", "2g", "3g", "4g", "5g"];
pub const STATES: &[&str] = &["connected", "available", "weak", "planned", "not_available", "unknown"];
pub const BASES: &[&str] = &["reported", "surveyed", "measured", "modelled"];

/// What is stated of a whole unit on a day: the latest statement for each technology and operator.
pub async fn of_unit(conn: &mut AsyncPgConnection, unit: i64, days: Days) -> QueryResult<Vec<Map<String, Value>>> {
    let sql = Sql::new("select to_jsonb(t) from (select distinct on (a.technology, a.operator) a.* from ")
        .sql(figures::stated("availability", "availability", days.known_at))
        .text(" a where a.unit_id = ")
        .bind(Bind::Integer(unit))
        .text(" and a.as_of <= ")
        .bind(Bind::Date(days.as_of));
    let stored = objects(conn, sql.text(" order by a.technology, a.operator, a.as_of desc) t")).await?;
    Ok(stored.into_iter().map(|stored| shown(stored, true)).collect())
}

/// Reads a statement about the unit that a member names.
///
/// # Errors
/// `Invalid` with every problem.
pub fn read_of_unit(mut members: Members, today: NaiveDate) -> Result<Draft, Error> {
    let place = unit(&mut members, today);
    read(members, place, today)
}

/// Reads a statement about a place.
///
/// # Errors
/// `Invalid` with every problem.
pub fn read(mut members: Members, place: Option<Place>, today: NaiveDate) -> Result<Draft, Error> {
    let technology = members.one_of("technology", TECHNOLOGIES);
    let technology = members.required("technology", technology);
    let operators: Vec<_> = figures::operators().iter().map(|choice| choice.value).collect();
    let operator = members.one_of("operator", &operators);
    let as_of = day(&mut members, "as_of");
    let as_of = members.required("as_of", as_of);
    if as_of.is_some_and(|as_of| as_of > today) {
        members.problem("as_of", text!("date.future/period"));
    }
    let withdrawn = members.flag("withdrawn").unwrap_or_default();
    let mut record = Map::from_iter([
        ("technology".to_owned(), json!(technology)),
        ("operator".to_owned(), json!(operator)),
        ("as_of".to_owned(), json!(as_of)),
    ]);
    if !withdrawn {
        let state = members.one_of("state", STATES);
        let state = members.required("state", state);
        if state.as_deref() == Some("weak") && technology.as_deref() == Some("fiber") {
            members.problem("state", text!("range/weak_fiber"));
        }
        let share = members.read("share_households", text!("expected.fraction"), |value| {
            value.as_f64().filter(|share| (0.0..=1.0).contains(share))
        });
        if share.is_some_and(|share| share > 0.0) && matches!(state.as_deref(), Some("not_available" | "unknown")) {
            members.problem("share_households", text!("range/no_share"));
        }
        let basis = members.one_of("basis", BASES).unwrap_or_else(|| "reported".into());
        let source = words(&mut members, "source");
        record.extend([
            ("state".to_owned(), json!(state)),
            ("share_households".to_owned(), json!(share)),
            ("basis".to_owned(), json!(basis)),
            ("source".to_owned(), json!(source)),
        ]);
    }
    members.finish()?;
    Ok(Draft { place, withdrawn, record })
}
