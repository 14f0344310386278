//! A select list of named numbers, and the reader of its results.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::figures::{Number, Numbers};
use crate::postgres::row::Row;
use crate::postgres::sql::Sql;

/// The select list for each unit. The same list writes the statement and reads its rows.
#[derive(Debug)]
pub struct Select {
    names: Vec<Number>,
    list: Sql,
}

impl Select {
    /// A list whose first column is the unit.
    pub fn of_unit(unit: Sql) -> Select {
        Select { names: Vec::new(), list: unit }
    }

    #[must_use]
    pub fn number(mut self, name: Number, sql: Sql) -> Select {
        self.names.push(name);
        self.list = self.list.text(",\n").sql(sql);
        self
    }

    /// Runs the statement `before`, this list, `after`.
    pub async fn load(self, conn: &mut AsyncPgConnection, before: Sql, after: Sql) -> QueryResult<Numbers> {
        let rows: Vec<Row> = before.sql(self.list).sql(after).load(conn).await?;
        let mut numbers = Numbers::new(self.names);
        for row in rows {
            let mut cells = row.cells.into_iter();
            let unit = cells.next().and_then(|unit| unit.as_text().map(str::to_owned));
            numbers.insert(unit, cells.map(|cell| cell.as_integer().unwrap_or(0)).collect());
        }
        Ok(numbers)
    }
}
