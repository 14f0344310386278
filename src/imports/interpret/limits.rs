//! What a new workbook can hold of a file in another format.

use std::collections::HashSet;

pub const LAST_ROW: u32 = 1_048_575;
pub const LAST_COLUMN: u32 = 16_383;
/// The greatest number of characters of a cell (UTF-16 units).
const CHARACTERS: usize = 32_767;
/// The greatest number of characters of the name of a sheet (UTF-16 units).
const NAME: usize = 31;

/// A text as far as a cell holds it. Only geometries are longer. Characters that XML cannot hold are left out.
pub fn short(text: &str) -> String {
    cut(text.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')), CHARACTERS)
}

fn cut(text: impl Iterator<Item = char>, most: usize) -> String {
    let mut length = 0;
    text.take_while(|c| {
        length += c.len_utf16();
        length <= most
    })
    .filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
    .collect()
}

/// The names of the sheets so far, in lower case: Excel takes names for the same that differ only in case.
pub struct SheetNames(HashSet<String>);

impl SheetNames {
    /// Names that no sheet of the file may have.
    pub fn without(taken: &[&str]) -> SheetNames {
        SheetNames(taken.iter().map(|name| name.to_lowercase()).collect())
    }

    /// A name that Excel takes, as near as possible to the given one.
    pub fn name(&mut self, given: &str) -> String {
        let plain = given.chars().map(|c| if "[]:*?/\\".contains(c) || c.is_control() { ' ' } else { c });
        let cleaned = cut(plain, NAME).trim_matches(['\'', ' ']).to_owned();
        let base = if cleaned.is_empty() { "Sheet1".to_owned() } else { cleaned };
        let numbered = (2..).map(|nth| {
            let ending = format!(" ({nth})");
            cut(base.chars(), NAME - ending.len()) + &ending
        });
        let free = [base.clone()].into_iter().chain(numbered).find(|name| !self.0.contains(&name.to_lowercase()));
        let name = free.unwrap_or(base);
        self.0.insert(name.to_lowercase());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_such_as_excel_takes() {
        let mut names = SheetNames::without(&["Thiếu"]);
        let long = "Danh sách camera an ninh trên địa bàn xã";
        for (given, name) in [
            ("", "Sheet1"),
            ("", "Sheet1 (2)"),
            ("'[a]:b/c\\d*?'", "a  b c d"),
            ("thiếu", "thiếu (2)"),
            (long, "Danh sách camera an ninh trên đ"),
            (long, "Danh sách camera an ninh tr (2)"),
            ("Xã\u{0}", "Xã"),
        ] {
            assert_eq!(names.name(given), name);
        }
    }

    #[test]
    fn texts_are_cut_where_a_cell_ends() {
        assert_eq!(short(&"a".repeat(40_000)).len(), CHARACTERS);
        assert_eq!(short(&"🚦".repeat(20_000)).chars().count(), CHARACTERS / 2);
        assert_eq!(short("a\u{0}\u{8}b\nc\u{ffff}"), "ab\nc");
    }
}
