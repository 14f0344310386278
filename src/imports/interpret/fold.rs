//! Folds headers and enumeration values, to compare them without case, accents and punctuation.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// No header and no value that is compared is longer, characters. A cell may hold megabytes.
const LONGEST: usize = 1000;

/// ASCII words in lower case, one space apart: "Số mắt (camera)" becomes "so mat camera". Of a long text, its start.
pub fn fold(text: &str) -> String {
    let mut folded = String::new();
    for c in text.nfd().filter(|c| !is_combining_mark(*c)).take(LONGEST) {
        match c {
            'đ' | 'Đ' => folded.push('d'),
            c if c.is_alphanumeric() => folded.extend(c.to_lowercase()),
            _ if !folded.is_empty() && !folded.ends_with(' ') => folded.push(' '),
            _ => {}
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The folded text without spaces, so that `underConstruction`, `UNDER_CONSTRUCTION` and "under construction" are equal.
pub fn squeezed(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|c| c != ' ');
    folded
}

/// The text without anything in brackets, such as units and notes.
pub fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| match c {
            '(' | '[' => {
                depth += 1;
                false
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_the_same_words_are_equal() {
        for text in ["Số mắt", "SỐ  MẮT", "so mat", "So\u{302}\u{301}-ma\u{306}\u{301}t:"] {
            assert_eq!(fold(text), "so mat");
        }
        assert_eq!(fold("Đường dây"), "duong day");
        for text in ["underConstruction", "UNDER_CONSTRUCTION", "under-construction", "Under construction"] {
            assert_eq!(squeezed(text), "underconstruction");
        }
        assert_eq!(fold(&"ê".repeat(1_000_000)), "e".repeat(LONGEST));
        assert_eq!(fold(&without_brackets("Tọa độ X (VN-2000) [m]")), "toa do x");
    }
}
