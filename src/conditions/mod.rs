//! Conditions on rows, as data: one tree for the query parameters, the policy and the figures.
//!
//! Two evaluators use it: `postgres::conditions` writes SQL with bound values, [`memory`] tests a record in memory. A
//! property test compares the two.

mod as_of;
mod condition;
pub mod cql;
mod fold;
mod interval;
pub mod memory;
mod near;
mod operand;
pub mod order;
pub mod parameters;
mod unit_ref;
mod value;

pub use as_of::{AsOf, Days, known_at};
pub use condition::{Condition, Derived, Fact, Relation, SetRelation, Shape};
pub use fold::{fold, without_accents};
pub use interval::Interval;
pub use near::Near;
pub use operand::{Arithmetic, Comparison, Folding, Operand, Property};
pub use order::{Cursor, Key};
pub use parameters::limit_of;
pub use unit_ref::{UnitRef, group_of, named};
pub use value::Value;
