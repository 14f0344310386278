//! File formats: reads files into cells, and writes rows of a layer to files.

pub mod edit;
pub mod export;
pub mod formula;
pub mod protobuf;
pub mod refused;
pub mod sheet;
pub mod table;
pub mod vector_tile;

pub use refused::Refused;
