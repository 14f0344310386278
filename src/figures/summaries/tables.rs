//! The tables of the kept sums. The program creates them, and creates them anew when a definition has changed.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::figures::summaries::columns::columns;
use crate::layers::{ALL, Layer};

/// The SQL that creates the tables of every layer whose definitions changed, for the owner of the tables. The kept sums of
/// such a layer are empty until they are built.
pub fn tables() -> String {
    let layers = ALL.iter().filter(|layer| layer.is_writable());
    layers.map(|layer| tables_of(layer)).collect()
}

fn tables_of(layer: &Layer) -> String {
    let table = layer.table();
    let kept = columns(layer);
    let mut hash = Sha256::new();
    hash.update(LAYOUT);
    for column in kept {
        hash.update(format!("{column:?}"));
    }
    let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let sums = |kind: &str| -> String {
        kept.iter().fold(String::new(), |mut text, column| {
            let _ = write!(text, ", {} {kind} not null", column.name);
            text
        })
    };
    LAYOUT
        .replace("{table}", table)
        .replace("{collection}", layer.collection)
        .replace("{hash}", &hash)
        .replace("{sums}", &sums("integer"))
        .replace("{running}", &sums("bigint"))
}

const LAYOUT: &str = include_str!("tables.sql");
