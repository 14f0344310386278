//! Placeholder until the figures branch lands.
use chrono::NaiveDate;

use super::sql::Sql;
use crate::access::View;
use crate::query::UnitRef;

pub fn within(_view: &View, _unit: &UnitRef, _as_of: Option<NaiveDate>, _today: NaiveDate) -> Sql {
    Sql::new("true")
}
