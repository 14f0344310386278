//! The files that units and statements about them come from, read and checked without the register.

pub mod availability;
pub mod baselines;
pub mod boundaries;
pub mod census;
pub mod demo;
pub mod list;
pub mod mapping;
