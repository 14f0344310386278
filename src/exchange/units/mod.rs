//! Lists, mappings, boundaries and counts of administrative units, and what they change in the versions known so far.

pub mod boundaries;
pub mod census;
pub mod demo;
pub mod list;
pub mod list_plan;
pub mod mapping;
pub mod mapping_plan;
pub mod names;
pub mod timeline;

#[cfg(test)]
mod scenarios;
