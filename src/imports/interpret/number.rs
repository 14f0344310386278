//! Reads numbers as people type them.

/// A number with a decimal point or comma, with or without thousands separators and a unit: `1.234,5 m`. `whole` says
/// that no decimals are expected, so that `1.234` is read as 1234.
pub fn parse(text: &str, whole: bool) -> Option<f64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | ' ' | '\u{a0}' | '\u{202f}')))
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    // Only a unit may follow the number, not another number: "2 mắt", but not "2x3" or "1e5".
    if unit.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let digits: String = digits.chars().filter(|c| !c.is_whitespace()).collect();
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, digits.strip_prefix('+').unwrap_or(&digits)),
    };
    let normal = match (digits.rfind('.'), digits.rfind(',')) {
        // The last separator is the decimal one.
        (Some(dot), Some(comma)) if dot > comma => digits.replace(',', ""),
        (Some(_), Some(_)) => digits.replace('.', "").replace(',', "."),
        (Some(_), None) => of_one_separator(digits, '.', whole),
        (None, Some(_)) => of_one_separator(digits, ',', whole),
        (None, None) => digits.to_owned(),
    };
    let is_plain = normal.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_plain && normal.bytes().any(|byte| byte.is_ascii_digit()))
        .then(|| normal.parse::<f64>().ok())
        .flatten()
        .map(|number| sign * number)
}

fn of_one_separator(digits: &str, separator: char, whole: bool) -> String {
    let groups: Vec<_> = digits.split(separator).collect();
    let thousands = groups[1..].iter().all(|group| group.len() == 3) && (1..=3).contains(&groups[0].len());
    if groups.len() > 2 || whole && thousands {
        if thousands { groups.concat() } else { String::new() }
    } else {
        groups.join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_and_thousands_are_told_apart() {
        for (text, number) in [
            ("12", 12.0),
            ("12,5", 12.5),
            ("12.5 m", 12.5),
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("2 192 163,6", 2_192_163.6),
            ("1.234.567", 1_234_567.0),
            ("105,733", 105.733),
            ("-0,5", -0.5),
            ("30mét", 30.0),
        ] {
            assert_eq!(parse(text, false), Some(number), "{text}");
        }
        assert_eq!(parse("1.234", true), Some(1234.0));
        assert_eq!(parse("1.23", true), Some(1.23));
        for text in ["", "-", "abc", "1.2.3", "2x3", "1-2", "12,34,5"] {
            assert_eq!(parse(text, false), None, "{text}");
        }
    }
}
