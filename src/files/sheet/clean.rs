//! Cleans the texts of all formats alike: encodings of old fonts, characters that nobody sees, HTML.

use serde_json::Value;

use crate::files::sheet::{Cell, Remark, Workbook, legacy, markup};
use crate::layers::value;
use crate::texts::{Text, text};

/// Cleans every cell, and adds a remark for each kind of change that loses something.
pub fn clean(workbook: &mut Workbook) {
    let mut remarks = Vec::new();
    for sheet in &mut workbook.sheets {
        sheet.name.retain(|c| !c.is_control());
        // The soft hyphen is a letter of TCVN3, so old encodings come first.
        let mut told = legacy::convert(sheet);
        let mut changes = Changes::default();
        for row in &mut sheet.rows {
            let number = row.number;
            row.cells.retain_mut(|(column, cell)| changes.clean(cell, (number, *column)));
        }
        told.extend(changes.remarks());
        remarks.extend(told.into_iter().map(|remark| remark.of_sheet(&sheet.name)));
    }
    workbook.remarks.extend(remarks);
}

/// How many cells were changed, with the first of each kind.
#[derive(Default)]
struct Changes {
    controls: Count,
    markup: Count,
    lost: Count,
}

#[derive(Default)]
struct Count {
    cells: usize,
    first: (u32, u32),
}

impl Count {
    fn add(&mut self, at: (u32, u32)) {
        if self.cells == 0 {
            self.first = at;
        }
        self.cells += 1;
    }

    fn remark(&self, told: fn(Text) -> Remark, text: Text) -> Option<Remark> {
        let (row, column) = self.first;
        (self.cells > 0).then(|| told(text.with("count", self.cells)).at_row(row).in_column(column))
    }
}

impl Changes {
    /// Whether the cell still holds something.
    fn clean(&mut self, cell: &mut Cell, at: (u32, u32)) -> bool {
        match cell {
            Cell::Text(text) if needs_care(text) => {
                if text.chars().any(is_stray) {
                    self.controls.add(at);
                }
                let mut cleaned: String = text.chars().filter(|c| !is_stray(*c)).collect();
                if markup::is_certain(&cleaned) {
                    self.markup.add(at);
                    cleaned = markup::plain(&cleaned);
                }
                if cleaned.contains('\u{fffd}') {
                    self.lost.add(at);
                }
                *text = value::clean(&cleaned);
                !text.is_empty()
            }
            Cell::Failed(text) => {
                text.retain(|c| !c.is_control());
                true
            }
            Cell::Geometry(geometry) => {
                // PostgreSQL cannot store a NUL, not even in the finding that would quote it.
                if has_nul(geometry) {
                    self.controls.add(at);
                    **geometry = without_nul(&geometry.to_string());
                }
                true
            }
            _ => true,
        }
    }

    fn remarks(&self) -> impl Iterator<Item = Remark> + use<> {
        [
            self.controls.remark(Remark::info, text!("cell.cleaned/controls")),
            self.markup.remark(Remark::info, text!("cell.cleaned/markup")),
            self.lost.remark(Remark::warning, text!("text.encoding/lost")),
        ]
        .into_iter()
        .flatten()
    }
}

fn needs_care(text: &str) -> bool {
    !text.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'<' && byte != b'&')
}

/// Control characters that no text needs. Line ends and tabs have a meaning.
fn is_stray(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}')
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

fn without_nul(json: &str) -> Value {
    serde_json::from_str(&json.replace("\\u0000", "")).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use crate::files::sheet::read;

    fn cleaned(csv: &str) -> (Vec<String>, Vec<String>) {
        let workbook = read(csv.as_bytes()).unwrap();
        let cells = workbook.sheets[0].rows.iter().flat_map(|row| &row.cells);
        (cells.map(|(_, cell)| cell.shown()).collect(), workbook.remarks.iter().map(|it| it.text.en()).collect())
    }

    #[test]
    fn what_nobody_sees_is_taken_out_without_a_word() {
        let (cells, remarks) = cleaned("Chợ\u{a0}Rừng,B\u{200b}C\u{ad}D,\"a\r\nb\rc\",\u{3000}x\u{2009}y,\u{200b}\n");
        assert_eq!(cells, ["Chợ Rừng", "BCD", "a\nb\nc", "x y"]);
        assert_eq!(remarks, [""; 0]);
    }

    #[test]
    fn control_characters_and_html_are_told() {
        let (cells, remarks) = cleaned("Tr\0ạm,\u{1}\nA<br>B,R&nbsp;D\n");
        assert_eq!(cells, ["Trạm", "A\nB", "R D"]);
        assert_eq!(remarks.len(), 2, "{remarks:?}");
    }

    #[test]
    fn lost_letters_are_a_warning() {
        assert_eq!(cleaned("Tr\u{fffd}m,2\n").1.len(), 1);
    }
}
