//! Query parameters. A handler takes each one once; those left over are rejected as unknown.

use unicode_normalization::UnicodeNormalization;

use crate::error::Error;
use crate::layers::Problem;
use crate::texts::{Text, text};

#[derive(Debug, Clone)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Splits and decodes a query string.
    pub fn parse(query: &str) -> Params {
        Params { pairs: form_urlencoded::parse(query.as_bytes()).into_owned().collect() }
    }

    /// Takes a parameter out, in Unicode's composed form (NFC), in which texts are stored.
    ///
    /// # Errors
    /// When it is given twice, or contains a NUL character, which PostgreSQL cannot store.
    pub fn take(&mut self, name: &str) -> Result<Option<String>, Error> {
        let mut found = None;
        let mut twice = false;
        self.pairs.retain_mut(|(key, value)| {
            if key != name {
                return true;
            }
            twice |= found.replace(std::mem::take(value)).is_some();
            false
        });
        if twice {
            return Err(Error::of_parameter(name, text!("parameter.invalid/twice", name)));
        }
        if found.as_ref().is_some_and(|text| text.contains('\0')) {
            return Err(Error::of_parameter(name, text!("parameter.invalid/nul", name)));
        }
        Ok(found.map(|text| text.nfc().collect()))
    }

    /// Takes a parameter out and parses it.
    ///
    /// # Errors
    /// When it is given twice or `parse` returns `None`. `expected` is what the error message says it should be.
    pub fn read<T>(
        &mut self,
        name: &str,
        expected: Text,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(text) = self.take(name)? else { return Ok(None) };
        match parse(&text) {
            Some(value) => Ok(Some(value)),
            None => Err(Error::of_parameter(name, text!("parameter.invalid", name, expected))),
        }
    }

    /// Takes the format `f`, which must be one of `formats`. `None` if the request does not name one.
    pub fn format(&mut self, formats: &[&'static str]) -> Result<Option<&'static str>, Error> {
        let find = |text: &str| formats.iter().copied().find(|format| *format == text);
        self.read("f", text!("expected.one_of", known = formats), find)
    }

    /// Checks the query of a request that takes no parameter except the format.
    ///
    /// # Errors
    /// For any other parameter, and for a format that is not in `formats`.
    pub fn only_format(query: &str, formats: &[&'static str]) -> Result<(), Error> {
        let mut params = Params::parse(query);
        params.format(formats)?;
        params.finish()
    }

    /// The names of the parameters that have not been taken.
    pub fn rest(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(key, _)| key.as_str())
    }

    /// Rejects unknown parameters: those that have not been taken.
    ///
    /// # Errors
    /// A problem for each unknown parameter.
    pub fn finish(self) -> Result<(), Error> {
        let problems: Vec<_> =
            self.pairs.iter().map(|(name, _)| Problem::of_parameter(name, text!("parameter.unknown", name))).collect();
        if problems.is_empty() { Ok(()) } else { Err(Error::BadRequest(problems)) }
    }
}
