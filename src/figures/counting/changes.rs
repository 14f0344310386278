//! Why the numbers of a layer differ between two days in the same territory.

use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::View;
use crate::conditions::Days;
use crate::figures::counting::facts::joined;
use crate::figures::counting::rows::counts_as;
use crate::figures::counting::scan::{Sum, sums};
use crate::figures::{Amount, Changes, Part, Scope, add_change};
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::{Level, near, placed};

/// A row that `changes.sql` returns.
#[derive(Debug, QueryableByName)]
struct Change {
    #[diesel(sql_type = Nullable<Text>)]
    unit: Option<String>,
    /// The position of the sum in the list, from 1.
    #[diesel(sql_type = BigInt)]
    slot: i64,
    #[diesel(sql_type = Text)]
    part: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

pub async fn changes(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    status: &'static str,
    scope: &Scope,
    days: Days,
    base: Days,
) -> QueryResult<Changes> {
    let names: Vec<_> = (1..).zip(sums(view.layer, status).into_iter().map(|sum| sum.name)).collect();
    let mut changes = Changes::new();
    for Change { unit, slot, part, amount } in sql(view, status, scope, days, base).load(conn).await? {
        let name = names.iter().find(|(place, _)| *place == slot).map(|(_, name)| *name);
        if let (Some(name), Some(part)) = (name, Part::parse(&part)) {
            add_change(&mut changes, unit, name, part, amount);
        }
    }
    Ok(changes)
}

fn sql(view: &View<'_>, status: &'static str, scope: &Scope, days: Days, base: Days) -> Sql {
    let dates = [Bind::Date(days.as_of), Bind::Date(base.as_of)];
    Sql::new("with now as (")
        .sql(snapshot(view, status, scope, days))
        .text("), was as (")
        .sql(snapshot(view, status, scope, base))
        .sql(Sql::file(include_str!("changes.sql"), &dates))
}

/// The rows of a day, with the amounts that they add to each sum. It includes rows that do not count: they explain the
/// change.
fn snapshot(view: &View<'_>, status: &'static str, scope: &Scope, days: Days) -> Sql {
    let amounts = sums(view.layer, status).into_iter().map(|Sum { amount, of, .. }| {
        let amount = match amount {
            Amount::One => Sql::new("1"),
            Amount::Field(field) => Sql::new("t.").name(field.name),
            Amount::LengthM => Sql::new("coalesce(round(t.route_km * 1000)::integer, 0)"),
        };
        Sql::new("case when ").sql(of).text(" then ").sql(amount).text(" else 0 end")
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
            .sql(counts_as(view.layer, status, days))
            .text(" as counted) c")
            .sql(placed(days))
            .sql(joined(view, days));
    match &scope.within {
        Some(code) => sql.text("\nwhere ").sql(near(code, days.unit_date)),
        None => sql,
    }
}
