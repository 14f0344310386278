//! Values of declared indicators: what a document says of a unit for a period.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::input::Members;
use crate::layers::Problem;
use crate::statements::draft::{unit, words};
use crate::statements::indicator::{Limits, whole};
use crate::statements::places::Found;
use crate::statements::{Draft, Period};
use crate::texts::text;

/// Reads a value. `indicator` is the code that the path names, otherwise it is a member.
///
/// # Errors
/// `Invalid` with every problem.
pub fn read(mut members: Members, indicator: Option<&str>, today: NaiveDate) -> Result<Draft, Error> {
    let indicator = match indicator {
        Some(code) => Some(code.to_owned()),
        None => {
            let code = members.text("indicator", 60);
            members.required("indicator", code)
        }
    };
    let period = Period::read(&mut members, today);
    let place = unit(&mut members, period.map_or(today, |period| period.to.min(today)));
    let withdrawn = members.flag("withdrawn").unwrap_or_default();
    let mut record = Map::from_iter([
        ("indicator".to_owned(), json!(indicator)),
        ("from_day".to_owned(), json!(period.map(|period| period.from))),
        ("to_day".to_owned(), json!(period.map(|period| period.to))),
    ]);
    if !withdrawn {
        let value = members.read("value", text!("expected.number"), number);
        let value = members.required("value", value);
        let out_of = members.read("of", text!("expected.whole"), whole);
        let source = words(&mut members, "source");
        let source = members.required("source", source);
        let note = words(&mut members, "note");
        record.extend([
            ("value".to_owned(), json!(value)),
            ("out_of".to_owned(), json!(out_of)),
            ("source".to_owned(), json!(source)),
            ("note".to_owned(), json!(note)),
        ]);
    }
    members.finish()?;
    Ok(Draft { place, withdrawn, record })
}

/// A number that a figure can be.
pub fn number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.abs() < 1e15)
}

/// Compares a value with its indicator and its unit. Gives it the whole that the indicator states.
///
/// # Errors
/// Every problem.
pub fn check(draft: &mut Draft, limits: Option<&Limits>, unit: &Found) -> Result<(), Vec<Problem>> {
    let Some(limits) = limits else {
        let code = draft.text("indicator").unwrap_or_default();
        return Err(vec![Problem::in_body("/indicator", text!("reference.unknown/indicator", code))]);
    };
    let mut problems = Vec::new();
    let (from, to) = (draft.day("from_day").unwrap_or_default(), draft.day("to_day").unwrap_or_default());
    if unit.valid_from > to || unit.valid_to.is_some_and(|end| end < from) {
        let text = text!("unit.not_valid/period", name = &unit.name, from, to);
        problems.push(Problem::in_body("/unit", text));
    }
    let Some(value) = draft.number("value") else {
        return if problems.is_empty() { Ok(()) } else { Err(problems) };
    };
    let out_of = draft.number("out_of").or(limits.out_of);
    let is_whole = value.fract() == 0.0;
    let wrong = match limits.kind.as_str() {
        "share" if !(0.0..=100.0).contains(&value) => Some(text!("range/share")),
        "rank" | "level" if !is_whole || value < 1.0 => Some(text!("range/rank")),
        _ if out_of.is_some_and(|out_of| value > out_of) => Some(text!("range/of", of = out_of.unwrap_or_default())),
        _ => limits
            .decimals
            .filter(|decimals| has_more(value, *decimals))
            .map(|max| text!("range/decimals", max = i64::from(max))),
    };
    problems.extend(wrong.map(|text| Problem::in_body("/value", text)));
    if limits.kind == "share" && draft.number("out_of").is_some() {
        problems.push(Problem::in_body("/of", text!("range/of_share")));
    }
    draft.record.insert("out_of".into(), json!(out_of));
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Whether a number has more than some decimals.
fn has_more(value: f64, decimals: i32) -> bool {
    let scaled = value * 10_f64.powi(decimals);
    (scaled - scaled.round()).abs() > 1e-6 * scaled.abs().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(kind: &str, out_of: Option<f64>, decimals: Option<i32>, value: f64) -> Vec<&'static str> {
        let limits = Limits { code: "a".into(), kind: kind.into(), out_of, decimals };
        let given = json!({"unit": "38", "period": "2023", "value": value, "source": "BC 12"});
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let mut draft = read(Members::new(given.as_object().unwrap().clone()), Some("a"), today).unwrap();
        let unit = Found { valid_from: NaiveDate::from_ymd_opt(2004, 1, 1).unwrap(), ..Found::default() };
        let problems = check(&mut draft, Some(&limits), &unit).err().unwrap_or_default();
        problems.iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn values_are_what_their_indicator_can_be() {
        for (kind, out_of, decimals, value, is_right) in [
            ("number", None, None, 194.0, true),
            ("number", None, Some(1), 0.8, true),
            ("number", None, Some(1), 0.85, false),
            ("number", Some(136.0), None, 136.0, true),
            ("number", Some(136.0), None, 137.0, false),
            ("number", None, None, -3.0, true),
            ("share", None, None, 80.0, true),
            ("share", None, None, 100.1, false),
            ("share", None, None, -0.1, false),
            ("rank", Some(63.0), None, 52.0, true),
            ("rank", Some(63.0), None, 64.0, false),
            ("rank", None, None, 0.0, false),
            ("level", None, None, 2.0, true),
            ("level", None, None, 1.5, false),
        ] {
            assert_eq!(checked(kind, out_of, decimals, value).is_empty(), is_right, "{kind} {value}");
        }
    }
}
