//! The order of rows, and which rows come after a cursor.

use crate::conditions::{Cursor, Key};
use crate::layers::Type;
use crate::postgres::sql::{Bind, Sql};

/// The `order by` of the rows under an alias.
pub fn by(keys: &[Key], alias: &'static str) -> Sql {
    let keys = keys.iter().map(|key| match key {
        Key::Rank | Key::Distance(_) => Sql::new("rank"),
        Key::Field { descending, .. } => {
            expression(key, alias, &Sql::default()).text(if *descending { " desc nulls last" } else { " nulls last" })
        }
    });
    let id = Sql::new(alias).text("id");
    Sql::new(" order by ").sql(Sql::join(keys.chain([id]), ", "))
}

/// The condition that a row `t` comes after a cursor: by the first key that differs, otherwise by id. `rank` is how
/// well a row matches the search text, or how far it is from a point.
pub fn after(keys: &[Key], cursor: &Cursor, rank: &Sql) -> Sql {
    let id = Sql::new("t.id > ").bind(Bind::Integer(cursor.id));
    keys.iter().zip(&cursor.values).rev().fold(id, |rest, (key, value)| {
        let here = || expression(key, "t.", rank);
        match value {
            // Nulls come last, so only other nulls come after one.
            None => here().text(" is null and ").sql(rest),
            Some(value) => {
                let beyond = if is_descending(key) { " < " } else { " > " };
                Sql::new("(")
                    .sql(here())
                    .text(beyond)
                    .bind(value.into())
                    .text(" or ")
                    .sql(here())
                    .text(" is null or ")
                    .sql(here())
                    .text(" = ")
                    .bind(value.into())
                    .text(" and ")
                    .sql(rest)
                    .text(")")
            }
        }
    })
}

fn is_descending(key: &Key) -> bool {
    matches!(key, Key::Field { descending: true, .. })
}

/// The expression to compare: names in the order of a Vietnamese dictionary, codes by their bytes.
fn expression(key: &Key, alias: &'static str, rank: &Sql) -> Sql {
    let Key::Field { field, .. } = key else { return rank.clone() };
    let column = Sql::new(alias).name(field.name);
    match field.value {
        Type::Text { .. } => column.text(" collate \"vi-x-icu\""),
        Type::Url | Type::Phone | Type::Resolution | Type::CommuneCode | Type::OneOf(_) => {
            column.text(" collate \"C\"")
        }
        _ => column,
    }
}
