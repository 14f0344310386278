//! What a list or a mapping changes in the versions of units known so far. Pure: the register is read before and written
//! after.

pub mod list_plan;
pub mod mapping_plan;
#[cfg(test)]
mod scenarios;
pub mod timeline;
