//! One pass over a layer, giving every number of every indicator of it, by unit.

use std::collections::HashMap;

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::View;
use crate::conditions::Days;
use crate::figures::{Amount, Part};
use crate::layers::Layer;
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::{Level, near, placed};

use crate::figures::counting::condition::{counts, facts};
use crate::figures::counting::slots::Slot;
use crate::figures::counting::{Scope, slots};

/// Numbers of each unit; `None` is what lies in no unit of the level.
pub type Numbers = HashMap<Option<String>, Vec<i64>>;

/// Every slot of a layer on a day, and then two more for each indicator: rows without a place, and without a day of
/// installation.
pub async fn numbers(conn: &mut AsyncPgConnection, view: &View<'_>, scope: &Scope, days: Days) -> QueryResult<Numbers> {
    let rows: Vec<Row> = numbers_sql(view, scope, days).load(conn).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let numbers = row.cells.iter().skip(1).map(|cell| cell.as_integer().unwrap_or(0)).collect();
            (row.cells[0].as_text().map(str::to_owned), numbers)
        })
        .collect())
}

/// The slots of a layer in order.
fn slots_of(layer: &Layer) -> Vec<Slot> {
    slots::of_kind(layer).flat_map(slots::of).collect()
}

fn numbers_sql(view: &View<'_>, scope: &Scope, days: Days) -> Sql {
    let mut sql = Sql::new("select p.").name(scope.level.name());
    for slot in slots_of(view.layer) {
        sql = sql.text(",\n").sql(aggregate(&slot));
    }
    for indicator in slots::of_kind(view.layer) {
        for fault in ["t.geom is null", "t.installed_on is null"] {
            let condition = Sql::all([slots::of_rows(indicator), Sql::new(fault)]);
            sql = sql.text(",\n").sql(aggregate(&Slot { amount: Amount::One, condition }));
        }
    }
    sql.text("\nfrom ")
        .sql(view.relation(days.versions()))
        .sql(placed(days))
        .sql(facts(view, days))
        .text("\nwhere ")
        .sql(counts(days))
        .sql(inside(scope, days))
        .text("\ngroup by 1")
}

fn aggregate(slot: &Slot) -> Sql {
    match slot.amount {
        Amount::One => Sql::new("count(*) filter (where ").sql(slot.condition.clone()).text(")"),
        Amount::Column(column) => Sql::new("coalesce(sum(t.")
            .name(column)
            .text(") filter (where ")
            .sql(slot.condition.clone())
            .text("), 0)::bigint"),
    }
}

/// ` and …` when a unit is asked, for rows that are placed as `p`.
pub fn inside(scope: &Scope, days: Days) -> Sql {
    let Some(code) = &scope.within else { return Sql::default() };
    let level = Level::of_code(code).unwrap_or(Level::Province);
    Sql::new(" and ")
        .sql(near(code, days.unit_date))
        .text(" and p.")
        .name(level.name())
        .text(" = ")
        .bind(Bind::Text(code.clone()))
}

/// How each slot changed between two days, by unit, slot and reason.
pub type Changes = HashMap<(Option<String>, usize), Vec<(Part, i64)>>;

/// Why the numbers of a layer differ between two days in the same territory.
pub async fn changes(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    scope: &Scope,
    days: Days,
    base: Days,
) -> QueryResult<Changes> {
    let rows: Vec<Row> = changes_sql(view, scope, days, base).load(conn).await?;
    let mut changes = Changes::new();
    for row in &rows {
        let [unit, slot, part, amount] = &row.cells[..] else { continue };
        let slot = slot.as_integer().and_then(|slot| usize::try_from(slot - 1).ok());
        let (Some(slot), Some(part), Some(amount)) = (slot, part.as_text().and_then(Part::parse), amount.as_integer())
        else {
            continue;
        };
        changes.entry((unit.as_text().map(str::to_owned), slot)).or_default().push((part, amount));
    }
    Ok(changes)
}

/// The numbers of the earlier day: those of the later one less what has changed.
pub fn before(now: &Numbers, changes: &Changes) -> Numbers {
    let mut was = now.clone();
    let length = now.values().next().map_or(0, Vec::len);
    for ((unit, slot), parts) in changes {
        let numbers = was.entry(unit.clone()).or_default();
        if numbers.len() <= *slot {
            numbers.resize(length.max(slot + 1), 0);
        }
        numbers[*slot] -= parts.iter().map(|(_, amount)| amount).sum::<i64>();
    }
    was
}

fn changes_sql(view: &View<'_>, scope: &Scope, days: Days, base: Days) -> Sql {
    let dates = [Bind::Date(days.as_of), Bind::Date(base.as_of)];
    Sql::new("with now as (")
        .sql(snapshot(view, scope, days))
        .text("), was as (")
        .sql(snapshot(view, scope, base))
        .sql(Sql::file(include_str!("changes.sql"), &dates))
}

/// The rows of a day with the amounts that they add to each slot; rows that do not count, too, for the reason.
fn snapshot(view: &View<'_>, scope: &Scope, days: Days) -> Sql {
    let amounts = slots_of(view.layer).into_iter().map(|slot| {
        let amount = match slot.amount {
            Amount::One => Sql::new("1"),
            Amount::Column(column) => Sql::new("t.").name(column),
        };
        Sql::new("case when ").sql(slot.condition).text(" then ").sql(amount).text(" else 0 end")
    });
    let sql =
        Sql::new("select t.id, t.lifecycle_status, t.installed_on, t.ended_on as decommissioned_on, c.counted, p.")
            .name(scope.level.name())
            .text(" as unit,\n  c.counted and ")
            .sql(match &scope.within {
                None => Sql::new("true"),
                Some(code) => Sql::new("p.")
                    .name(Level::of_code(code).unwrap_or(Level::Province).name())
                    .text(" is not distinct from ")
                    .bind(Bind::Text(code.clone())),
            })
            .text(" as inside,\n  case when c.counted then array[")
            .sql(Sql::join(amounts, ",\n  "))
            .text("] end as amounts\nfrom ")
            .sql(view.relation(days.versions()))
            .text(" cross join lateral (select ")
            .sql(counts(days))
            .text(" as counted) c")
            .sql(placed(days))
            .sql(facts(view, days));
    match &scope.within {
        Some(code) => sql.text("\nwhere ").sql(near(code, days.unit_date)),
        None => sql,
    }
}
