//! What pending migrations do to the tables that are there, and for about how long: said before they run.

use std::sync::LazyLock;

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use regex::Regex;

use super::row::Row;
use super::sql::{Bind, Sql};
use crate::layers::ALL;

/// Each migration by its name, with its SQL.
const TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// What a statement does to a table, and how many microseconds a row of it takes, measured on two cores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Alters,
    Checks,
    Indexes,
    Writes,
}

impl Work {
    fn verb(self) -> &'static str {
        match self {
            Work::Alters => "alters",
            Work::Checks => "checks",
            Work::Indexes => "indexes",
            Work::Writes => "writes",
        }
    }

    fn micros(self, table: &str) -> f64 {
        let is_layer = ALL.iter().any(|layer| layer.is_writable() && layer.table() == table);
        match self {
            Work::Alters => 0.0,
            Work::Checks => 0.5,
            Work::Indexes => 2.0,
            // A write of a record also writes its history.
            Work::Writes if is_layer => 300.0,
            Work::Writes => 20.0,
        }
    }
}

/// A line for each migration: what it does to tables of this database, and for about how long they are locked. A migration
/// is one transaction: it holds all its locks to its end.
pub async fn forecast(conn: &mut AsyncPgConnection, names: &[String]) -> QueryResult<Vec<String>> {
    let mut lines = Vec::new();
    for name in names {
        let text = TEXTS.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text);
        let mut parts = Vec::new();
        let mut seconds = 0.0;
        for (work, table) in works(text) {
            let Some(rows) = rows_of(conn, &table).await? else { continue };
            seconds += work.micros(&table) * rows as f64 / 1e6;
            parts.push(format!("{} {table} ({rows} rows)", work.verb()));
        }
        lines.push(match parts.is_empty() {
            true => format!("{name}: locks nothing that is there"),
            false => format!("{name}: locks for about {:.0} s; {}", f64::ceil(seconds).max(1.0), parts.join(", ")),
        });
    }
    Ok(lines)
}

/// What the statements of a migration do, each once.
fn works(text: &str) -> Vec<(Work, String)> {
    static BEGIN: LazyLock<Regex> = LazyLock::new(|| {
        let statement = r"(alter table|update|insert into|delete from|drop table|create (?:unique )?index)\b";
        Regex::new(&format!(r"^\s*{statement}(?: if exists| only)?\s+(\w+)(?: on (\w+))?")).expect("it is tested")
    });
    let bare: String = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    let mut works = Vec::new();
    for statement in bare.split(';') {
        let Some(found) = BEGIN.captures(statement) else { continue };
        let table = found.get(3).or(found.get(2)).map_or("", |name| name.as_str()).to_owned();
        let work = match &found[1] {
            "update" | "insert into" | "delete from" => Work::Writes,
            "alter table" if statement.contains("add constraint") => Work::Checks,
            "alter table" | "drop table" => Work::Alters,
            _ => Work::Indexes,
        };
        if !works.contains(&(work, table.clone())) {
            works.push((work, table));
        }
    }
    works
}

/// About how many rows a table has; `None` if it does not exist.
async fn rows_of(conn: &mut AsyncPgConnection, table: &str) -> QueryResult<Option<i64>> {
    // Before the first statistics there is only the size.
    let rows: Vec<Row> = Sql::new(
        "select case when reltuples >= 0 then reltuples::bigint else pg_table_size(oid) / 100 end from pg_class \
         where relkind in ('r', 'p') and oid = to_regclass(",
    )
    .bind(Bind::Text(format!("public.{table}")))
    .text(")")
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().and_then(|row| row.cells[0].as_integer()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_is_read() {
        assert!(TEXTS.len() > 30);
        let of = |name: &str| works(TEXTS.iter().find(|(known, _)| known.ends_with(name)).unwrap().1);
        assert_eq!(of("keep_last_time"), [(Work::Alters, "feed".to_owned()), (Work::Writes, "feed".to_owned())]);
        assert_eq!(of("allow_several_undos"), [(Work::Alters, "batches".into()), (Work::Indexes, "batches".into())]);
        assert!(of("add_second_factors").contains(&(Work::Checks, "accounts".into())));
    }
}
