//! The rules for new passwords, so that none can be guessed.

use unicode_normalization::UnicodeNormalization;

use crate::accounts::password_hash::Password;
use crate::layers::Problem;
use crate::texts::text;

/// In characters.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=200;
/// zxcvbn scores from 0 to 4. A score of 3 takes more than 10^8 guesses.
const LEAST_SCORE: u8 = 3;
/// Common words that zxcvbn does not know.
const COMMON: &[&str] = &["hatang", "matkhau", "mật khẩu", "vietnam", "thanhhoa", "congan", "administrator"];

impl Password {
    /// Checks a person's new password. `about` is what others know of the person.
    ///
    /// # Errors
    /// A problem at `pointer`.
    pub fn check(&self, pointer: &str, about: &[&str]) -> Result<(), Problem> {
        let length = self.0.chars().count();
        if !LENGTH.contains(&length) {
            return Err(Problem::in_body(pointer, text!("password.length")));
        }
        let lower = self.0.to_lowercase();
        let contains =
            |word: &str| word.chars().count() >= 4 && lower.contains(&word.nfc().collect::<String>().to_lowercase());
        if about.iter().any(|word| contains(word)) {
            return Err(Problem::in_body(pointer, text!("password.personal")));
        }
        let words: Vec<_> = about.iter().chain(COMMON).copied().collect();
        if u8::from(zxcvbn::zxcvbn(&self.0, &words).score()) < LEAST_SCORE {
            return Err(Problem::in_body(pointer, text!("password.common")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> Option<&'static str> {
        Password::new(password)
            .check("/password", &["nguyenvana", "Công an xã Đông Tiến"])
            .err()
            .map(|problem| problem.code)
    }

    #[test]
    fn passwords_that_can_be_guessed_are_refused() {
        for (password, refused) in [
            ("ngắn quá", Some("password.length")),
            ("aaaaaaaaaaaaaaaaaaaa", Some("password.common")),
            ("password123456", Some("password.common")),
            ("matkhau123456", Some("password.common")),
            ("qwertyuiopasdf", Some("password.common")),
            ("NguyenVanA kê tủ lạnh", Some("password.personal")),
            ("công an xã đông tiến 1999", Some("password.personal")),
            ("thuyền giấy trôi ngược suối", None),
            ("gearbox-lemon-quartz-71", None),
        ] {
            assert_eq!(code(password), refused, "{password}");
        }
        assert_eq!(code(&"ạ".repeat(201)), Some("password.length"));
    }
}
