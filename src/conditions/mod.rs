//! What may be asked of rows, as data: one tree for the parameters of an address, the policy and the figures.
//!
//! Two evaluators answer it: `postgres::conditions` writes SQL with bound values, [`memory`] asks a record at hand. A
//! property test holds them against each other.

mod as_of;
mod condition;
mod fold;
mod interval;
pub mod memory;
pub mod order;
pub mod parameters;
mod unit_ref;
mod value;

pub use as_of::{AsOf, Days, known_at};
pub use condition::{Comparison, Condition, Derived, Fact, Operand, Property};
pub use fold::fold;
pub use interval::Interval;
pub use order::{Cursor, Key};
pub use parameters::limit_of;
pub use unit_ref::UnitRef;
pub use value::Value;
