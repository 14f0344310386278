//! Following the change feed: no reader misses a change, or learns more than it may see.

mod follower;
mod gaps;
mod grants;
mod scopes;
mod span;
mod stop;
mod stream;
mod writes;
