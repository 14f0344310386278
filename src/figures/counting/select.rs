//! A select list of named numbers, and the numbers that come back.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::figures::{Number, Numbers};
use crate::postgres::row::Row;
use crate::postgres::sql::Sql;

/// What is selected of each unit. The statement is written, and its rows are read, by the same list.
#[derive(Debug)]
pub struct Select {
    names: Vec<Number>,
    list: Sql,
}

impl Select {
    /// Begins with the column of the unit.
    pub fn of_unit(unit: Sql) -> Select {
        Select { names: Vec::new(), list: unit }
    }

    #[must_use]
    pub fn number(mut self, name: Number, sql: Sql) -> Select {
        self.names.push(name);
        self.list = self.list.text(",\n").sql(sql);
        self
    }

    /// Runs `before`, this list, `after`.
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
