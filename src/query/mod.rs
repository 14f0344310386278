//! What may be asked, from the text of a URL or a small body to typed questions; SQL is made in `store`.

pub mod access;
mod as_of;
mod fields;
mod interval;
mod items;
pub mod order;
mod params;
mod unit_ref;

pub use as_of::{AsOf, day_of, known_at, rfc3339};
pub use fields::Fields;
pub use interval::Interval;
pub use items::{CRS84, DEFAULT_LIMIT, FORMATS, Filter, FilterValue, ItemsQuery, MAX_LIMIT, limit_of};
pub use order::{Cursor, Key};
pub use params::Params;
pub use unit_ref::UnitRef;
