//! The public surface, tested over HTTP against a real PostGIS, with a new database for each test.

mod api;
mod common;
mod feed;
mod house;
mod imports;
mod layers;
mod openapi;
mod operation;
mod permissions;
mod policy;
mod store;
mod texts;
