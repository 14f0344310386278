//! Accounts, grants and tokens as they are asked for, over HTTP and on the command line alike.

use chrono::NaiveDate;
use ipnet::IpNet;
use serde::Serialize;

use crate::conditions::UnitRef;
use crate::error::Error;
use crate::input::Members;
use crate::layers::ALL;

const ROLES: &[&str] = &["viewer", "editor", "administrator"];
/// Names under which others than people write.
const RESERVED: &[&str] = &["console", "stranger", "system", "migration", "demo"];

/// Days after which every token has expired.
pub const MAX_TOKEN_DAYS: i64 = 366;

#[derive(Debug)]
pub struct NewAccount {
    pub username: String,
    pub display_name: Option<String>,
    pub organisation: Option<String>,
}

/// What is to be changed of an account: left alone, emptied, or given.
#[derive(Debug, Default)]
pub struct AccountChange {
    pub display_name: Option<Option<String>>,
    pub organisation: Option<Option<String>>,
    pub disabled: Option<bool>,
}

/// The limits that grants and tokens share. The keys are columns of both tables.
#[derive(Debug, Default, Serialize)]
pub struct Scope {
    pub role: Option<String>,
    pub unit_code: Option<String>,
    pub unit_on: Option<NaiveDate>,
    pub operators: Option<Vec<String>>,
    pub collections: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
pub struct NewGrant {
    #[serde(flatten)]
    pub scope: Scope,
    pub starts_on: NaiveDate,
    pub expires_on: Option<NaiveDate>,
    pub note: Option<String>,
}

#[derive(Debug, Default, Serialize)]
pub struct NewToken {
    pub name: String,
    pub days: i64,
    #[serde(flatten)]
    pub scope: Scope,
    pub sees_restricted: bool,
    pub addresses: Option<Vec<String>>,
    pub unconditional_writes: bool,
}

impl NewAccount {
    /// # Errors
    /// Every problem of it.
    pub fn read(mut fields: Members) -> Result<NewAccount, Error> {
        let username =
            fields.read("username", ("2 đến 60 ký tự a-z 0-9 . _ @ -", "2 to 60 of a-z 0-9 . _ @ -"), |value| {
                value.as_str().filter(|name| is_username(name)).map(str::to_owned)
            });
        let username = fields.required("username", username).unwrap_or_default();
        if RESERVED.contains(&username.as_str()) {
            fields.refuse("username", "username.reserved", "Tên này được dành riêng.", "This name is reserved.");
        }
        let (display_name, organisation) = (fields.text("display_name", 200), fields.text("organisation", 200));
        fields.finish()?;
        Ok(NewAccount { username, display_name, organisation })
    }
}

impl AccountChange {
    /// # Errors
    /// Every problem of it.
    pub fn read(mut fields: Members) -> Result<AccountChange, Error> {
        let mut text = |name: &str| fields.has(name).then(|| fields.text(name, 200));
        let (display_name, organisation) = (text("display_name"), text("organisation"));
        let disabled = fields.flag("disabled");
        fields.finish()?;
        Ok(AccountChange { display_name, organisation, disabled })
    }
}

impl NewGrant {
    /// # Errors
    /// Every problem of it.
    pub fn read(mut fields: Members, today: NaiveDate) -> Result<NewGrant, Error> {
        let scope = Scope::read(&mut fields, today);
        fields.required("role", scope.role.as_ref());
        let starts_on = fields.date("starts_on").unwrap_or(today);
        let expires_on = fields.date("expires_on");
        if expires_on.is_some_and(|expires_on| expires_on <= starts_on.max(today)) {
            let (vi, en) = (
                "“expires_on” phải sau hôm nay và sau “starts_on”.",
                "“expires_on” must be after today and after “starts_on”.",
            );
            fields.refuse("expires_on", "date.order", vi, en);
        }
        let note = fields.text("note", 1000);
        fields.finish()?;
        Ok(NewGrant { scope, starts_on, expires_on, note })
    }
}

impl NewToken {
    /// # Errors
    /// Every problem of it.
    pub fn read(mut fields: Members, today: NaiveDate) -> Result<NewToken, Error> {
        let expected = ("1 đến 60 chữ, số, dấu cách và . _ @ -", "1 to 60 letters, digits, spaces and . _ @ -");
        let name =
            fields.read("name", expected, |value| value.as_str().filter(|name| is_token_name(name)).map(str::to_owned));
        let name = fields.required("name", name).unwrap_or_default();
        let days = fields.integer("days", 1..=MAX_TOKEN_DAYS);
        let days = fields.required("days", days).unwrap_or_default();
        let scope = Scope::read(&mut fields, today);
        let sees_restricted = fields.flag("sees_restricted").unwrap_or(true);
        let expected = ("các mạng như 203.0.113.0/24", "networks such as 203.0.113.0/24");
        let addresses = fields.read("addresses", expected, |value| {
            let networks: Option<Vec<_>> =
                value.as_array()?.iter().map(|network| network_of(network.as_str()?)).collect();
            networks.filter(|networks| (1..=100).contains(&networks.len()))
        });
        let unconditional_writes = fields.flag("unconditional_writes").unwrap_or(false);
        fields.finish()?;
        Ok(NewToken { name, days, scope, sees_restricted, addresses, unconditional_writes })
    }
}

impl Scope {
    fn read(fields: &mut Members, today: NaiveDate) -> Scope {
        let role = fields.one_of("role", ROLES);
        let expected = ("mã đơn vị, như 16378@2026-01-01", "a unit such as 16378@2026-01-01");
        let unit = fields.read("unit", expected, |value| UnitRef::parse(value.as_str()?));
        let operator =
            |layer: &'static crate::layers::Layer| layer.field("operator").map(|field| field.value.choices());
        let mut operators: Vec<_> =
            ALL.iter().copied().filter_map(operator).flatten().map(|choice| choice.value).collect();
        operators.sort_unstable();
        operators.dedup();
        let collections: Vec<_> = ALL.iter().map(|layer| layer.collection).collect();
        Scope {
            role,
            unit_on: unit.as_ref().map(|unit| unit.on.unwrap_or(today)),
            unit_code: unit.map(|unit| unit.code),
            operators: fields.some_of("operators", &operators),
            collections: fields.some_of("collections", &collections),
        }
    }
}

fn is_username(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._@-".contains(&byte);
    (2..=60).contains(&name.len())
        && name.bytes().all(allowed)
        && name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
}

fn is_token_name(name: &str) -> bool {
    let allowed = |letter: char| letter.is_alphanumeric() || "_.@ -".contains(letter);
    (1..=60).contains(&name.chars().count()) && name.chars().all(allowed) && name.trim() == name
}

/// A network as PostgreSQL's `cidr` takes it, without bits to the right; an address is the network of itself.
fn network_of(text: &str) -> Option<String> {
    let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))?;
    Some(network.trunc().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

    fn fields(value: Value) -> Members {
        Members::new(value.as_object().unwrap().clone())
    }

    fn pointers(result: Result<impl Sized, Error>) -> Vec<String> {
        let Err(Error::Invalid(problems)) = result else { panic!("nothing was refused") };
        problems.iter().map(|problem| format!("{:?} {}", problem.place, problem.code)).collect()
    }

    #[test]
    fn every_problem_of_a_token_is_told() {
        let refused = pointers(NewToken::read(
            fields(json!({"name": "a/b", "days": 367, "role": "owner", "unit": "x", "operators": ["att"],
                "collections": [], "addresses": ["1.2.3"], "account_id": 1})),
            TODAY,
        ));
        let expected = [
            "/name type",
            "/days type",
            "/role type",
            "/unit type",
            "/operators enum.unknown",
            "/collections type",
            "/addresses type",
            "/account_id property.unknown",
        ];
        for expected in expected {
            let (pointer, code) = expected.split_once(' ').unwrap();
            assert!(refused.contains(&format!("Pointer({pointer:?}) {code}")), "{expected}: {refused:?}");
        }
        assert_eq!(refused.len(), expected.len());
    }

    #[test]
    fn networks_are_as_the_database_takes_them() {
        for (given, kept) in [
            ("203.0.113.7", Some("203.0.113.7/32")),
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("2001:db8::1/32", Some("2001:db8::/32")),
            ("10.0.0.0/33", None),
        ] {
            assert_eq!(network_of(given).as_deref(), kept, "{given}");
        }
    }

    #[test]
    fn a_grant_needs_a_role_and_ends_after_it_begins() {
        let refused = pointers(NewGrant::read(fields(json!({"expires_on": "2026-11-24"})), TODAY));
        assert_eq!(refused, ["Pointer(\"/role\") required", "Pointer(\"/expires_on\") date.order"]);
        let grant = NewGrant::read(fields(json!({"role": "editor", "unit": "00001"})), TODAY).unwrap();
        assert_eq!(grant.scope.unit_on, Some(TODAY));
    }
}
