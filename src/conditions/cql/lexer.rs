//! The words of a filter in text form.

use crate::conditions::Value;
use crate::conditions::cql::tree::{Fault, Place};
use crate::texts::text;

#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    /// A name or keyword.
    Name(String),
    /// A name in double quotes, which is never a keyword.
    Quoted(String),
    Text(String),
    /// An integer or a finite number.
    Number(Value),
    Symbol(&'static str),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub word: Word,
    /// The number of its first character, from 1.
    pub at: usize,
}

/// Longer ones first.
const SYMBOLS: [&str; 15] = ["<>", "<=", ">=", "(", ")", ",", "=", "<", ">", "+", "-", "*", "/", "%", "^"];

/// Splits a filter into words. With `escapes`, `\'` is a quote within a text, as `''` is.
///
/// # Errors
/// A character that belongs nowhere, a text without an end, a number that is too large.
pub fn words(filter: &str, escapes: bool) -> Result<Vec<Token>, Fault> {
    let chars: Vec<char> = filter.chars().collect();
    let mut lexer = Lexer { chars: &chars, at: 0, escapes };
    let mut tokens = Vec::new();
    loop {
        while lexer.peek().is_some_and(char::is_whitespace) {
            lexer.at += 1;
        }
        let at = lexer.at + 1;
        let Some(first) = lexer.peek() else { return Ok(tokens) };
        tokens.push(Token { word: lexer.word(first)?, at });
    }
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
    escapes: bool,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> String {
        let rest = &self.chars[self.at..];
        let taken: String = rest.iter().take_while(|letter| fits(**letter)).collect();
        self.at += taken.chars().count();
        taken
    }

    fn word(&mut self, first: char) -> Result<Word, Fault> {
        let place = Place::Character(self.at + 1);
        match first {
            '\'' => Ok(Word::Text(self.quoted('\'')?)),
            '"' => Ok(Word::Quoted(self.quoted('"')?)),
            _ if is_digit(first) || first == '.' && self.chars.get(self.at + 1).copied().is_some_and(is_digit) => {
                self.number().map(Word::Number)
            }
            _ if starts_name(first) => {
                Ok(Word::Name(self.take_while(|letter| starts_name(letter) || is_digit(letter) || letter == '.')))
            }
            _ => {
                let is_next =
                    |symbol: &&str| symbol.chars().eq(self.chars[self.at..].iter().copied().take(symbol.len()));
                let Some(symbol) = SYMBOLS.into_iter().find(is_next) else {
                    return Err(Fault { place, why: text!("cql.character/unknown", found = first.to_string()) });
                };
                self.at += symbol.len();
                Ok(Word::Symbol(symbol))
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        let place = Place::Character(self.at + 1);
        let mut text = String::new();
        self.at += 1;
        while let Some(letter) = self.peek() {
            self.at += 1;
            let next = self.peek();
            match letter {
                '\\' if self.escapes && quote == '\'' && next == Some('\'') => {
                    text.push('\'');
                    self.at += 1;
                }
                _ if letter != quote => text.push(letter),
                _ if next == Some(quote) => {
                    text.push(quote);
                    self.at += 1;
                }
                _ => return Ok(text),
            }
        }
        Err(Fault { place, why: text!("cql.unclosed", quote = quote.to_string()) })
    }

    /// An unsigned number.
    fn number(&mut self) -> Result<Value, Fault> {
        let place = Place::Character(self.at + 1);
        let mut digits = self.take_while(is_digit);
        if self.peek() == Some('.') {
            self.at += 1;
            digits.push('.');
            digits.push_str(&self.take_while(is_digit));
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            digits.push('e');
            if let Some(sign @ ('+' | '-')) = self.peek() {
                self.at += 1;
                digits.push(sign);
            }
            digits.push_str(&self.take_while(is_digit));
        }
        if let Ok(integer) = digits.parse() {
            return Ok(Value::Integer(integer));
        }
        let number = digits.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Value::Number).ok_or_else(|| Fault { place, why: text!("cql.number", given = digits) })
    }
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit()
}

/// Wider than the grammar for letters of other scripts; the name is looked up anyway.
fn starts_name(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, '_' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let told = |filter: &str| words(filter, true).unwrap().into_iter().map(|token| token.word).collect::<Vec<_>>();
        let name = |name: &str| Word::Name(name.into());
        assert_eq!(
            told("a<>'it''s \\' \\%' AND \"b c\">=.5e1"),
            [
                name("a"),
                Word::Symbol("<>"),
                Word::Text("it's ' \\%".into()),
                name("AND"),
                Word::Quoted("b c".into()),
                Word::Symbol(">="),
                Word::Number(Value::Number(5.0)),
            ]
        );
        assert_eq!(told("eo:x.y_1 -9")[1..], [Word::Symbol("-"), Word::Number(Value::Integer(9))]);
        assert_eq!(words("a = 'b\\'", false).unwrap()[2].word, Word::Text("b\\".into()));
        for (filter, at) in [("a = 'b", 5), ("a = 'b\\'", 5), ("đ = ;", 5), ("1e400", 1), ("2e", 1), ("a\0", 2)] {
            assert_eq!(words(filter, true).unwrap_err().place, Place::Character(at), "{filter}");
        }
    }
}
