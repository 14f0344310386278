//! Texts that a spreadsheet would take for formulas: disarmed in CSV on the way out, as they were on the way in.

use std::borrow::Cow;

/// What begins with one of these is computed, not shown, by whoever opens the file.
const STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The text with an apostrophe before it when it would be a formula. Texts that look disarmed already get one more, so
/// that [`restore`] gives back every text.
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if text.trim_start_matches('\'').starts_with(STARTS) { format!("'{text}").into() } else { text.into() }
}

/// The text for a cell that is no formula by its type: as it is, unless [`restore`] would take it for disarmed.
pub fn unmistaken(text: &str) -> Cow<'_, str> {
    if restore(text) == text { text.into() } else { format!("'{text}").into() }
}

/// The text that [`neutralise`] or [`unmistaken`] was given.
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
        fn every_text_comes_back(text in "['=+@\t\r a-]{0,6}") {
            let disarmed = neutralise(&text);
            prop_assert_eq!(restore(&disarmed), &text);
            prop_assert!(!disarmed.starts_with(STARTS));
            let typed = unmistaken(&text);
            prop_assert_eq!(restore(&typed), &text);
        }
    }
}
