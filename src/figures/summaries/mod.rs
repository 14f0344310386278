//! Kept sums: what each record adds to the figures of which unit on which days, and running sums of it.
//!
//! A *contribution* is a row per record, state and unit: the days on which the state lasts, the unit lists in which the
//! unit holds, and the amount that it adds to each sum. Neither the day asked nor the era is in it, so a figure of any
//! day in units of any era is one sum. *Deltas* add contributions up per unit and day, *marks* add deltas up to the
//! end of each quarter. A delta belongs to all marks after it, so new ones wait in *recent* and are taken up together.
//!
//! A trigger only notes which records a write touched. A job ([`fold`]) brings their contributions up to date, and
//! until then readers compute those few themselves, in the snapshot that they read: a write counts at once. Without the
//! tables readers compute all contributions from the history. Dropping them changes speed, never an answer.

mod build;
mod by_hamlet;
mod columns;
mod fold;
mod fresh;
mod marks;
mod pairs;
mod read;
mod source;
mod tables;

pub use by_hamlet::numbers_of_hamlets;
pub use columns::column_of;
pub use fold::fold;
pub use pairs::changes;
pub use read::numbers;
pub use source::Source;
pub use tables::tables;
