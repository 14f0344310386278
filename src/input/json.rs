//! JSON from outside. A body of 32 MB may hold 16 million numbers, which would take a gigabyte as values: they are counted
//! while they are read. A name that stands twice in an object is refused, since readers differ on which value holds; so
//! is a NUL in a name, which PostgreSQL cannot store. A NUL in a text is for the check of its field.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::texts::{Text, text};

/// The most values of a text, counting lists, objects and what they hold. As values they take about 250 MB at worst.
pub const MOST_VALUES: usize = 1_500_000;

/// Parses a text that holds one value.
///
/// # Errors
/// What is wrong with it, and where.
pub fn parse(text: &[u8]) -> Result<Value, Malformed> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let found = Reader::new(false);
    let value = found.next(&mut reader)?;
    reader.end().map_err(|error| found.told(&error))?;
    Ok(value)
}

/// Why a text is refused, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Malformed {
    /// `None` if it is no JSON.
    pub why: Option<Text>,
    pub line: usize,
    pub column: usize,
}

impl Malformed {
    /// The sentence, which is `broken` for what is no JSON.
    pub fn or(self, broken: Text) -> Text {
        self.why.map_or(broken, |why| why.with("line", self.line).with("column", self.column))
    }

    pub fn text(self) -> Text {
        let broken = text!("json.malformed", line = self.line, column = self.column);
        self.or(broken)
    }
}

/// Reads values that share one count.
pub struct Reader {
    left: Cell<usize>,
    wrong: RefCell<Option<Text>>,
    /// The names of a file are cleaned as those of other formats are.
    keeps_nul: bool,
}

impl Reader {
    pub fn new(keeps_nul: bool) -> Reader {
        Reader { left: Cell::new(MOST_VALUES), wrong: RefCell::new(None), keeps_nul }
    }

    /// The next value of a text.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn next<'de, R: serde_json::de::Read<'de>>(
        &self,
        reader: &mut serde_json::Deserializer<R>,
    ) -> Result<Value, Malformed> {
        self.deserialize(reader).map_err(|error| self.told(&error))
    }

    fn told(&self, error: &serde_json::Error) -> Malformed {
        // The message of serde would quote the text, which may hold a password.
        Malformed { why: self.wrong.take(), line: error.line(), column: error.column() }
    }

    fn wrong<E: serde::de::Error>(&self, text: Text) -> E {
        self.wrong.replace(Some(text));
        E::custom("refused")
    }

    fn count<E: serde::de::Error>(&self) -> Result<(), E> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => return Err(self.wrong(text!("json.malformed/many", max = MOST_VALUES))),
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &Reader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.count()?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        // Most lists are positions of two numbers, for which four places were made.
        values.shrink_to_fit();
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            if name.contains('\0') && !self.keeps_nul {
                return Err(self.wrong(text!("json.malformed/nul")));
            }
            if members.contains_key(&name) {
                return Err(self.wrong(text!("json.malformed/twice", name)));
            }
            let value = object.next_value_seed(self)?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_serde_reads_is_read_alike() {
        for text in
            [r#"{"a":[1,-2,3.5,1e3,null,true,"x",{}],"b":{"a":18446744073709551615}}"#, "[]", " 7 ", "\"\\u00e9\""]
        {
            assert_eq!(parse(text.as_bytes()), Ok(serde_json::from_str(text).unwrap()), "{text}");
        }
        for text in ["", "{", "1 2", "{\"a\":1e400}", "\"\\ud800\"", &"[".repeat(1000)] {
            assert_eq!(parse(text.as_bytes()).unwrap_err().why, None, "{text:.20}");
        }
    }

    #[test]
    fn a_name_given_twice_and_nul_are_refused_with_their_place() {
        let told = |text: &str| parse(text.as_bytes()).unwrap_err().text().en();
        assert!(told("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2}}").contains("line 2"));
        assert!(told("{\"name\": \"a\", \"name\": \"b\"}").contains("“name” twice"));
        assert!(told("{\"na\\u0000me\": 1}").contains("NUL"));
        let kept = Reader::new(true).next(&mut serde_json::Deserializer::from_str("{\"a\\u0000\": 1}"));
        assert_eq!(kept, Ok(json!({"a\0": 1})));
    }

    #[test]
    fn more_values_than_fit_are_refused() {
        let list = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(parse(list(MOST_VALUES - 1).as_bytes()).is_ok());
        assert!(parse(list(MOST_VALUES).as_bytes()).unwrap_err().text().en().contains("1,500,000"));
    }
}
