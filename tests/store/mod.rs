//! Tests of the database behind the public surface.

mod conditions;
mod layers;
mod migrations;
mod pool;
mod roles;
mod schema;
mod units;
