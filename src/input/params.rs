//! Query parameters. A handler takes each one once; those left over are rejected as unknown.

use serde_json::{Map, Value};
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

    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Params {
        Params { pairs: pairs.collect() }
    }

    /// Takes a parameter out, in Unicode's composed form (NFC), in which texts are stored.
    ///
    /// # Errors
    /// When it is given twice, or contains a NUL character, which PostgreSQL cannot store.
    pub fn take(&mut self, name: &str) -> Result<Option<String>, Error> {
        let mut all = self.take_all(name)?;
        if all.len() > 1 {
            return Err(Error::of_parameter(name, text!("parameter.invalid/twice", name)));
        }
        Ok(all.pop())
    }

    /// Takes out every value of a parameter that may be given several times.
    ///
    /// # Errors
    /// When one contains a NUL character.
    pub fn take_all(&mut self, name: &str) -> Result<Vec<String>, Error> {
        let (taken, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pairs).into_iter().partition(|(key, _)| key == name);
        self.pairs = rest;
        if taken.iter().any(|(_, text)| text.contains('\0')) {
            return Err(Error::of_parameter(name, text!("parameter.invalid/nul", name)));
        }
        Ok(taken.into_iter().map(|(_, text)| text.nfc().collect()).collect())
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

    /// The parameters as they were given, to write them down.
    pub fn given(&self) -> Vec<(String, String)> {
        self.pairs.clone()
    }

    /// The parameters that a JSON object stands for. A list is written with commas; a filter may be an object.
    ///
    /// # Errors
    /// When the body is no such object.
    pub fn of_json(body: &Map<String, Value>) -> Result<Params, Error> {
        let scalar = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            _ => None,
        };
        let mut pairs = Vec::new();
        for (name, value) in body.iter().filter(|(_, value)| !value.is_null()) {
            let text = match value {
                Value::Array(values) => {
                    values.iter().map(scalar).collect::<Option<Vec<_>>>().map(|texts| texts.join(","))
                }
                Value::Object(_) if name == "filter" => {
                    if !body.contains_key("filter-lang") {
                        pairs.push(("filter-lang".to_owned(), "cql2-json".to_owned()));
                    }
                    Some(value.to_string())
                }
                value => scalar(value),
            };
            let wrong = || Error::of_parameter(name, text!("parameter.invalid/json", name));
            pairs.push((name.clone(), text.ok_or_else(wrong)?));
        }
        Ok(Params { pairs })
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
