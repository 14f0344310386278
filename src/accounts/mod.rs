//! Accounts: who may sign in and how, what they were given, and the audit trail.
//!
//! Answers list their members as PostgreSQL's jsonb sorts them, shorter names first: clients have seen them so.

pub mod account;
pub mod account_change;
pub mod administrators;
pub mod audit;
pub mod callers;
pub mod first_link;
pub mod grants;
pub mod password_hash;
pub mod password_links;
mod password_rules;
mod schema;
pub mod scope;
pub mod secrets;
pub mod sessions;
pub mod sign_in;
pub mod tokens;
