//! The database behind the surface.

mod roles;
mod schema;
mod units;
