//! Scans a layer once and counts all its indicators, by unit.

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::View;
use crate::conditions::Days;
use crate::figures::counting::facts::joined;
use crate::figures::counting::rows::{counts_as, inside, of_joined};
use crate::figures::counting::select::Select;
use crate::figures::{Amount, Indicator, Number, Numbers, Scope, Slot, of_layer, slots};
use crate::layers::Layer;
use crate::postgres::sql::Sql;
use crate::units::territory::placed;

/// A number of a layer: the sum of an amount over the rows that meet a condition, joined with their facts.
#[derive(Debug)]
pub struct Sum {
    pub name: Number,
    pub amount: Amount,
    pub of: Sql,
}

/// The sums of all indicators of a layer. All are counted even when only one is asked for: it costs little, and the
/// statement keeps its shape, so that it is prepared once.
pub fn sums(layer: &'static Layer, status: &'static str) -> Vec<Sum> {
    let of_indicator = |indicator| {
        let sums = slots::sums(indicator).into_iter();
        sums.map(|sum| Sum { name: Number::Of(indicator.code, sum.slot), amount: sum.amount, of: of_joined(&sum.of) })
    };
    of_status(layer, status).flat_map(of_indicator).collect()
}

/// The indicators of a layer that count rows of a status.
pub fn of_status(layer: &'static Layer, status: &'static str) -> impl Iterator<Item = &'static Indicator> {
    of_layer(layer).filter(move |indicator| indicator.status == status)
}

/// Every number of a layer on a day. For each indicator also the rows without a place, and without a day of
/// installation.
pub async fn numbers(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    status: &'static str,
    scope: &Scope,
    days: Days,
) -> QueryResult<Numbers> {
    let mut select = Select::of_unit(Sql::new("p.").name(scope.level.name()));
    for Sum { name, amount, of } in sums(view.layer, status) {
        select = select.number(name, aggregate(amount, of));
    }
    for indicator in of_status(view.layer, status) {
        for (slot, is_faulty) in [(Slot::Unlocated, "t.geom is null"), (Slot::NoInstallDate, "t.installed_on is null")]
        {
            let faulty = of_joined(&slots::rows(indicator)).text(" and ").text(is_faulty);
            select = select.number(Number::Of(indicator.code, slot), aggregate(Amount::One, faulty));
        }
    }
    let from = Sql::new("\nfrom ")
        .sql(view.relation(days.versions()))
        .sql(placed(days))
        .sql(joined(view, days))
        .text("\nwhere ")
        .sql(counts_as(view.layer, status, days))
        .sql(inside(scope, days))
        .text("\ngroup by 1");
    select.load(conn, Sql::new("select "), from).await
}

fn aggregate(amount: Amount, of: Sql) -> Sql {
    match amount {
        Amount::One => Sql::new("count(*) filter (where ").sql(of).text(")"),
        Amount::Field(field) => {
            Sql::new("coalesce(sum(t.").name(field.name).text(") filter (where ").sql(of).text("), 0)::bigint")
        }
        Amount::LengthM => {
            Sql::new("coalesce(sum(round(t.route_km * 1000)) filter (where ").sql(of).text("), 0)::bigint")
        }
    }
}
