//! The widths of columns.

use quick_xml::events::BytesStart;

use crate::files::edit::xml::{attribute, with};

/// Columns from the first to the last, from 1, that look the same.
#[derive(Debug, Clone)]
pub struct Columns {
    first: u32,
    last: u32,
    tag: BytesStart<'static>,
}

impl Columns {
    pub fn read(tag: &BytesStart<'_>) -> Option<Columns> {
        let number = |name| attribute(tag, name)?.parse().ok();
        Some(Columns { first: number("min")?, last: number("max")?, tag: tag.to_owned() })
    }

    /// The look of a column from 0, if this is it.
    pub fn look(&self, column: u32) -> Option<usize> {
        let own = self.first <= column + 1 && column < self.last;
        if own { attribute(&self.tag, "style")?.parse().ok() } else { None }
    }

    pub fn tag(&self) -> BytesStart<'static> {
        with(&self.tag, &[], &[("min", &self.first.to_string()), ("max", &self.last.to_string())])
    }
}

/// The columns where one, from 0, has a width of its own and is visible. The others keep theirs.
pub fn with_width(columns: &[Columns], column: u32, width: f64, prefix: &str) -> Vec<Columns> {
    let at = column + 1;
    let mut all: Vec<Columns> = Vec::new();
    for known in columns {
        let parts = [(known.first, known.last.min(at - 1)), (known.first.max(at + 1), known.last)];
        let parts = parts.into_iter().filter(|(first, last)| first <= last);
        all.extend(parts.map(|(first, last)| Columns { first, last, tag: known.tag.clone() }));
    }
    let mut tag = BytesStart::new(format!("{prefix}col"));
    for pair in [("min", ""), ("max", ""), ("width", width.to_string().as_str()), ("customWidth", "1")] {
        tag.push_attribute(pair);
    }
    all.push(Columns { first: at, last: at, tag });
    all.sort_by_key(|columns| columns.first);
    // Where a range contains the column, both parts of it begin at or before it.
    all.dedup_by_key(|columns| columns.first);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_around_the_column_is_split() {
        let tag = BytesStart::from_content("col min=\"3\" max=\"16384\" width=\"9\" hidden=\"1\"", 3);
        let split = with_width(&[Columns::read(&tag).unwrap()], 6, 60.0, "");
        let shown: Vec<String> = split.iter().map(|columns| columns.tag().to_string()).collect();
        assert_eq!(
            shown,
            [
                "col width=\"9\" hidden=\"1\" min=\"3\" max=\"6\"",
                "col width=\"60\" customWidth=\"1\" min=\"7\" max=\"7\"",
                "col width=\"9\" hidden=\"1\" min=\"8\" max=\"16384\"",
            ]
        );
        assert_eq!(
            with_width(&[], 0, 60.0, "x:")[0].tag().to_string(),
            "x:col width=\"60\" customWidth=\"1\" min=\"1\" max=\"1\""
        );
        assert_eq!(with_width(&[Columns::read(&tag).unwrap()], 2, 60.0, "").len(), 2);
    }
}
