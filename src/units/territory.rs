//! Finds the administrative units in which rows lie, on any day.
//!
//! Figures place each row in its units (`placed`); items are limited to the rows within a unit (`within`). Both use the
//! SQL function `territory()`, so a figure and the items behind it agree.

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::conditions::Days;
use crate::layers::geometry::half_pixel;
use crate::layers::{Layer, Storage};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
pub use crate::units::level::Level;
use crate::units::relations::{communes_within, hamlets_on, units_on};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub level: Level,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

pub(super) const COLUMNS: &str = "u.id, u.code, u.name, u.level, u.valid_from, u.valid_to";

impl Unit {
    /// The whole country, which is no unit of the list.
    /// The code of the whole country (ISO 3166).
    pub const COUNTRY: &'static str = "VN";

    pub fn country() -> Unit {
        Unit {
            id: 0,
            code: Unit::COUNTRY.into(),
            name: "Cả nước".into(),
            level: Level::Country,
            // The day of independence.
            valid_from: NaiveDate::from_ymd_opt(1945, 9, 2).unwrap_or(NaiveDate::MIN),
            valid_to: None,
        }
    }

    pub fn of_row(row: &Row) -> Option<Unit> {
        let date = |cell: &Cell| if let Cell::Date(date) = cell { Some(*date) } else { None };
        let [id, code, name, level, valid_from, valid_to, ..] = &row.cells[..] else { return None };
        Some(Unit {
            id: id.as_integer()?,
            code: code.as_text()?.to_owned(),
            name: name.as_text()?.to_owned(),
            level: Level::parse(level.as_text()?)?,
            valid_from: date(valid_from)?,
            valid_to: date(valid_to),
        })
    }

    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| end >= day)
    }
}

/// Whether any unit is known: of a day, or at all.
pub async fn has_units(conn: &mut AsyncPgConnection, day: Option<NaiveDate>) -> QueryResult<bool> {
    let units = Sql::new("select exists (select from admin_units");
    let units = match day {
        Some(day) => units.text(" where in_force(valid_from, valid_to, ").bind(Bind::Date(day)).text(")"),
        None => units,
    };
    let row: Row = units.text(")").get_result(conn).await?;
    Ok(matches!(row.cells[0], Cell::Bool(true)))
}

/// Every version of a unit, oldest first; of a hamlet, the times during which it bore the code.
pub async fn versions(conn: &mut AsyncPgConnection, code: &str) -> QueryResult<Vec<Unit>> {
    let sql = Sql::new("select ")
        .text(COLUMNS)
        .text(" from named_by_code(")
        .bind(Bind::Text(code.to_owned()))
        .text(") u order by u.valid_from");
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows.iter().filter_map(Unit::of_row).collect())
}

/// The units of a level in force on a day, in the order of their codes. With `within`, only that unit and those in it.
/// Hamlets are records of a layer, not units of the list.
pub async fn units(
    conn: &mut AsyncPgConnection,
    level: Level,
    within: Option<&Unit>,
    day: NaiveDate,
) -> QueryResult<Vec<Unit>> {
    if level == Level::Hamlet {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = units_sql(level, within, day).load(conn).await?;
    Ok(rows.iter().filter_map(Unit::of_row).collect())
}

/// The units that contain a place on a day, from the commune up. Empty outside of all communes.
pub async fn containing(
    conn: &mut AsyncPgConnection,
    [longitude, latitude]: [f64; 2],
    day: NaiveDate,
) -> QueryResult<Vec<Unit>> {
    let binds = [Bind::Double(longitude), Bind::Double(latitude), Bind::Date(day)];
    let rows: Vec<Row> = Sql::file(include_str!("containing.sql"), &binds).load(conn).await?;
    Ok(rows.iter().filter_map(Unit::of_row).collect())
}

/// The boundaries of versions of units, or the places of hamlets; null without one. With `zoom` they are simplified for a map of that zoom
/// level, to be drawn only: making them valid would take twenty times as long.
pub async fn boundaries(
    conn: &mut AsyncPgConnection,
    level: Level,
    ids: &[i64],
    zoom: Option<u8>,
) -> QueryResult<Vec<(i64, Cell)>> {
    let table = if level == Level::Hamlet { "hamlets" } else { "admin_units" };
    let geom = match zoom {
        Some(zoom) => Sql::new("st_simplify(geom, ").bind(Bind::Double(half_pixel(zoom))).text(", true)"),
        None => Sql::new("geom"),
    };
    let sql = Sql::new("select id, ").sql(geom).text(" from ").text(table).text(" where id = any(");
    let rows: Vec<Row> = sql.bind(Bind::Integers(ids.to_vec())).text(")").load(conn).await?;
    Ok(rows
        .into_iter()
        .filter_map(|mut row| {
            let geom = row.cells.pop()?;
            Some((row.cells.pop()?.as_integer()?, geom))
        })
        .collect())
}

fn units_sql(level: Level, within: Option<&Unit>, day: NaiveDate) -> Sql {
    let sql = Sql::new("select ").text(COLUMNS).text(" from ");
    let code = |unit: &Unit| Bind::Text(unit.code.clone());
    let sql = match within {
        Some(unit) if level == Level::Commune => sql.sql(communes_within(&unit.code, day)).text(" u where true"),
        Some(unit) if unit.level == Level::Group => {
            let units = sql.text("admin_units u where u.level = ").bind(Bind::Text(level.name().into()));
            units
                .text(" and u.code in (select w.")
                .name(level.name())
                .text(" from ")
                .sql(units_on(day, Some(&unit.code)))
                .text(" w)")
        }
        Some(unit) => sql
            .text("admin_units u where ")
            .bind(code(unit))
            .text(" in (u.code, u.parent_code) and u.level = ")
            .bind(Bind::Text(level.name().into())),
        None => sql.text("admin_units u where u.level = ").bind(Bind::Text(level.name().into())),
    };
    sql.text(" and in_force(u.valid_from, u.valid_to, ").bind(Bind::Date(day)).text(") order by u.code")
}

/// The rows of a layer within the unit that has this code on `days.unit_date`, as a condition on the alias `t`.
///
/// A record that lies in one commune belongs to the units of that commune, another line or area to every unit whose
/// communes it meets, a unit to those above it.
pub fn within(layer: &Layer, code: &str, days: Days) -> Sql {
    let Some(level) = Level::of_code(code) else { return Sql::new("false") };
    match layer.storage {
        Storage::Units { .. } => unit_within(layer, code, days.unit_date),
        Storage::Assets { .. } if level == Level::Hamlet && layer.collection == "hamlets" => {
            Sql::new("t.id = ").sql(hamlets_on(code, days.unit_date))
        }
        Storage::Assets { .. } if level == Level::Hamlet => in_hamlet(code, days.unit_date),
        Storage::Assets { .. } if !layer.lies_in_one_commune() => meets(level, code, days.unit_date),
        Storage::Assets { .. } => {
            let placed = is_placed(level, code, days.unit_date);
            if days.are_current() {
                match level {
                    Level::Commune => in_communes(code, days.unit_date),
                    _ => Sql::new("(")
                        .sql(in_communes(code, days.unit_date))
                        .text(" or t.commune_code is null and ")
                        .sql(placed)
                        .text(")"),
                }
            } else {
                placed
            }
        }
    }
}

/// The rows whose commune of today is in the unit that has this code on a day.
pub fn in_communes(code: &str, day: NaiveDate) -> Sql {
    Sql::new("t.commune_code in (select code from ").sql(communes_within(code, day)).text(")")
}

/// The rows of a layer that lie in no unit of a level on `days.unit_date`, as a condition on the alias `t`.
pub fn unassigned(level: &'static str, days: Days) -> Sql {
    let lies_in_none = Sql::new("not exists (select from ")
        .sql(territory(days.unit_date))
        .text(" p where p.")
        .name(level)
        .text(" is not null)");
    // A stored commune has a province, too.
    if days.are_current() && level != Level::District.name() {
        Sql::new("t.commune_code is null and ").sql(lies_in_none)
    } else {
        lies_in_none
    }
}

/// A join that gives each row of `t`, a layer whose records lie in one commune, its units on a day, as
/// `p (commune, district, province)`.
///
/// It returns what `territory()` returns, but calls that only for rows that lie in no commune: a call for each row took
/// 60 µs, these joins take 10. If the day is today, the stored commune is used.
pub fn placed(days: Days) -> Sql {
    let day = || Bind::Date(days.unit_date);
    let (lies_in, commune) = if days.are_current() {
        (Sql::default(), Sql::new("t.commune_code"))
    } else {
        let lies_in = Sql::new("\nleft join lateral (\n  select u.code from admin_units u where u.level = 'commune' and in_force(u.valid_from, u.valid_to, ")
            .bind(day())
            .text(") and st_covers(u.geom, case when st_dimension(t.geom) = 0 then t.geom else st_pointonsurface(t.geom) end)\n  order by u.code limit 1\n) lies_in on true");
        (lies_in, Sql::new("lies_in.code"))
    };
    lies_in
        .sql(Sql::file(
            "
left join (
  select c.code as commune, d.code as district, coalesce(d.parent_code, c.parent_code) as province
  from admin_units c
  left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, $1)
  where c.level = 'commune' and in_force(c.valid_from, c.valid_to, $1)
  -- Stops the planner from merging it into the query: it is read once, not looked up for each row.
  offset 0
) known on known.commune = ",
            &[day()],
        ))
        .sql(commune)
        .text(
            "
cross join lateral (
  select known.commune, known.district, known.province where known.commune is not null
  union all
  select found.commune, found.district, found.province from ",
        )
        .sql(territory(days.unit_date))
        .text(" found where known.commune is null\n) p")
}

/// The bounding box of a unit or group, everywhere if no boundary is known: a test by an index, before the exact test.
pub fn extent(code: &str, unit_date: NaiveDate) -> Sql {
    // box2d() reads only the header of a geometry.
    Sql::new(
        "coalesce((select st_setsrid(st_extent(box2d(u.geom)::geometry)::geometry, 4326) from admin_units u where u.id in (select id from ",
    )
    .sql(units_on(unit_date, Some(code)))
    .text(")), st_makeenvelope(-180, -90, 180, 90, 4326))")
}

fn territory(unit_date: NaiveDate) -> Sql {
    Sql::new("territory(t.geom, t.placed_code, t.placed_on, ").bind(Bind::Date(unit_date)).text(")")
}

fn is_placed(level: Level, code: &str, unit_date: NaiveDate) -> Sql {
    let placed = Sql::new("exists (select from ").sql(territory(unit_date)).text(" p where p.");
    let placed = match level {
        Level::Group => placed.text("commune in (select code from ").sql(communes_within(code, unit_date)).text(")"),
        _ => placed.name(level.name()).text(" = ").bind(Bind::Text(code.to_owned())),
    };
    placed.text(")")
}

fn meets(level: Level, code: &str, unit_date: NaiveDate) -> Sql {
    Sql::new("(exists (select from ")
        .sql(communes_within(code, unit_date))
        .text(" c where st_intersects(c.geom, t.geom)) or t.geom is null and ")
        .sql(is_placed(level, code, unit_date))
        .text(")")
}

/// A hamlet with a boundary has the rows that lie in it. One without has the rows that name it, if the caller sees that
/// field.
fn in_hamlet(code: &str, unit_date: NaiveDate) -> Sql {
    Sql::new("exists (select from hamlets h where h.id = ").sql(hamlets_on(code, unit_date)).text(
        " and case when geometrytype(h.geom) = 'MULTIPOLYGON' and t.geom is not null \
         then st_intersects(h.geom, t.geom) else coalesce(t.hamlet_id = h.id, false) end)",
    )
}

fn unit_within(layer: &Layer, code: &str, unit_date: NaiveDate) -> Sql {
    let code_bind = Bind::Text(code.to_owned());
    let below = match layer.collection {
        "communes" => "t.code",
        _ => return Sql::new("").bind(code_bind).text(" in (t.code, t.parent_code)"),
    };
    Sql::new(below).text(" in (select code from ").sql(communes_within(code, unit_date)).text(")")
}
