//! Random filters in CQL2 text, for the comparison of the two evaluators.

use hatang::layers::{Field, Layer, Type};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::store::conditions::{DATES, INSTANTS, TEXTS};

const SIGNS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];
const PATTERNS: [&str; 12] =
    ["Chợ%", "%bến", "%ạ%", "_______", "%\\%", "trạm 50\\%", "%_%", "", "%", "a\\_b\\\\c", "%%Đ%g", "_h_ %n"];
const SPANS: [&str; 10] =
    ["CONTAINS", "DURING", "EQUALS", "FINISHEDBY", "FINISHES", "MEETS", "METBY", "OVERLAPPEDBY", "OVERLAPS", "STARTS"];
const INSTANT_SPANS: [&str; 5] = ["AFTER", "BEFORE", "DISJOINT", "EQUALS", "INTERSECTS"];
const RELATIONS: [&str; 8] =
    ["INTERSECTS", "EQUALS", "DISJOINT", "TOUCHES", "WITHIN", "OVERLAPS", "CROSSES", "CONTAINS"];

/// Filters that are true, false and unknown for the records of the comparison.
pub fn filter(layer: &'static Layer, fields: &[&'static Field]) -> BoxedStrategy<String> {
    let of = |fits: fn(&Type) -> bool| {
        let names: Vec<_> = fields.iter().filter(|field| fits(&field.value)).map(|field| field.name).collect();
        select(names)
    };
    let texts = || of(|value| matches!(value, Type::Text { .. } | Type::Phone | Type::Url));
    let numbers = || of(|value| matches!(value, Type::Integer { .. } | Type::Number { .. }));
    let dates = || of(|value| matches!(value, Type::Date));
    let folded = |inner: BoxedStrategy<String>| {
        (select(vec!["", "CASEI", "ACCENTI", "BOTH"]), inner).prop_map(|(folding, inner)| match folding {
            "" => inner,
            "BOTH" => format!("ACCENTI(CASEI({inner}))"),
            folding => format!("{folding}({inner})"),
        })
    };
    let text = || folded(texts().prop_map(str::to_owned).boxed());
    let quoted = |texts: &'static [&'static str]| folded(select(texts).prop_map(|text| format!("'{text}'")).boxed());
    let leaf = prop_oneof![
        (text(), select(&SIGNS[..]), quoted(&TEXTS)).prop_map(|(one, sign, other)| format!("{one} {sign} {other}")),
        (text(), select(vec!["LIKE", "NOT LIKE"]), quoted(&PATTERNS))
            .prop_map(|(one, like, pattern)| format!("{one} {like} {pattern}")),
        (text(), quoted(&TEXTS), quoted(&TEXTS)).prop_map(|(one, a, b)| format!("{one} IN ({a}, {b})")),
        text().prop_map(|text| format!("{text} IS NULL")),
        (
            amount(numbers().prop_map(str::to_owned).boxed()),
            select(&SIGNS[..]),
            amount(numbers().prop_map(str::to_owned).boxed())
        )
            .prop_map(|(one, sign, other)| format!("{one} {sign} {other}")),
        (numbers(), 0..3_i32, 1..3_i32)
            .prop_map(|(one, low, more)| format!("{one} NOT BETWEEN {low} AND {}", low + more)),
        (span(dates().boxed()), select(&SPANS[..]), span(dates().boxed()))
            .prop_map(|(one, name, other)| format!("T_{name}({one}, {other})")),
        (instant(dates().boxed()), select(&INSTANT_SPANS[..]), span(dates().boxed()))
            .prop_map(|(one, name, other)| format!("T_{name}({one}, {other})")),
        (select(&RELATIONS[..]), place(), any::<bool>()).prop_map(|(name, place, first)| match first {
            true => format!("S_{name}({place}, geom)"),
            false => format!("S_{name}(geom, {place})"),
        }),
        Just("geom IS NOT NULL".to_owned()),
        sets(fields),
        match layer.geometry {
            ["Point"] =>
                (position(), 1..30_000_i32).prop_map(|(at, far)| format!("S_DWITHIN(geom, POINT({at}), {far})")).boxed(),
            _ => Just("FALSE".to_owned()).boxed(),
        },
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        let inner = inner.prop_map(|inner| format!("({inner})"));
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| parts.join(" AND ")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| parts.join(" OR ")),
            inner.clone().prop_map(|inner| format!("NOT {inner}")),
            (inner, any::<bool>()).prop_map(|(inner, value)| format!("{inner} = {value}")),
        ]
    })
    .boxed()
}

/// Arithmetic, with results that are not defined among them.
fn amount(fields: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let number = select(vec!["0", "1", "2", "2.5", "-3", "1e90", "-0.1"]).prop_map(str::to_owned);
    prop_oneof![2 => fields, 1 => number]
        .prop_recursive(3, 6, 2, |inner| {
            let sign = select(vec!["+", "-", "*", "/", "%", "div", "^"]);
            (inner.clone(), sign, inner).prop_map(|(one, sign, other)| format!("({one} {sign} {other})"))
        })
        .boxed()
}

fn instant(fields: BoxedStrategy<&'static str>) -> BoxedStrategy<String> {
    prop_oneof![
        fields.prop_map(str::to_owned),
        select(&DATES[..]).prop_map(|date| format!("DATE('{date}')")),
        select(&INSTANTS[..]).prop_map(|moment| format!("TIMESTAMP('{moment}')")),
    ]
    .boxed()
}

fn span(fields: BoxedStrategy<&'static str>) -> BoxedStrategy<String> {
    let literal = |day: &str| format!("'{day}'");
    let dates = || subsequence(&DATES[..], 2);
    prop_oneof![
        dates().prop_map(move |dates| format!("INTERVAL({}, {})", literal(dates[0]), literal(dates[1]))),
        (fields.clone(), fields.clone()).prop_map(|(from, to)| format!("INTERVAL({from}, {to})")),
        (fields.clone(), select(&DATES[..])).prop_map(move |(from, to)| format!("INTERVAL({from}, {})", literal(to))),
        fields.prop_map(|to| format!("INTERVAL('..', {to})")),
        select(&DATES[..]).prop_map(move |from| format!("INTERVAL({}, '..')", literal(from))),
    ]
    .boxed()
}

/// On the grid of the records, so that edges and corners meet.
fn position() -> impl Strategy<Value = String> {
    (0..8_i32, 0..8_i32)
        .prop_map(|(x, y)| format!("{:.2} {:.2}", f64::from(10560 + 5 * x) / 100.0, f64::from(1960 + 5 * y) / 100.0))
}

fn square() -> impl Strategy<Value = [i32; 4]> {
    (0..6_i32, 0..6_i32, 1..4_i32, 1..4_i32)
        .prop_map(|(x, y, wide, high)| [10560 + 5 * x, 1960 + 5 * y, 10560 + 5 * (x + wide), 1960 + 5 * (y + high)])
}

fn ring([west, south, east, north]: [i32; 4]) -> String {
    let at = |x: i32, y: i32| format!("{:.2} {:.2}", f64::from(x) / 100.0, f64::from(y) / 100.0);
    let corners = [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)];
    format!("(({}))", corners.join(", "))
}

fn place() -> BoxedStrategy<String> {
    let positions = |least| prop::collection::vec(position(), least..4);
    let is_line = |line: &Vec<String>| line.iter().any(|position| *position != line[0]);
    prop_oneof![
        position().prop_map(|at| format!("POINT({at})")),
        positions(1).prop_map(|all| format!("MULTIPOINT({})", all.join(", "))),
        positions(2).prop_filter("a line", is_line).prop_map(|all| format!("LINESTRING({})", all.join(", "))),
        square().prop_map(|square| format!("POLYGON{}", ring(square))),
        square().prop_map(|[west, south, east, north]| {
            let [west, south, east, north] = [west, south, east, north].map(|edge| f64::from(edge) / 100.0);
            format!("BBOX({west}, {south}, {east}, {north})")
        }),
        square().prop_map(|[west, south, east, north]| {
            let other = [west + 100, south, east + 100, north];
            format!("MULTIPOLYGON({}, {})", ring([west, south, east, north]), ring(other))
        }),
        (position(), position()).prop_map(|(one, other)| format!("GEOMETRYCOLLECTION(POINT({one}), POINT({other}))")),
    ]
    .boxed()
}

fn sets(fields: &[&'static Field]) -> BoxedStrategy<String> {
    let some = fields.iter().find(|field| matches!(field.value, Type::SomeOf(_)));
    let Some(field) = some else { return Just("TRUE".to_owned()).boxed() };
    let values: Vec<_> = field.value.choices().iter().map(|choice| choice.value).collect();
    let relation = select(vec!["EQUALS", "CONTAINS", "CONTAINEDBY", "OVERLAPS"]);
    (relation, subsequence(values.clone(), 0..=values.len()), any::<bool>())
        .prop_map(|(name, values, first)| {
            let list = format!("({})", values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", "));
            if first {
                format!("A_{name}({list}, {})", field.name)
            } else {
                format!("A_{name}({}, {list})", field.name)
            }
        })
        .boxed()
}
