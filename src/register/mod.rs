//! The register: reading and writing the records of layers, their history, the change feed.

pub mod batches;
pub mod changes;
pub mod erasure;
pub mod history;
pub mod idempotency;
pub mod items;
mod order;
pub mod undo;
pub mod writing;

pub use writing::near;
