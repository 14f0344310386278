//! What may be asked of rows.

mod as_of;
mod interval;
mod items;
pub mod order;
mod unit_ref;

pub use as_of::{AsOf, Days, known_at};
pub use interval::Interval;
pub use items::{CRS84, DEFAULT_LIMIT, FORMATS, Filter, FilterValue, ItemsQuery, MAX_LIMIT, limit_of};
pub use order::{Cursor, Key};
pub use unit_ref::UnitRef;
