//! The functions, triggers and constraints of the register. The database keeps the list of those that it had when the
//! program created its own, so that one that a restore lost, or that somebody changed, is noticed.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::row::Row;
use super::sql::Sql;

/// A line for each object of schema public that belongs to no extension. A function counts with the hash of its text.
const PRESENT: &str = "
  select format('function %s(%s) %s', p.proname, pg_get_function_identity_arguments(p.oid),
    md5(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) || coalesce(p.proconfig::text, '') || p.prosecdef)) as object
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select format('trigger %s on %s%s', t.tgname, c.relname, case when t.tgenabled = 'D' then ' (disabled)' end)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
  union all
  select format('constraint %s on %s', n.conname, c.relname)
  from pg_constraint n join pg_class c on c.oid = n.conrelid
  where n.connamespace = 'public'::regnamespace and n.contype in ('c', 'p', 'u', 'f', 'x')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')";

/// Keeps the list of what there is.
pub(super) async fn keep(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    Sql::new("update applied_functions set objects = array(select object from (")
        .text(PRESENT)
        .text(") present order by object)")
        .execute(conn)
        .await?;
    Ok(())
}

/// What the list names and the database lacks, or has in another form.
///
/// # Errors
/// The database's.
pub async fn missing(conn: &mut AsyncPgConnection) -> QueryResult<Vec<String>> {
    let rows: Vec<Row> = Sql::new(
        "select regexp_replace(object, ' [0-9a-f]{32}$', '') from (
           select unnest(objects) as object from applied_functions except (",
    )
    .text(PRESENT)
    .text(")) lost order by object")
    .load(conn)
    .await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_text().map(str::to_owned)).collect())
}
