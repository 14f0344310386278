//! Decodes the encodings that sheets are saved in: UTF-8, UTF-16, Windows-1258.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258};

use crate::files::sheet::{Remark, refused};
use crate::layers::Problem;
use crate::texts::text;

/// The text, with a remark if its encoding was guessed.
///
/// # Errors
/// Text in any other encoding.
pub fn decode(bytes: &[u8]) -> Result<(String, Option<Remark>), Problem> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Ok((encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(), None));
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return Ok((encoding.decode_without_bom_handling(bytes).0.into_owned(), None));
    }
    if let Ok(text) = str::from_utf8(bytes) {
        return Ok((text.to_owned(), None));
    }
    if bytes.contains(&0) {
        return Err(refused(text!("file.format/binary")));
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let mut encoding = detector.guess(Some(b"vn"), chardetng::Utf8Detection::Deny);
    if encoding == WINDOWS_1252 || encoding == UTF_8 {
        // Windows-1252 cannot write Vietnamese; the two agree on the letters of western languages.
        encoding = WINDOWS_1258;
    }
    let (text, wrong) = encoding.decode_without_bom_handling(bytes);
    if wrong {
        return Err(refused(text!("file.encoding")));
    }
    let remark = Remark { sheet: String::new(), text: text!("file.encoding/guessed", name = encoding.name()) };
    Ok((text.into_owned(), Some(remark)))
}

/// UTF-16 text of a Latin script has a zero in nearly every other byte.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    match start.len() / 2 {
        0 => None,
        units if zeros(1) * 2 > units && zeros(0) == 0 => Some(UTF_16LE),
        units if zeros(0) * 2 > units && zeros(1) == 0 => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    const TEXT: &str = "Tên điểm;Số mắt\nNgã tư Rừng Thông;2\nTrường tiểu học Đông Phú;1\nThôn Hữu Bộc;3\n";

    #[test]
    fn every_encoding_gives_the_same_text() {
        // Windows-1258 writes the tones as combining marks, as Windows itself decomposes letters.
        let tones = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
        let parts: String = TEXT
            .chars()
            .flat_map(|letter| {
                let (marks, base): (Vec<char>, Vec<char>) = letter.nfd().partition(|c| tones.contains(c));
                let base: String = base.into_iter().nfc().collect();
                base.chars().chain(marks).collect::<Vec<_>>()
            })
            .collect();
        let windows = WINDOWS_1258.encode(&parts).0.into_owned();
        let utf_16: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xFE, 0xFF].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for (bytes, guessed) in [
            (TEXT.as_bytes().to_vec(), false),
            (format!("\u{feff}{TEXT}").into_bytes(), false),
            (windows, true),
            (utf_16, false),
            (marked, false),
        ] {
            let (text, remark) = decode(&bytes).unwrap();
            assert_eq!(text.nfc().collect::<String>(), TEXT);
            assert_eq!(remark.map(|remark| remark.text.en().contains("windows-1258")), guessed.then_some(true));
        }
    }

    #[test]
    fn binary_is_no_text() {
        assert_eq!(decode(&[0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10, 0x4A]).unwrap_err().code, "file.format");
    }
}
