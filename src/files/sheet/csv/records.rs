//! Splits a text into records and fields. Unlike readers that trust the file, this one keeps the rows apart when a
//! quotation mark is never closed.

use std::borrow::Cow;

use crate::files::sheet::MAX_COLUMNS;

/// The records of a text. Blank lines are none.
pub struct Records<'a> {
    text: &'a str,
    delimiter: u8,
    /// How many fields the first record has.
    width: usize,
    at: usize,
    line: u32,
    /// Where the record starts.
    start: usize,
}

pub struct Record<'a> {
    /// The line on which it starts, from 1.
    pub line: u32,
    pub fields: Vec<Cow<'a, str>>,
    /// Whether a field starts with a quotation mark that is not closed at its end. It is read as it stands.
    pub is_unbalanced: bool,
}

impl<'a> Records<'a> {
    pub fn of(text: &'a str, delimiter: u8) -> Records<'a> {
        Records { text, delimiter, width: 0, at: 0, line: 1, start: 0 }
    }

    /// Starts at this byte, which ends a line or starts one.
    pub fn from(mut self, byte: usize) -> Records<'a> {
        self.move_to(byte);
        self
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Moves to a place, and counts the lines on the way: `\n`, `\r\n` and `\r` end one.
    fn move_to(&mut self, end: usize) {
        let bytes = self.text.as_bytes();
        let ends = (self.at..end).filter(|at| match bytes[*at] {
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            other => other == b'\n',
        });
        self.line += ends.count() as u32;
        self.at = end;
    }

    fn field(&mut self) -> (Cow<'a, str>, bool) {
        let rest = &self.text[self.at..];
        let start = self.at + rest.len() - self.trim_start(rest).len();
        let is_quoted = self.text.as_bytes().get(start) == Some(&b'"');
        if is_quoted && let Some((field, end)) = self.quoted(start + 1) {
            self.move_to(end);
            return (field, true);
        }
        let is_end = |byte: u8| byte == self.delimiter || matches!(byte, b'\n' | b'\r');
        let length = rest.bytes().position(is_end).unwrap_or(rest.len());
        self.at += length;
        (Cow::Borrowed(&rest[..length]), !is_quoted)
    }

    /// Spaces may stand around a quoted field.
    fn trim_start<'b>(&self, text: &'b str) -> &'b str {
        text.trim_start_matches(|c| c == ' ' || c == '\t' && self.delimiter != b'\t')
    }

    /// The field from behind its opening mark, and the place behind it; `None` if no mark closes it.
    fn quoted(&self, from: usize) -> Option<(Cow<'a, str>, usize)> {
        let mut close = from;
        loop {
            close += self.text[close..].find('"')?;
            if self.text.as_bytes().get(close + 1) != Some(&b'"') {
                break;
            }
            close += 2;
        }
        let content = &self.text[from..close];
        let rest = self.trim_start(&self.text[close + 1..]);
        let is_closed = rest.bytes().next().is_none_or(|byte| byte == self.delimiter || matches!(byte, b'\n' | b'\r'));
        if !is_closed || content.contains('\n') && self.holds_records(content, close) {
            return None;
        }
        let field = if content.contains('"') { content.replace("\"\"", "\"").into() } else { content.into() };
        Some((field, self.text.len() - rest.len()))
    }

    /// Whether lines inside quotation marks look like whole records: the first mark was never closed.
    fn holds_records(&self, content: &str, close: usize) -> bool {
        let end = self.text[close..].find('\n').map_or(self.text.len(), |length| close + length);
        let mut lines = self.text[self.start..end].lines();
        self.width > 2
            && (content.lines().skip(1).any(|line| self.count(line) >= self.width)
                || lines.all(|line| self.count(line) == self.width))
    }

    /// How many fields a line has. A separator before a space belongs to a sentence.
    fn count(&self, line: &str) -> usize {
        let pairs = line.bytes().zip(line.bytes().skip(1).chain([b'\n']));
        1 + pairs.filter(|(byte, next)| *byte == self.delimiter && *next != b' ').count()
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let blank = self.text[self.at..].bytes().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        self.move_to(self.at + blank);
        self.peek()?;
        self.start = self.at;
        let mut record = Record { line: self.line, fields: Vec::new(), is_unbalanced: false };
        loop {
            let (field, is_balanced) = self.field();
            record.fields.push(field);
            record.is_unbalanced |= !is_balanced;
            // The rest of a line that is far too wide becomes a record of its own: the file is refused anyway.
            if self.peek() != Some(self.delimiter) || record.fields.len() > MAX_COLUMNS {
                break;
            }
            self.at += 1;
        }
        self.width = self.width.max(record.fields.len() * usize::from(self.width == 0));
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(u32, Vec<String>, bool)> {
        let owned = |record: Record<'_>| {
            (record.line, record.fields.iter().map(|it| it.to_string()).collect(), record.is_unbalanced)
        };
        Records::of(text, b',').map(owned).collect()
    }

    fn fields(text: &str) -> Vec<String> {
        read(text).remove(0).1
    }

    #[test]
    fn quoted_fields_hold_separators_marks_and_lines() {
        assert_eq!(fields("a,\"b, \"\"c\"\"\",\"d\r\ne\", \"f\" ,\"\",\n"), ["a", "b, \"c\"", "d\r\ne", "f", "", ""]);
        assert_eq!(fields("\"dòng 1\nA, B, C, D, E\",2,3"), ["dòng 1\nA, B, C, D, E", "2", "3"]);
        let lines: Vec<u32> = read("a\r\n\r\n\"b\r\nc\"\rd\n").iter().map(|(line, ..)| *line).collect();
        assert_eq!(lines, [1, 3, 5]);
    }

    #[test]
    fn mark_that_is_not_closed_ends_with_its_field() {
        let text = "a,b,c\n1,\"x,2\n3,y\",4\n5,\"z\" z,6\n7,5\" disk,8\n";
        let expected = [
            (1, vec!["a", "b", "c"], false),
            (2, vec!["1", "\"x", "2"], true),
            (3, vec!["3", "y\"", "4"], false),
            (4, vec!["5", "\"z\" z", "6"], true),
            (5, vec!["7", "5\" disk", "8"], false),
        ];
        let expected = expected.map(|(line, fields, odd)| (line, fields.into_iter().map(String::from).collect(), odd));
        assert_eq!(read(text), expected);
        assert_eq!(read("a,b,c\n1,2,\"20 inch\n3,4,5\n6,7,8\n").len(), 4);
        assert_eq!(read("a,b,c\n1,2,\"20 inch\n3,4,màn 5\"\n6,7,8\n").len(), 4);
    }

    proptest! {
        #[test]
        fn every_record_comes_back(rows in proptest::collection::vec(proptest::collection::vec("[a\", \n]{0,5}", 2), 1..6)) {
            let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let lines = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(","));
            let text = lines.collect::<Vec<_>>().join("\n");
            let back: Vec<Vec<String>> = read(&text).into_iter().map(|(_, fields, _)| fields).collect();
            prop_assert_eq!(back, rows);
        }

        #[test]
        fn no_text_is_lost(text in "[a\",\n]{0,40}") {
            let letters = |text: &str| text.matches('a').count();
            let back: usize = read(&text).iter().flat_map(|(_, fields, _)| fields).map(|field| letters(field)).sum();
            prop_assert_eq!(back, letters(&text));
        }
    }
}
