//! Tells which rows below a header are records, and which are totals, numberings, headings or signatures.

use crate::files::sheet::{Cell, Row, Sheet};
use crate::imports::interpret::cell::is_placeholder;
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::mapping::Mapping;
use crate::imports::interpret::target::Target;

/// What a row is.
#[derive(Debug, PartialEq, Eq)]
pub enum Role {
    Record,
    /// A row of sums.
    Total,
    Numbering,
    /// A heading: the name of a commune for the rows that follow.
    Commune(String),
    /// Text beside the table.
    Remark,
}

/// The role of a row below the header of a sheet.
pub fn role(sheet: &Sheet, mapping: &Mapping, row: &Row, nth: usize) -> Role {
    if nth < 2 && is_numbering(row) {
        return Role::Numbering;
    }
    let texts: Vec<&str> = row
        .cells
        .iter()
        .filter_map(|(_, cell)| match cell {
            Cell::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let place = mapping
        .columns
        .iter()
        .any(|column| column.target.is_some_and(|target| target.is_place()) && row.cell(column.index).is_some());
    // A total has few texts, and the first of them says so. "Công an xã" next to a name is not a total.
    let label = texts.iter().find(|text| text.chars().count() > 3 && !is_placeholder(text));
    if !place && label.is_some_and(|text| is_total(text)) && texts.len() <= 2 {
        return Role::Total;
    }
    // The cells whose columns are understood, without running numbers.
    let used =
        |column: &&crate::imports::interpret::mapping::Column| column.target.is_some_and(|target| target.is_used());
    let understood = mapping.columns.iter().filter(used).filter(|column| row.cell(column.index).is_some()).count();
    let columns = mapping.columns.iter().filter(used).count();
    let spanned = sheet.merges.iter().any(|merge| merge.rows.0 == row.number && merge.columns.1 > merge.columns.0 + 1);
    let lonely = understood == 0 || understood == 1 && columns > 3 && (spanned || texts.len() == row.cells.len());
    if !lonely || sheet.name.is_empty() && row.cells.iter().any(|(_, cell)| matches!(cell, Cell::Geometry(_))) {
        return Role::Record;
    }
    let name_at = mapping.columns.iter().find(
        |column| matches!(column.target, Some(Target::Field(field)) if ["code", "external_id"].contains(&field.name)),
    );
    if name_at.is_some_and(|column| {
        row.cell(column.index).is_some() && !spanned && texts.len() == 1 && fold(texts[0]).split(' ').count() == 1
    }) {
        return Role::Record;
    }
    match texts.iter().find(|text| is_commune(text)) {
        Some(text) => Role::Commune(bare_heading(text)),
        None => Role::Remark,
    }
}

/// "Tổng cộng", "Tổng số 12 xã", "Cộng:". Not "Tổng công ty" or "Công an xã", which begin the same without accents.
fn is_total(text: &str) -> bool {
    let folded = fold(text);
    let begins = |words: &[&str]| {
        words.iter().any(|word| folded.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    };
    let sums = folded == "cong" || begins(&["tong", "total"]) || text.trim().to_lowercase().starts_with("cộng ");
    sums && !begins(&["tong cong ty", "tong cuc", "tong dai"]) && folded.split(' ').count() <= 6
}

/// (1) (2) (3) or A B 1 2, as below the headers of official forms.
fn is_numbering(row: &Row) -> bool {
    let numbers: Vec<Option<f64>> = row
        .cells
        .iter()
        .map(|(_, cell)| match cell {
            Cell::Number(number) => Some(*number),
            Cell::Text(text) => text.trim_matches(['(', ')', '[', ']']).parse().ok(),
            _ => None,
        })
        .collect();
    let letters = |(_, cell): &(u32, Cell)| matches!(cell, Cell::Text(text) if text.len() == 1);
    let known: Vec<f64> = numbers.iter().flatten().copied().collect();
    known.len() >= 3
        && known.windows(2).all(|pair| pair[1] - pair[0] == 1.0)
        && row.cells.iter().zip(&numbers).all(|(cell, number)| number.is_some() || letters(cell))
}

fn is_commune(text: &str) -> bool {
    let heading = fold(&bare_heading(text));
    ["xa ", "phuong ", "thi tran "].iter().any(|kind| heading.starts_with(kind)) && heading.split(' ').count() <= 7
}

/// "II. Xã Đông Ninh:" without its number.
fn bare_heading(text: &str) -> String {
    let text = text.trim().trim_end_matches(':').trim();
    match text.split_once(['.', ')', '-', ':']) {
        Some((number, rest))
            if number
                .trim_matches(['(', ' '])
                .chars()
                .all(|c| c.is_ascii_digit() || "IVXivx".contains(c) || c.is_ascii_uppercase())
                && number.len() <= 5 =>
        {
            rest.trim().to_owned()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_total;

    #[test]
    fn totals_are_told_apart_from_police_and_corporations() {
        for text in ["Tổng cộng", "TỔNG", "Tổng số: 12 xã", "Cộng", "cong:", "Cộng trang 1", "Total"] {
            assert!(is_total(text), "{text}");
        }
        for text in
            ["Công an xã", "Cong an xa", "Công an phường Đông Sơn", "Tổng công ty Viễn thông", "Tong cuc", "Cổng chợ"]
        {
            assert!(!is_total(text), "{text}");
        }
    }
}
