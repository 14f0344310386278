//! Accounts: who may sign in and how, their grants, and the audit trail.
//!
//! JSON members are in the order of PostgreSQL's jsonb, shorter names first, because clients have seen them so.

pub mod account;
pub mod account_change;
pub mod administrators;
pub mod audit;
pub mod callers;
pub mod devices;
pub mod first_link;
pub mod grants;
pub mod mail;
pub mod password_hash;
pub mod password_links;
mod password_rules;
mod schema;
pub mod scope;
pub mod second_factor;
pub mod secret_key;
pub mod secrets;
pub mod sessions;
pub mod sign_in;
pub mod tokens;
