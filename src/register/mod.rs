//! The register: reads and writes the records of layers, their history and the change feed.

pub mod batches;
pub mod changes;
pub mod erasure;
pub mod history;
pub mod idempotency;
pub mod items;
mod order;
pub mod tiles;
pub mod undo;
pub mod writing;

pub use writing::near;
