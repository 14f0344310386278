//! Accounts: who may sign in and how, what they were given, and the audit trail.

pub mod account;
pub mod asked;
pub mod audit;
pub mod callers;
pub mod grants;
pub mod password;
pub mod passwords;
pub mod sessions;
pub mod tokens;
