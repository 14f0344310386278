//! The database behind the surface.

mod conditions;
mod layers;
mod migrations;
mod pool;
mod roles;
mod schema;
mod units;
