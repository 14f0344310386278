//! The resolution of a camera, in the one form in which it is stored: `1920x1080`, width by height in pixels.

use std::sync::LazyLock;

use regex::Regex;

/// What a text says about a resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// Width and height are written.
    Pixels(String),
    /// A name of the trade that stands for one size.
    Named(&'static str),
    /// A name that makers use for several sizes.
    Several(&'static [&'static str]),
}

/// Reads `1920 x 1080`, `1080p`, `Full HD`, `2MP`. `None` for any other text.
pub fn read(text: &str) -> Option<Meant> {
    static SIZE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(\d{2,5})\s*[xX×*]\s*(\d{2,5})(?:\s*(?:px|pixels?))?$").expect("a valid pattern")
    });
    if let Some(found) = SIZE.captures(text.trim()) {
        return Some(Meant::Pixels(format!("{}x{}", &found[1], &found[2])));
    }
    let name: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | ',')).collect();
    let name = name.replace(',', ".").replace("megapixel", "mp").replace(".0mp", "mp");
    let (_, sizes) = NAMES.iter().find(|(names, _)| names.contains(&name.as_str()))?;
    Some(match sizes {
        [one] => Meant::Named(one),
        several => Meant::Several(several),
    })
}

/// Names of video sizes (SMPTE ST 274, ST 296 and ST 2036-1 for 1080p, 720p and UHD), and the numbers of megapixels by
/// which cameras are sold.
const NAMES: &[(&[&str], &[&str])] = &[
    (&["1080p", "1080", "fullhd", "fhd", "2mp", "2m", "hd1080"], &["1920x1080"]),
    (&["720p", "720", "hd", "1mp", "1.3mp", "hd720"], &["1280x720"]),
    (&["1440p", "qhd", "2k", "wqhd"], &["2560x1440"]),
    (&["2160p", "4k", "uhd", "ultrahd", "8mp", "8m"], &["3840x2160"]),
    (&["3mp", "3m"], &["2304x1296", "2048x1536"]),
    (&["4mp", "4m"], &["2560x1440", "2688x1520"]),
    (&["5mp", "5m"], &["2592x1944", "2880x1620"]),
    (&["6mp", "6m"], &["3072x2048", "3200x1800"]),
    (&["12mp", "12m"], &["4000x3000", "4096x3072"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_their_names_are_read() {
        for text in ["1920x1080", "1920 X 1080", "1920*1080", "1920×1080 px"] {
            assert_eq!(read(text), Some(Meant::Pixels("1920x1080".into())), "{text}");
        }
        for text in ["1080p", "Full HD", "FullHD", "FHD", "2MP", "2 MP", "2.0 Megapixel", "2,0MP"] {
            assert_eq!(read(text), Some(Meant::Named("1920x1080")), "{text}");
        }
        assert_eq!(read("4K"), Some(Meant::Named("3840x2160")));
        assert_eq!(read("4MP"), Some(Meant::Several(&["2560x1440", "2688x1520"])));
        for text in ["", "nét", "19x", "2", "1920x1080x3", "x1080", "2.5MP"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
