//! Notes statements that took long, by their text without values: those may be personal data.

use std::time::{Duration, Instant};

use diesel::connection::InstrumentationEvent;
use diesel_async::{AsyncConnection, AsyncPgConnection};

/// From here on a statement is worth a line in the log.
const SLOW: Duration = Duration::from_secs(1);
/// Enough of a statement to recognise it.
const LENGTH: usize = 1_000;

/// Watches the statements of a connection.
pub fn watch(conn: &mut AsyncPgConnection) {
    let mut began = Instant::now();
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| match event {
        InstrumentationEvent::StartQuery { .. } => began = Instant::now(),
        InstrumentationEvent::FinishQuery { query, error, .. } => {
            metrics::counter!("hatang_statements_total").increment(1);
            if error.is_some_and(|error| error.to_string().starts_with("canceling statement")) {
                metrics::counter!("hatang_statements_cut_off_total").increment(1);
            }
            let took = began.elapsed();
            if took >= SLOW {
                metrics::counter!("hatang_statements_slow_total").increment(1);
                let shape = shape(&query.to_string());
                tracing::warn!(
                    duration_ms = took.as_millis() as u64,
                    failed = error.is_some(),
                    shape,
                    "slow statement"
                );
            }
        }
        _ => {}
    });
}

/// diesel writes the values after the text.
fn shape(query: &str) -> String {
    let text = query.split(" -- binds: ").next().unwrap_or_default();
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::sql::{Bind, Sql};

    #[test]
    fn shape_has_no_values() {
        let sql = Sql::new("select 1\n  where 'x' = ").bind(Bind::Text("0912345678 -- binds: secret".into()));
        let query = diesel::debug_query::<diesel::pg::Pg, _>(&sql).to_string();
        assert!(query.contains("0912345678"));
        assert_eq!(shape(&query), "select 1 where 'x' = $1");
    }
}
