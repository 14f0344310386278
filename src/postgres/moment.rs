//! Instants as PostgreSQL writes them in JSON.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::Timestamptz;
use serde::{Serialize, Serializer};

use crate::time::in_vietnam;

/// An instant, written with Vietnam's offset and the decimals that it has: `2026-11-27T05:12:01.1234+07:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromSqlRow)]
#[diesel(sql_type = Timestamptz)]
pub struct Moment(pub DateTime<Utc>);

impl FromSql<Timestamptz, Pg> for Moment {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Moment> {
        FromSql::<Timestamptz, Pg>::from_sql(value).map(Moment)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let local = in_vietnam(self.0);
        let seconds = local.format("%Y-%m-%dT%H:%M:%S.%6f").to_string();
        let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
        serializer.collect_str(&format_args!("{seconds}{}", local.format("%:z")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_end_with_the_last_that_counts() {
        for (moment, written) in [
            ("2026-11-26T22:12:01.123400Z", "\"2026-11-27T05:12:01.1234+07:00\""),
            ("2026-11-26T17:00:00Z", "\"2026-11-27T00:00:00+07:00\""),
        ] {
            assert_eq!(serde_json::to_string(&Moment(moment.parse().unwrap())).unwrap(), written);
        }
    }
}
