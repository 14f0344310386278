//! Tests of the database behind the public surface.

mod backup;
mod conditions;
mod filters;
mod layers;
mod migrations;
mod pool;
mod roles;
mod schema;
mod tls;
mod units;
