//! Secrets of tokens, sessions and links: 256 random bits. Only their SHA-256 is stored.

use sha2::{Digest, Sha256};

/// 256 random bits, hexadecimal.
pub fn random() -> String {
    hex(&rand::random::<[u8; 32]>())
}

/// SHA-256, as the tables store it.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// SHA-256, hexadecimal.
pub fn hash(secret: &str) -> String {
    hex(&digest(secret))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
