//! The database behind the surface.

mod conditions;
mod pool;
mod roles;
mod schema;
mod units;
