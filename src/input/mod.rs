//! Reads what clients send: query parameters and the members of a small JSON body.

pub mod json;
pub mod measure;
mod members;
mod params;

pub use members::Members;
pub use params::Params;
