//! Takes a coordinate apart into numbers, marks and letters, in Vietnamese and in English.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

#[derive(Debug, Clone, PartialEq)]
pub enum Sign {
    /// Digits with points and commas between them.
    Number(String),
    Degree,
    Minute,
    Second,
    Metre,
    Letter(Letter),
    Colon,
    Minus,
    Plus,
    /// A comma, semicolon, slash, line break or bracket.
    Break,
    Space,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter {
    North,
    South,
    East,
    West,
    /// "N" is north, or "nam": south in a text that also writes B, Đ or T.
    NorthOrNam,
    /// Only names the axis: "lat", "vĩ độ".
    Latitude,
    Longitude,
}

impl Letter {
    pub fn is_latitude(self) -> bool {
        matches!(self, Letter::North | Letter::South | Letter::NorthOrNam | Letter::Latitude)
    }

    /// Whether it names the axis and no direction.
    pub fn is_label(self) -> bool {
        matches!(self, Letter::Latitude | Letter::Longitude)
    }
}

/// Whether a text writes the compass in Vietnamese, so that its N is "nam".
pub fn is_vietnamese(text: &str) -> bool {
    static LETTER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)(?:^|[\d\s°º'"”″′])[bđt](?:[\d\s,;]|$)|bắc|đông|tây"#).expect("the pattern is valid")
    });
    LETTER.is_match(text)
}

/// Whether a text writes E or W, as Vietnamese does not.
pub fn is_english(text: &str) -> bool {
    static LETTER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)(?:^|[\d\s°º'"”″′])[ew](?:[\d\s,;]|$)|east|west"#).expect("the pattern is valid")
    });
    LETTER.is_match(text)
}

/// `None` if the text holds anything that is no part of a coordinate.
pub fn signs(text: &str) -> Option<Vec<Sign>> {
    let text = spelt(text);
    let mut signs = Vec::new();
    let mut depth = 0;
    let mut rest = text.as_ref();
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        signs.push(match c {
            '0'..='9' => {
                length = number(rest);
                Sign::Number(rest[..length].to_owned())
            }
            '°' => Sign::Degree,
            '\'' => Sign::Minute,
            '"' => Sign::Second,
            'M' => Sign::Metre,
            'N' => Sign::Letter(Letter::North),
            'S' | 's' => Sign::Letter(Letter::South),
            'E' | 'e' | 'đ' | 'd' => Sign::Letter(Letter::East),
            'W' | 'w' | 't' => Sign::Letter(Letter::West),
            'b' => Sign::Letter(Letter::North),
            'n' => Sign::Letter(Letter::NorthOrNam),
            'A' => Sign::Letter(Letter::Latitude),
            'O' => Sign::Letter(Letter::Longitude),
            ':' => Sign::Colon,
            '-' => Sign::Minus,
            '+' => Sign::Plus,
            '(' | '[' => {
                depth += 1;
                Sign::Break
            }
            ')' | ']' => {
                depth -= 1;
                Sign::Break
            }
            ',' | ';' | '/' | '|' | '\n' | '\r' | '\t' => Sign::Break,
            ' ' => Sign::Space,
            _ => return None,
        });
        if depth < 0 {
            return None;
        }
        rest = &rest[length..];
    }
    (depth == 0).then_some(signs)
}

/// The length of the number with which a text begins.
fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    while is_digit(end) || matches!(bytes.get(end), Some(b'.' | b',')) && is_digit(end + 1) {
        end += 1;
    }
    end
}

/// The text in one spelling: small letters, capitals for words (N, S, E, W; A and O for the axes; M for metres), plain
/// marks.
fn spelt(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || b" .,;-+\n\t".contains(&byte)) {
        return Cow::Borrowed(text);
    }
    static SPELLINGS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let all = [
            (r"[\u{a0}\u{2007}\u{2009}\u{202f}]", " "),
            (r"[−–—‐‑]", "-"),
            (r"''|[″”“˝ʺ]|′′|’’", "\""),
            (r"[′’‘´`ʹ]", "'"),
            (r"[ºᵒ˚⁰*]", "°"),
            (r"(?:vĩ|vi)\s*(?:độ|do|tuyến|tuyen)?\s*(?:bắc|bac)|bắc vĩ(?: tuyến)?|bắc|bac|north", "N"),
            (r"(?:vĩ|vi)\s*(?:độ|do|tuyến|tuyen)?\s*nam|nam|south", "S"),
            (r"kinh\s*(?:độ|do|tuyến|tuyen)?\s*(?:đông|dong)|đông|dong|east", "E"),
            (r"kinh\s*(?:độ|do|tuyến|tuyen)?\s*(?:tây|tay)|tây|tay|west", "W"),
            (r"(?:latitude|lat|vĩ độ|vi do|vĩ)\.?\s*[:=]?", "A"),
            (r"(?:longitude|long|lng|lon|kinh độ|kinh do|kinh)\.?\s*[:=]?", "O"),
            (r"\b[xy]\s*[:=]", " "),
            (r"độ|degrees?|deg|\bdo\b", "°"),
            (r"phút|phut|minutes?|min", "'"),
            (r"giây|giay|seconds?|sec", "\""),
            // The sign of degrees as a small letter or a zero that has lost its raised position: 19o49', 19049'.
            (r"(\d)\s*o(\s*\d|\s*'|\s*$|\s*[,;nsewbđt])", "$1°$2"),
            (r"(\d)\s*d\s*(\d+)\s*(?:m|')\s*(\d[\d.,]*)\s*(?:s|\x22)", "$1°$2'$3\""),
            (r"(\d)\s*d\s*(\d)", "$1°$2"),
            (r"(^|[^\d.,°'])([6-9]|1\d|2[0-4]|10[2-9]|11[0-8])0([0-5]\d(?:[.,]\d+)?')", "$1$2°$3"),
            (r"(\d)\s*(?:mét|met|m)(\s|[,;]|$)", "${1}M$2"),
        ];
        all.iter().map(|(spelling, plain)| (Regex::new(spelling).expect("the pattern is valid"), *plain)).collect()
    });
    let mut spelt = text.to_lowercase();
    for (spelling, plain) in SPELLINGS.iter() {
        if let Cow::Owned(changed) = spelling.replace_all(&spelt, *plain) {
            spelt = changed;
        }
    }
    Cow::Owned(spelt)
}
