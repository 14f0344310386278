//! The rules for new passwords, so that none can be guessed.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use actix_web::rt::task::spawn_blocking;
use anyhow::Context;
use sha1::{Digest, Sha1};
use unicode_normalization::UnicodeNormalization;

use crate::accounts::password_hash::Password;
use crate::accounts::secrets::hex;
use crate::error::Error;
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

impl Password {
    /// Checks that the password is not in the operator's list: a line is a password, or the SHA-1 of one with or without a
    /// count, as Have I Been Pwned gives them. The list is read to its end each time: passwords change seldom, and it takes
    /// no memory.
    ///
    /// # Errors
    /// A problem at `pointer`; a list that cannot be read.
    pub async fn check_list(&self, pointer: &str, list: Option<&Path>) -> Result<(), Error> {
        let Some(list) = list.map(Path::to_owned) else { return Ok(()) };
        let password = self.0.clone();
        let found = spawn_blocking(move || is_listed(&password, &list)).await.map_err(anyhow::Error::new)?;
        match found.with_context(|| "HATANG_PASSWORD_LIST cannot be read")? {
            true => Err(Error::Invalid(vec![Problem::in_body(pointer, text!("password.listed"))])),
            false => Ok(()),
        }
    }
}

fn is_listed(password: &str, list: &Path) -> io::Result<bool> {
    let lower = password.to_lowercase();
    let sha1 = hex(&Sha1::digest(password.as_bytes()));
    let mut lines = BufReader::with_capacity(1 << 16, File::open(list)?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(line.trim_ascii());
        let is_hash = text.len() >= 40 && text.as_bytes()[..40].eq_ignore_ascii_case(sha1.as_bytes());
        if is_hash && text[40..].trim_start_matches(':').bytes().all(|byte| byte.is_ascii_digit())
            || text.to_lowercase() == lower
        {
            return Ok(true);
        }
        line.clear();
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

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

    #[test]
    fn a_list_holds_passwords_or_their_hashes() {
        let mut list = tempfile::NamedTempFile::new().unwrap();
        let sha1 = hex(&Sha1::digest("gearbox-lemon-quartz-71".as_bytes())).to_uppercase();
        list.write_all(format!("{sha1}:17\r\nThuyền giấy trôi\n\n\u{ff}x").as_bytes()).unwrap();
        for (password, listed) in [
            ("gearbox-lemon-quartz-71", true),
            ("thuyền giấy trôi", true),
            ("thuyền giấy", false),
            (sha1.as_str(), false),
        ] {
            assert_eq!(is_listed(password, list.path()).unwrap(), listed, "{password}");
        }
        assert!(is_listed("x", Path::new("/no/such/file")).is_err());
    }
}
