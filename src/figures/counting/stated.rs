//! Statements as the register had them at an instant.

use chrono::{DateTime, Utc};

use crate::postgres::sql::{Bind, Sql};

/// The rows of a table of statements, as a relation: those of today, or those that the register had at `known_at`. What
/// was written after it is replaced by what it was before.
pub fn stated(kind: &'static str, table: &'static str, known_at: Option<DateTime<Utc>>) -> Sql {
    let Some(known_at) = known_at else { return Sql::new("").name(table) };
    let later = || Sql::new("v.kind = '").text(kind).text("' and v.at > ").bind(Bind::Moment(known_at));
    Sql::new("(select a.* from ")
        .name(table)
        .text(" a where a.stated_at <= ")
        .bind(Bind::Moment(known_at))
        .text(" and not exists (select from statement_versions v where v.statement_id = a.id and ")
        .sql(later())
        .text(") union all select (jsonb_populate_record(null::")
        .name(table)
        .text(", was.before)).* from (select distinct on (v.statement_id) v.statement_id, v.before from statement_versions v where ")
        .sql(later())
        .text(" order by v.statement_id, v.id) was where was.before is not null)")
}
