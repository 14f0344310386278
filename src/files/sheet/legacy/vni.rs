//! VNI: a letter of Windows-1252, and behind it another one as its mark. Used by the fonts VNI-Times and VNI-Helve; the
//! table is that of "VNI Windows" in <https://en.wikipedia.org/wiki/VNI_(encoding)>.

use unicode_normalization::UnicodeNormalization;

/// Letters that stand for another one by themselves.
const SINGLE: [(char, char); 9] =
    [('ñ', 'đ'), ('ô', 'ơ'), ('ö', 'ư'), ('ì', 'ì'), ('í', 'í'), ('æ', 'ỉ'), ('ó', 'ĩ'), ('ò', 'ị'), ('î', 'ỵ')];

/// Marks of any vowel: a tone.
const TONES: [(char, &str); 5] =
    [('ø', "\u{300}"), ('ù', "\u{301}"), ('û', "\u{309}"), ('õ', "\u{303}"), ('ï', "\u{323}")];

/// Marks of a, e and o: a circumflex with or without a tone.
const CIRCUMFLEXES: [(char, &str); 6] = [
    ('â', "\u{302}"),
    ('á', "\u{302}\u{301}"),
    ('à', "\u{302}\u{300}"),
    ('å', "\u{302}\u{309}"),
    ('ã', "\u{302}\u{303}"),
    ('ä', "\u{302}\u{323}"),
];

/// Marks of a: a breve with or without a tone.
const BREVES: [(char, &str); 6] = [
    ('ê', "\u{306}"),
    ('é', "\u{306}\u{301}"),
    ('è', "\u{306}\u{300}"),
    ('ú', "\u{306}\u{309}"),
    ('ü', "\u{306}\u{303}"),
    ('ë', "\u{306}\u{323}"),
];

/// The text in Unicode; `None` if it is not written in VNI.
pub fn decode(text: &str) -> Option<String> {
    let mut decoded = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let base = letter(c)?;
        decoded.push(base);
        if let Some(marks) = chars.peek().and_then(|next| marks(small(base), small(*next))) {
            decoded.push_str(marks);
            chars.next();
        }
    }
    Some(decoded.nfc().collect())
}

fn letter(c: char) -> Option<char> {
    if super::is_plain(c) {
        return Some(c);
    }
    let (_, meant) = SINGLE.iter().find(|(written, _)| *written == small(c))?;
    if c.is_uppercase() { meant.to_uppercase().next() } else { Some(*meant) }
}

fn marks(base: char, mark: char) -> Option<&'static str> {
    let of = |table: &'static [(char, &'static str)]| table.iter().find(|(known, _)| *known == mark).map(|(_, it)| *it);
    let tone = || of(&TONES);
    match base {
        'a' => tone().or_else(|| of(&CIRCUMFLEXES)).or_else(|| of(&BREVES)),
        'e' | 'o' => tone().or_else(|| of(&CIRCUMFLEXES)),
        'u' | 'y' | 'ơ' | 'ư' => tone(),
        _ => None,
    }
}

fn small(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_their_marks_are_one_letter() {
        for (written, meant) in [
            ("Tröôøng Tieåu hoïc Ñoâng Sôn", "Trường Tiểu học Đông Sơn"),
            ("UÛy ban nhaân daân xaõ Ñoâng Ninh", "Ủy ban nhân dân xã Đông Ninh"),
            ("COÄNG HOØA XAÕ HOÄI", "CỘNG HÒA XÃ HỘI"),
            ("kyõ thuaät, ñaët, baèng, tænh, ñòa chæ, Lyù Thaùi Toå", "kỹ thuật, đặt, bằng, tỉnh, địa chỉ, Lý Thái Tổ"),
        ] {
            assert_eq!(decode(written).as_deref(), Some(meant));
        }
        for other in ["Trường", "Hà Nội", "Café", "Tr\u{ad}êng"] {
            assert_eq!(decode(other), None, "{other}");
        }
    }
}
