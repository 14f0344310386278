//! The levels of administrative units.

use crate::conditions::group_of;

/// A level of units, from the top down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Everything, in units or not.
    Country,
    /// A named group of units.
    Group,
    Province,
    District,
    Commune,
    Hamlet,
}

impl Level {
    /// Also the name of the column of `territory()`.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Country => "country",
            Level::Group => "group",
            Level::Province => "province",
            Level::District => "district",
            Level::Commune => "commune",
            Level::Hamlet => "hamlet",
        }
    }

    pub fn parse(name: &str) -> Option<Level> {
        [Level::Country, Level::Province, Level::District, Level::Commune, Level::Hamlet]
            .into_iter()
            .find(|level| level.name() == name)
    }

    /// The level of a code, from its form.
    pub fn of_code(code: &str) -> Option<Level> {
        match code.len() {
            _ if group_of(code).is_some() => Some(Level::Group),
            2 => Some(Level::Province),
            3 => Some(Level::District),
            5 => Some(Level::Commune),
            _ if code.contains('-') => Some(Level::Hamlet),
            _ => None,
        }
    }
}
