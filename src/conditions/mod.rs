//! What may be asked of rows, as data: one tree for the parameters of an address, the policy and the figures.

mod as_of;
mod condition;
mod interval;
mod items;
pub mod order;
mod unit_ref;
mod value;

pub use as_of::{AsOf, Days, known_at};
pub use condition::{Comparison, Condition, Derived, Fact, Operand, Property};
pub use interval::Interval;
pub use items::{CRS84, DEFAULT_LIMIT, FORMATS, Filter, FilterValue, ItemsQuery, MAX_LIMIT, limit_of};
pub use order::{Cursor, Key};
pub use unit_ref::UnitRef;
pub use value::Value;
