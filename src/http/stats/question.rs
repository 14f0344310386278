//! Parses which figures a request asks for, of which units.

use chrono::{DateTime, NaiveDate, Utc};

use crate::conditions::{Days, UnitRef, known_at, parameters};
use crate::error::Error;
use crate::figures::{BASES, INDICATORS, Indicator, Question, SERVICES, Scope, Statements, find, operators};
use crate::http::clock::Clock;
use crate::input::Params;
use crate::layers::Problem;
use crate::postgres::Connection;
use crate::texts::{Text, text};
use crate::time::{date_of, day_of};
use crate::units::territory::{Level, Unit};
use crate::units::{groups, lookup, territory};

/// A parsed question whose units have not been looked up yet.
#[derive(Debug, Clone)]
pub struct Asked {
    pub format: &'static str,
    /// Whether the words of a file are Vietnamese; `None` for codes.
    pub labels: Option<bool>,
    /// The parameter that names the unit, for error messages.
    named_by: &'static str,
    unit: Option<UnitRef>,
    /// The level of the units in the answer; `None` means the level of `unit`.
    level: Option<Level>,
    as_of: Option<NaiveDate>,
    compare: Option<NaiveDate>,
    /// The day of the units, if the request names it.
    units_on: Option<NaiveDate>,
    known_at: Option<DateTime<Utc>>,
    today: NaiveDate,
    indicators: Vec<&'static Indicator>,
    statements: Statements,
    /// The zoom level of the map for which boundaries are simplified.
    pub zoom: Option<u8>,
}

/// The day of a path that names the whole country: `VN` or `VN@date`.
fn country_on(path: &str) -> Option<Option<NaiveDate>> {
    let (code, day) = path.split_once('@').map_or((path, None), |(code, day)| (code, Some(day)));
    (code == Unit::COUNTRY).then_some(())?;
    day.map_or(Some(None), |day| date_of(day).map(Some))
}

/// Parses the parameters of `/stats/{unit}`.
///
/// # Errors
/// 400 for a wrong parameter, which the problem names; 404 when the path names no unit.
pub fn of_unit(path: &str, mut params: Params, clock: Clock) -> Result<Asked, Error> {
    let country = country_on(path);
    let unit = UnitRef::parse(path).filter(|unit| Level::of_code(&unit.code).is_some());
    if unit.is_none() && country.is_none() {
        return Err(no_such_unit("unit", text!("unit.not_valid/path", given = path)));
    }
    let format = params.format(&["json", "csv", "xlsx"])?.unwrap_or("json");
    let level = country.map(|_| Level::Country);
    let asked = Asked { unit, level, units_on: country.flatten(), ..common(&mut params, clock, "unit", format)? };
    params.finish()?;
    if asked.unit.as_ref().is_some_and(|unit| Level::of_code(&unit.code) == Some(Level::Hamlet)) {
        return Err(no_such_unit("unit", text!("unit.not_valid/hamlet")));
    }
    Ok(asked)
}

/// Parses the parameters of `/stats`.
///
/// # Errors
/// 400 for a wrong parameter, which the problem names.
pub fn of_units(mut params: Params, clock: Clock) -> Result<Asked, Error> {
    let format = params.format(&["json", "geojson", "csv", "xlsx"])?.unwrap_or("json");
    let known = "country, province, district, commune, hamlet";
    let level = params.read("level", text!("expected.one_of", known), Level::parse)?;
    let level = level.unwrap_or(Level::Commune);
    let unit = params.read("within", text!("expected.unit"), |text| {
        UnitRef::parse(text).filter(|unit| Level::of_code(&unit.code).is_some())
    })?;
    if unit.as_ref().is_some_and(|unit| Level::of_code(&unit.code) > Some(level)) {
        return Err(Error::of_parameter("level", text!("parameter.invalid/level")));
    }
    let units_on = parameters::units_on(&mut params, unit.as_ref())?;
    let zoom = parameters::zoom_level(&mut params)?;
    let asked = Asked { unit, units_on, level: Some(level), zoom, ..common(&mut params, clock, "within", format)? };
    params.finish()?;
    let is_of_units = asked.unit.as_ref().is_some_and(|unit| Level::of_code(&unit.code) < Some(Level::Hamlet));
    if level == Level::Hamlet && !is_of_units {
        return Err(Error::of_parameter("within", text!("parameter.invalid/hamlets")));
    }
    if level == Level::Hamlet && asked.compare.is_some() {
        return Err(Error::of_parameter("compare", text!("parameter.invalid/compare_hamlets")));
    }
    Ok(asked)
}

fn common(params: &mut Params, clock: Clock, named_by: &'static str, format: &'static str) -> Result<Asked, Error> {
    let today = clock.today();
    let as_of = parameters::day_until(params, "as_of", today)?;
    let compare = parameters::day_until(params, "compare", today)?;
    let known_at = known_at(params, clock.now)?;
    let latest = known_at.map_or(today, day_of);
    if compare.is_some_and(|compare| compare >= as_of.unwrap_or(latest)) {
        return Err(Error::of_parameter("compare", text!("parameter.invalid/compare")));
    }
    let indicators = params.read("indicators", text!("expected.indicators"), |text| {
        text.split(',').map(|code| find(code.trim())).collect::<Option<Vec<_>>>()
    })?;
    let known: Vec<_> = operators().iter().map(|choice| choice.value).collect();
    let operator = params.read("operator", text!("expected.one_of", known), |text| {
        operators().iter().map(|choice| choice.value).find(|known| *known == text)
    })?;
    let labels = params.read("labels", text!("expected.one_of", known = "vi, en"), |text| match text {
        "vi" => Some(true),
        "en" => Some(false),
        _ => None,
    })?;
    let mut one_of = |name: &str, known: &[&'static str]| {
        let find = |text: &str| known.iter().copied().find(|known| known.eq_ignore_ascii_case(text));
        params.read(name, text!("expected.one_of", known = known.join(", ")), find)
    };
    // Layers write 5G, statements 5g.
    let (technology, basis) = (one_of("technology", &SERVICES)?, one_of("basis", &BASES)?);
    let statements = Statements { operator, technology, basis };
    let every = || INDICATORS.iter().filter(|indicator| !indicator.is_estimate()).collect();
    let indicators = indicators.unwrap_or_else(every);
    Ok(Asked {
        format,
        labels,
        named_by,
        unit: None,
        level: None,
        as_of,
        compare,
        units_on: None,
        known_at,
        today,
        indicators,
        statements,
        zoom: None,
    })
}

impl Asked {
    /// Looks up the units.
    ///
    /// # Errors
    /// 404 when the unit does not exist, or not on that day; 400 when the units of a day to come are not loaded.
    pub async fn resolve(&self, conn: &mut Connection) -> Result<Question, Error> {
        let today = self.today;
        let as_of = self.as_of.unwrap_or_else(|| self.known_at.map_or(today, day_of));
        let within = match &self.unit {
            Some(unit) => Some(self.find_unit(conn, unit, as_of, today).await?),
            None => None,
        };
        let unit_date = within.as_ref().map_or(self.units_on.unwrap_or(as_of), |(_, day)| *day);
        if !lookup::is_loaded(conn, unit_date, today).await? {
            return Err(Error::of_parameter("units_on", text!("units.none_ahead", day = unit_date)));
        }
        let within = within.map(|(unit, _)| unit);
        let (level, units) = match (self.level, &within) {
            (Some(Level::Country), _) => (Level::Country, vec![Unit::country()]),
            (Some(level), within) => (level, territory::units(conn, level, within.as_ref(), unit_date).await?),
            (None, Some(unit)) => (unit.level, vec![unit.clone()]),
            (None, None) => return Err(Error::NotFound),
        };
        Ok(Question {
            scope: Scope { level, within: within.as_ref().map(|unit| unit.code.clone()) },
            within,
            units,
            days: Days { as_of, unit_date, known_at: self.known_at, today },
            compare: self.compare,
            indicators: self.indicators.clone(),
            left_out: Vec::new(),
            quality: self.level.is_none(),
            statements: self.statements,
        })
    }

    /// The version of the unit, and the day for which it is read: the day given, or that of the units, otherwise the day of the figures if
    /// the unit was in force then, otherwise today.
    async fn find_unit(
        &self,
        conn: &mut Connection,
        unit: &UnitRef,
        as_of: NaiveDate,
        today: NaiveDate,
    ) -> Result<(Unit, NaiveDate), Error> {
        if let Some(group) = unit.group() {
            let group = groups::of_code(conn, self.named_by, group).await?;
            return match self.units_on.filter(|day| *day != group.units_on) {
                Some(_) => {
                    Err(Error::of_parameter("units_on", text!("parameter.invalid/units_on", day = group.units_on)))
                }
                None => Ok((group.as_unit(), group.units_on)),
            };
        }
        let days = match unit.on.or(self.units_on) {
            Some(day) => vec![day],
            None => vec![as_of, today],
        };
        lookup::find(conn, self.named_by, &unit.code, &days, today).await
    }
}

fn no_such_unit(named_by: &str, text: Text) -> Error {
    Error::NoSuchUnit(Problem::of_parameter(named_by, text))
}
