//! Reads and checks the files of units and of statements about them, without the database.

pub mod availability;
pub mod baselines;
pub mod boundaries;
pub mod census;
pub mod demo;
pub mod list;
pub mod mapping;
