//! Text without accents, đ as d, as PostgreSQL's `unaccent` makes it; for search in lower case, too, as the function `fold()`
//! makes it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The folded text; `None` when it has a character that only PostgreSQL's `unaccent` dictionary can fold.
pub fn fold(text: &str) -> Option<String> {
    without_accents(text).map(|plain| plain.to_ascii_lowercase())
}

/// The text without accents, in its case; `None` as for [`fold`].
pub fn without_accents(text: &str) -> Option<String> {
    text.nfc().map(plain).collect()
}

fn plain(letter: char) -> Option<char> {
    match letter {
        'đ' => return Some('d'),
        'Đ' => return Some('D'),
        _ => {}
    }
    let mut plain = None;
    let mut marks_only = true;
    decompose_canonical(letter, |part| match plain {
        None => plain = Some(part),
        Some(_) => marks_only &= is_combining_mark(part),
    });
    plain.filter(|plain| plain.is_ascii() && marks_only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_are_folded() {
        assert_eq!(fold("Đường Nguyễn Thị Minh Khai, số 7/2"), Some("duong nguyen thi minh khai, so 7/2".into()));
        assert_eq!(fold("ho\u{302}\u{301}"), Some("ho".into()));
        assert_eq!(fold("Straße"), None);
        assert_eq!(fold("“trích”"), None);
    }
}
