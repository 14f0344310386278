//! The conditions that the tree of a filter stands for.

use crate::conditions::cql::operands::{Kind, Typed, wrong_count};
use crate::conditions::cql::tree::{Expression, Fault, Node};
use crate::conditions::cql::{fault, shape};
use crate::conditions::{Comparison, Condition, Folding, Operand, Relation, SetRelation, Shape, Value};
use crate::layers::{Field, NamedCrs, Type};
use crate::texts::text;

/// The longest pattern of LIKE, characters.
const LONGEST_PATTERN: usize = 500;
/// The widest geometry from which distances are measured, degrees.
const WIDEST: f64 = 90.0;
/// The greatest distance, metres.
const FARTHEST: f64 = 1_000_000.0;

/// What gives the names and numbers of a filter their meaning.
pub struct Typing<'a> {
    /// What the caller may see. Any other name is unknown.
    pub fields: &'a [&'static Field],
    pub crs: &'a NamedCrs,
}

impl Typing<'_> {
    pub fn condition(&self, node: &Node) -> Result<Condition, Fault> {
        let Expression::Call(name, arguments) = &node.expression else { return self.bare(node) };
        match (name.as_str(), &arguments[..]) {
            ("and", parts) => Ok(Condition::All(self.conditions(parts)?)),
            ("or", parts) => Ok(Condition::Any(self.conditions(parts)?)),
            ("not", [inner]) => Ok(self.condition(inner)?.negated()),
            ("isnull", [inner]) => self.is_null(inner),
            ("like", [value, pattern]) => self.like(value, pattern),
            ("between", [value, low, high]) => Ok(Condition::All(vec![
                self.compare(value, Comparison::GreaterOrEqual, low)?,
                self.compare(value, Comparison::LessOrEqual, high)?,
            ])),
            ("in", [value, list]) => self.is_in(value, list),
            ("s_dwithin", [left, right, metres]) => self.is_near(left, right, metres),
            (name, [left, right]) => {
                if let Some(comparison) = comparison(name) {
                    return self.compare(left, comparison, right);
                }
                let made = match name.as_bytes() {
                    [b's', b'_', ..] => self.relates(name, left, right)?,
                    [b't', b'_', ..] => self.in_time(name, left, right, node)?,
                    [b'a', b'_', ..] => self.sets(name, left, right)?,
                    _ => None,
                };
                made.map_or_else(|| fault(&node.place, text!("cql.function", name)), Ok)
            }
            (name, _)
                if comparison(name).is_some()
                    || ["like", "in", "t_", "a_", "s_"].iter().any(|it| name.starts_with(it)) =>
            {
                fault(&node.place, wrong_count(name, 2))
            }
            (name, _) => fault(&node.place, text!("cql.function", name)),
        }
    }

    fn conditions(&self, nodes: &[Node]) -> Result<Vec<Condition>, Fault> {
        nodes.iter().map(|node| self.condition(node)).collect()
    }

    /// TRUE, FALSE, or a property that is one of them.
    fn bare(&self, node: &Node) -> Result<Condition, Fault> {
        let needed = || text!("cql.needed", expected = text!("cql.expected.condition"));
        let Typed { operand, kind } = match node.expression {
            Expression::Property(_) | Expression::Literal(_) => self.operand(node)?,
            _ => return fault(&node.place, needed()),
        };
        match operand {
            Operand::Value(Value::Boolean(true)) => Ok(Condition::always()),
            Operand::Value(Value::Boolean(false)) => Ok(Condition::never()),
            Operand::Property(_) if kind == Kind::Boolean => Ok(holds(operand)),
            _ => fault(&node.place, needed()),
        }
    }

    fn is_null(&self, node: &Node) -> Result<Condition, Fault> {
        match &node.expression {
            Expression::Shape(_) | Expression::Box(_) | Expression::List(_) => Ok(Condition::never()),
            Expression::Call(name, _) if is_predicate(name) => {
                Ok(Condition::IsUnknown(Box::new(self.condition(node)?)))
            }
            _ => Ok(Condition::IsNull(self.operand(node)?.operand)),
        }
    }

    fn like(&self, value: &Node, pattern: &Node) -> Result<Condition, Fault> {
        let value = self.of_kind(value, Kind::Text)?;
        let operand = self.of_kind(pattern, Kind::Text)?;
        match literal(&operand) {
            None => fault(&pattern.place, text!("cql.needed", expected = text!("cql.expected.pattern"))),
            Some(text) => {
                let ends_in_escape = text.chars().rev().take_while(|letter| *letter == '\\').count() % 2 == 1;
                if ends_in_escape || text.chars().count() > LONGEST_PATTERN {
                    return fault(&pattern.place, text!("cql.pattern", max = LONGEST_PATTERN));
                }
                Ok(Condition::Like(value, operand))
            }
        }
    }

    fn compare(&self, left: &Node, comparison: Comparison, right: &Node) -> Result<Condition, Fault> {
        if let Some(condition) = self.of_predicate(left, comparison, right)? {
            return Ok(condition);
        }
        let (one, other) = (self.operand(left)?, self.operand(right)?);
        let (one_kind, other_kind) = (one.kind, other.kind);
        let (one, other) = (self.fitted(left, one, other_kind)?, self.fitted(right, other, one_kind)?);
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        for (node, typed) in [(left, &one), (right, &other)] {
            let is_comparable = match typed.kind {
                Kind::Set | Kind::Geometry => false,
                Kind::Boolean => is_equality,
                _ => true,
            };
            if !is_comparable {
                return fault(&node.place, text!("cql.comparison"));
            }
        }
        if one.kind != other.kind {
            // The literal is wrong, not the property.
            let (node, expected) =
                if matches!(one.operand, Operand::Value(_)) { (left, other.kind) } else { (right, one.kind) };
            return fault(&node.place, text!("cql.needed", expected = expected.text()));
        }
        if is_equality {
            known_code(&one, right, &other)?;
            known_code(&other, left, &one)?;
        }
        Ok(match (one.operand, other.operand) {
            (property, Operand::Value(Value::Boolean(value))) if comparison == Comparison::NotEqual => {
                Condition::Compare(property, Comparison::Equal, Operand::Value(Value::Boolean(!value)))
            }
            (one, other) => Condition::Compare(one, comparison, other),
        })
    }

    /// A predicate that is compared with TRUE or FALSE.
    fn of_predicate(&self, left: &Node, comparison: Comparison, right: &Node) -> Result<Option<Condition>, Fault> {
        let is_true = |node: &Node| match node.expression {
            Expression::Literal(Value::Boolean(value)) => Some(value),
            _ => None,
        };
        let predicate = |node: &Node| matches!(&node.expression, Expression::Call(name, _) if is_predicate(name));
        let (node, value) = match (is_true(left), is_true(right)) {
            (Some(value), _) if predicate(right) => (right, value),
            (_, Some(value)) if predicate(left) => (left, value),
            _ => return Ok(None),
        };
        let wants = match comparison {
            Comparison::Equal => value,
            Comparison::NotEqual => !value,
            _ => return fault(&node.place, text!("cql.comparison")),
        };
        let condition = self.condition(node)?;
        Ok(Some(if wants { condition } else { condition.negated() }))
    }

    fn is_in(&self, value: &Node, list: &Node) -> Result<Condition, Fault> {
        let members = members(list);
        let compared: Vec<Condition> =
            members.iter().map(|member| self.compare(value, Comparison::Equal, member)).collect::<Result<_, _>>()?;
        let mut values = Vec::new();
        for condition in &compared {
            match condition {
                Condition::Compare(Operand::Property(_), _, Operand::Value(value)) => values.push(value.clone()),
                _ => return Ok(Condition::Any(compared)),
            }
        }
        // One array of values instead of as many comparisons.
        Ok(match self.operand(value) {
            Ok(typed) if !values.is_empty() => Condition::In(typed.operand, values),
            _ => Condition::Any(compared),
        })
    }

    fn relates(&self, name: &str, left: &Node, right: &Node) -> Result<Option<Condition>, Fault> {
        let (relation, is_swapped) = match name {
            "s_intersects" | "s_disjoint" => (Relation::Intersects, false),
            "s_equals" => (Relation::Equals, false),
            "s_touches" => (Relation::Touches, false),
            "s_within" => (Relation::Within, false),
            "s_contains" => (Relation::Within, true),
            "s_overlaps" => (Relation::Overlaps, false),
            "s_crosses" => (Relation::Crosses, false),
            _ => return Ok(None),
        };
        let mut shapes = [self.shape(left)?, self.shape(right)?];
        for (node, shape) in [left, right].into_iter().zip(&shapes) {
            // PostGIS relates a collection of several kinds to nothing else.
            if relation != Relation::Intersects && shape.is_mixed() {
                return fault(&node.place, text!("cql.collection"));
            }
        }
        if is_swapped {
            shapes.reverse();
        }
        let [one, other] = shapes;
        let condition = Condition::Relates(one, relation, other);
        Ok(Some(if name == "s_disjoint" { condition.negated() } else { condition }))
    }

    fn is_near(&self, left: &Node, right: &Node, metres: &Node) -> Result<Condition, Fault> {
        let (one, other) = (self.shape(left)?, self.shape(right)?);
        for (node, shape) in [left, right].into_iter().zip([&one, &other]) {
            // PostGIS measures no sides from pole to pole.
            if shape.is_mixed() || shape.is_wider_than(WIDEST) {
                return fault(&node.place, text!("cql.collection/distance", max = WIDEST));
            }
        }
        let given = match metres.expression {
            Expression::Literal(Value::Integer(number)) => number as f64,
            Expression::Literal(Value::Number(number)) => number,
            _ => -1.0,
        };
        if !(0.0..=FARTHEST).contains(&given) {
            return fault(&metres.place, text!("cql.metres", max = FARTHEST));
        }
        Ok(Condition::WithinDistance(one, other, given))
    }

    fn shape(&self, node: &Node) -> Result<Shape, Fault> {
        let checked = match &node.expression {
            Expression::Shape(geometry) => shape::checked(geometry, self.crs),
            Expression::Box(corners) => shape::of_box(*corners, self.crs),
            _ => {
                let is_own = self.operand(node)?.kind == Kind::Geometry;
                let needed = || text!("cql.needed", expected = Kind::Geometry.text());
                return if is_own { Ok(Shape::Own) } else { fault(&node.place, needed()) };
            }
        };
        checked.map(|geometry| Shape::Given(Box::new(geometry))).or_else(|why| fault(&node.place, why))
    }

    fn sets(&self, name: &str, left: &Node, right: &Node) -> Result<Option<Condition>, Fault> {
        let (relation, is_swapped) = match name {
            "a_equals" => (SetRelation::Equals, false),
            "a_contains" => (SetRelation::Contains, false),
            "a_containedby" => (SetRelation::Contains, true),
            "a_overlaps" => (SetRelation::Overlaps, false),
            _ => return Ok(None),
        };
        let field = [left, right].into_iter().find_map(|node| self.operand(node).ok()?.field());
        let (one, other) = (self.set(left, field)?, self.set(right, field)?);
        let (one, other) = if is_swapped { (other, one) } else { (one, other) };
        Ok(Some(Condition::Sets(one, relation, other)))
    }

    /// A property that is a set, or a list of the values of one.
    fn set(&self, node: &Node, field: Option<&'static Field>) -> Result<Operand, Fault> {
        if let Expression::Property(_) = node.expression {
            return self.of_kind(node, Kind::Set);
        }
        let mut values = Vec::new();
        for member in members(node) {
            let Operand::Value(Value::Text(value)) = self.of_kind(member, Kind::Text)? else {
                return fault(&member.place, text!("cql.needed", expected = Kind::Text.text()));
            };
            if let Some(Type::SomeOf(choices)) = field.map(|field| field.value)
                && !choices.iter().any(|choice| choice.value == value)
            {
                let label = field.map_or("", |field| field.name);
                return fault(&member.place, text!("cql.choice", given = value, field = label));
            }
            values.push(value);
        }
        Ok(Operand::Set(values))
    }
}

/// The members of a list. One value in brackets is read as a value.
fn members(node: &Node) -> &[Node] {
    match &node.expression {
        Expression::List(members) => members,
        _ => std::slice::from_ref(node),
    }
}

fn holds(operand: Operand) -> Condition {
    Condition::Compare(operand, Comparison::Equal, Operand::Value(Value::Boolean(true)))
}

/// The text of a literal, folded or not.
fn literal(operand: &Operand) -> Option<&str> {
    match operand {
        Operand::Value(Value::Text(text)) => Some(text),
        Operand::Folded(inner, Folding::Case | Folding::Accents) => literal(inner),
        _ => None,
    }
}

/// A code that a field is compared with must be one of its codes.
fn known_code(typed: &Typed, node: &Node, other: &Typed) -> Result<(), Fault> {
    let Some((field, Operand::Value(Value::Text(code)))) = typed.field().zip(Some(&other.operand)) else {
        return Ok(());
    };
    match field.value {
        Type::OneOf(choices) if !choices.iter().any(|choice| choice.value == code) => {
            fault(&node.place, text!("cql.choice", given = code, field = field.name))
        }
        _ => Ok(()),
    }
}

fn comparison(sign: &str) -> Option<Comparison> {
    Some(match sign {
        "=" => Comparison::Equal,
        "<>" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

/// Whether a call is true or false, not a value.
fn is_predicate(name: &str) -> bool {
    const NAMES: [&str; 7] = ["and", "or", "not", "isnull", "like", "between", "in"];
    NAMES.contains(&name)
        || comparison(name).is_some()
        || ["s_", "t_", "a_"].iter().any(|prefix| name.starts_with(prefix))
}
