//! Versions, rights, disk, clock.

use std::time::Duration;

use chrono::Utc;
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::cli::check::Finding;
use crate::cli::database::Database;
use crate::http::health::free_mb;
use crate::postgres::connect;
use crate::postgres::migrations::{Unfit, unfit};
use crate::postgres::row::Row;
use crate::postgres::sql::Sql;

const OLDEST_POSTGRESQL: i64 = 150_000;
const OLDEST_POSTGIS: (u32, u32) = (3, 3);

/// The tables that the role of the service may not read, and those of history that it may change.
const RIGHTS: &str = "
  select current_user::text,
    array(select c.relname::text from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not has_table_privilege(c.oid, 'select') order by 1),
    exists (select from pg_class c where c.oid = 'versions'::regclass and pg_has_role(c.relowner, 'usage'))";

/// How much space is left where the private cluster is.
pub fn disk(database: &Database) -> Vec<Finding> {
    let Some((directory, free)) = database.data_dir().and_then(|dir| Some((dir, free_mb(dir)?))) else { return vec![] };
    let text = format!("{free} MB are free in {}", directory.display());
    vec![match free {
        0..500 => Finding::critical("disk", text),
        500..5_000 => Finding::warning("disk", text),
        _ => Finding::good("disk", text),
    }]
}

/// Versions of PostgreSQL, PostGIS and the tables; the clocks.
pub async fn check(conn: &mut AsyncPgConnection) -> Vec<Finding> {
    let mut findings = Vec::new();
    match versions(conn).await {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push(Finding::critical("versions", error.to_string())),
    }
    findings.push(match unfit(conn).await {
        Ok(None) => Finding::good("tables", "of this version, with all functions, triggers and constraints"),
        Ok(Some(Unfit::Behind(count))) => {
            Finding::warning("tables", format!("{count} migrations are pending: the next start applies them"))
        }
        Ok(Some(Unfit::Foreign(text))) => Finding::critical("tables", text),
        Ok(Some(Unfit::Lost(objects))) => Finding::critical("tables", format!("lack {}", objects.join(", "))),
        Err(error) => Finding::critical("tables", error.to_string()),
    });
    findings.push(clock(conn).await.unwrap_or_else(|error| Finding::critical("clock", error.to_string())));
    findings
}

async fn versions(conn: &mut AsyncPgConnection) -> QueryResult<Vec<Finding>> {
    let row: Row = Sql::new(
        "select current_setting('server_version_num')::bigint, current_setting('server_version'), \
         (select extversion from pg_extension where extname = 'postgis'), current_setting('transaction_read_only')",
    )
    .get_result(conn)
    .await?;
    let text = |cell: usize| row.cells[cell].as_text().unwrap_or_default().to_owned();
    let is_old = row.cells[0].to_json().as_i64().is_none_or(|number| number < OLDEST_POSTGRESQL);
    let postgresql = format!("PostgreSQL {}", text(1));
    let mut findings = vec![match is_old {
        true => Finding::critical("versions", format!("{postgresql}: 15 or later is needed")),
        false => Finding::good("versions", postgresql),
    }];
    let postgis = text(2);
    let mut numbers = postgis.split('.').map(|number| number.parse().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    findings.push(match version < OLDEST_POSTGIS {
        true => Finding::critical("versions", format!("PostGIS “{postgis}”: 3.3 or later is needed")),
        false => Finding::good("versions", format!("PostGIS {postgis}")),
    });
    if text(3) == "on" {
        findings.push(Finding::critical("database", "only accepts reads"));
    }
    Ok(findings)
}

/// Days and the times of records come from the clock of PostgreSQL.
async fn clock(conn: &mut AsyncPgConnection) -> QueryResult<Finding> {
    let sql = "select extract(epoch from clock_timestamp())::float8, \
               coalesce((select extract(epoch from max(at))::float8 from versions), 0)";
    let row: Row = Sql::new(sql).get_result(conn).await?;
    let seconds = |cell: usize| row.cells[cell].to_json().as_f64().unwrap_or(0.0);
    let apart = (seconds(0) - Utc::now().timestamp_millis() as f64 / 1000.0).abs();
    Ok(if seconds(1) > seconds(0) + 1.0 {
        Finding::critical("clock", "the newest record was written in the future: the clock was set back")
    } else if apart > 2.0 {
        Finding::warning("clock", format!("PostgreSQL's is {apart:.0} s away from that of this machine"))
    } else {
        Finding::good("clock", "agrees with that of PostgreSQL")
    })
}

/// What the role of the service may do.
pub async fn rights(database: &Database) -> Vec<Finding> {
    let asked = async {
        let mut conn = connect(&database.service_url(), Duration::from_secs(30)).await?;
        let row: Row = Sql::new(RIGHTS).get_result(&mut conn).await?;
        anyhow::Ok(row)
    };
    let row = match asked.await {
        Ok(row) => row,
        Err(error) => return vec![Finding::critical("rights", format!("the service's role: {error:#}"))],
    };
    let role = row.cells[0].as_text().unwrap_or_default().to_owned();
    let closed = row.cells[1].to_json();
    let closed: Vec<_> = closed.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
    vec![if !closed.is_empty() {
        Finding::critical("rights", format!("{role} may not read {}", closed.join(", ")))
    } else if row.cells[2].to_json() == true {
        Finding::warning("rights", format!("the service runs as {role}, who owns the tables: HATANG_MIGRATION_URL"))
    } else {
        Finding::good("rights", format!("{role} may serve, and may not change history"))
    }]
}
