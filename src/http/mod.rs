//! The HTTP handlers and middleware. A handler parses the request, checks permission, calls other rooms and answers.

pub mod address;
pub mod audit;
pub mod auth;
pub mod basemap;
pub mod batches;
pub mod caching;
pub mod changes;
pub mod clock;
pub mod collections;
pub mod docs;
pub mod download;
pub mod envelope;
pub mod erasure;
pub mod exports;
pub mod extract;
pub mod feature;
pub mod health;
pub mod heavy;
pub mod history;
pub mod imports;
pub mod items;
pub mod landing;
pub mod language;
pub mod limiters;
pub mod links;
pub mod openapi;
pub mod origins;
pub mod paging;
pub mod problem;
pub mod quality;
pub mod rates;
pub mod routes;
pub mod schema;
pub mod security;
pub mod state;
pub mod statements;
pub mod stats;
pub mod tokens;
pub mod unit_imports;
pub mod units;
pub mod users;
pub mod web;
pub mod wire;
pub mod writes;

/// The path of the API. It is also the OGC API landing page.
pub const BASE: &str = "/api/v1";
