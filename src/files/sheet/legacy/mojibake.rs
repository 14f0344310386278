//! UTF-8 that another program read as Windows-1252: "TrÆ°á»ng".

use encoding_rs::WINDOWS_1252;

/// The text as it was; `None` if no part of it is misread UTF-8, or a part of it cannot be.
pub fn decode(text: &str) -> Option<String> {
    // Letters of several bytes start with C2 to F4 and go on with 80 to BF.
    let is_start = |(c, next): (char, char)| ('Â'..='ô').contains(&c) && byte(next).is_some_and(|byte| byte < 0xC0);
    if !text.chars().zip(text.chars().skip(1)).any(is_start) {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut bytes = Vec::new();
    for c in text.chars() {
        match byte(c) {
            Some(byte) => bytes.push(byte),
            None => {
                decoded.push_str(str::from_utf8(&bytes).ok()?);
                bytes.clear();
                decoded.push(c);
            }
        }
    }
    // The last byte of a letter may look like a space, and then it was trimmed.
    if str::from_utf8(&bytes).is_err() && !decoded.is_ascii() {
        bytes.push(0xA0);
    }
    decoded.push_str(str::from_utf8(&bytes).ok()?);
    (decoded != text && decoded.chars().all(is_expected)).then_some(decoded)
}

/// Letters and signs that Vietnamese and its neighbours in the west use.
fn is_expected(c: char) -> bool {
    matches!(c, '\0'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | '\u{2000}'..='\u{22ff}' | '\u{feff}')
}

/// The byte above 7F that Windows-1252, or Latin-1, shows as this character.
fn byte(c: char) -> Option<u8> {
    if let Ok(byte @ 0x80..) = u8::try_from(u32::from(c)) {
        return Some(byte);
    }
    let mut buffer = [0; 4];
    match &*WINDOWS_1252.encode(c.encode_utf8(&mut buffer)).0 {
        [byte] if *byte > 0x7F => Some(*byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misread_letters_come_back_and_right_ones_stay() {
        for meant in ["Trường Tiểu học Đông Sơn", "Cổng chùa Là", "Xã Ạ", "“Đông” – 30°"] {
            let misread: String = meant.bytes().map(|byte| WINDOWS_1252.decode(&[byte]).0.into_owned()).collect();
            assert_eq!(decode(misread.trim()).as_deref(), Some(meant), "{misread}");
        }
        for right in ["Trường", "Hà Nội", "Ngã tư", "Café Ñ", "30°", "Â", "m² – “x”", "Tr\u{ad}êng", "Tröôøng"]
        {
            assert_eq!(decode(right), None, "{right}");
        }
    }
}
