//! The sums of units on a day.

use chrono::{Datelike, Months, NaiveDate};
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::conditions::Days;
use crate::figures::summaries::columns::{Column, columns, each, listed};
use crate::figures::summaries::fresh::On;
use crate::figures::summaries::source::{Kind, Source};
use crate::figures::{Numbers, Scope};
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};

/// The first day of the quarter of a day.
pub fn quarter(day: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1).unwrap_or(day)
}

/// The first mark. Whoever asks about an earlier day has all deltas before it added up.
pub const FIRST_MARK: (i32, u32, u32) = (2014, 12, 31);

/// The last mark not after a day: the last day of a quarter.
pub fn mark_of(day: NaiveDate, marked_until: Option<NaiveDate>) -> Option<NaiveDate> {
    let (year, month, first) = FIRST_MARK;
    let first = NaiveDate::from_ymd_opt(year, month, first)?;
    let next = quarter(day).checked_add_months(Months::new(3))?.pred_opt()?;
    let mark = if next == day { day } else { quarter(day).pred_opt()? };
    Some(mark.min(marked_until?)).filter(|mark| *mark >= first)
}

/// Every kept number of the units of a scope.
pub async fn numbers(
    conn: &mut AsyncPgConnection,
    source: &Source<'_>,
    scope: &Scope,
    days: Days,
) -> QueryResult<Numbers> {
    let kept = columns(source.view.layer);
    if kept.is_empty() {
        return Ok(Numbers::default());
    }
    let sums = each(source.view.layer, ", ", |sum| Sql::new("coalesce(sum(x.").text(sum).text("), 0)::bigint"));
    let sql = Sql::new("select ")
        .sql(scope.group("u."))
        .text(", ")
        .sql(sums)
        .text(" from (")
        .sql(amounts(source, scope, days))
        .text(") x left join ")
        .sql(scope.units(days.unit_date))
        .text(" u on u.id = x.unit_id where ")
        .sql(scope.holds("u."))
        .text(" group by 1");
    Ok(inserted(kept, sql.load(conn).await?))
}

/// The numbers of rows that have a unit and each kept sum.
pub(super) fn inserted(kept: &[Column], rows: Vec<Row>) -> Numbers {
    let mut numbers = Numbers::new(kept.iter().flat_map(|column| column.numbers.iter().copied()));
    for row in rows {
        let mut cells = row.cells.into_iter();
        let unit = cells.next().and_then(|unit| unit.as_text().map(str::to_owned));
        let sums = cells.map(|cell| cell.as_integer().unwrap_or(0)).zip(kept);
        numbers.insert(unit, sums.flat_map(|(sum, column)| column.numbers.iter().map(move |_| sum)).collect());
    }
    numbers
}

/// Rows of `unit_id` and the sums, which add up to the sums of each unit.
fn amounts(source: &Source<'_>, scope: &Scope, days: Days) -> Sql {
    let layer = source.view.layer;
    let select = |sign: &'static str| Sql::new("select c.unit_id, ").sql(listed(layer, sign)).text(" from ");
    let units = || {
        let sql = Sql::new(" and c.units_from <= ")
            .bind(Bind::Date(days.unit_date))
            .text(" and c.units_to >= ")
            .bind(Bind::Date(days.unit_date));
        sql.sql(scope.among("c.unit_id", days.unit_date))
    };
    let (Kind::Kept { dirty, marked_until, .. }, true) = (&source.kind, source.is_whole()) else {
        return select("c.")
            .text("(")
            .sql(source.rows_on(days.as_of, days.unit_date))
            .text(") c where true")
            .sql(scope.among("c.unit_id", days.unit_date));
    };
    let of_all = || Sql::new(if source.sees_all_hidden() { "" } else { " and c.is_public" });
    let mark = mark_of(days.as_of, *marked_until);
    let mut parts = Vec::new();
    if let Some(mark) = mark {
        let marks = select("c.").name(layer.kept("marks")).text(" c where c.mark = ").bind(Bind::Date(mark));
        parts.push(marks.sql(units()).sql(of_all()));
    }
    let deltas = select("c.").name(layer.kept("deltas")).text(" c where c.day <= ").bind(Bind::Date(days.as_of));
    let deltas = match mark {
        Some(mark) => deltas.text(" and c.day > ").bind(Bind::Date(mark)),
        None => deltas,
    };
    parts.push(deltas.sql(units()).sql(of_all()));
    let recent = select("c.").name(layer.kept("recent")).text(" c where c.day <= ").bind(Bind::Date(days.as_of));
    parts.push(recent.sql(units()).sql(of_all()));
    let on_day = || {
        Sql::new(" c where c.from_day <= ")
            .bind(Bind::Date(days.as_of))
            .text(" and c.to_day > ")
            .bind(Bind::Date(days.as_of))
            .sql(units())
    };
    if source.sees_some_hidden() {
        let hidden = select("c.").name(layer.kept("contributions")).sql(on_day()).text(" and not c.is_public and ");
        parts.push(hidden.sql(source.hidden_visible()));
    }
    if !dirty.is_empty() {
        let on = On { day: days.as_of, unit_date: days.unit_date };
        let ids = || Bind::Integers(dirty.clone());
        let old =
            select("-c.").name(layer.kept("contributions")).sql(on_day()).text(" and c.record_id = any(").bind(ids());
        parts.push(old.text(") and ").sql(source.visible()));
        parts.push(
            select("c.")
                .text("(")
                .sql(source.fresh_rows(on))
                .text(")")
                .sql(on_day())
                .text(" and ")
                .sql(source.visible()),
        );
    }
    Sql::join(parts, " union all ")
}
