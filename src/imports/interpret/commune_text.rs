//! Reads what a sheet writes for a commune: a code, a name with what tells it from others of the same name, or both.

use crate::units::names::{comparable, tidy};

/// One statement about a commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Five digits. `padded`: zeros in front were missing.
    Code {
        code: String,
        padded: bool,
    },
    Name(Name),
}

/// A name, in comparable forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// As it is shown in messages: without the office that it was written with.
    pub shown: String,
    pub kind: Option<&'static str>,
    /// Without the kind.
    pub bare: String,
    /// The district or the province, in any order.
    pub above: Vec<Above>,
    /// "Xã Đông Hòa (cũ)".
    pub is_former: bool,
}

/// A unit that contains the commune.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Above {
    pub kind: Option<&'static str>,
    pub bare: String,
}

/// The kinds of units: as they are stored, and in short.
const KINDS: [(&str, &[&str]); 9] = [
    ("xã", &["x"]),
    ("phường", &["p", "ph"]),
    ("thị trấn", &["tt", "ttr", "t. t", "t. tr"]),
    ("đặc khu", &["đk"]),
    ("huyện", &["h"]),
    ("quận", &["q"]),
    ("thị xã", &["tx", "t. x"]),
    ("thành phố", &["tp", "t. p"]),
    ("tỉnh", &[]),
];

/// Offices of a commune that stand for it; some of them name its kind.
const OFFICES: [(&str, Option<&str>); 12] = [
    ("ủy ban nhân dân", None),
    ("hội đồng nhân dân", None),
    ("hđnd", None),
    ("ubnd", None),
    ("đảng ủy", None),
    ("công an", None),
    ("trụ sở", None),
    ("địa bàn", None),
    ("catt", Some("thị trấn")),
    ("cap", Some("phường")),
    ("cax", Some("xã")),
    ("ca", None),
];

/// What a cell says: a code, a name, or both ("16417 - Xã Đông Văn").
pub fn read(text: &str) -> Vec<Said> {
    let text = tidy(text);
    let digits = |part: &str| (1..=5).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if digits(&text) {
        return vec![Said::Code { code: format!("{text:0>5}"), padded: text.len() < 5 }];
    }
    let edge = |c: char| !c.is_ascii_digit();
    let front = text.split(edge).next().unwrap_or_default();
    let back = text.trim_end_matches(')').rsplit(edge).next().unwrap_or_default();
    let (code, name) = match (front.len(), back.len()) {
        (5, _) => (Some(front), &text[5..]),
        (_, 5) => (Some(back), text.trim_end_matches(')').trim_end_matches(back)),
        _ => (None, text.as_str()),
    };
    let code = code.map(|code| Said::Code { code: code.to_owned(), padded: false });
    code.into_iter().chain(name_of(name).map(Said::Name)).collect()
}

/// The name in a text: "CAX Đông Hòa", "xã X, huyện Y - tỉnh Z", "Phường Rừng Thông (nay là Phường Đông Sơn)".
fn name_of(text: &str) -> Option<Name> {
    let lower = text.to_lowercase();
    let later = ["nay là", "nay thuộc"].iter().find_map(|word| Some(lower.find(word)? + word.len()));
    let text = later.and_then(|at| text.get(at..)).unwrap_or(text);
    let parts: Vec<&str> =
        text.split([',', ';', '(', ')', '–', '—', '/']).flat_map(|part| part.split(" - ")).map(trimmed).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let is_commune =
        |part: &&&str| place(part).0.is_some_and(|kind| KINDS[..4].iter().any(|(known, _)| *known == kind));
    let own = parts.iter().find(is_commune).or(parts.first())?;
    let mut name = Name::default();
    let (kind, bare) = place(own);
    (name.kind, name.bare) = (kind, bare);
    for part in parts.iter().filter(|part| *part != own) {
        match comparable(part).as_str() {
            word if word == comparable("cũ") => name.is_former = true,
            word if word == comparable("mới") => {}
            _ => {
                let (kind, bare) = place(part);
                name.above.push(Above { kind, bare });
            }
        }
    }
    // Not "mới": there are communes called Chợ Mới.
    if let Some(rest) = name.bare.strip_suffix(&format!(" {}", comparable("cũ"))) {
        name.bare = rest.to_owned();
        name.is_former = true;
    }
    name.shown = (*own).to_owned();
    (!name.bare.is_empty()).then_some(name)
}

fn trimmed(part: &str) -> &str {
    part.trim().trim_start_matches(['-', '.', ':']).trim_end_matches(['-', '.', ':']).trim()
}

/// A unit above, from a column of its own: "Đông Sơn", "H. Đông Sơn". `kind` holds unless the text names another.
pub fn above(text: &str, kind: &'static str) -> Option<Above> {
    let (own, bare) = place(text);
    bare.contains(char::is_alphanumeric).then_some(Above { kind: own.or(Some(kind)), bare })
}

/// The kind and the bare name of a unit, without the offices before it.
pub fn place(text: &str) -> (Option<&'static str>, String) {
    let mut rest = comparable(&text.replace('.', ". "));
    let mut kind = None;
    while let Some((of_office, after)) = OFFICES.iter().find_map(|(office, kind)| Some((*kind, after(&rest, office)?)))
    {
        kind = kind.or(of_office);
        rest = after;
    }
    let full = KINDS.iter().find_map(|(kind, _)| Some((*kind, after(&rest, kind)?)));
    let short = || {
        KINDS.iter().find_map(|(kind, shorts)| {
            shorts.iter().find_map(|short| Some((*kind, after(&rest, short).or_else(|| numbered(&rest, short))?)))
        })
    };
    if let Some((own, after)) = full.or_else(short) {
        kind = Some(own);
        rest = after;
    }
    (kind, numbers_bare(&rest))
}

/// What follows a word and perhaps a dot, if anything does.
fn after(text: &str, word: &str) -> Option<String> {
    let rest = text.strip_prefix(&comparable(word))?;
    let rest = rest.strip_prefix('.').unwrap_or(rest).strip_prefix([' ', '-', ':'])?.trim_start();
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// "P1" is Phường 1.
fn numbered(text: &str, short: &str) -> Option<String> {
    let rest = text.strip_prefix(&comparable(short))?;
    (!rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())).then(|| rest.to_owned())
}

/// A comparable name with numbers without zeros in front: Phường 01 is Phường 1.
pub fn numbers_bare(name: &str) -> String {
    let bare = |word: &str| match word.bytes().all(|byte| byte.is_ascii_digit()) {
        true => word.trim_start_matches('0').to_owned(),
        false => word.to_owned(),
    };
    name.split_whitespace().map(bare).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn name(text: &str) -> Name {
        match read(text).pop() {
            Some(Said::Name(name)) => name,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn is(text: &str, kind: Option<&str>, bare: &str) {
        let read = name(text);
        assert_eq!((read.kind, read.bare), (kind, comparable(bare)), "{text}");
    }

    #[test]
    fn kinds_are_written_out_or_in_short() {
        for text in [
            "TT Rừng Thông",
            "TT. Rừng Thông",
            "T.T Rừng Thông",
            "T.T. Rừng Thông",
            "TT.Rừng Thông",
            "THỊ TRẤN RỪNG THÔNG",
        ] {
            is(text, Some("thị trấn"), "Rừng Thông");
        }
        for text in
            ["P.Đông Sơn", "P. Đông Sơn", "P Đông Sơn", "phường Đông Sơn", "CAP Đông Sơn", "Công an P. Đông Sơn"]
        {
            is(text, Some("phường"), "Đông Sơn");
        }
        for text in [
            "X. Đông Hòa",
            "xã Đông Hoà",
            "CAX Đông Hòa",
            "UBND xã Đông Hòa",
            "HĐND-UBND xã Đông Hòa",
            "Công an xã Đông Hòa",
        ] {
            is(text, Some("xã"), "Đông Hòa");
        }
        for text in ["P1", "P.1", "P. 01", "Phường 1", "phường 01"] {
            is(text, Some("phường"), "1");
        }
        is("Đông Hòa", None, "Đông Hòa");
        is("CA Đông Hòa", None, "Đông Hòa");
        is("Xã", None, "Xã");
        let decomposed: String = "Xã Đông Hoà".nfd().collect();
        is(&decomposed, Some("xã"), "Đông Hòa");
    }

    #[test]
    fn units_above_and_the_age_of_the_name_are_understood() {
        let above = |text: &str| {
            let above = name(text).above;
            above.into_iter().map(|above| (above.kind, above.bare)).collect::<Vec<_>>()
        };
        let district = (Some("huyện"), comparable("Đông Sơn"));
        let province = (Some("tỉnh"), comparable("Thanh Hóa"));
        assert_eq!(above("xã Đông Hòa, huyện Đông Sơn"), std::slice::from_ref(&district));
        assert_eq!(above("xã Đông Hòa - H. Đông Sơn - tỉnh Thanh Hóa"), [district.clone(), province.clone()]);
        assert_eq!(above("Xã Đông Hòa (Huyện Đông Sơn, Tỉnh Thanh Hóa)"), [district, province]);
        is("huyện Đông Sơn, xã Đông Hòa", Some("xã"), "Đông Hòa");
        for text in ["Xã Đông Hòa (cũ)", "Xã Đông Hòa cũ"] {
            is(text, Some("xã"), "Đông Hòa");
            assert!(name(text).is_former, "{text}");
        }
        is("Xã Đông Hòa (nay là Phường Đông Sơn)", Some("phường"), "Đông Sơn");
    }

    #[test]
    fn code_may_stand_alone_or_beside_the_name() {
        let code = |code: &str, padded| Said::Code { code: code.into(), padded };
        assert_eq!(read("4"), [code("00004", true)]);
        assert_eq!(read("16417"), [code("16417", false)]);
        for text in [
            "16417 Xã Đông Văn",
            "16417 - Xã Đông Văn",
            "Xã Đông Văn (16417)",
            "Xã Đông Văn - 16417",
            "16417-Xã Đông Văn",
        ] {
            let both = read(text);
            assert_eq!(both[0], code("16417", false), "{text}");
            assert!(matches!(&both[1], Said::Name(name) if name.bare == comparable("Đông Văn")), "{text}: {both:?}");
        }
        assert_eq!(read(" - "), []);
    }
}
