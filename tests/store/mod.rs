//! The database behind the surface.

mod schema;
