//! What may be asked, from the text of a URL or a small body to typed questions; SQL is made in `store`.

pub mod access;
mod fields;
mod interval;
mod items;
mod params;
mod unit_ref;

pub use fields::Fields;
pub use interval::Interval;
pub use items::{CRS84, Cursor, DEFAULT_LIMIT, FORMATS, Filter, FilterValue, ItemsQuery, MAX_LIMIT, limit_of};
pub use params::Params;
pub use unit_ref::UnitRef;
