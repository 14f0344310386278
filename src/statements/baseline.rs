//! Figures that were published before the register could count them.

use chrono::NaiveDate;
use serde_json::{Map, json};

use crate::error::Error;
use crate::figures::{self, UNKNOWN};
use crate::input::Members;
use crate::statements::Draft;
use crate::statements::draft::{day, unit, words};
use crate::statements::value::number;
use crate::texts::text;

/// Reads a baseline.
///
/// # Errors
/// `Invalid` with every problem.
pub fn read(mut members: Members, today: NaiveDate) -> Result<Draft, Error> {
    let known = members.read("indicator", text!("expected.counted"), |value| figures::find(value.as_str()?));
    let known = members.required("indicator", known);
    let group = members.text("group", 60);
    if let (Some(group), Some(known)) = (&group, known) {
        let mut values: Vec<_> = known.choices().iter().map(|choice| choice.value).collect();
        if values.is_empty() {
            members.problem("group", text!("enum.unknown/no_groups", code = known.code));
        } else if group != UNKNOWN && !values.contains(&group.as_str()) {
            values.push(UNKNOWN);
            members.problem("group", text!("enum.unknown/listed", given = group, known = values));
        }
    }
    let on = day(&mut members, "on");
    let on = members.required("on", on);
    if on.is_some_and(|on| on > today) {
        members.problem("on", text!("date.future/period"));
    }
    let place = unit(&mut members, on.unwrap_or(today));
    let withdrawn = members.flag("withdrawn").unwrap_or_default();
    let mut record = Map::from_iter([
        ("indicator".to_owned(), json!(known.map(|known| known.code))),
        ("group_value".to_owned(), json!(group)),
        ("on_day".to_owned(), json!(on)),
    ]);
    if !withdrawn {
        let value =
            members.read("value", text!("expected.number_from_0"), |value| number(value).filter(|it| *it >= 0.0));
        let value = members.required("value", value);
        let document = words(&mut members, "document");
        let document = members.required("document", document);
        record.extend([("value".to_owned(), json!(value)), ("document".to_owned(), json!(document))]);
    }
    members.finish()?;
    Ok(Draft { place, withdrawn, record })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_is_of_a_counted_figure_and_one_of_its_groups() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let told = |given: serde_json::Value| match read(Members::new(given.as_object().unwrap().clone()), today) {
            Ok(_) => Vec::new(),
            Err(error) => error.problems().iter().map(|it| format!("{} {}", it.place, it.code)).collect(),
        };
        let good = json!({"indicator": "camera_eyes_by_manager", "group": "district_police", "unit": "405",
            "on": "2022-12-31", "value": 46, "document": "BC 120"});
        assert!(told(good.clone()).is_empty());
        let mut bad = good.clone();
        bad["group"] = json!("army");
        bad["on"] = json!("2027-01-01");
        bad["value"] = json!(-1);
        assert_eq!(told(bad), ["/group enum.unknown", "/on date.future", "/value type"]);
        let mut whole = good;
        whole["indicator"] = json!("camera_eyes");
        assert_eq!(told(whole), ["/group enum.unknown"]);
    }
}
