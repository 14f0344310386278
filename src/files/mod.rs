//! File formats: bytes to cells, and rows of a layer to bytes.

pub mod export;
pub mod formula;
pub mod refused;
pub mod sheet;
pub mod table;

pub use refused::Refused;
