//! Decodes the encodings that sheets are saved in: UTF-8, UTF-16, Windows-1258, and TCVN3 and VNI from before Unicode.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258};

use crate::files::sheet::{Remark, legacy, refused};
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
    if let Some(encoding) = declared(bytes) {
        return Ok((encoding.decode_without_bom_handling(bytes).0.into_owned(), None));
    }
    if let Some(line) = broken_utf_8(bytes) {
        return Err(refused(text!("file.encoding/broken", line)));
    }
    if let Some((text, remark)) = old(bytes) {
        return Ok((text, Some(remark)));
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
    let remark = Remark::info(text!("file.encoding/guessed", name = encoding.name()));
    Ok((text.into_owned(), Some(remark)))
}

/// The encoding that the first line of XML names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(200)];
    let start = String::from_utf8_lossy(start.strip_prefix(b"<?xml")?);
    let (_, name) = start.split_once("encoding=")?;
    let quote = name.chars().next()?;
    let encoding = Encoding::for_label(name[1..].split(quote).next()?.as_bytes())?;
    (encoding != UTF_8).then_some(encoding)
}

/// The line of the first wrong byte in a text that is UTF-8 for the most part.
fn broken_utf_8(bytes: &[u8]) -> Option<usize> {
    let (mut letters, mut wrong, mut lines, mut first) = (0, 0, 1, None);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        if first.is_none() {
            lines += chunk.valid().bytes().filter(|byte| *byte == b'\n').count();
        }
        if !chunk.invalid().is_empty() {
            first.get_or_insert(lines);
            wrong += 1;
        }
    }
    first.filter(|_| letters >= 4 * wrong)
}

/// The text in TCVN3 or VNI, if that gives more Vietnamese words than Windows-1258.
fn old(bytes: &[u8]) -> Option<(String, Remark)> {
    let sample = &bytes[..bytes.len().min(1 << 16)];
    let (encoding, score) = legacy::best(&WINDOWS_1252.decode_without_bom_handling(sample).0);
    if score <= legacy::score(&WINDOWS_1258.decode_without_bom_handling(sample).0).max(2) {
        return None;
    }
    let before = WINDOWS_1252.decode_without_bom_handling(bytes).0;
    let text = legacy::decode(&before, encoding);
    let mut words = before.split(char::is_whitespace).zip(text.split(char::is_whitespace));
    let (before, after) = words.find(|(before, after)| before != after).unwrap_or_default();
    let short = |text: &str| text.chars().take(60).collect::<String>();
    let told = text!("file.encoding/old", name = encoding.0, before = short(before), after = short(after));
    Some((text, Remark::warning(told)))
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
    use crate::files::sheet::Weight;

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
    fn bytes_of_old_fonts_are_read_and_told() {
        for (written, name) in [
            ("Tªn c¬ së;Lo¹i\nTr\u{ad}êng TiÓu häc §«ng S¬n;Tr\u{ad}êng häc\n", "TCVN3"),
            ("Teân cô sôû;Loaïi\nTröôøng Tieåu hoïc Ñoâng Sôn;Tröôøng hoïc\n", "VNI"),
        ] {
            let (text, remark) = decode(&WINDOWS_1252.encode(written).0).unwrap();
            assert_eq!(text, "Tên cơ sở;Loại\nTrường Tiểu học Đông Sơn;Trường học\n");
            let remark = remark.unwrap();
            assert_eq!((remark.weight, remark.text.en().contains(name)), (Weight::Warning, true));
        }
        let (text, remark) = decode(&WINDOWS_1252.encode("name;note\nCafé Müller;été, où, très\n").0).unwrap();
        assert_eq!((text.as_str(), remark.unwrap().weight), ("name;note\nCafé Müller;été, où, très\n", Weight::Info));
    }

    #[test]
    fn one_wrong_byte_in_utf_8_is_refused_with_its_line() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.extend(b"Ng\xc3 ");
        let problem = decode(&bytes).unwrap_err();
        assert_eq!((problem.code, problem.text.en().contains("line 5")), ("file.encoding", true));
    }

    #[test]
    fn xml_says_its_encoding() {
        let text = "<?xml version='1.0' encoding='iso-8859-1'?><kml><name>Café</name></kml>";
        assert_eq!(decode(&WINDOWS_1252.encode(text).0).unwrap(), (text.to_owned(), None));
    }

    #[test]
    fn binary_is_no_text() {
        assert_eq!(decode(&[0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10, 0x4A]).unwrap_err().code, "file.format");
    }
}
