//! Cells merged downwards: the value in the first row holds for all merged rows.

use std::collections::HashMap;

use crate::files::sheet::{Cell, Row, Sheet};

/// The merges of a sheet that span several rows, by their first column, in the order of rows.
pub struct Merged(HashMap<u32, Vec<(u32, u32)>>);

impl Merged {
    pub fn of(sheet: &Sheet) -> Merged {
        let mut spans: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
        for merge in sheet.merges.iter().filter(|merge| merge.rows.1 > merge.rows.0) {
            spans.entry(merge.columns.0).or_default().push(merge.rows);
        }
        spans.values_mut().for_each(|spans| spans.sort_unstable());
        Merged(spans)
    }

    /// The cell of a row, or the cell above that it is merged with.
    pub fn cell<'a>(&self, sheet: &'a Sheet, row: &'a Row, column: u32) -> Option<&'a Cell> {
        row.cell(column).or_else(|| {
            let spans = self.0.get(&column)?;
            let (first, last) = spans[..spans.partition_point(|(first, _)| *first <= row.number)].last()?;
            (row.number <= *last).then(|| sheet.row(*first)?.cell(column)).flatten()
        })
    }
}
