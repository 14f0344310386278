//! Texts that a spreadsheet would run as formulas: CSV exports disarm them, imports restore them.

use std::borrow::Cow;

/// Spreadsheets compute a text that begins with one of these instead of showing it. In East Asian settings Excel takes
/// the wide signs for the narrow ones.
const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Puts an apostrophe before a text that would be a formula. A text that looks disarmed already gets one more, so that
/// [`restore`] gives back every text.
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if text.trim_start_matches('\'').starts_with(STARTS) { format!("'{text}").into() } else { text.into() }
}

/// The text for a cell whose type already says that it is no formula. It changes only if [`restore`] would change it.
pub fn unmistaken(text: &str) -> Cow<'_, str> {
    if restore(text) == text { text.into() } else { format!("'{text}").into() }
}

/// Undoes [`neutralise`] and [`unmistaken`].
pub fn restore(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.trim_start_matches('\'').starts_with(STARTS)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_get_an_apostrophe_and_other_texts_do_not() {
        for (text, disarmed) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+84 912 345 678", "'+84 912 345 678"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("＝1+1", "'＝1+1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠A1", "'＠A1"),
            ("'=1", "''=1"),
            ("'quoted'", "'quoted'"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(neutralise(text), disarmed);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@\t\r＝＋－＠ a-]{0,6}") {
            let disarmed = neutralise(&text);
            prop_assert_eq!(restore(&disarmed), &text);
            prop_assert!(!disarmed.starts_with(STARTS));
            let typed = unmistaken(&text);
            prop_assert_eq!(restore(&typed), &text);
        }
    }
}
