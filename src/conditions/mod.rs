//! What may be asked of rows, as data: one tree for the parameters of an address, the policy and the figures.

mod as_of;
mod condition;
mod interval;
pub mod order;
pub mod parameters;
mod unit_ref;
mod value;

pub use as_of::{AsOf, Days, known_at};
pub use condition::{Comparison, Condition, Derived, Fact, Operand, Property};
pub use interval::Interval;
pub use order::{Cursor, Key};
pub use parameters::limit_of;
pub use unit_ref::UnitRef;
pub use value::Value;
