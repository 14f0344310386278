//! Connections of clients: the server that accepts them, their limits, and bodies that nobody reads.

pub mod bodies;
mod connection;
mod server;
mod socket;
mod table;

pub use server::{DRAIN_S, start};
