//! By URL.

mod items;
