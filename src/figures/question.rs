//! The question that figures answer: which indicators, which units, which days.

use chrono::NaiveDate;

use crate::conditions::Days;
use crate::figures::{INDICATORS, Indicator, Statements};
use crate::postgres::sql::Sql;
use crate::texts::Text;
use crate::units::relations::units_on;
use crate::units::territory::{Level, Unit};

/// The units to count by: those of a level, within one unit or everywhere.
#[derive(Debug, Clone)]
pub struct Scope {
    pub level: Level,
    pub within: Option<String>,
}

impl Scope {
    /// The code by which the units of [`units_on()`](crate::postgres) are grouped.
    pub fn group(&self, prefix: &'static str) -> Sql {
        Sql::new(prefix).name(self.level.name())
    }

    /// The unit of the scope, with the day on which its code is read.
    pub fn unit(&self, unit_date: NaiveDate) -> Option<(&str, NaiveDate)> {
        self.within.as_deref().map(|code| (code, unit_date))
    }

    /// The units of a day within the scope, as a relation `(id, commune, district, province)`.
    pub fn units(&self, unit_date: NaiveDate) -> Sql {
        units_on(unit_date, self.within.as_deref())
    }

    /// Whether a joined unit is within the scope: everywhere also what lies in no unit.
    pub fn holds(&self, prefix: &'static str) -> Sql {
        if self.within.is_none() { Sql::new("true") } else { Sql::new(prefix).text("id is not null") }
    }

    /// A further condition that finds the units of the scope by an index.
    pub fn among(&self, unit_id: &'static str, unit_date: NaiveDate) -> Sql {
        match &self.within {
            None => Sql::default(),
            Some(_) => Sql::new(" and ")
                .text(unit_id)
                .text(" = any(array(select id from ")
                .sql(self.units(unit_date))
                .text("))"),
        }
    }
}

/// Indicators that cannot be counted, and why.
#[derive(Debug, Clone)]
pub struct LeftOut {
    pub reason: Text,
    pub indicators: Vec<&'static Indicator>,
}

/// A question about figures, with its units looked up.
#[derive(Debug, Clone)]
pub struct Question {
    pub scope: Scope,
    /// The unit or the group of the scope.
    pub within: Option<Unit>,
    pub units: Vec<Unit>,
    pub days: Days,
    /// The day to compare with, in the same units.
    pub compare: Option<NaiveDate>,
    pub indicators: Vec<&'static Indicator>,
    /// Those asked for besides, which cannot be counted for such units.
    pub left_out: Vec<LeftOut>,
    /// Whether to count the rows that need a check, too.
    pub quality: bool,
    /// The statements of availability that count.
    pub statements: Statements,
}

impl Question {
    /// The indicators to count: those asked for, and for a comparison also their partitions and totals, since the
    /// published changes of a partition are checked against the total's.
    pub fn counted(&self) -> Vec<&'static Indicator> {
        let asked = |code| self.indicators.iter().any(|asked| asked.code == code);
        let of_asked = |total| self.indicators.iter().any(|asked| asked.part_of == Some(total));
        let is_needed = |indicator: &&Indicator| {
            let is_compared = self.compare.is_some();
            asked(indicator.code) || is_compared && (indicator.part_of.is_some_and(asked) || of_asked(indicator.code))
        };
        INDICATORS.iter().filter(is_needed).collect()
    }

    /// The days of the base.
    pub fn base(&self) -> Option<Days> {
        self.compare.map(|day| Days { as_of: day, ..self.days })
    }
}
