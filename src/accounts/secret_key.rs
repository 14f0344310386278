//! The key that encrypts secrets which the service must read again: those of authenticators. It is kept beside the
//! database and not in it, so that who holds a backup has no codes.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::accounts::secrets::random;

/// In the directory of the private cluster.
const FILE: &str = "secret.key";

/// How many bytes longer a secret is when it is encrypted.
pub const ADDED: usize = NONCE_LEN + 16;

#[derive(Debug)]
pub struct SecretKey(LessSafeKey);

impl SecretKey {
    /// The key in a file: 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn read(path: &Path) -> Result<SecretKey> {
        let why = || format!("the key in {} (HATANG_SECRET_KEY_FILE)", path.display());
        let text = fs::read_to_string(path).with_context(why)?;
        let digits = text.trim().as_bytes();
        let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
        let key = bytes.filter(|_| digits.len() == 64).and_then(|bytes| UnboundKey::new(&AES_256_GCM, &bytes).ok());
        ensure!(key.is_some(), "{} is not 64 hexadecimal digits: `openssl rand -hex 32` makes one", why());
        key.map(|key| SecretKey(LessSafeKey::new(key))).with_context(why)
    }

    /// Encrypts a secret of an account: it opens for no other.
    pub fn seal(&self, account: i64, secret: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = secret.to_vec();
        let about = Aad::from(account.to_be_bytes());
        // AES-GCM fails only beyond 64 GiB.
        let done = self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), about, &mut sealed);
        done.expect("a secret is short");
        [&nonce[..], &sealed].concat()
    }

    /// `None` if it was encrypted with another key, or for another account.
    pub fn open(&self, account: i64, stored: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = stored.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let opened = self.0.open_in_place(nonce, Aad::from(account.to_be_bytes()), &mut sealed).ok()?;
        Some(opened.to_vec())
    }
}

/// Where the key is: the file that a setting names, otherwise beside the private cluster. `None` if there is neither.
pub fn place(setting: Option<&Path>, data_dir: Option<&Path>) -> Option<PathBuf> {
    setting.map(Path::to_path_buf).or_else(|| data_dir.map(|dir| dir.join(FILE)))
}

/// The key of the service. It makes the one beside the private cluster, and never one that a setting names: all nodes on
/// a database need the same.
///
/// # Errors
/// When the file cannot be read or made.
pub fn find_or_make(setting: Option<&Path>, data_dir: Option<&Path>) -> Result<Option<SecretKey>> {
    let Some(path) = place(setting, data_dir) else { return Ok(None) };
    if setting.is_none() {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => {
                writeln!(file, "{}", random())?;
                file.sync_all()?;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot make {}", path.display())),
        }
    }
    SecretKey::read(&path).map(Some)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::accounts::secrets::hex;

    #[test]
    fn a_secret_opens_with_its_key_for_its_account_only() {
        let dir = tempfile::tempdir().unwrap();
        let key = find_or_make(None, Some(dir.path())).unwrap().unwrap();
        let sealed = key.seal(7, b"12345678901234567890");
        assert_eq!(sealed.len(), 20 + ADDED);
        assert!(!sealed.windows(4).any(|part| part == b"1234"));
        assert_ne!(key.seal(7, b"12345678901234567890"), sealed, "each with a nonce of its own");
        let again = find_or_make(None, Some(dir.path())).unwrap().unwrap();
        assert_eq!(again.open(7, &sealed).unwrap(), b"12345678901234567890");
        assert_eq!(again.open(8, &sealed), None);
        assert_eq!(again.open(7, &sealed[..5]), None);
        let other = tempfile::tempdir().unwrap();
        let other = find_or_make(None, Some(other.path())).unwrap().unwrap();
        assert_eq!(other.open(7, &sealed), None);
    }

    #[test]
    fn the_file_is_its_owners_and_one_that_a_setting_names_must_be_a_key() {
        let dir = tempfile::tempdir().unwrap();
        find_or_make(None, Some(dir.path())).unwrap();
        assert_eq!(fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(find_or_make(None, None).unwrap().is_none());
        let named = dir.path().join("named");
        assert!(find_or_make(Some(&named), Some(dir.path())).is_err(), "it is not made");
        for text in ["", "abc", &"zz".repeat(32), &hex(&[1; 31]), &hex(&[1; 32])[1..]] {
            fs::write(&named, text).unwrap();
            assert!(find_or_make(Some(&named), None).is_err(), "{text}");
        }
        fs::write(&named, hex(&[1; 32]).to_uppercase()).unwrap();
        assert!(find_or_make(Some(&named), None).unwrap().is_some());
    }
}
