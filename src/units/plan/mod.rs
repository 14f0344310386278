//! Plans what a list or a mapping changes in the versions of units known so far. Uses no database: others read it
//! before and write to it afterwards.

pub mod list_plan;
pub mod mapping_plan;
pub mod parents;
#[cfg(test)]
mod scenarios;
pub mod timeline;
