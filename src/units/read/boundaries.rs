//! Reads boundaries of units: a GeoJSON collection of polygons with the property `code`.

use std::collections::HashMap;

use chrono::NaiveDate;
use geojson::Geometry;
use serde_json::Value;

use crate::files::refused::{Refused, Spot};
use crate::files::table::is_code;
use crate::layers::COMMUNE;
use crate::texts::text;
use crate::units::names::{same_place_name, tidy};
use crate::units::plan::timeline::Timeline;

#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// Its number in the file, from 1.
    pub feature: usize,
    pub code: String,
    /// Its name, if the file has one. It checks that the codes are read on the right day.
    pub name: Option<String>,
    /// The first day of its version; only the demo's file has it.
    pub valid_from: Option<NaiveDate>,
    /// A GeoJSON MultiPolygon: valid, with the ring directions of RFC 7946 and at most 7 decimals.
    pub geometry: String,
}

/// Reads a collection.
///
/// # Errors
/// What is wrong with the code or the polygon of each feature; repeated codes (of the same day).
pub fn read(text: &str) -> Result<Vec<Boundary>, Refused> {
    let mut refused = Refused::new();
    let collection: Value = match serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        Ok(collection) => collection,
        Err(error) => {
            refused.add(Spot::File, "json", text!("list.unreadable", reason = error.to_string()));
            return Err(refused);
        }
    };
    let features = match collection {
        Value::Object(mut members) if members.get("type").is_some_and(|name| name == "FeatureCollection") => {
            match members.remove("features") {
                Some(Value::Array(features)) => features,
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    };
    if features.is_empty() {
        refused.add(Spot::File, "features", text!("list.no_features"));
    }
    let mut seen = HashMap::new();
    let mut boundaries = Vec::with_capacity(features.len());
    for (index, feature) in features.into_iter().enumerate() {
        let number = index + 1;
        if let Some(boundary) = read_feature(number, feature, &mut refused) {
            if let Some(first) = seen.insert((boundary.code.clone(), boundary.valid_from), number) {
                refused.add(Spot::Feature(number), "code", text!("list.code_feature", code = &boundary.code, first));
            }
            boundaries.push(boundary);
        }
    }
    refused.unless_empty(boundaries)
}

/// Checks that each code has a unit on the day, with the name in the file: most codes of today belonged to another
/// commune before.
///
/// # Errors
/// Each code that fails the check.
pub fn check_known(boundaries: &[Boundary], timeline: &Timeline, day: NaiveDate) -> Result<(), Refused> {
    let mut refused = Refused::new();
    for Boundary { feature, code, name, .. } in boundaries {
        match (timeline.on(code, day), name) {
            (None, _) => refused.add(Spot::Feature(*feature), "code", text!("list.no_unit", code, day)),
            (Some(unit), Some(name)) if !same_place_name(&unit.name, name) => {
                let reason = text!("list.name_on_day", code, name, other = &unit.name, day);
                refused.add(Spot::Feature(*feature), "name", reason);
            }
            _ => {}
        }
    }
    refused.unless_empty(())
}

fn read_feature(number: usize, mut feature: Value, refused: &mut Refused) -> Option<Boundary> {
    let spot = Spot::Feature(number);
    let properties = &feature["properties"];
    let code = properties["code"].as_str().map(str::to_owned);
    if code.as_deref().is_none_or(|code| ![2, 3, 5].into_iter().any(|digits| is_code(code, digits))) {
        refused.add(spot, "code", text!("list.any_code", given = properties["code"].to_string()));
    }
    let name = properties["name"].as_str().map(tidy);
    let valid_from = properties["valid_from"].as_str().map(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d"));
    if valid_from.is_some_and(|day| day.is_err()) {
        refused.add(spot, "valid_from", text!("list.no_date"));
    }
    let given = feature.get_mut("geometry").map(Value::take).filter(|geometry| !geometry.is_null());
    let Some(given) = given else {
        refused.add(spot, "geometry", text!("list.missing"));
        return None;
    };
    let checked = match serde_json::from_value::<Geometry>(given) {
        Ok(geometry) => crate::layers::geometry::check(&COMMUNE, geometry),
        Err(error) => {
            refused.add(spot, "geometry", text!("list.unreadable", reason = error.to_string()));
            return None;
        }
    };
    match checked {
        Ok(geometry) => Some(Boundary {
            feature: number,
            code: code?,
            name,
            valid_from: valid_from.and_then(Result::ok),
            geometry: geometry.to_string(),
        }),
        Err(problems) => {
            problems.into_iter().for_each(|problem| refused.add(spot, "geometry", problem.text));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polygon_is_promoted_rounded_and_turned() {
        let text = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "16378"},
            "geometry": {"type": "Polygon", "coordinates":
                [[[105.70000000049, 19.8], [105.7, 19.9], [105.8, 19.9], [105.70000000049, 19.8]]]}}]}"#;
        let boundaries = read(text).unwrap();
        let geometry: Value = serde_json::from_str(&boundaries[0].geometry).unwrap();
        assert_eq!(geometry["type"], "MultiPolygon");
        assert_eq!(
            geometry["coordinates"][0][0],
            serde_json::json!([[105.7, 19.8], [105.8, 19.9], [105.7, 19.9], [105.7, 19.8]])
        );
    }

    #[test]
    fn every_bad_feature_is_named() {
        let bow = "[[[105.7, 19.8], [105.8, 19.9], [105.8, 19.8], [105.7, 19.9], [105.7, 19.8]]]";
        let good = "[[[105.7, 19.8], [105.8, 19.8], [105.8, 19.9], [105.7, 19.8]]]";
        let feature = |code: &str, kind: &str, rings: &str| {
            format!(
                r#"{{"type": "Feature", "properties": {{"code": {code}}},
                "geometry": {{"type": "{kind}", "coordinates": {rings}}}}}"#
            )
        };
        let features = [
            feature("\"16378\"", "Polygon", bow),
            feature("16381", "Polygon", good),
            feature("\"16384\"", "Polygon", good),
            feature("\"16384\"", "Polygon", good),
            feature("\"16390\"", "Point", "[105.7, 19.8]"),
            feature("\"16393\"", "Polygon", "7"),
            r#"{"type": "Feature", "properties": {"code": "16399"}, "geometry": null}"#.to_owned(),
        ];
        let text = format!(r#"{{"type": "FeatureCollection", "features": [{}]}}"#, features.join(","));
        let refused = read(&text).unwrap_err();
        let places: Vec<_> = refused.problems.iter().map(|problem| (problem.spot, problem.field.as_str())).collect();
        let at = |number, field| (Spot::Feature(number), field);
        assert_eq!(
            places,
            [at(1, "geometry"), at(2, "code"), at(4, "code"), at(5, "geometry"), at(6, "geometry"), at(7, "geometry")]
        );
    }
}
