//! How many values a body or file may hold, counted before any memory is spent on them.

use std::io::Cursor;

use zip::ZipArchive;

/// The shortest cell of a sheet in XML, such as `<c><v>1</v></c>`.
const CELL: u64 = 16;

/// The number of values, or more.
pub fn values(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"PK\x03\x04") { inflated(bytes) } else { separators(bytes) }
}

/// The number of signs between values in JSON, KML and text with separators.
pub fn separators(text: &[u8]) -> usize {
    let is_separator = |byte: &&u8| matches!(**byte, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r' | b'[' | b'{' | b'<');
    text.iter().filter(is_separator).count()
}

/// By the sizes that the parts declare. A reader refuses parts that are larger.
fn inflated(bytes: &[u8]) -> usize {
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else { return 0 };
    let sizes = (0..zip.len()).filter_map(|index| Some(zip.by_index_raw(index).ok()?.size()));
    usize::try_from(sizes.fold(0, u64::saturating_add) / CELL).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_values_than_measured() {
        assert_eq!(values(b"a;b\n1;2\n"), 4);
        assert_eq!(values(br#"{"a": [1, 2]}"#), 3);
        assert_eq!(values(b"PK\x03\x04 broken"), 0);
    }
}
