//! The query parameters of `GET …/items`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::AsyncPgConnection;

use crate::access::View;
use crate::conditions::order::{is_sortable, parse_keys};
use crate::conditions::parameters::{self, limit_of};
use crate::conditions::{Condition, Cursor, Days, Derived, Interval, Key, UnitRef, known_at};
use crate::error::Error;
use crate::figures::{OPERATIONAL, Selection, checks, facts, rows_of};
use crate::files::export::Format;
use crate::http::items::form::Form;
use crate::input::Params;
use crate::layers::{ID, Layer, NamedCrs};
use crate::register::items::Question;
use crate::texts::text;
use crate::time::day_of;
use crate::units::territory::Level;
use crate::units::{groups, lookup};

pub const DEFAULT_LIMIT: usize = 100;
/// A greater `limit` is reduced to this, not rejected.
pub const MAX_LIMIT: usize = 10_000;

/// A file has no limit of its own, only the `limit` that the client asks for.
const LIMIT_OF_FILES: usize = i32::MAX as usize;

/// The values that `f` accepts.
pub const FORMATS: &[&str] = &["json", "html", "geojson", "geojsonseq", "csv", "xlsx", "kml", "fgb", "gpkg"];

/// In what a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A page of features in GeoJSON.
    Json,
    /// The same as a web page.
    Html,
    /// The whole result.
    File(Format),
}

impl Medium {
    fn of_name(name: &str) -> Medium {
        match name {
            "html" => Medium::Html,
            name => Format::of_name(name).map_or(Medium::Json, Medium::File),
        }
    }
}

/// What a request asks for, and how it is answered.
#[derive(Debug, Clone)]
pub struct ItemsQuery {
    pub question: Question,
    pub form: Form,
    /// The most rows, if the client gives a limit.
    pub limit: Option<usize>,
    /// The format that the request names, so that `Accept` does not count.
    pub format: Option<Medium>,
    /// The system of the coordinates in the answer.
    pub crs: &'static NamedCrs,
    /// The parameters as they were given.
    pub given: Vec<(String, String)>,
    /// Whether the client asks only for the number of rows.
    pub hits_only: bool,
    /// The day for which the records are read.
    pub as_of: Option<NaiveDate>,
    /// The time at which the register is read; only for layers whose records have versions.
    pub known_at: Option<DateTime<Utc>>,
    pub within: Option<UnitRef>,
}

impl ItemsQuery {
    /// Parses the parameters of a request of the moment `now`. Every field that `view` shows can be one.
    ///
    /// # Errors
    /// 400 for a parameter that is unknown or malformed. The problem names it.
    pub fn parse(view: &View<'_>, mut params: Params, now: DateTime<Utc>) -> Result<ItemsQuery, Error> {
        let layer = view.layer;
        let given = params.given();
        let format = params.format(FORMATS)?.map(Medium::of_name);
        let crs = parameters::crs(&mut params, "crs")?;
        params.read("offset", text!("expected.no_offset"), |text| (text == "0").then_some(()))?;
        let searched = parameters::searched(&mut params)?;
        let sortable: Vec<_> = view.fields().filter(|field| is_sortable(layer, field)).collect();
        let mut order = parse_keys(&mut params, &sortable)?;
        let near = parameters::near(&mut params)?;
        if order.is_empty() {
            order.extend(near.map(Key::Distance).or(searched.as_ref().map(|_| Key::Rank)));
        }
        let bbox = parameters::bbox(&mut params)?;
        let ids = parameters::ids(&mut params)?;
        let datetime = parameters::datetime(&mut params)?;
        let today = day_of(now);
        let as_of = parameters::day_until(&mut params, "as_of", today)?;
        let known_at = if view.has_versions() { known_at(&mut params, now)? } else { None };
        let within = parameters::within(&mut params)?;
        let unassigned =
            params.read("unassigned", text!("expected.one_of", known = "province, district, commune"), |text| {
                Level::parse(text).filter(|level| *level != Level::Hamlet)
            })?;
        let units_on = parameters::units_on(&mut params, within.as_ref())?;
        let figure = figure(&mut params, layer)?;
        let known: Vec<_> = checks::checks(view).collect();
        let check = match known.is_empty() {
            true => None,
            false => params.read("quality", text!("expected.one_of", known = known.clone()), |text| {
                known.iter().copied().find(|known| *known == text)
            })?,
        };
        let limit = params.read("limit", text!("expected.positive"), |text| limit_of(text, LIMIT_OF_FILES))?;
        let cursor = params.read("cursor", text!("expected.cursor"), |text| Cursor::parse(text, &order))?;
        let mut hits_only = false;
        // OWSLib writes it in lower case.
        for name in ["resultType", "resulttype"] {
            let known = text!("expected.one_of", known = "hits, results");
            hits_only |= params.read(name, known, |text| match text {
                "hits" => Some(true),
                "results" => Some(false),
                _ => None,
            })? == Some(true);
        }
        let form = Form::parse(view, &mut params)?;
        let queryables = view.queryables();
        let mut filters = parameters::of_fields(&mut params, &queryables)?;
        filters.extend(parameters::filter(&mut params, &queryables)?);
        params.finish()?;

        let on_day = as_of.unwrap_or_else(|| known_at.map_or(today, day_of));
        let unit_date = within.as_ref().and_then(|unit| unit.on).or(units_on);
        let days = Days { as_of: on_day, unit_date: unit_date.unwrap_or(on_day), known_at, today };
        let lasting = match (as_of, datetime) {
            (Some(day), _) => Some(day),
            // Units: those in force today, or on the day for which the unit in `within` is given.
            (None, None) if !layer.is_writable() => Some(unit_date.unwrap_or(today)),
            (None, _) => None,
        };
        // What is only planned or being built has no days yet.
        let lasting = lasting.filter(|_| figure.is_none_or(|figure| figure.indicator.status == OPERATIONAL));
        let lasting = lasting.map(|day| Interval { from: Some(day), to: Some(day) });
        let valid = lasting.into_iter().chain(datetime);
        let mut all = Vec::from_iter(bbox);
        all.extend(near.map(Condition::Near));
        all.extend(ids.map(|ids| Condition::one_of(&ID, &ids)));
        all.extend(valid.map(|interval| Condition::ValidDuring(layer.valid_time(), interval)));
        let unit = within.as_ref().map(|unit| unit.code.clone());
        let of_unit = unit.clone().map(|code| Derived::Within { code, on: days.unit_date });
        all.extend(of_unit.map(Condition::Derived));
        all.extend(unassigned.map(|level| {
            let (level, within) = (level.name(), unit.clone());
            Condition::Derived(Derived::Unassigned { level, within, on: days.unit_date })
        }));
        let of_unit = unit.as_deref();
        all.extend(figure.map(|selection| rows_of(selection, on_day, of_unit)));
        all.extend(check.map(|check| checks::failing(layer, check, days, of_unit)));
        all.extend(searched.as_ref().map(|text| Condition::Search(text.trim().to_owned())));
        let is_of_own_shape = !filters.is_empty() || order.iter().any(|key| matches!(key, Key::Field { .. }));
        all.extend(filters);
        let condition = Condition::All(all);
        let derive = facts::of_row;
        let question = Question {
            condition,
            days,
            searched,
            order,
            cursor,
            shape: form.shape,
            is_of_own_shape,
            derive,
            among: None,
            placed: None,
        };
        Ok(ItemsQuery { question, form, limit, format, crs, given, hits_only, as_of, known_at, within })
    }

    /// Looks up the unit or the group that the rows are limited to. A group is read on its own day.
    ///
    /// # Errors
    /// 404 for the unit, which says what it became; 400 when the units of a day to come are not loaded.
    pub async fn resolve_units(&mut self, conn: &mut AsyncPgConnection) -> Result<(), Error> {
        let Days { unit_date, today, .. } = self.question.days;
        if let Some(unit) = self.within.as_ref().filter(|unit| Level::of_code(&unit.code) != Some(Level::Hamlet)) {
            let Some(code) = unit.group() else {
                lookup::find(conn, "within", &unit.code, &[unit_date], today).await?;
                return Ok(());
            };
            let on = groups::of_code(conn, "within", code).await?.units_on;
            self.question.days.unit_date = on;
            if let Condition::All(all) = &mut self.question.condition {
                for condition in all {
                    if let Condition::Derived(Derived::Within { on: day, .. } | Derived::Unassigned { on: day, .. }) =
                        condition
                    {
                        *day = on;
                    }
                }
            }
        } else if !lookup::is_loaded(conn, unit_date, today).await? {
            return Err(Error::of_parameter("units_on", text!("units.none_ahead", day = unit_date)));
        }
        Ok(())
    }

    /// How many rows a page holds.
    pub fn page_size(&self) -> usize {
        self.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT)
    }
}

fn figure(params: &mut Params, layer: &Layer) -> Result<Option<Selection>, Error> {
    params.read("indicator", text!("expected.indicator"), |text| {
        Selection::parse(text).filter(|found| found.indicator.layer.collection == layer.collection)
    })
}
