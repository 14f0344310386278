//! The only room that talks to PostgreSQL.
