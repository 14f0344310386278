//! File formats in and out, and what a file means for what is stored. Knows no PostgreSQL.

pub mod availability;
pub mod baselines;
pub mod export;
pub mod formula;
pub mod import;
pub mod refused;
pub mod sheet;
pub mod table;
pub mod units;

pub use refused::Refused;
