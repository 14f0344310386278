//! What the XML of a workbook promises to a reader that takes it at its word: the number of its texts, for which memory is
//! allocated at once, and lists that a reader keeps whole.

use crate::files::sheet::{MAX_CELLS, refused, too_large};
use crate::layers::Problem;
use crate::texts::text;

/// How much of the end of a chunk is seen again with the next one, so that no element or attribute is cut in two.
pub const TAIL: usize = 64;

/// The most elements of a part that is no sheet and no list of texts. Excel writes at most 65,490 formats of cells.
const MOST_ELEMENTS: usize = 500_000;

/// The shortest text of a workbook, `<si/>`.
const SHORTEST: u64 = 5;

/// What one part promises and holds.
#[derive(Debug, Default)]
pub struct Promises {
    texts: u64,
    texts_held: usize,
    elements: usize,
}

impl Promises {
    /// Reads a chunk; its first `again` bytes were seen with the last one.
    ///
    /// # Errors
    /// More than a reader may keep, and a count that is no number.
    pub fn read(&mut self, part: &str, chunk: &[u8], again: usize) -> Result<(), Problem> {
        if part.contains("worksheets/") || part.ends_with(".kml") {
            return Ok(());
        }
        const COUNT: &[u8] = b"uniqueCount";
        for at in starts(chunk, COUNT) {
            // A count at the very end is seen again with the next chunk.
            let Some(count) = promised(&chunk[at + COUNT.len()..]) else {
                if at + TAIL > chunk.len() {
                    continue;
                }
                return Err(refused(text!("file.damaged")));
            };
            self.texts = self.texts.max(count);
        }
        if part.ends_with("sharedstrings.xml") {
            let opened = |prefix| starts(chunk, prefix).filter(|at| at + 3 > again).count();
            self.texts_held += opened(b"<si") + opened(b":si");
            if self.texts_held > MAX_CELLS {
                return Err(too_large());
            }
        } else if ["styles.xml", "workbook.xml", ".rels"].iter().any(|end| part.ends_with(end)) {
            self.elements += starts(&chunk[again..], b"<").count();
            if self.elements > MOST_ELEMENTS {
                return Err(too_large());
            }
        }
        Ok(())
    }

    /// Compares what was promised with what is there.
    ///
    /// # Errors
    /// A part that is larger than it says, or has fewer texts than it promises.
    pub fn check(&self, size: u64, declared: u64) -> Result<(), Problem> {
        if size > declared || self.texts > size / SHORTEST {
            return Err(refused(text!("file.damaged")));
        }
        Ok(())
    }
}

/// The number of an attribute whose name ends here: `="12"`.
fn promised(rest: &[u8]) -> Option<u64> {
    let rest = String::from_utf8_lossy(&rest[..TAIL.min(rest.len())]);
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split_once(quote)?.0.trim().parse().ok()
}

/// The places of a word.
fn starts<'a>(text: &'a [u8], word: &'static [u8]) -> impl Iterator<Item = usize> + use<'a> {
    text.windows(word.len()).enumerate().filter(move |(_, part)| *part == word).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_xml_writes_them() {
        for (rest, count) in [
            (r#"="12" count="3">"#, Some(12)),
            (" = '7'>", Some(7)),
            // The window ends inside a letter.
            (&format!("=\"7\"{}ạ", " ".repeat(TAIL - 5)), Some(7)),
            (r#"="&#50;""#, None),
            (r#"="-1""#, None),
            (r#"="12"#, None),
            ("", None),
        ] {
            assert_eq!(promised(rest.as_bytes()), count, "{rest}");
        }
    }

    #[test]
    fn more_texts_than_fit_into_the_part_are_refused() {
        let of = |xml: &str, size| {
            let mut promises = Promises::default();
            promises.read("xl/sharedstrings.xml", xml.as_bytes(), 0).and_then(|()| promises.check(size, size))
        };
        let padding = " ".repeat(TAIL);
        assert!(of(&format!(r#"<sst uniqueCount="2"><si/><si/></sst>{padding}"#), 100).is_ok());
        assert!(of(&format!(r#"<sst uniqueCount="2000000000"></sst>{padding}"#), 100).is_err());
        assert!(of(&format!(r#"<sst uniqueCount="&#50;000000000"></sst>{padding}"#), 100).is_err());
        assert!(Promises::default().check(11, 10).is_err());
    }
}
