//! Number formats of Excel: what a person sees besides the digits of a number.

/// The first section of a number format.
#[derive(Debug, Default)]
pub struct NumberFormat {
    parts: Vec<Part>,
    is_percent: bool,
    has_day: bool,
    has_time: bool,
}

#[derive(Debug, PartialEq)]
enum Part {
    /// A place of a digit: `0`, `#` or `?`.
    Digit(char),
    /// `.`, `,`, `E`: the format is of a decimal number.
    Point,
    Text(char),
}

impl NumberFormat {
    pub fn parse(code: &str) -> NumberFormat {
        let mut format = NumberFormat::default();
        let code = code.replace("General", "#");
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c {
                ';' => break,
                '"' => format.parts.extend(chars.by_ref().take_while(|c| *c != '"').map(Part::Text)),
                '\\' => format.parts.extend(chars.next().map(Part::Text)),
                // A gap as wide as the next character, or a filling of it.
                '_' | '*' => {
                    chars.next();
                }
                '[' => {
                    // A currency: [$₫-42A]. Others are colours, conditions and hours beyond 24.
                    let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    format.has_time |=
                        matches!(inside.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss");
                    let currency = inside.strip_prefix('$').and_then(|rest| rest.split('-').next());
                    format.parts.extend(currency.unwrap_or_default().chars().map(Part::Text));
                }
                '0' | '#' | '?' => format.parts.push(Part::Digit(c)),
                '.' | ',' | 'E' => format.parts.push(Part::Point),
                '%' => format.is_percent = true,
                'd' | 'D' | 'y' | 'Y' => format.has_day = true,
                'h' | 'H' | 's' | 'S' => format.has_time = true,
                // A cell of text.
                '@' => {}
                c => format.parts.push(Part::Text(c)),
            }
        }
        format
    }

    /// Whether a moment is shown as a time of day only.
    pub fn is_time(&self) -> bool {
        self.has_time && !self.has_day
    }

    /// A number as the sender sees it, if the format adds something that changes its meaning: a percent sign, a unit,
    /// leading zeros, the spaces of a telephone number. `None` for a plain number.
    pub fn shown(&self, number: f64) -> Option<String> {
        if self.is_percent {
            return Some(format!("{}%", rounded(number * 100.0)));
        }
        if self.parts.is_empty() || self.parts.iter().all(|part| matches!(part, Part::Digit('#' | '?'))) {
            return None;
        }
        if number >= 0.0 && number.fract() == 0.0 && !self.parts.contains(&Part::Point) {
            let shown = self.filled(number);
            return (shown != number.to_string()).then_some(shown);
        }
        let is_digit = |part: &Part| !matches!(part, Part::Text(_));
        let first = self.parts.iter().position(is_digit)?;
        let last = self.parts.iter().rposition(is_digit)?;
        let text = |parts: &[Part]| parts.iter().filter_map(Part::text).collect::<String>();
        let (before, after) = (text(&self.parts[..first]), text(&self.parts[last + 1..]));
        let means = |text: &str| {
            text.chars().any(|c| c.is_alphabetic() || matches!(c, '°' | '$' | '€' | '₫' | '±' | '~' | '<' | '>'))
        };
        (means(&before) || means(&after)).then(|| format!("{before}{}{after}", rounded(number)).trim().to_owned())
    }

    /// The digits of a whole number in their places, from the right.
    fn filled(&self, number: f64) -> String {
        let digits = number.to_string();
        let mut rest = digits.chars().rev();
        let mut shown: Vec<char> = Vec::new();
        let mut places = self.parts.iter().filter(|part| matches!(part, Part::Digit(_))).count();
        for part in self.parts.iter().rev() {
            match part {
                Part::Text(c) => shown.push(*c),
                Part::Point => {}
                Part::Digit(place) => {
                    places -= 1;
                    match rest.next() {
                        Some(digit) => shown.push(digit),
                        None if *place == '0' => shown.push('0'),
                        None => {}
                    }
                    if places == 0 {
                        shown.extend(rest.by_ref());
                    }
                }
            }
        }
        shown.iter().rev().collect::<String>().trim().to_owned()
    }
}

impl Part {
    fn text(&self) -> Option<char> {
        match self {
            Part::Text(c) => Some(*c),
            _ => None,
        }
    }
}

/// Without the noise of binary fractions: 0.07 * 100 is 7.000000000000001.
fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_format_adds_is_seen() {
        for (code, number, shown) in [
            ("0%", 0.3, Some("30%")),
            ("0.00%", 0.07, Some("7%")),
            ("00000", 4.0, Some("00004")),
            ("0000\\ 000\\ 000", 912_345_678.0, Some("0912 345 678")),
            ("\\0#########", 912_345_678.0, Some("0912345678")),
            ("0.00\" km\"", 1.5, Some("1.5 km")),
            ("0\" m\"", 42.5, Some("42.5 m")),
            ("General\" mắt\"", 2.0, Some("2 mắt")),
            ("#,##0\\ [$₫-42A]", 1500.0, Some("1500 ₫")),
            ("\"BTS-\"000", 7.0, Some("BTS-007")),
            ("General", 12.5, None),
            ("0", 3.0, None),
            ("0.00", 3.5, None),
            ("#,##0.00;[Red](#,##0.00)", 1234.5, None),
            ("_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)", 1234.0, None),
            ("@", 5.0, None),
        ] {
            let seen = NumberFormat::parse(code).shown(number);
            assert_eq!(seen.as_deref(), shown, "{code} {number}");
        }
    }

    #[test]
    fn times_and_days_are_told_apart() {
        for (code, is_time) in [("h:mm", true), ("[h]:mm:ss", true), ("dd/mm/yyyy", false), ("dd/mm/yyyy hh:mm", false)]
        {
            assert_eq!(NumberFormat::parse(code).is_time(), is_time, "{code}");
        }
    }
}
