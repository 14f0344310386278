//! Links from figures to the records that they count.

use crate::conditions::named;
use crate::figures::Question;
use crate::http::stats::figure::Context;
use crate::time::rfc3339;
use crate::units::territory::Level;

/// The records that a link is limited to.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// Those in a unit, by its code.
    Unit(&'a str),
    /// Those in the scope that lie in no unit of the level.
    Unassigned,
}

impl Place<'_> {
    /// The query of a URL of items.
    pub fn query(self, question: &Question, indicator: &str) -> String {
        let days = question.days;
        let place = match (self, &question.scope.within) {
            (Place::Unit(_), _) if question.scope.level == Level::Country => format!("units_on={}", days.unit_date),
            (Place::Unit(code), _) => format!("within={}", named(code, days.unit_date)),
            (Place::Unassigned, within) => {
                let within = match within {
                    Some(code) => format!("within={}", named(code, days.unit_date)),
                    None => format!("units_on={}", days.unit_date),
                };
                format!("{within}&unassigned={}", question.scope.level.name())
            }
        };
        let known_at = days.known_at.map(|known_at| format!("&known_at={}", rfc3339(known_at))).unwrap_or_default();
        format!("{place}&as_of={}&indicator={indicator}{known_at}", days.as_of)
    }
}

/// The URL of the records behind any value of an answer of several units, with a gap for the unit and for the figure.
pub fn rows_template(context: &Context<'_>, place: Place<'_>) -> String {
    format!("{}/rows?{}", context.base, place.query(context.question, "{indicator}"))
}
