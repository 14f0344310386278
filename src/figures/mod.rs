//! The figures: what is counted, how percentages are rounded, how two days are compared. Knows neither HTTP nor how SQL
//! is run; `store::figures` does the counting.

mod comparison;
pub mod counting;
mod definitions;
mod figure;
mod indicator;
mod rounding;

pub use comparison::{Baseline, Delta, Note, Part, Parts, check_parts};
pub use definitions::{HEADLINES, INDICATORS, find, operators};
pub use figure::{Change, Figure, UnitFigures, Value};
pub use indicator::{Amount, Condition, HamletState, Indicator, Measure, Selection, UNKNOWN, Weight};
pub use rounding::{percent, range};
