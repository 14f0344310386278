//! Conditions from query parameters. Each function takes its own parameter; its errors are 400.

use chrono::NaiveDate;

use crate::conditions::cql::{self, Fault, Language};
use crate::conditions::{Condition, Interval, Near, Property, Relation, Shape, UnitRef, Value};
use crate::error::Error;
use crate::input::Params;
use crate::layers::{Field, NamedCrs, Problem, Type, phone};
use crate::texts::text;
use crate::time::day;

/// The system of coordinates that a parameter names; without it CRS84.
pub fn crs(params: &mut Params, name: &str) -> Result<&'static NamedCrs, Error> {
    Ok(params.read(name, text!("expected.named_crs"), NamedCrs::of_name)?.unwrap_or(NamedCrs::crs84()))
}

/// Reads `bbox`, and `include-unlocated`, which keeps the rows without a place.
pub fn bbox(params: &mut Params) -> Result<Option<Condition>, Error> {
    let crs = crs(params, "bbox-crs")?;
    let bbox = params.read("bbox", text!("expected.bbox"), |text| parse_bbox(text, crs))?;
    let with_unlocated = params.read("include-unlocated", text!("expected.flag"), |text| text.parse().ok())?;
    Ok(match (bbox, with_unlocated) {
        (Some(bbox), Some(true)) => Some(Condition::Any(vec![bbox, Condition::is_null(Property::Place)])),
        (bbox, _) => bbox,
    })
}

pub fn near(params: &mut Params) -> Result<Option<Near>, Error> {
    params.read("near", text!("expected.near"), Near::parse)
}

/// The ids of records, separated by commas.
pub fn ids(params: &mut Params) -> Result<Option<Vec<i64>>, Error> {
    params.read("ids", text!("expected.ids"), |text| text.split(',').map(|id| id.trim().parse().ok()).collect())
}

/// Reads `zoom-level`: the zoom level of the map for which shapes are simplified.
pub fn zoom_level(params: &mut Params) -> Result<Option<u8>, Error> {
    const MAX: u8 = 22;
    let expected = text!("expected.zoom", max = i64::from(MAX));
    params.read("zoom-level", expected, |text| text.parse().ok().filter(|zoom| *zoom <= MAX))
}

/// Reads `filter`, `filter-lang` and `filter-crs`. `fields` are all that the caller may ask of.
pub fn filter(params: &mut Params, fields: &[&'static Field]) -> Result<Option<Condition>, Error> {
    let known = Language::ALL.map(Language::name);
    let language = params.read("filter-lang", text!("expected.one_of", known = &known[..]), Language::of_name)?;
    let crs = crs(params, "filter-crs")?;
    let Some(filter) = params.take("filter")? else { return Ok(None) };
    match cql::parse(&filter, language.unwrap_or(Language::Text), crs, fields) {
        Ok(condition) => Ok(Some(condition)),
        Err(Fault { place, why }) => {
            Err(Error::of_parameter("filter", text!("filter.invalid", name = "filter", place = &place, why)))
        }
    }
}

pub fn datetime(params: &mut Params) -> Result<Option<Interval>, Error> {
    params.read("datetime", text!("expected.interval"), Interval::parse)
}

/// A day that has come: of the days ahead nothing can be counted.
pub fn day_until(params: &mut Params, name: &str, today: NaiveDate) -> Result<Option<NaiveDate>, Error> {
    let read = params.read(name, text!("expected.day"), day)?;
    match read {
        Some(day) if day > today => Err(Error::of_parameter(name, text!("parameter.invalid/future", name, day))),
        read => Ok(read),
    }
}

/// The day whose units are meant. A day that `within` names must be the same.
pub fn units_on(params: &mut Params, within: Option<&UnitRef>) -> Result<Option<NaiveDate>, Error> {
    let read = params.read("units_on", text!("expected.day"), day)?;
    match (read, within.and_then(|unit| unit.on)) {
        (Some(read), Some(on)) if read != on => {
            Err(Error::of_parameter("units_on", text!("parameter.invalid/units_on", day = on)))
        }
        _ => Ok(read),
    }
}

pub fn within(params: &mut Params) -> Result<Option<UnitRef>, Error> {
    params.read("within", text!("expected.unit"), UnitRef::parse)
}

/// The text of `q`; `None` when it is blank.
pub fn searched(params: &mut Params) -> Result<Option<String>, Error> {
    Ok(params.take("q")?.filter(|text| !text.trim().is_empty()))
}

/// Reads `name=value,value` for each of these fields: the field has one of the values.
pub fn of_fields(params: &mut Params, fields: &[&'static Field]) -> Result<Vec<Condition>, Error> {
    let mut conditions = Vec::new();
    let mut problems = Vec::new();
    let mut asked: Vec<&'static Field> = Vec::new();
    for name in params.rest() {
        let field = fields.iter().find(|field| field.name == name);
        asked.extend(field.filter(|field| !asked.iter().any(|known| known.name == field.name)));
    }
    for field in asked {
        let text = params.take(field.name)?.unwrap_or_default();
        match of_field(field, &text) {
            Some(condition) => conditions.push(condition),
            None => {
                let text = text!("parameter.invalid/value", given = text, field = field.label);
                problems.push(Problem::of_parameter(field.name, text));
            }
        }
    }
    if problems.is_empty() { Ok(conditions) } else { Err(Error::BadRequest(problems)) }
}

/// A whole number from 1. Any number above the maximum becomes the maximum, however many digits it has.
pub fn limit_of(text: &str, max: usize) -> Option<usize> {
    let whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| text.parse().unwrap_or(max).min(max)).filter(|limit| *limit >= 1)
}

fn of_field(field: &'static Field, text: &str) -> Option<Condition> {
    let values = || text.split(',').map(str::trim).filter(|value| !value.is_empty());
    values().next()?;
    Some(match field.value {
        Type::OneOf(choices) | Type::SomeOf(choices) => {
            let known = values().all(|value| choices.iter().any(|choice| choice.value == value));
            known.then(|| Condition::holds(field, values()))?
        }
        // A comma may be part of a text.
        Type::Text { .. } | Type::Url if text.contains(", ") => Condition::holds(field, [text]),
        Type::Text { .. } | Type::Url | Type::Resolution | Type::CommuneCode => Condition::holds(field, values()),
        // As it is stored, and as it may have been stored before the type.
        Type::Phone => {
            let forms = values().flat_map(|value| [Some(value.to_owned()), phone::normalise(value)]);
            Condition::one_of(field, forms.flatten().map(Value::Text))
        }
        Type::Integer { .. } | Type::Reference { .. } => {
            Condition::one_of(field, values().map(|value| value.parse::<i64>().ok()).collect::<Option<Vec<_>>>()?)
        }
        Type::Number { .. } => {
            let finite = |value: &str| value.parse::<f64>().ok().filter(|number| number.is_finite());
            Condition::one_of(field, values().map(finite).collect::<Option<Vec<_>>>()?)
        }
        Type::Boolean => Condition::equal(field, text.parse::<bool>().ok()?),
        Type::Date | Type::Timestamp => Condition::one_of(field, values().map(day).collect::<Option<Vec<_>>>()?),
    })
}

fn parse_bbox(text: &str, crs: &NamedCrs) -> Option<Condition> {
    let numbers: Vec<f64> = text.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
    let corners = match numbers[..] {
        [west, south, east, north] | [west, south, _, east, north, _] => [west, south, east, north],
        _ => return None,
    };
    if !crs.is_wgs84() {
        let area = cql::of_box(corners, crs).ok()?;
        return Some(Condition::Relates(Shape::Own, Relation::Intersects, Shape::Given(Box::new(area))));
    }
    let [a, b, c, d] = corners;
    let ([west, south], [east, north]) = (crs.read([a, b])?, crs.read([c, d])?);
    (south <= north).then_some(Condition::Bbox([west, south, east, north]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditions::Value;
    use crate::layers::TOWER;

    fn read(query: &str) -> Option<Condition> {
        let fields: Vec<_> = TOWER.fields().collect();
        of_fields(&mut Params::parse(query), &fields).ok()?.pop()
    }

    fn field(name: &str) -> &'static Field {
        TOWER.field(name).unwrap()
    }

    #[test]
    fn values_have_the_type_of_their_field() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (query, expected) in [
            ("height_m=3,4.5", Condition::one_of(field("height_m"), [3.0, 4.5])),
            ("version=3", Condition::one_of(field("version"), [3_i64])),
            ("created_at=2026-01-02", Condition::one_of(field("created_at"), [day("2026-01-02")])),
            ("operator=vnpt,%20viettel", Condition::one_of(field("operator"), ["vnpt", "viettel"])),
            ("name=B%C3%A0u,%20B%E1%BA%BFn", Condition::one_of(field("name"), [Value::from("Bàu, Bến")])),
            ("technologies=4G,5G", Condition::holds(field("technologies"), ["4G", "5G"])),
        ] {
            assert_eq!(read(query), Some(expected), "{query}");
        }
        assert!(matches!(read("technologies=4G"), Some(Condition::Sets(..))));
        for query in ["height_m=inf", "version=1.5", "operator=none", "technologies=6G", "installed_on=x", "name="] {
            assert_eq!(read(query), None, "{query}");
        }
    }

    #[test]
    fn boxes_lie_on_earth() {
        let crs84 = NamedCrs::crs84();
        assert_eq!(parse_bbox("105,19, 106,20", crs84), Some(Condition::Bbox([105.0, 19.0, 106.0, 20.0])));
        assert_eq!(
            parse_bbox("170,19,0,-170,20,9", crs84),
            Some(Condition::Bbox([170.0, 19.0, -170.0, 20.0])),
            "heights, and the antimeridian"
        );
        for text in ["", "1,2,3", "105,20,106,19", "181,0,182,1", "a,b,c,d", "NaN,0,1,1"] {
            assert_eq!(parse_bbox(text, crs84), None, "{text}");
        }
        let latitude_first = NamedCrs::of_name("EPSG:4326").unwrap();
        assert_eq!(parse_bbox("19,105,20,106", latitude_first), Some(Condition::Bbox([105.0, 19.0, 106.0, 20.0])));
        assert_eq!(parse_bbox("105,19,106,20", latitude_first), None);
        let metres = NamedCrs::of_name("EPSG:5897").unwrap();
        assert!(matches!(parse_bbox("570000,2190000,580000,2200000", metres), Some(Condition::Relates(..))));
        assert_eq!(parse_bbox("580000,2190000,570000,2200000", metres), None);
    }
}
