//! Following the change feed.

mod stream;
