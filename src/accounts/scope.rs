//! The limits that grants and tokens share.

use chrono::NaiveDate;
use diesel::deserialize::{self, FromSql};
use diesel::dsl::{sql, today};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Nullable, Record, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;

use crate::accounts::schema::grants;
use crate::conditions::UnitRef;
use crate::error::Error;
use crate::input::Members;
use crate::layers::{ALL, Layer, Problem};
use crate::texts::text;

const ROLES: &[&str] = &["viewer", "editor", "administrator"];

/// The limits of a new grant or token. The field names are columns of both tables.
#[derive(Debug, Default, Serialize)]
pub struct Scope {
    pub role: Option<String>,
    pub unit_code: Option<String>,
    pub unit_on: Option<NaiveDate>,
    pub operators: Option<Vec<String>>,
    pub collections: Option<Vec<String>>,
}

impl Scope {
    pub(super) fn read(fields: &mut Members, day: NaiveDate) -> Scope {
        let role = fields.one_of("role", ROLES);
        let unit = fields.read("unit", text!("expected.unit"), |value| UnitRef::parse(value.as_str()?));
        let operator = |layer: &'static Layer| layer.field("operator").map(|field| field.value.choices());
        let mut operators: Vec<_> =
            ALL.iter().copied().filter_map(operator).flatten().map(|choice| choice.value).collect();
        operators.sort_unstable();
        operators.dedup();
        let collections: Vec<_> = ALL.iter().map(|layer| layer.collection).collect();
        Scope {
            role,
            unit_on: unit.as_ref().map(|unit| unit.on.unwrap_or(day)),
            unit_code: unit.map(|unit| unit.code),
            operators: fields.some_of("operators", &operators),
            collections: fields.some_of("collections", &collections),
        }
    }
}

/// Checks that the unit of a scope existed on its day.
///
/// # Errors
/// 422 when it did not.
pub async fn check_unit(conn: &mut AsyncPgConnection, scope: &Scope) -> Result<(), Error> {
    let (Some(code), Some(on)) = (&scope.unit_code, scope.unit_on) else { return Ok(()) };
    let known = sql::<Bool>("exists (select from named_by_code(")
        .bind::<Text, _>(code)
        .sql(") u where in_force(u.valid_from, u.valid_to, ")
        .bind::<Date, _>(on)
        .sql("))");
    if !diesel::select(known).get_result(conn).await? {
        return Err(Error::Invalid(vec![Problem::in_body("/unit", text!("unit.not_valid/none", code, on))]));
    }
    Ok(())
}

/// The SQL type of a [`ScopeUnit`].
pub type UnitColumns = Record<(Date, Text, Nullable<Text>, Nullable<Text>)>;

/// The unit of a grant or a token, with its name on the day `on`.
#[derive(Debug, Serialize)]
pub struct ScopeUnit {
    pub on: NaiveDate,
    pub code: String,
    pub name: Option<String>,
    pub level: Option<String>,
}

impl FromSql<UnitColumns, Pg> for ScopeUnit {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<ScopeUnit> {
        let (on, code, name, level) = FromSql::<UnitColumns, Pg>::from_sql(value)?;
        Ok(ScopeUnit { on, code, name, level })
    }
}

/// Whether a grant is in force today.
#[diesel::dsl::auto_type]
pub fn holds() -> _ {
    let lasts = grants::expires_on.is_null().or(grants::expires_on.gt(today));
    grants::revoked_at.is_null().and(grants::starts_on.le(today)).and(lasts)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use serde_json::Value;

    pub const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

    pub fn fields(value: Value) -> Members {
        Members::new(value.as_object().unwrap().clone())
    }

    pub fn pointers(result: Result<impl Sized, Error>) -> Vec<String> {
        let Err(Error::Invalid(problems)) = result else { panic!("nothing was refused") };
        problems.iter().map(|problem| format!("{:?} {}", problem.place, problem.code)).collect()
    }
}
