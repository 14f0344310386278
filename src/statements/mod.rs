//! What is stated with its source, and not counted: declared figures, figures published before the register existed, and
//! which services can be had in a hamlet or a unit. Every list of statements is checked and written at once, all or none;
//! triggers keep what each statement was before.

pub mod availability;
pub mod baseline;
mod checking;
pub mod declared;
mod draft;
pub mod history;
pub mod indicator;
mod period;
pub mod places;
pub mod reading;
pub mod sheet;
pub mod value;
pub mod writing;

pub use draft::{Draft, Place, items};
pub use period::Period;

use crate::access::Stated;

/// A list of statements, with a table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Indicators,
    Values,
    Baselines,
    Availability,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Indicators, Kind::Values, Kind::Baselines, Kind::Availability];

    pub fn of_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Kind::Indicators => "indicators",
            Kind::Values => "values",
            Kind::Baselines => "baselines",
            Kind::Availability => "availability",
        }
    }

    pub const fn table(self) -> &'static str {
        match self {
            Kind::Indicators => "declared_indicators",
            Kind::Values => "declared_values",
            Kind::Baselines => "declared_baselines",
            Kind::Availability => "availability",
        }
    }

    /// What a caller must be allowed to state, at least for one operator.
    pub const fn stated(self) -> Stated<'static> {
        match self {
            Kind::Indicators => Stated::Indicator,
            Kind::Values | Kind::Baselines => Stated::Figure,
            Kind::Availability => Stated::Availability { operator: None },
        }
    }

    /// The columns that tell its statements of one place apart.
    const fn key(self) -> &'static [&'static str] {
        match self {
            Kind::Indicators => &["code"],
            Kind::Values => &["indicator", "from_day", "to_day"],
            Kind::Baselines => &["indicator", "group_value", "on_day"],
            Kind::Availability => &["technology", "operator", "as_of"],
        }
    }
}
