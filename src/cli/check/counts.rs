//! Whether what is kept agrees with what it was made from.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::accounts::audit::seals;
use crate::cli::audit::describe;
use crate::cli::check::Finding;
use crate::layers::{ALL, Layer};
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};

/// Counters, kept sums, the feed, the audit trail and boundaries.
pub async fn check(conn: &mut AsyncPgConnection) -> Vec<Finding> {
    let mut findings = Vec::new();
    let failed = |subject, error: diesel::result::Error| Finding::critical(subject, error.to_string());
    findings.push(counters(conn).await.unwrap_or_else(|error| failed("counters", error)));
    findings.push(sums(conn).await.unwrap_or_else(|error| failed("sums", error)));
    findings.push(feed(conn).await.unwrap_or_else(|error| failed("feed", error)));
    findings.push(trail(conn).await.unwrap_or_else(|error| failed("audit", error)));
    findings.push(boundaries(conn).await.unwrap_or_else(|error| failed("units", error)));
    findings
}

/// The counters of each layer against a count of its rows.
async fn counters(conn: &mut AsyncPgConnection) -> QueryResult<Finding> {
    let mut wrong = Vec::new();
    let mut rows_in_all = 0;
    for layer in ALL.iter().filter(|layer| layer.is_writable()) {
        let (kept, counted) = of_layer(conn, layer).await?;
        rows_in_all += counted.0;
        if kept != counted {
            wrong.push(format!("{} keeps {kept:?}, counted {counted:?} (all, public)", layer.collection));
        }
    }
    Ok(if wrong.is_empty() {
        Finding::good("counters", format!("agree with a count of {rows_in_all} records"))
    } else {
        Finding::critical("counters", wrong.join("; "))
    })
}

async fn of_layer(conn: &mut AsyncPgConnection, layer: &Layer) -> QueryResult<((i64, i64), (i64, i64))> {
    // One statement, so that writes in between do not matter.
    let row: Row = Sql::new(
        "select l.row_count, l.public_row_count, n.total, n.public_total from layers l, \
         (select count(*) as total, count(*) filter (where public) as public_total from ",
    )
    .name(layer.table())
    .text(" where deleted_at is null) n where l.collection = ")
    .bind(Bind::Text(layer.collection.into()))
    .get_result(conn)
    .await?;
    let number = |cell: usize| row.cells[cell].to_json().as_i64().unwrap_or(-1);
    Ok(((number(0), number(1)), (number(2), number(3))))
}

/// Answers are right without the kept sums, and slow.
async fn sums(conn: &mut AsyncPgConnection) -> QueryResult<Finding> {
    let row: Row = Sql::new(
        "select (select count(*) from summary_queue), (select count(*) from summaries where built_until is not null)",
    )
    .get_result(conn)
    .await?;
    let (waiting, unbuilt) = (row.cells[0].to_json().as_i64(), row.cells[1].to_json().as_i64());
    let (waiting, unbuilt) = (waiting.unwrap_or(0), unbuilt.unwrap_or(0));
    let text = format!("{waiting} records wait for their sums, {unbuilt} layers are being built");
    Ok(if waiting > 10_000 || unbuilt > 0 { Finding::warning("sums", text) } else { Finding::good("sums", text) })
}

/// The numbers of the feed are dense, and every change has one soon.
async fn feed(conn: &mut AsyncPgConnection) -> QueryResult<Finding> {
    let row: Row = Sql::new(
        "select f.last_seq, f.last_public_seq, count(c.seq), count(c.public_seq), coalesce(max(c.seq), 0),
           coalesce(max(c.public_seq), 0), count(*) filter (where c.seq is null and c.at < now() - interval '1 minute')
         from feed f left join changes c on true group by 1, 2",
    )
    .get_result(conn)
    .await?;
    let number = |cell: usize| row.cells[cell].to_json().as_i64().unwrap_or(-1);
    let late = number(6);
    let empty = number(4) == 0 && number(2) == 0;
    Ok(if number(0) != number(2) || number(0) != number(4) {
        Finding::critical("feed", format!("{} numbers up to {}, last {}", number(2), number(4), number(0)))
    } else if number(1) != number(3) || number(1) != number(5) {
        let text = format!("of anonymous callers: {} numbers up to {}, last {}", number(3), number(5), number(1));
        Finding::critical("feed", text)
    } else if late > 0 && !empty {
        Finding::warning("feed", format!("{late} changes have had no number for a minute: no service runs"))
    } else {
        Finding::good("feed", format!("no gap in {} changes", number(0)))
    })
}

/// The audit trail against its seals.
async fn trail(conn: &mut AsyncPgConnection) -> QueryResult<Finding> {
    let seals = seals(conn).await?;
    let text = describe(&seals);
    Ok(if seals.are_whole() { Finding::good("audit", text) } else { Finding::critical("audit", text) })
}

/// Without a boundary, nothing is found to lie in a unit.
async fn boundaries(conn: &mut AsyncPgConnection) -> QueryResult<Finding> {
    let row: Row = Sql::new(
        "select count(*), count(*) filter (where geom is null) from admin_units \
         where level = 'commune' and valid_from <= current_date and (valid_to is null or valid_to >= current_date)",
    )
    .get_result(conn)
    .await?;
    let number = |cell: usize| row.cells[cell].to_json().as_i64().unwrap_or(0);
    let text = format!("{} of {} communes of today have no boundary", number(1), number(0));
    Ok(if number(1) > 0 || number(0) == 0 { Finding::warning("units", text) } else { Finding::good("units", text) })
}
