//! Tells whether a word is a syllable that Vietnamese spelling allows.

use unicode_normalization::UnicodeNormalization;

const ONSETS: [&str; 28] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu",
    "r", "s", "t", "th", "tr", "v", "x",
];

/// Rimes that end in a vowel.
const OPEN: &str = "a e ê i o ô ơ u ư y ia ya ua ưa ai ao au ay âu ây eo êu iu oi ôi ơi ui ưi ưu uy oa oe uê uơ iêu yêu oai \
    oay oao oeo uây uôi ươi ươu uya uyu";

/// Vowels that may stand before a final consonant.
const CLOSED: &str = "a ă â e ê i o ô ơ u ư y iê yê uô ươ oa oă oe oo uâ uê uy uyê";

const ACUTE: char = '\u{301}';
const DOT_BELOW: char = '\u{323}';

/// Whether a word may be a syllable, in any case. Foreign and minority names such as "Đắk" are none.
pub fn is_syllable(word: &str) -> bool {
    let mut tone = None;
    let mut letters = String::with_capacity(word.len());
    for c in word.nfd() {
        match c {
            '\u{300}' | ACUTE | '\u{303}' | '\u{309}' | DOT_BELOW if tone.is_some() => return false,
            '\u{300}' | ACUTE | '\u{303}' | '\u{309}' | DOT_BELOW => tone = Some(c),
            c => letters.extend(c.to_lowercase()),
        }
    }
    let letters: String = letters.nfc().collect();
    ONSETS.iter().any(|onset| letters.strip_prefix(onset).is_some_and(|rime| is_rime(rime, tone)))
}

fn is_rime(rime: &str, tone: Option<char>) -> bool {
    let has = |list: &str, word: &str| list.split_whitespace().any(|known| known == word);
    if has(OPEN, rime) {
        return true;
    }
    ["ng", "nh", "ch", "c", "m", "n", "p", "t"].iter().any(|coda| {
        let Some(vowel) = rime.strip_suffix(coda).filter(|vowel| has(CLOSED, vowel)) else { return false };
        let fits = match *coda {
            "ch" | "nh" => has("a ê i y oa uê uy", vowel),
            "c" | "ng" => !has("ê i y ơ uê uy", vowel),
            _ => true,
        };
        // A syllable that ends in a stop has one of two tones.
        fits && (!matches!(*coda, "c" | "ch" | "p" | "t") || matches!(tone, Some(ACUTE | DOT_BELOW)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_of_ordinary_names_are_known() {
        let names = "Nguyễn Thị Hường Trường Tiểu học Đông Sơn Thanh Hóa Hoá Quỳnh Quốc Giang Giếng Phường Uỷ Ủy ban nhân dân \
            Khuyến Nghệ Thuỷ Xuyên Yên Lữ Ý Ngã tư Rừng Thông Vĩnh Phúc Hoằng Đức Quảng Xương Thoại Nghiêm Phước khuya xoong";
        for name in names.split_whitespace() {
            assert!(is_syllable(name), "{name}");
            assert!(is_syllable(&name.to_uppercase()), "{name}");
        }
    }

    #[test]
    fn foreign_and_broken_words_are_none() {
        for word in ["Café", "Noël", "Hôtel", "Tr\u{ad}êng", "§«ng", "häc", "Müller", "Ñ", "tèt", "Đắk", "", "ngường1"]
        {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
