//! Following the change feed: nobody misses anything, or learns more than is theirs.

mod follower;
mod gaps;
mod grants;
mod scopes;
mod span;
mod stop;
mod stream;
mod writes;
