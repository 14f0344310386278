//! Tells which rows below a header are records, and which are totals, numberings, headings or signatures.

use std::collections::HashSet;

use crate::files::sheet::{Cell, Row, Sheet};
use crate::imports::interpret::cell::is_placeholder;
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::mapping::{Column, Mapping};
use crate::imports::interpret::target::{Target, Vocabulary};
use crate::layers::Layer;

/// What a row is.
#[derive(Debug, PartialEq, Eq)]
pub enum Role {
    Record,
    /// A row of sums.
    Total,
    Numbering,
    /// A heading: the name of a commune for the rows that follow.
    Commune(String),
    /// The header once more, as on each printed page.
    Header,
    /// The header of another table: its rows have other columns.
    OtherTable,
    /// The line of those who sign. Only their names follow.
    Signature,
    /// Text beside the table.
    Remark,
}

/// Where the rows are: what the last row that was no record has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Records,
    /// Below a line of signatures.
    Signatures,
    OtherTable,
}

impl Part {
    /// The part behind a row.
    fn after(self, role: &Role) -> Part {
        match role {
            Role::Header => Part::Records,
            Role::Signature => Part::Signatures,
            Role::OtherTable => Part::OtherTable,
            _ => self,
        }
    }
}

/// The rows below the header of a sheet, each with its role.
pub fn roles<'a>(
    layer: &'static Layer,
    sheet: &'a Sheet,
    mapping: &'a Mapping,
) -> impl Iterator<Item = (&'a Row, Role)> {
    let vocabulary = Vocabulary::of(layer);
    let mut part = Part::Records;
    mapping.split(sheet).1.iter().enumerate().map(move |(nth, row)| {
        let role = role(sheet, mapping, &vocabulary, part, row, nth);
        part = part.after(&role);
        (row, role)
    })
}

/// The role of a row below the header of a sheet.
fn role(sheet: &Sheet, mapping: &Mapping, vocabulary: &Vocabulary, part: Part, row: &Row, nth: usize) -> Role {
    if is_numbering(row) && (nth < 2 || row.cells.len() > 3 && row.cells[0].1.shown().trim_matches(['(', ')']) == "1") {
        return Role::Numbering;
    }
    if let Some(header) = header_again(mapping, vocabulary, row) {
        return header;
    }
    if part == Part::OtherTable {
        return Role::Remark;
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
    let is_text = texts.len() == row.cells.len();
    // A signature may stand below coordinates. A place has digits.
    let is_located = row.cells.iter().any(|(at, cell)| {
        let is_place = |column: &Column| column.index == *at && column.target.is_some_and(|target| target.is_place());
        mapping.columns.iter().any(is_place) && cell.shown().contains(|c: char| c.is_ascii_digit())
    });
    if !is_located && is_text && texts.len() <= 3 && texts.iter().any(|text| is_signature(text)) {
        return Role::Signature;
    }
    if !is_located && is_text && (texts.len() == 1 && is_note(texts[0]) || part == Part::Signatures && texts.len() <= 3)
    {
        return Role::Remark;
    }
    // The cells whose columns are understood, without running numbers.
    let used = |column: &&Column| column.target.is_some_and(|target| target.is_used());
    let understood = mapping.columns.iter().filter(used).filter(|column| row.cell(column.index).is_some()).count();
    let columns = mapping.columns.iter().filter(used).count();
    let spanned = sheet.merges.iter().any(|merge| merge.rows.0 == row.number && merge.columns.1 > merge.columns.0 + 1);
    let lonely = understood == 0 || understood == 1 && columns > 3 && (spanned || texts.len() == row.cells.len());
    if !lonely || row.cells.iter().any(|(_, cell)| matches!(cell, Cell::Geometry(_))) {
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

/// Whether a row is a header: this one again, or that of another table.
fn header_again(mapping: &Mapping, vocabulary: &Vocabulary, row: &Row) -> Option<Role> {
    let cells: Vec<(u32, String)> = row
        .cells
        .iter()
        .map(|(column, cell)| match cell {
            Cell::Text(text) if text.chars().count() < 80 && !is_number(text) => Some((*column, fold(text))),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let is_header = |(at, text): &&(u32, String)| {
        let column = mapping.columns.iter().find(|column| column.index == *at);
        // A header of two rows is shown as "upper / lower".
        column.is_some_and(|column| column.header.split(" / ").chain([&*column.header]).any(|part| fold(part) == *text))
    };
    let same = cells.iter().filter(is_header).count();
    if same >= 2 && same * 2 >= cells.len() {
        // The same words above other columns begin another table.
        let is_known = |text: &str| mapping.columns.iter().any(|column| fold(&column.header) == text);
        let has_moved = cells.iter().any(|cell| !is_header(&cell) && is_known(&cell.1));
        return Some(if has_moved { Role::OtherTable } else { Role::Header });
    }
    let words: HashSet<&str> =
        cells.iter().map(|(_, text)| text.as_str()).filter(|it| vocabulary.is_header(it)).collect();
    (words.len() >= 3 && words.len() * 3 >= cells.len() * 2).then_some(Role::OtherTable)
}

/// Most records hold a number, and none is in a header. So few rows are compared with it.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b".,-+ ".contains(&byte))
}

/// "Người lập biểu", "TM. UBND", "Nơi nhận:", "Đông Sơn, ngày 20 tháng 9 năm 2023".
fn is_signature(text: &str) -> bool {
    let folded = fold(text);
    let begins = |word: &str| folded.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let words = "nguoi lap|nguoi ky|nguoi bao cao|noi nhan|thu truong|ky ten|ky ghi ro ho ten|xac nhan cua|nguoi kiem tra|\
                 nguoi duyet|lap bieu";
    let stands_for = ["TM.", "KT.", "TL.", "TUQ."].iter().any(|short| text.starts_with(short));
    let is_dated = || text.contains(',') && ["ngay", "thang", "nam"].iter().all(|word| folded.contains(word));
    let is_short = folded.split(' ').count() <= 12;
    is_short && (stands_for || words.split('|').any(begins) || is_dated())
}

/// "Ghi chú: …" below a table.
fn is_note(text: &str) -> bool {
    let begins = |word: &&str| fold(text).starts_with(*word);
    text.split_once(':').is_some_and(|(before, _)| before.chars().count() < 20)
        && ["ghi chu", "luu y", "nguon", "note", "chu thich"].iter().any(begins)
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
    use super::{is_note, is_signature, is_total};

    #[test]
    fn lines_below_a_table_are_told_from_names() {
        for text in ["Người lập biểu", "TM. UBND XÃ", "KT. CHỦ TỊCH", "Nơi nhận:", "Đông Sơn, ngày 20 tháng 9 năm 2023"]
        {
            assert!(is_signature(text), "{text}");
        }
        for text in ["Trạm Nơi nhận", "UBND xã Đông Ninh", "Tmall", "Cổng chợ", "Người dân", "Ngày nay"]
        {
            assert!(!is_signature(text), "{text}");
        }
        assert!(is_note("Ghi chú: số liệu tạm tính") && !is_note("Nguồn điện dự phòng"));
    }

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
