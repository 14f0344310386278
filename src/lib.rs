//! Hatang: the register and map API of a locality's digital infrastructure.

pub mod geo;
pub mod kinds;
pub mod store;
