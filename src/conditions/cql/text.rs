//! The grammar of filters in text form (OGC 21-065r2, annex B), by recursive descent.

use crate::conditions::Value;
use crate::conditions::cql::lexer::{Token, Word, words};
use crate::conditions::cql::tree::{Budget, DEEPEST, Expression, Fault, LONGEST, Node, Place, too_deep};
use crate::texts::{Text, text};

const COMPARISONS: [&str; 6] = ["=", "<>", "<", ">", "<=", ">="];

/// The words that are no names, unless in double quotes.
const KEYWORDS: [&str; 9] = ["and", "or", "not", "like", "ilike", "between", "in", "is", "null"];

/// Reads a filter. With `escapes`, `\'` is a quote within a text.
///
/// # Errors
/// The first fault.
pub fn parse(filter: &str, escapes: bool) -> Result<Node, Fault> {
    if filter.len() > LONGEST {
        return Err(Fault { place: Place::Character(1), why: text!("cql.long", max = LONGEST / 1024) });
    }
    let end = filter.chars().count() + 1;
    let mut parser = Parser { tokens: words(filter, escapes)?, next: 0, end, depth: 0, budget: Budget::new() };
    let node = parser.expression()?;
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(parser.expected(text!("cql.expected.operator"))),
    }
}

pub struct Parser {
    tokens: Vec<Token>,
    next: usize,
    /// The place after the last character.
    end: usize,
    depth: usize,
    pub budget: Budget,
}

impl Parser {
    pub fn peek(&self) -> Option<&Word> {
        self.tokens.get(self.next).map(|token| &token.word)
    }

    pub fn place(&self) -> Place {
        Place::Character(self.tokens.get(self.next).map_or(self.end, |token| token.at))
    }

    /// The fault that something else is needed here.
    pub fn expected(&self, expected: Text) -> Fault {
        let place = self.place();
        let found = match self.peek() {
            None => return Fault { place, why: text!("cql.ended", expected) },
            Some(Word::Name(name) | Word::Quoted(name) | Word::Text(name)) => name.clone(),
            Some(Word::Number(Value::Number(number))) => number.to_string(),
            Some(Word::Number(Value::Integer(number))) => number.to_string(),
            Some(Word::Symbol(symbol)) => (*symbol).to_owned(),
            Some(Word::Number(_)) => String::new(),
        };
        Fault { place, why: text!("cql.unexpected", found, expected) }
    }

    pub fn takes(&mut self, symbol: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Word::Symbol(found)) if *found == symbol);
        self.next += usize::from(is_next);
        is_next
    }

    pub fn needs(&mut self, symbol: &'static str) -> Result<(), Fault> {
        if self.takes(symbol) { Ok(()) } else { Err(self.expected(text!("cql.expected.symbol", symbol))) }
    }

    pub fn takes_keyword(&mut self, keyword: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Word::Name(name)) if name.eq_ignore_ascii_case(keyword));
        self.next += usize::from(is_next);
        is_next
    }

    fn needs_keyword(&mut self, keyword: &'static str) -> Result<(), Fault> {
        if self.takes_keyword(keyword) {
            Ok(())
        } else {
            Err(self.expected(text!("cql.expected.symbol", symbol = keyword)))
        }
    }

    pub fn take_number(&mut self) -> Option<Value> {
        let Some(Word::Number(number)) = self.peek() else { return None };
        let number = number.clone();
        self.next += 1;
        Some(number)
    }

    /// Parses what stands one level deeper.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Parser) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == DEEPEST {
            return Err(too_deep(self.place()));
        }
        self.depth += 1;
        let parsed = parse(self)?;
        self.depth -= 1;
        Ok(parsed)
    }

    fn expression(&mut self) -> Result<Node, Fault> {
        self.chain("or", |parser| parser.chain("and", Parser::negation))
    }

    /// Parts joined by a keyword, as one call.
    fn chain(&mut self, keyword: &str, part: impl Fn(&mut Parser) -> Result<Node, Fault>) -> Result<Node, Fault> {
        let place = self.place();
        let mut parts = vec![part(self)?];
        while self.takes_keyword(keyword) {
            parts.push(part(self)?);
        }
        match parts.len() {
            1 => Ok(parts.remove(0)),
            _ => self.budget.call(place, keyword, parts),
        }
    }

    fn negation(&mut self) -> Result<Node, Fault> {
        let place = self.place();
        if self.takes_keyword("not") {
            let negated = self.nested(Parser::negation)?;
            return self.budget.call(place, "not", vec![negated]);
        }
        self.predicate()
    }

    fn predicate(&mut self) -> Result<Node, Fault> {
        let left = self.sum()?;
        let place = self.place();
        for sign in COMPARISONS {
            if self.takes(sign) {
                let right = self.sum()?;
                return self.budget.call(place, sign, vec![left, right]);
            }
        }
        if self.takes_keyword("is") {
            let negated = self.takes_keyword("not");
            self.needs_keyword("null")?;
            return self.perhaps_not(negated, place, "isnull", vec![left]);
        }
        let negated = self.takes_keyword("not");
        if self.takes_keyword("like") {
            let pattern = self.sum()?;
            return self.perhaps_not(negated, place, "like", vec![left, pattern]);
        }
        if self.takes_keyword("ilike") {
            let pattern = self.sum()?;
            let left = self.budget.call(place.clone(), "casei", vec![left])?;
            let pattern = self.budget.call(place.clone(), "casei", vec![pattern])?;
            return self.perhaps_not(negated, place, "like", vec![left, pattern]);
        }
        if self.takes_keyword("between") {
            let low = self.sum()?;
            self.needs_keyword("and")?;
            let high = self.sum()?;
            return self.perhaps_not(negated, place, "between", vec![left, low, high]);
        }
        if self.takes_keyword("in") {
            let at = self.place();
            self.needs("(")?;
            let list = self.nested(|parser| parser.list(Parser::sum))?;
            let list = self.budget.node(at, Expression::List(list))?;
            return self.perhaps_not(negated, place, "in", vec![left, list]);
        }
        if negated { Err(self.expected(text!("cql.expected.operator"))) } else { Ok(left) }
    }

    fn perhaps_not(&mut self, negated: bool, place: Place, name: &str, arguments: Vec<Node>) -> Result<Node, Fault> {
        let node = self.budget.call(place.clone(), name, arguments)?;
        if negated { self.budget.call(place, "not", vec![node]) } else { Ok(node) }
    }

    fn sum(&mut self) -> Result<Node, Fault> {
        self.operations(&["+", "-"], Parser::product)
    }

    fn product(&mut self) -> Result<Node, Fault> {
        self.operations(&["*", "/", "%", "div"], Parser::power)
    }

    /// Operations of one rank, the left one first.
    fn operations(
        &mut self,
        signs: &[&'static str],
        part: fn(&mut Parser) -> Result<Node, Fault>,
    ) -> Result<Node, Fault> {
        let mut left = part(self)?;
        loop {
            let place = self.place();
            let taken = signs.iter().find(|sign| self.takes(sign) || self.takes_keyword(sign));
            let Some(sign) = taken else { return Ok(left) };
            let right = part(self)?;
            left = self.budget.call(place, *sign, vec![left, right])?;
        }
    }

    fn power(&mut self) -> Result<Node, Fault> {
        let base = self.factor()?;
        let place = self.place();
        if !self.takes("^") {
            return Ok(base);
        }
        let exponent = self.factor()?;
        self.budget.call(place, "^", vec![base, exponent])
    }

    fn factor(&mut self) -> Result<Node, Fault> {
        let place = self.place();
        let negative = !self.takes("+") && self.takes("-");
        if let Some(number) = self.take_number() {
            let number = match number {
                Value::Integer(integer) if negative => Value::Integer(-integer),
                Value::Number(number) if negative => Value::Number(-number),
                number => number,
            };
            return self.budget.node(place, Expression::Literal(number));
        }
        let operand = self.operand()?;
        if !negative {
            return Ok(operand);
        }
        let minus = self.budget.node(place.clone(), Expression::Literal(Value::Integer(-1)))?;
        self.budget.call(place, "*", vec![minus, operand])
    }

    fn operand(&mut self) -> Result<Node, Fault> {
        let place = self.place();
        let expression = match self.peek().cloned() {
            Some(Word::Text(text)) => Expression::Literal(Value::Text(text)),
            Some(Word::Quoted(name)) => Expression::Property(name),
            Some(Word::Symbol("(")) => {
                self.next += 1;
                let mut parts = self.nested(|parser| parser.list(Parser::expression))?;
                return match parts.len() {
                    1 => Ok(parts.remove(0)),
                    _ => self.budget.node(place, Expression::List(parts)),
                };
            }
            Some(Word::Name(name)) if !KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(&name)) => {
                self.next += 1;
                return self.named(place, name);
            }
            _ => return Err(self.expected(text!("cql.expected.value"))),
        };
        self.next += 1;
        self.budget.node(place, expression)
    }

    /// What a name begins: a boolean, a geometry, a call, or a property.
    fn named(&mut self, place: Place, name: String) -> Result<Node, Fault> {
        let lower = name.to_ascii_lowercase();
        if let Some(shape) = self.shape(&lower)? {
            return self.budget.node(place, shape);
        }
        if self.takes("(") {
            let arguments = self.nested(|parser| parser.list(Parser::expression))?;
            return self.budget.call(place, lower, arguments);
        }
        let expression = match lower.as_str() {
            "true" => Expression::Literal(Value::Boolean(true)),
            "false" => Expression::Literal(Value::Boolean(false)),
            _ => Expression::Property(name),
        };
        self.budget.node(place, expression)
    }

    /// Parts with commas between them, up to a closing bracket.
    pub fn list<T>(&mut self, part: impl Fn(&mut Parser) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let mut parts = Vec::new();
        if self.takes(")") {
            return Ok(parts);
        }
        loop {
            parts.push(part(self)?);
            if self.takes(")") {
                return Ok(parts);
            }
            self.needs(",")?;
        }
    }
}
