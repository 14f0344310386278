//! File formats: reads files into cells, and writes rows of a layer to files.

pub mod edit;
pub mod export;
pub mod formula;
pub mod refused;
pub mod sheet;
pub mod table;

pub use refused::Refused;
