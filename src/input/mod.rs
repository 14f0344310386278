//! What clients give: the parameters of an address, the members of a small body. Each is taken once; what is left over is
//! unknown.

mod members;
mod params;

pub use members::Members;
pub use params::Params;
