//! TCVN3, also called ABC: the third table of the standard TCVN 5712:1993, used by the fonts .VnTime and .VnArial.
//! A program that does not know it shows each byte as the letter of Windows-1252.

use std::sync::LazyLock;

/// The letters for the bytes A1 to FE; a dot where the table has none.
const LETTERS: &str = "ĂÂÊÔƠƯĐăâêôơưđ......àảãáạ.ằẳẵắ.......ặầẩẫấậè.ẻẽéẹềểễếệìỉ...ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ";

/// The text in Unicode; `None` if it has letters that TCVN3 does not have.
pub fn decode(text: &str) -> Option<String> {
    static TABLE: LazyLock<Vec<char>> = LazyLock::new(|| LETTERS.chars().collect());
    let decoded: Option<String> = text
        .chars()
        .map(|c| match u32::from(c) {
            code @ 0xA1..=0xFE => TABLE.get(code as usize - 0xA1).copied().filter(|letter| *letter != '.'),
            _ if super::is_plain(c) => Some(c),
            _ => None,
        })
        .collect();
    // The table has no capitals with tones: the capital fonts show small letters as capitals.
    let capital = |text: &str| {
        text.bytes().filter(u8::is_ascii_uppercase).count() > 1 && !text.contains(|c: char| c.is_ascii_lowercase())
    };
    decoded.map(|decoded| if capital(text) { decoded.to_uppercase() } else { decoded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert_eq!(LETTERS.chars().count(), 0xFE - 0xA1 + 1);
        for (written, meant) in [
            ("Tr\u{ad}êng TiÓu häc §«ng S¬n", "Trường Tiểu học Đông Sơn"),
            ("Céng hßa X· héi Chñ nghÜa ViÖt Nam", "Cộng hòa Xã hội Chủ nghĩa Việt Nam"),
            ("Uû ban nh©n d©n x· NghÜa L©m, huyÖn Quúnh L\u{ad}u", "Uỷ ban nhân dân xã Nghĩa Lâm, huyện Quỳnh Lưu"),
            ("§¨ng ký, b¶o vÖ, ®Æt m¸y, ®Ëp n\u{ad}íc, bÕn phµ", "Đăng ký, bảo vệ, đặt máy, đập nước, bến phà"),
            ("TR\u{ad}êNG TIÓU HäC", "TRƯỜNG TIỂU HỌC"),
        ] {
            assert_eq!(decode(written).as_deref(), Some(meant));
        }
        assert_eq!(decode("Trường"), None);
    }
}
