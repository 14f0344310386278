//! By URL.

mod items;
mod stats;
