//! Small steps in XML that is edited as text or as a stream of events.

use std::borrow::Cow;

use anyhow::{Result, anyhow};
use quick_xml::escape::{escape, unescape};
use quick_xml::events::BytesStart;
use regex::Regex;

use crate::files::sheet::position;

/// An attribute by its local name.
pub fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|it| it.key.local_name().as_ref() == name)?;
    Some(unescape(&found.value).map_or_else(|_| found.value.to_string(), Cow::into_owned))
}

/// The same tag without some attributes and with others.
pub fn with(tag: &BytesStart<'_>, without: &[&str], set: &[(&str, &str)]) -> BytesStart<'static> {
    let mut changed = BytesStart::new(tag.name().as_ref().to_owned());
    for mut attribute in tag.attributes().with_checks(false).flatten() {
        let key = attribute.key.as_ref();
        if !without.contains(&key) && !set.iter().any(|(name, _)| *name == key) {
            // The value may stand in apostrophes.
            attribute.value = attribute.value.replace('"', "&quot;").into();
            changed.push_attribute(attribute);
        }
    }
    for pair in set {
        changed.push_attribute(*pair);
    }
    changed
}

/// The prefix of a name with its colon: `x:` of `x:row`, else nothing.
pub fn prefix(name: &str) -> String {
    name.split_once(':').map_or_else(String::new, |(prefix, _)| format!("{prefix}:"))
}

/// The prefix that a root element declares for a namespace with this ending, and the namespace.
pub fn namespace(root: &BytesStart<'_>, ending: &str) -> Option<(String, String)> {
    root.attributes().with_checks(false).flatten().find_map(|attribute| {
        let name = attribute.key.as_ref().strip_prefix("xmlns:")?;
        attribute.value.ends_with(ending).then(|| (name.to_owned(), attribute.value.to_string()))
    })
}

/// Text for XML: characters that XML cannot hold are left out.
pub fn escaped(text: &str) -> String {
    let legal: String = text.chars().filter(|c| is_legal(*c)).collect();
    escape(legal).into_owned()
}

fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Inserts text before the last end tag of this local name. `make` gets the prefix of the tag.
///
/// # Errors
/// When there is no such end tag.
pub fn insert_before_end(xml: &str, name: &str, make: impl Fn(&str) -> String) -> Result<String> {
    let end = Regex::new(&format!(r"</([\w.-]+:)?{name}\s*>"))?;
    let found = end.captures_iter(xml).last().ok_or_else(|| anyhow!("no end of {name}"))?;
    let at = found.get(0).map_or(0, |whole| whole.start());
    let prefix = found.get(1).map_or("", |prefix| prefix.as_str());
    Ok(format!("{}{}{}", &xml[..at], make(prefix), &xml[at..]))
}

/// Cells from the first to the last, inclusive: rows from 1, columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

/// `A1:C5 E7` as areas. Whole columns (`A:A`) have all rows.
pub fn areas(references: &str) -> Vec<Area> {
    let one = |text: &str| {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let corner = |text: &str, row: u32| position(text).or_else(|| position(&format!("{text}{row}")));
        let (first, last) = (corner(first, 1)?, corner(last, 1 << 20)?);
        Some(Area { rows: (first.0, last.0), columns: (first.1, last.1) })
    };
    references.split_whitespace().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read() {
        assert_eq!(position("$AB$12"), Some((12, 27)));
        assert_eq!(position("A"), None);
        let areas = areas("A1:B3 C:C D4");
        assert_eq!(areas[0], Area { rows: (1, 3), columns: (0, 1) });
        assert_eq!(areas[1], Area { rows: (1, 1 << 20), columns: (2, 2) });
        assert_eq!(areas[2], Area { rows: (4, 4), columns: (3, 3) });
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_left_out() {
        assert_eq!(escaped("a\u{0}\u{b}<\u{ffff}b\n"), "a&lt;b\n");
    }
}
