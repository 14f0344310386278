//! The database behind the surface.

mod schema;
mod units;
