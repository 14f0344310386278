//! The register: reading and writing the records of layers, their history, the change feed.

pub mod assets;
pub mod batches;
pub mod changes;
pub mod erasure;
pub mod history;
pub mod idempotency;
pub mod items;
pub mod near;
mod order;
pub mod place;
pub mod undo;
pub mod writing;
