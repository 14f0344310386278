//! Figures: what is counted, how percentages are rounded, how two days are compared. Only `counting` reads the
//! database; `assembling` turns its numbers into figures.

mod assembling;
mod comparison;
mod counting;
mod definitions;
mod figure;
mod group;
mod hamlet;
mod indicator;
mod numbers;
mod question;
mod rounding;
mod selection;
mod slots;
mod statements;
mod summaries;
mod table;
#[cfg(test)]
mod tests;

pub use assembling::{Baselines, Counted, Was, assemble};
pub use comparison::{Baseline, Delta, Note, Part, Parts, Published};
pub use counting::{ask_of_hamlets, checks, facts, figures, place, stated};
pub use definitions::{BY_TECHNOLOGY, HEADLINES, INDICATORS, find, of_layer, operators, unit_label};
pub use figure::{Area, Census, Change, Figure, FiguresByUnit, LevelChange, RateChange, UnitFigures, Value};
pub use group::Group;
pub use hamlet::{HamletState, Subject, Weight};
pub use indicator::{Amount, Denominator, Indicator, Measure, OPERATIONAL, UNKNOWN};
pub use numbers::{BASES, Changes, Number, Numbers, QUALITY, Slot, UnitCode, add_change, whole_changes};
pub use question::{LeftOut, Question, Scope};
pub use rounding::{Ratio, Unweighted};
pub use selection::{Selection, rows_of};
pub use slots::office;
pub use statements::{SERVICES, Statements};
pub use summaries::{fold, tables};
pub use table::{Column, cells, columns, label_of, number, shown};
