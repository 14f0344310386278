//! The database behind the surface.

mod pool;
mod roles;
mod schema;
mod units;
