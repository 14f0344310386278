//! The sums that are kept of a layer: a column `s1`, `s2` … each.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::conditions::Condition;
use crate::figures::counting::of_joined;
use crate::figures::{Amount, Number, OPERATIONAL, Slot, of_layer, slots};
use crate::layers::{ALL, Layer};
use crate::postgres::sql::Sql;

const UNLOCATED: &str = "t.geom is null";
const NO_INSTALL_DATE: &str = "t.installed_on is null";

/// A kept sum, and the numbers that it is.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub numbers: Vec<Number>,
    /// The amount of a state, as SQL over its row `t`, the facts `f` about it and the placed piece `p`.
    pub amount: Sql,
}

/// The kept sums of each layer that figures count, by collection.
static COLUMNS: LazyLock<HashMap<&'static str, Vec<Column>>> = LazyLock::new(|| {
    ALL.iter().filter(|layer| layer.is_writable()).map(|layer| (layer.collection, of(layer))).collect()
});

/// The kept sums of a layer; none if no figure counts its rows by place.
pub fn columns(layer: &Layer) -> &'static [Column] {
    COLUMNS.get(layer.collection).map_or(&[], Vec::as_slice)
}

/// The column that keeps a number of a layer.
pub fn column_of(layer: &Layer, number: Number) -> Option<&'static str> {
    columns(layer).iter().find(|column| column.numbers.contains(&number)).map(|column| column.name)
}

/// The kept sums of a layer as a list, each after a sign, a prefix or nothing.
pub fn listed(layer: &Layer, before: &'static str) -> Sql {
    each(layer, ", ", |sum| Sql::new(before).text(sum))
}

/// The totals of the kept sums.
pub fn totals(layer: &Layer) -> Sql {
    each(layer, ", ", |sum| Sql::new("sum(").text(sum).text(")"))
}

/// Whether one of the totals is not zero.
pub fn any_total(layer: &Layer) -> Sql {
    each(layer, " or ", |sum| Sql::new("sum(").text(sum).text(") <> 0"))
}

/// What is written for each kept sum of a layer.
pub fn each(layer: &Layer, separator: &'static str, write: impl Fn(&'static str) -> Sql) -> Sql {
    Sql::join(columns(layer).iter().map(|column| write(column.name)), separator)
}

fn of(layer: &'static Layer) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    let mut keep = |number: Number, status: &'static str, amount: Amount, of: Sql| {
        let amount = Sql::new("case when ")
            .sql(counts(status))
            .text(" and ")
            .sql(of)
            .text(" then ")
            .sql(size(amount))
            .text(" else 0 end");
        // Several figures share a sum, such as a total and the total of its partition.
        let text = format!("{amount:?}");
        match texts.iter().position(|known| *known == text) {
            Some(at) => columns[at].numbers.push(number),
            None => {
                let name: &'static str = format!("s{}", columns.len() + 1).leak();
                columns.push(Column { name, numbers: vec![number], amount });
                texts.push(text);
            }
        }
    };
    for indicator in of_layer(layer) {
        for sum in slots::sums(indicator) {
            keep(Number::Of(indicator.code, sum.slot), indicator.status, sum.amount, of_joined(&sum.of));
        }
        let rows = slots::rows(indicator);
        if rows == Condition::never() {
            continue;
        }
        for (slot, is_faulty) in [(Slot::Unlocated, UNLOCATED), (Slot::NoInstallDate, NO_INSTALL_DATE)] {
            let faulty = of_joined(&rows).text(" and ").text(is_faulty);
            keep(Number::Of(indicator.code, slot), indicator.status, Amount::One, faulty);
        }
    }
    if of_layer(layer).next().is_some() {
        for (name, is_faulty) in [("unlocated", UNLOCATED), ("no_install_date", NO_INSTALL_DATE)] {
            keep(Number::Quality(name), OPERATIONAL, Amount::One, Sql::new(is_faulty));
        }
    }
    columns
}

/// Whether a state counts on its first day. States are cut at the days of installation and decommissioning, so it counts
/// on all its days or on none.
fn counts(status: &'static str) -> Sql {
    let sql = Sql::new("t.lifecycle_status = '").text(status).text("'");
    match status {
        OPERATIONAL => sql.text(" and t.works"),
        _ => sql,
    }
}

fn size(amount: Amount) -> Sql {
    match amount {
        Amount::One => Sql::new("1"),
        Amount::Field(field) => Sql::new("t.").name(field.name),
        Amount::LengthM => Sql::new("p.length_m"),
    }
}
