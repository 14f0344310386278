//! Hatang: the register and map API of a locality's digital infrastructure.

pub mod access;
pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod error;
pub mod exchange;
pub mod figures;
pub mod geo;
pub mod kinds;
pub mod query;
pub mod store;
