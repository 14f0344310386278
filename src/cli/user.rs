//! `hatang user`: manages accounts and grants.

use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::accounts::account::NewAccount;
use crate::accounts::account_change::{AccountChange, update};
use crate::accounts::audit::By;
use crate::accounts::grants::{NewGrant, UserGrant};
use crate::accounts::mail::Mailer;
use crate::accounts::scope::ScopeUnit;
use crate::accounts::{account, audit, grants, password_links, second_factor};
use crate::cli::refused::told;
use crate::config::Mail;
use crate::input::Members;
use crate::time::today;

#[derive(clap::Subcommand)]
pub enum UserCommand {
    /// Create an account and print the link with which its holder sets a password.
    Create {
        name: String,
        /// The default source_org of records that the account creates.
        #[arg(long)]
        organisation: Option<String>,
        #[arg(long)]
        display_name: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Give an account a role, optionally within a unit, operators or collections.
    Grant {
        name: String,
        #[command(flatten)]
        scope: Scope,
        /// The first day on which the grant is no longer valid: 2027-01-01.
        #[arg(long)]
        until: Option<String>,
        #[arg(long)]
        note: Option<String>,
    },
    /// Revoke a grant: its number is shown by `hatang user list`.
    Revoke { name: String, grant: i64 },
    /// List the accounts and their valid grants.
    List,
    /// Disable an account: end its sessions and tokens, and prevent it from signing in.
    Disable { name: String },
    /// Enable a disabled account again.
    Enable { name: String },
    /// Remove the second factor of somebody who lost it.
    ResetSecondFactor { name: String },
    /// Print a new link with which the account's holder sets a password.
    Link {
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

/// The address at which people reach the service.
#[derive(clap::Args)]
pub struct Place {
    /// Default: the address of the service that runs, or ran last, on this data directory.
    #[arg(long, env = "HATANG_PUBLIC_URL")]
    url: Option<String>,

    #[arg(long, env = "PORT", hide = true, default_value_t = 8080)]
    port: u16,

    /// Send the link to this address by mail, instead of printing it. The address is not kept.
    #[arg(long)]
    mail: Option<String>,

    #[command(flatten)]
    server: Mail,
}

impl Place {
    /// Finds out before anything is written whether a mail can be sent.
    fn check(&self) -> anyhow::Result<()> {
        let mailer = Mailer::of(&self.server)?;
        anyhow::ensure!(self.mail.is_none() || mailer.is_some(), "no mail server is configured: HATANG_SMTP_URL");
        Ok(())
    }

    /// Sends the link of an account, or prints it.
    fn hand_over(self, known: Option<String>, username: &str, secret: &str) -> anyhow::Result<()> {
        let local = || format!("http://127.0.0.1:{}", self.port);
        let link = link(&self.url.or(known).unwrap_or_else(local), secret);
        match (&self.mail, Mailer::of(&self.server)?) {
            (Some(to), Some(mailer)) => {
                mailer.send_link(to, username, &link)?;
                println!("sent to {to}");
            }
            _ => println!("{link}"),
        }
        Ok(())
    }
}

/// The limits of a grant or a token. Without any, it covers everything.
#[derive(clap::Args)]
pub struct Scope {
    /// viewer, editor or administrator.
    #[arg(long)]
    role: Option<String>,
    /// A unit of any level, with a day on which its code is valid: 16378@2026-01-01.
    #[arg(long)]
    unit: Option<String>,
    /// Repeat the option for several operators.
    #[arg(long = "operator")]
    operators: Option<Vec<String>>,
    /// Repeat the option for several collections.
    #[arg(long = "collection")]
    collections: Option<Vec<String>>,
}

impl Scope {
    /// These options as the members of an API body, together with the members of `more`.
    pub fn fields(self, more: Value) -> Members {
        let Scope { role, unit, operators, collections } = self;
        let mut members = json!({"role": role, "unit": unit, "operators": operators, "collections": collections});
        if let (Value::Object(members), Value::Object(more)) = (&mut members, more) {
            members.extend(more);
        }
        fields(members)
    }
}

fn fields(members: Value) -> Members {
    Members::new(members.as_object().cloned().unwrap_or_default())
}

/// Runs the command. `known` is the address of the service, if it was noted.
pub async fn run(conn: &mut AsyncPgConnection, command: UserCommand, known: Option<String>) -> anyhow::Result<()> {
    let by = By::console();
    match command {
        UserCommand::Create { name, organisation, display_name, place } => {
            place.check()?;
            let members = json!({"username": name, "organisation": organisation, "display_name": display_name});
            let new = NewAccount::read(fields(members)).map_err(told)?;
            let id = account::create(conn, &by, &new).await.map_err(told)?;
            place.hand_over(known, &name, &password_links::give(conn, &by, id).await.map_err(told)?)?;
        }
        UserCommand::Grant { name, scope, until, note } => {
            let new =
                NewGrant::read(scope.fields(json!({"expires_on": until, "note": note})), today()).map_err(told)?;
            let account = account(conn, &name).await?;
            let id = grants::create(conn, &by, account, &new).await.map_err(told)?;
            let given = grants::list(conn, account, false).await?.into_iter().find(|grant| grant.id == id);
            println!("{}", given.as_ref().map_or_else(|| id.to_string(), line));
        }
        UserCommand::Revoke { name, grant } => {
            let account = account(conn, &name).await?;
            grants::revoke(conn, &by, account, grant).await.map_err(told)?;
        }
        UserCommand::List => {
            for user in account::list(conn, None, i64::MAX).await? {
                let state = if user.disabled_at.is_none() { "" } else { " (disabled)" };
                println!("{}{state}", user.username);
                for grant in grants::list(conn, user.id, true).await? {
                    println!("  {}", line(&grant));
                }
            }
        }
        UserCommand::Disable { name } => set_disabled(conn, &by, &name, true).await?,
        UserCommand::Enable { name } => set_disabled(conn, &by, &name, false).await?,
        UserCommand::ResetSecondFactor { name } => {
            let account = account(conn, &name).await?;
            anyhow::ensure!(second_factor::remove(conn, account).await?, "{name} has no second factor");
            audit::add(conn, &by, "factor.reset", json!({"account": name})).await?;
        }
        UserCommand::Link { name, place } => {
            place.check()?;
            let account = account(conn, &name).await?;
            place.hand_over(known, &name, &password_links::give(conn, &by, account).await.map_err(told)?)?;
        }
    }
    Ok(())
}

/// The address at which a person sets a password. The secret follows `#`, because browsers do not send that part.
pub fn link(url: &str, secret: &str) -> String {
    format!("{}/setup#{secret}", url.trim_end_matches('/'))
}

pub async fn account(conn: &mut AsyncPgConnection, name: &str) -> anyhow::Result<i64> {
    account::by_name(conn, name).await?.ok_or_else(|| anyhow::anyhow!("there is no account {name}"))
}

async fn set_disabled(conn: &mut AsyncPgConnection, by: &By, name: &str, disabled: bool) -> anyhow::Result<()> {
    let account = account(conn, name).await?;
    let change = AccountChange { disabled: Some(disabled), ..AccountChange::default() };
    update(conn, by, account, change).await.map_err(told)
}

/// `12 editor, 16378@2026-01-01 Xã Đông Tiến, viettel, every collection, until 2027-01-01`
fn line(grant: &UserGrant) -> String {
    let mut parts = vec![format!("{} {}", grant.id, grant.role)];
    parts.extend(limits(grant.unit.as_ref(), grant.operators.as_ref(), grant.collections.as_ref()));
    parts.extend(Some(grant.starts_on).filter(|day| *day > today()).map(|day| format!("from {day}")));
    parts.extend(grant.expires_on.map(|day| format!("until {day}")));
    if grant.needs_review {
        parts.push("needs review: its unit ended".to_owned());
    }
    parts.join(", ")
}

/// What a grant or a token covers, in words.
pub fn limits(
    unit: Option<&ScopeUnit>,
    operators: Option<&Vec<String>>,
    collections: Option<&Vec<String>>,
) -> [String; 3] {
    let written = |unit: &ScopeUnit| format!("{}@{} {}", unit.code, unit.on, unit.name.as_deref().unwrap_or_default());
    let names =
        |names: Option<&Vec<String>>, every: &str| names.map_or_else(|| every.to_owned(), |names| names.join(" + "));
    [
        unit.map_or_else(|| "every place".to_owned(), written),
        names(operators, "every operator"),
        names(collections, "every collection"),
    ]
}
