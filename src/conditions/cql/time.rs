//! The temporal functions of filters, as comparisons of the ends of intervals.
//!
//! Both ends of an interval belong to it. An end that a property does not know is open, as in the valid time of records;
//! `'..'` is open, too. A date beside a moment is compared with its day in Vietnam.

use crate::conditions::cql::fault;
use crate::conditions::cql::operands::{Kind, time, wrong_count};
use crate::conditions::cql::tree::{Expression, Fault, Node};
use crate::conditions::cql::typed::Typing;
use crate::conditions::memory::order;
use crate::conditions::{Comparison, Condition, Operand, Value};
use crate::texts::text;

/// An end of an interval.
#[derive(Debug, Clone)]
enum End {
    /// Before everything.
    First,
    /// After everything.
    Last,
    At(Operand),
    /// A property; before everything when it is unknown.
    AtOrFirst(Operand),
    /// A property; after everything when it is unknown.
    AtOrLast(Operand),
}

struct Span {
    from: End,
    to: End,
    is_interval: bool,
}

impl Typing<'_> {
    /// The condition of a temporal function; `None` if there is no such function.
    pub fn in_time(&self, name: &str, left: &Node, right: &Node, node: &Node) -> Result<Option<Condition>, Fault> {
        let is_of_intervals = match name {
            "t_after" | "t_before" | "t_disjoint" | "t_intersects" | "t_equals" => false,
            "t_contains" | "t_during" | "t_finishedby" | "t_finishes" | "t_meets" | "t_metby" | "t_overlappedby"
            | "t_overlaps" | "t_startedby" | "t_starts" => true,
            _ => return Ok(None),
        };
        let (a, b) = (self.span(left)?, self.span(right)?);
        if is_of_intervals && !(a.is_interval && b.is_interval) {
            return fault(&node.place, text!("cql.intervals", name = name.to_uppercase()));
        }
        Ok(Some(match name {
            "t_after" => before(&b, &a),
            "t_before" => before(&a, &b),
            "t_disjoint" => Condition::Any(vec![before(&a, &b), before(&b, &a)]),
            "t_intersects" => Condition::Any(vec![before(&a, &b), before(&b, &a)]).negated(),
            "t_equals" => Condition::All(vec![equal(&a.from, &b.from), equal(&a.to, &b.to)]),
            "t_contains" => contains(&a, &b),
            "t_during" => contains(&b, &a),
            "t_finishedby" => finished_by(&a, &b),
            "t_finishes" => finished_by(&b, &a),
            "t_meets" => equal(&a.to, &b.from),
            "t_metby" => equal(&b.to, &a.from),
            "t_overlaps" => overlaps(&a, &b),
            "t_overlappedby" => overlaps(&b, &a),
            "t_startedby" => started_by(&a, &b),
            _ => started_by(&b, &a),
        }))
    }

    fn span(&self, node: &Node) -> Result<Span, Fault> {
        let Expression::Call(name, ends) = &node.expression else { return self.instant(node) };
        if name != "interval" {
            return self.instant(node);
        }
        let [from, to] = &ends[..] else { return fault(&node.place, wrong_count(name, 2)) };
        let (from, to) = (self.end(from, true)?, self.end(to, false)?);
        if let (End::At(Operand::Value(from)), End::At(Operand::Value(to))) = (&from, &to)
            && order(from, to).is_ok_and(std::cmp::Ordering::is_gt)
        {
            return fault(&node.place, text!("cql.reversed"));
        }
        Ok(Span { from, to, is_interval: true })
    }

    fn instant(&self, node: &Node) -> Result<Span, Fault> {
        let at = End::At(self.of_kind(node, Kind::Time)?);
        Ok(Span { from: at.clone(), to: at, is_interval: false })
    }

    fn end(&self, node: &Node, is_first: bool) -> Result<End, Fault> {
        match &node.expression {
            Expression::Literal(Value::Text(text)) if text == ".." => Ok(if is_first { End::First } else { End::Last }),
            Expression::Literal(Value::Text(text)) => match time(text) {
                Some(value) => Ok(End::At(Operand::Value(value))),
                None => fault(&node.place, text!("cql.time", given = text)),
            },
            Expression::Property(_) => {
                let property = self.of_kind(node, Kind::Time)?;
                Ok(if is_first { End::AtOrFirst(property) } else { End::AtOrLast(property) })
            }
            _ => Ok(End::At(self.of_kind(node, Kind::Time)?)),
        }
    }
}

fn before(a: &Span, b: &Span) -> Condition {
    less(&a.to, &b.from)
}

fn contains(a: &Span, b: &Span) -> Condition {
    Condition::All(vec![less(&a.from, &b.from), less(&b.to, &a.to)])
}

fn finished_by(a: &Span, b: &Span) -> Condition {
    Condition::All(vec![less(&a.from, &b.from), equal(&a.to, &b.to)])
}

fn started_by(a: &Span, b: &Span) -> Condition {
    Condition::All(vec![equal(&a.from, &b.from), less(&b.to, &a.to)])
}

fn overlaps(a: &Span, b: &Span) -> Condition {
    Condition::All(vec![less(&a.from, &b.from), less(&b.from, &a.to), less(&a.to, &b.to)])
}

fn less(a: &End, b: &End) -> Condition {
    match (a, b) {
        // Unknown if the moment is.
        (End::First, End::At(at)) | (End::At(at), End::Last) => {
            Condition::Compare(at.clone(), Comparison::Equal, at.clone())
        }
        _ => Condition::All(vec![
            is_last(a).negated(),
            is_first(b).negated(),
            Condition::Any(vec![is_first(a), is_last(b), compared(a, Comparison::Less, b)]),
        ]),
    }
}

fn equal(a: &End, b: &End) -> Condition {
    Condition::Any(vec![
        Condition::All(vec![is_first(a), is_first(b)]),
        Condition::All(vec![is_last(a), is_last(b)]),
        Condition::All(vec![is_known(a), is_known(b), compared(a, Comparison::Equal, b)]),
    ])
}

fn is_first(end: &End) -> Condition {
    match end {
        End::First => Condition::always(),
        End::AtOrFirst(property) => Condition::IsNull(property.clone()),
        End::Last | End::At(_) | End::AtOrLast(_) => Condition::never(),
    }
}

fn is_last(end: &End) -> Condition {
    match end {
        End::Last => Condition::always(),
        End::AtOrLast(property) => Condition::IsNull(property.clone()),
        End::First | End::At(_) | End::AtOrFirst(_) => Condition::never(),
    }
}

fn is_known(end: &End) -> Condition {
    Condition::Any(vec![is_first(end), is_last(end)]).negated()
}

fn compared(a: &End, comparison: Comparison, b: &End) -> Condition {
    let operand = |end: &End| match end {
        End::First | End::Last => None,
        End::At(operand) | End::AtOrFirst(operand) | End::AtOrLast(operand) => Some(operand.clone()),
    };
    let operands = operand(a).zip(operand(b));
    operands.map_or_else(Condition::never, |(a, b)| Condition::Compare(a, comparison, b))
}
