//! Telephone numbers, in the one form in which they are stored: `0912345678`, `02373820123`, `+85620555123`.

/// The number in a text; `None` if the text is no telephone number, or more than one.
///
/// A number of Vietnam begins with its 0, however it was written: with spaces, dots, hyphens or brackets, with the code of
/// the country, without the 0 that a spreadsheet dropped, with the area code that held until 2017. Numbers of other
/// countries begin with `+`.
pub fn normalise(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !is_separator(*c)).collect();
    let abroad = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"));
    let digits = abroad.unwrap_or(&bare);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(rest) = digits.strip_prefix("84").filter(|_| abroad.is_some() || digits.len() > 10) {
        // Some write "+84 (0) 912 …".
        return national(&format!("0{}", rest.trim_start_matches('0')));
    }
    if abroad.is_some() {
        return ((8..=15).contains(&digits.len()) && !digits.starts_with('0')).then(|| format!("+{digits}"));
    }
    // "(037) 3820 123": in brackets it is the area code of before, although mobile numbers begin with 037, too.
    let bracket = text.trim().strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let is_area = bracket.is_some_and(|(area, _)| AREA_CODES.iter().any(|(old, _)| *old == area));
    let renamed = if is_area { renamed(digits) } else { None };
    renamed.or_else(|| national(digits)).or_else(|| national(&format!("0{digits}")))
}

/// Whether two texts have the same digits, so that only the separators differ.
pub fn is_same_number(one: &str, other: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    digits(one) == digits(other)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '-' | '‐' | '‑' | '–' | '(' | ')')
}

/// A number as it is dialled within Vietnam.
fn national(digits: &str) -> Option<String> {
    let begins = |starts: &[&str]| starts.iter().any(|start| digits.starts_with(start));
    let is_known = match digits.len() {
        10 if begins(&["03", "05", "07", "08", "09"]) => true,
        11 if begins(&["02"]) => true,
        8..=10 => begins(&["1800", "1900"]),
        _ => false,
    };
    if is_known { Some(digits.to_owned()) } else { renamed(digits) }
}

/// A fixed number with an area code of before, with the one of today.
fn renamed(digits: &str) -> Option<String> {
    let (new, rest) = AREA_CODES.iter().find_map(|(old, new)| Some((new, digits.strip_prefix(old)?)))?;
    let is_fixed = new.len() + rest.len() == 11 && rest.starts_with(|c| ('2'..='8').contains(&c));
    is_fixed.then(|| format!("{new}{rest}"))
}

/// The area codes until 2017, each with the one that took its place (Decision 2036/QĐ-BTTTT of 2016).
const AREA_CODES: &[(&str, &str)] = &[
    ("0510", "0235"),
    ("0511", "0236"),
    ("0500", "0262"),
    ("0501", "0261"),
    ("0230", "0215"),
    ("0231", "0213"),
    ("0240", "0204"),
    ("0241", "0222"),
    ("0280", "0208"),
    ("0281", "0209"),
    ("0320", "0220"),
    ("0321", "0221"),
    ("0350", "0228"),
    ("0351", "0226"),
    ("0650", "0274"),
    ("0651", "0271"),
    ("0710", "0292"),
    ("0711", "0293"),
    ("0780", "0290"),
    ("0781", "0291"),
    ("020", "0214"),
    ("022", "0212"),
    ("025", "0205"),
    ("026", "0206"),
    ("027", "0207"),
    ("029", "0216"),
    ("030", "0229"),
    ("031", "0225"),
    ("033", "0203"),
    ("036", "0227"),
    ("037", "0237"),
    ("038", "0238"),
    ("039", "0239"),
    ("052", "0232"),
    ("053", "0233"),
    ("054", "0234"),
    ("055", "0255"),
    ("056", "0256"),
    ("057", "0257"),
    ("058", "0258"),
    ("059", "0269"),
    ("060", "0260"),
    ("061", "0251"),
    ("062", "0252"),
    ("063", "0263"),
    ("064", "0254"),
    ("066", "0276"),
    ("067", "0277"),
    ("068", "0259"),
    ("070", "0270"),
    ("072", "0272"),
    ("073", "0273"),
    ("074", "0294"),
    ("075", "0275"),
    ("076", "0296"),
    ("077", "0297"),
    ("079", "0299"),
    ("04", "024"),
    ("08", "028"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_has_one_form() {
        for (written, stored) in [
            ("0912 345 678", "0912345678"),
            ("+84 912.345.678", "0912345678"),
            ("84912345678", "0912345678"),
            ("0084-912-345-678", "0912345678"),
            ("+84 (0) 912 345 678", "0912345678"),
            ("912345678", "0912345678"),
            ("0237.3820.123", "02373820123"),
            ("2373820123", "02373820123"),
            ("+84 237 3820123", "02373820123"),
            ("(037) 3820 123", "02373820123"),
            ("(0237) 3820 123", "02373820123"),
            ("(0912) 345 678", "0912345678"),
            ("(0823) 456 789", "0823456789"),
            ("(+84) 912 345 678", "0912345678"),
            ("037 3820 123", "0373820123"),
            ("04 38251234", "02438251234"),
            ("0511.3821234", "02363821234"),
            ("1900 1234", "19001234"),
            ("+856 20 5551 2345", "+8562055512345"),
        ] {
            assert_eq!(normalise(written).as_deref(), Some(stored), "{written}");
        }
    }

    #[test]
    fn other_texts_are_no_number() {
        for text in [
            "",
            "không có",
            "12345",
            "01234567890",
            "0912 345 67",
            "0912 345 678 / 0987 654 321",
            "0912345678; 0987654321",
            "0912 345 678 (anh Tư)",
            "0912+345678",
            "+0912345678",
            "8.49E+10",
        ] {
            assert_eq!(normalise(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_stored_number_stays_as_it_is(text in "[+(]{0,1}[0-9 .)-]{3,16}") {
            if let Some(number) = normalise(&text) {
                prop_assert_eq!(normalise(&number), Some(number.clone()));
            }
        }
    }
}
