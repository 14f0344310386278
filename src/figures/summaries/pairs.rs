//! Why the sums of units differ between two days: only records with an event in between are read.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::conditions::Days;
use crate::figures::summaries::columns::{columns, each, listed};
use crate::figures::summaries::source::Source;
use crate::figures::{Changes, Part, Scope, add_change};
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};

/// The changes of every kept number between two days, by unit and part. The parts do not depend on the scope: a record
/// that came from another unit has moved, whichever units are asked about.
pub async fn changes(
    conn: &mut AsyncPgConnection,
    source: &Source<'_>,
    scope: &Scope,
    days: Days,
    base: Days,
) -> QueryResult<Changes> {
    let kept = columns(source.view.layer);
    let mut changes = Changes::new();
    if kept.is_empty() {
        return Ok(changes);
    }
    let rows: Vec<Row> = sql(source, scope, days, base).load(conn).await?;
    for row in rows {
        let mut cells = row.cells.into_iter();
        let unit = cells.next().and_then(|unit| unit.as_text().map(str::to_owned));
        let Some(part) = cells.next().and_then(|part| Part::parse(part.as_text()?)) else { continue };
        for (amount, column) in cells.map(|cell| cell.as_integer().unwrap_or(0)).zip(kept) {
            for number in column.numbers.iter().filter(|_| amount != 0) {
                add_change(&mut changes, unit.clone(), *number, part, amount);
            }
        }
    }
    Ok(changes)
}

fn sql(source: &Source<'_>, scope: &Scope, days: Days, base: Days) -> Sql {
    let layer = source.view.layer;
    let columns = |before: &'static str, after: &'static str| {
        each(layer, ", ", |sum| Sql::new(before).text(sum).text(after).text(sum))
    };
    let changed = |column| Sql::new(" and ").sql(between(column, base, days)).sql(events(source, scope, days, base));
    let now = source.rows_where(days.as_of, days.unit_date, changed("c.from_day"));
    let was = source.rows_where(base.as_of, base.unit_date, changed("c.to_day"));
    Sql::new(
        "with pair as materialized (select now.unit_id as now_unit, was.unit_id as was_unit, now.record_id is not null as is_now, \
             was.record_id is not null as is_was, coalesce(now.works and now.status = 'operational', false) as counts, \
             coalesce(was.works and was.status = 'operational', false) as counted, \
             case when was.record_id is null and now.installed_on is null then 'undated' \
             when was.record_id is null or now.installed_on > ",
        )
        .bind(Bind::Date(base.as_of))
        .text(
            " or was.status in ('proposed', 'planned', 'under_construction') then 'new' else 'reclassified' end as gained_as, \
             case when now.record_id is null or now.status = 'decommissioned' or not now.works then 'decommissioned' else 'reclassified' end as lost_as, ",
        )
        .sql(columns("now.", " as now_"))
        .text(", ")
        .sql(columns("was.", " as was_"))
        .text(" from (")
        .sql(now)
        .text(") now full join (")
        .sql(was)
        .text(") was on was.record_id = now.record_id")
        .text(if layer.is_measured() { " and was.unit_id = now.unit_id" } else { "" })
        .text("), flow as (select now_unit as unit_id, case when counted then 'moved' else gained_as end as part, ")
        .sql(columns("now_", " as "))
        .text(" from pair where counts and (not counted or now_unit <> was_unit) union all select was_unit, case when counts then 'moved' else lost_as end, ")
        .sql(each(layer, ", ", |sum| Sql::new("-was_").text(sum)))
        .text(" from pair where counted and (not counts or now_unit <> was_unit) union all select now_unit, 'reclassified', ")
        .sql(each(layer, ", ", |sum| {
            Sql::new("case when (now_").text(sum).text(" = 0) <> (was_").text(sum).text(" = 0) then now_").text(sum).text(" - was_").text(sum).text(" else 0 end")
        }))
        .text(" from pair where counts and counted and now_unit = was_unit union all select now_unit, 'corrected', ")
        .sql(each(layer, ", ", |sum| {
            Sql::new("case when (now_").text(sum).text(" = 0) = (was_").text(sum).text(" = 0) then now_").text(sum).text(" - was_").text(sum).text(" else 0 end")
        }))
        .text(" from pair where counts and counted and now_unit = was_unit union all select now_unit, 'reclassified', ")
        .sql(listed(layer, "now_"))
        .text(" from pair where is_now and not counts union all select was_unit, 'reclassified', ")
        .sql(each(layer, ", ", |sum| Sql::new("-was_").text(sum)))
        .text(" from pair where is_was and not counted) select ")
        .sql(scope.group("u."))
        .text(", x.part, ")
        .sql(each(layer, ", ", |sum| Sql::new("coalesce(sum(x.").text(sum).text("), 0)::bigint")))
        .text(" from flow x left join ")
        .sql(scope.units(days.unit_date))
        .text(" u on u.id = x.unit_id where ")
        .sql(scope.holds("u."))
        .text(" group by 1, 2")
}

/// After the base until the day. A contribution that holds on both days has not changed: of a record in a unit there is
/// one at a time.
fn between(column: &'static str, base: Days, days: Days) -> Sql {
    let after = Sql::new(column).text(" > ").bind(Bind::Date(base.as_of));
    after.text(" and ").text(column).text(" <= ").bind(Bind::Date(days.as_of))
}

/// The records with an event in the units of the scope, as a further condition on contributions `c`. Of what moved, the
/// unit elsewhere is read, too.
fn events(source: &Source<'_>, scope: &Scope, days: Days, base: Days) -> Sql {
    if scope.within.is_none() {
        return Sql::default();
    }
    Sql::new(" and c.record_id in (select e.record_id from ")
        .name(source.view.layer.kept("contributions"))
        .text(" e where (")
        .sql(between("e.from_day", base, days))
        .text(" or ")
        .sql(between("e.to_day", base, days))
        .text(")")
        .sql(scope.among("e.unit_id", days.unit_date))
        .text(")")
}
