//! The sums of hamlets on a day: of the records that stand in them. A boundary decides where there is one; otherwise the
//! hamlet that the record names. Items within a hamlet are the same records.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::conditions::Days;
use crate::figures::Numbers;
use crate::figures::summaries::columns::{columns, each};
use crate::figures::summaries::read::inserted;
use crate::figures::summaries::source::Source;
use crate::postgres::row::Row;
use crate::postgres::sql::Sql;

/// Every kept number of hamlets, by their codes. `hamlets`: an expression of a `with` that names them, `hamlet (id, code)`.
pub async fn numbers_of_hamlets(
    conn: &mut AsyncPgConnection,
    source: &Source<'_>,
    hamlets: Sql,
    days: Days,
) -> QueryResult<Numbers> {
    let layer = source.view.layer;
    let relation = || source.view.relation(days.versions());
    let sums = each(layer, ", ", |sum| Sql::new("coalesce(sum(c.").text(sum).text("), 0)::bigint"));
    let rows: Vec<Row> = Sql::new("with ")
        .sql(hamlets)
        .text(
            ", ground as materialized (select h.code, g.id, g.geom, coalesce(geometrytype(g.geom) = 'MULTIPOLYGON', false) as is_bounded \
             from hamlet h join hamlets g on g.id = h.id), stands as materialized (select g.code, t.id from ",
        )
        .sql(relation())
        .text(" join ground g on g.is_bounded and st_intersects(g.geom, t.geom) union all select g.code, t.id from ")
        .sql(relation())
        .text(" join ground g on g.id = t.hamlet_id where not g.is_bounded or t.geom is null) select s.code, ")
        .sql(sums)
        .text(" from stands s join (")
        .sql(source.rows_on(days.as_of, days.unit_date))
        .text(") c on c.record_id = s.id group by 1")
        .load(conn)
        .await?;
    Ok(inserted(columns(layer), rows))
}
