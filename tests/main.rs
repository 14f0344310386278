//! The public surface, driven over HTTP against a real PostGIS: a fresh database for each test.

mod api;
mod common;
mod feed;
mod house;
mod imports;
mod layers;
mod openapi;
mod permissions;
mod policy;
mod store;
mod texts;
