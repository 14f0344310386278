//! The question that `GET /collections/{c}/items` asks.

use chrono::{DateTime, NaiveDate, Utc};

use crate::access::View;
use crate::conditions::Days;
use crate::error::Error;
use crate::figures::Selection;
use crate::files::export::Format;
use crate::layers::{Field, Problem, Type};

use crate::conditions::{Cursor, Interval, Key, UnitRef, as_of, order};
use crate::input::Params;
use crate::time::{date_of, day, day_of};

pub const DEFAULT_LIMIT: usize = 100;
/// More is clamped to this, not refused.
pub const MAX_LIMIT: usize = 10_000;

/// A file is as long as the layer unless it is told otherwise.
const LIMIT_OF_FILES: usize = i32::MAX as usize;

/// What `f` can be.
pub const FORMATS: &[&str] = &["json", "geojson", "geojsonseq", "csv", "xlsx", "kml"];

/// WGS 84 longitude, latitude: the only CRS so far.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

#[derive(Debug, Clone)]
pub struct ItemsQuery {
    /// West, south, east, north; west may be greater than east, across the antimeridian.
    pub bbox: Option<[f64; 4]>,
    pub datetime: Option<Interval>,
    /// The records as they were on a day.
    pub as_of: Option<NaiveDate>,
    /// Of layers whose records have versions.
    pub known_at: Option<DateTime<Utc>>,
    pub within: Option<UnitRef>,
    /// The rows behind a figure.
    pub indicator: Option<Selection>,
    /// Text to search, accents folded.
    pub q: Option<String>,
    pub filters: Vec<Filter>,
    /// At most so many rows, as asked.
    pub limit: Option<usize>,
    /// The whole result in a file, not a page.
    pub format: Option<Format>,
    /// What comes first, before the id.
    pub order: Vec<Key>,
    pub cursor: Option<Cursor>,
    /// Only the number is asked for.
    pub hits_only: bool,
}

/// Rows whose field has one of the values.
#[derive(Debug, Clone)]
pub struct Filter {
    pub field: &'static Field,
    pub values: FilterValue,
}

#[derive(Debug, Clone, PartialEq)]
pub enum FilterValue {
    Texts(Vec<String>),
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
    Dates(Vec<NaiveDate>),
    Boolean(bool),
}

impl ItemsQuery {
    /// Reads the parameters; every field that `view` shows can be one.
    ///
    /// # Errors
    /// 400, naming the parameter that is unknown or malformed.
    pub fn parse(view: &View<'_>, mut params: Params) -> Result<ItemsQuery, Error> {
        let format = params.format(FORMATS)?.and_then(Format::of_name);
        for name in ["crs", "bbox-crs"] {
            params.read(name, (CRS84, CRS84), |text| (text == CRS84).then_some(()))?;
        }
        params.read("offset", ("0; hãy theo liên kết next", "0: follow the next links"), |text| {
            (text == "0").then_some(())
        })?;
        let q = params.take("q")?.filter(|text| !text.trim().is_empty());
        let mut order = order::parse_keys(view, &mut params)?;
        if order.is_empty() && q.is_some() {
            order.push(Key::Rank);
        }
        let query = ItemsQuery {
            bbox: params.read(
                "bbox",
                ("bốn số: tây, nam, đông, bắc", "four numbers: west, south, east, north"),
                parse_bbox,
            )?,
            datetime: params.read(
                "datetime",
                ("thời điểm hoặc khoảng: 2023-01-01/2023-12-31", "an instant or an interval: 2023-01-01/2023-12-31"),
                Interval::parse,
            )?,
            as_of: params.read("as_of", ("ngày dạng 2023-09-20", "a date such as 2023-09-20"), date_of)?,
            known_at: if view.has_versions() { as_of::known_at(&mut params)? } else { None },
            within: params.read(
                "within",
                ("mã đơn vị hành chính: 405@2023-09-20", "the code of a unit: 405@2023-09-20"),
                UnitRef::parse,
            )?,
            indicator: params.read(
                "indicator",
                (
                    "mã chỉ tiêu của lớp này: xem /stats/definitions",
                    "an indicator of this layer: see /stats/definitions",
                ),
                |text| Selection::parse(text).filter(|found| found.indicator.layer.collection == view.layer.collection),
            )?,
            q,
            limit: params
                .read("limit", ("số nguyên từ 1", "an integer from 1"), |text| limit_of(text, LIMIT_OF_FILES))?,
            format,
            cursor: params.read("cursor", ("lấy từ liên kết next", "taken from a next link"), |text| {
                Cursor::parse(text, &order)
            })?,
            order,
            hits_only: params
                .read("resultType", ("hits hoặc results", "hits or results"), |text| match text {
                    "hits" => Some(true),
                    "results" => Some(false),
                    _ => None,
                })?
                .unwrap_or(false),
            filters: parse_filters(view, &mut params)?,
        };
        params.finish()?;
        Ok(query)
    }

    /// The number of rows of a page.
    pub fn page_size(&self) -> usize {
        self.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT)
    }

    /// The day asked about, today when none is, and that of the units it is asked of.
    pub fn days(&self, today: NaiveDate) -> Days {
        let as_of = self.as_of.unwrap_or_else(|| self.known_at.map_or(today, day_of));
        let unit_date = self.within.as_ref().and_then(|unit| unit.on).unwrap_or(as_of);
        Days { as_of, unit_date, known_at: self.known_at, today }
    }

    /// Whether every row of the layer is asked for.
    pub fn is_whole(&self) -> bool {
        self.bbox.is_none()
            && self.datetime.is_none()
            && self.as_of.is_none()
            && self.known_at.is_none()
            && self.within.is_none()
            && self.indicator.is_none()
            && self.q.is_none()
            && self.filters.is_empty()
    }
}

/// A whole number from 1; more than the maximum is the maximum, however long the number.
pub fn limit_of(text: &str, max: usize) -> Option<usize> {
    let whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| text.parse().unwrap_or(max).min(max)).filter(|limit| *limit >= 1)
}

fn parse_filters(view: &View<'_>, params: &mut Params) -> Result<Vec<Filter>, Error> {
    let mut filters = Vec::new();
    let mut problems = Vec::new();
    let names: Vec<_> = params.rest().filter_map(|name| view.field(name)).collect();
    for field in names {
        if filters.iter().any(|filter: &Filter| filter.field.name == field.name) {
            continue;
        }
        let text = params.take(field.name)?.unwrap_or_default();
        match parse_values(field, &text) {
            Some(values) => filters.push(Filter { field, values }),
            None => problems.push(Problem::parameter(
                field.name,
                format!("“{text}” không phải là giá trị của “{}”.", field.label.vi),
                format!("“{text}” is no value of “{}”.", field.label.en),
            )),
        }
    }
    if problems.is_empty() { Ok(filters) } else { Err(Error::BadRequest(problems)) }
}

fn parse_values(field: &Field, text: &str) -> Option<FilterValue> {
    let values = || text.split(',').map(str::trim).filter(|value| !value.is_empty());
    values().next()?;
    Some(match field.value {
        Type::OneOf(choices) | Type::SomeOf(choices) => {
            let known = values().all(|value| choices.iter().any(|choice| choice.value == value));
            FilterValue::Texts(known.then(|| values().map(str::to_owned).collect())?)
        }
        // A comma may be part of a text.
        Type::Text { .. } | Type::Url if text.contains(", ") => FilterValue::Texts(vec![text.to_owned()]),
        Type::Text { .. } | Type::Url | Type::CommuneCode => FilterValue::Texts(values().map(str::to_owned).collect()),
        Type::Integer { .. } | Type::Reference { .. } => {
            FilterValue::Integers(values().map(|value| value.parse().ok()).collect::<Option<_>>()?)
        }
        Type::Number { .. } => {
            let finite = |value: &str| value.parse::<f64>().ok().filter(|number| number.is_finite());
            FilterValue::Numbers(values().map(finite).collect::<Option<_>>()?)
        }
        Type::Boolean => FilterValue::Boolean(text.parse().ok()?),
        Type::Date | Type::Timestamp => FilterValue::Dates(values().map(day).collect::<Option<_>>()?),
    })
}

fn parse_bbox(text: &str) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = text.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
    let bbox = match numbers[..] {
        [west, south, east, north] | [west, south, _, east, north, _] => [west, south, east, north],
        _ => return None,
    };
    let [west, south, east, north] = bbox;
    let on_earth = |lon: f64, lat: f64| (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
    (on_earth(west, south) && on_earth(east, north) && south <= north).then_some(bbox)
}
