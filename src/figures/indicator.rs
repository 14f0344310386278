//! What an indicator is: which rows of a layer it counts, and how.

use crate::conditions::Fact;
use crate::layers::{Choice, Label, Layer};

/// A published figure: its definition, and how it is counted.
#[derive(Debug)]
pub struct Indicator {
    pub code: &'static str,
    /// What is counted, in a sentence.
    pub sentence: Label,
    /// What the value is a number of: `eye`, `station`, `hamlet`.
    pub unit: &'static str,
    /// What a percentage is of.
    pub denominator: Option<Label>,
    /// Grows when the rule changes, so that a figure kept by someone can be told from one of today's rule.
    pub rule_version: u32,
    /// The layer whose rows are counted.
    pub layer: &'static Layer,
    pub measure: Measure,
    /// The total that this partition breaks down.
    pub part_of: Option<&'static str>,
}

/// How the rows are counted. Every condition is asked of rows that already count on the day: operational, installed,
/// not decommissioned.
#[derive(Debug, Clone, Copy)]
pub enum Measure {
    /// The sum of an amount over rows.
    Sum { amount: Amount, of: Condition },
    /// One sum for each value of a field, and one for `unknown`. Overlapping: a row may have several values.
    Partition { amount: Amount, of: Condition, by: &'static str, overlapping: bool },
    /// Of the rows that `of` names: covered, not covered, unknown.
    Ratio { of: Condition, covered: Condition, unknown: Condition },
    /// Of the hamlets: covered, not covered, unknown, each counted or weighted.
    Hamlets { state: HamletState, weight: Weight },
    /// The highest level of the offices of a unit: of the commune offices in a commune, else of the agencies.
    SecurityLevel,
}

/// What a row adds to a sum: a column, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    One,
    /// An integer column without nulls.
    Column(&'static str),
}

/// A condition on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    Always,
    Never,
    /// SQL on the alias `t`, without anything that depends on a day.
    Sql(&'static str),
    /// A facility of a type.
    FacilityType(&'static str),
    /// A facility with a free operational Wi-Fi point.
    FreeWifi,
    /// A facility without a free point, but with an operational one of which nobody said whether it is free.
    PerhapsFreeWifi,
    /// The first (lowest id) of the stations at a site, which stands for the site: so sites belong to one unit each and
    /// add up. A station without a site code is its own site.
    Site,
    /// The same, of sites with stations of two operators or more.
    SharedSite,
}

/// What may be true of a hamlet, false, or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HamletState {
    Camera,
    ConnectedCamera,
    /// Mobile coverage of a generation or a later one.
    Mobile(u8),
    FiberAny,
    FiberFull,
    FiberPassed,
    FiberConnected,
}

impl HamletState {
    /// The column of `hamlet_state.sql`: a truth, or the number of households.
    pub const fn column(self) -> &'static str {
        match self {
            HamletState::Camera => "camera",
            HamletState::ConnectedCamera => "connected_camera",
            HamletState::Mobile(2) => "mobile_2g",
            HamletState::Mobile(3) => "mobile_3g",
            HamletState::Mobile(4) => "mobile_4g",
            HamletState::Mobile(_) => "mobile_5g",
            HamletState::FiberAny => "fiber_any",
            HamletState::FiberFull => "fiber_full",
            HamletState::FiberPassed => "fiber_passed",
            HamletState::FiberConnected => "fiber_connected",
        }
    }

    /// Whether it rests on the cameras, and not on statements of availability.
    pub const fn is_of_cameras(self) -> bool {
        matches!(self, HamletState::Camera | HamletState::ConnectedCamera)
    }
}

/// What a hamlet counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    One,
    Households,
    Population,
    /// The state itself is a number of households, of the households.
    Share,
}

impl Indicator {
    /// The column that items have to be summed by to give the value; `None` where their number is the value.
    pub fn summed_field(&self) -> Option<&'static str> {
        match self.measure {
            Measure::Sum { amount: Amount::Column(column), .. }
            | Measure::Partition { amount: Amount::Column(column), .. } => Some(column),
            Measure::Hamlets { weight: Weight::Households, .. } => Some("households"),
            Measure::Hamlets { weight: Weight::Population, .. } => Some("population"),
            Measure::SecurityLevel => Some("security_level"),
            _ => None,
        }
    }

    /// The values of a partition, in the order of the layer's list, without `unknown`.
    pub fn choices(&self) -> &'static [Choice] {
        match self.measure {
            Measure::Partition { by, .. } => self.layer.field(by).map_or(&[], |field| field.value.choices()),
            _ => &[],
        }
    }

    /// Whether it rests on what was stated of hamlets, per operator or for any.
    pub fn is_of_availability(&self) -> bool {
        matches!(self.measure, Measure::Hamlets { state, .. } if !state.is_of_cameras())
    }
}

/// The name of the part of a partition whose rows have no value, so that the parts add up.
pub const UNKNOWN: &str = "unknown";

/// An indicator, narrowed to what one link of it opens.
#[derive(Debug, Clone, Copy)]
pub struct Selection {
    pub indicator: &'static Indicator,
    /// A value of the partition, `unknown` included; the operator of an availability.
    pub value: Option<&'static str>,
}

impl Selection {
    /// Reads `code` or `code.value`.
    pub fn parse(text: &str) -> Option<Selection> {
        let (code, value) = match text.split_once('.') {
            Some((code, value)) => (code, Some(value)),
            None => (text, None),
        };
        let indicator = crate::figures::find(code)?;
        let Some(value) = value else { return Some(Selection { indicator, value: None }) };
        let choices = if indicator.is_of_availability() { crate::figures::operators() } else { indicator.choices() };
        let known = choices.iter().map(|choice| choice.value).find(|known| *known == value);
        let unknown = (value == UNKNOWN && !indicator.choices().is_empty()).then_some(UNKNOWN);
        Some(Selection { indicator, value: Some(known.or(unknown)?) })
    }

    /// That a row is one of those that the figure counts; `within` is the unit to which they are limited anyway.
    pub fn fact(self, within: Option<&str>) -> Fact {
        Fact { name: self.indicator.code, value: self.value, within: within.map(str::to_owned) }
    }

    /// What [`Selection::parse`] reads.
    pub fn to_text(self) -> String {
        match self.value {
            Some(value) => format!("{}.{value}", self.indicator.code),
            None => self.indicator.code.to_owned(),
        }
    }
}
