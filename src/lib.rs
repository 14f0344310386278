//! Hatang: the register and map API of a locality's digital infrastructure. ARCHITECTURE.md describes these modules.

pub mod access;
pub mod accounts;
pub mod cli;
pub mod cluster;
pub mod conditions;
pub mod config;
pub mod error;
pub mod figures;
pub mod files;
pub mod http;
pub mod imports;
pub mod input;
pub mod layers;
pub mod live;
pub mod postgres;
pub mod register;
pub mod statements;
pub mod texts;
pub mod time;
pub mod units;
