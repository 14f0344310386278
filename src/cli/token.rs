//! `hatang token`: creates, lists and revokes access tokens.

use chrono::Utc;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::accounts::audit::By;
use crate::accounts::tokens::{NewToken, Token};
use crate::accounts::{account, tokens};
use crate::cli::refused::told;
use crate::cli::user::{Scope, account as user_id, limits};
use crate::time::{day_of, today};

#[derive(clap::Subcommand)]
pub enum TokenCommand {
    /// Create a token and print its secret. The secret is shown only this once.
    Create {
        /// What the token is for. Versions and the audit trail show this name for tokens of the account `console`.
        #[arg(long)]
        name: String,
        /// The account that the token belongs to. Default: the server's own account, an administrator.
        #[arg(long, default_value = "console")]
        user: String,
        #[command(flatten)]
        scope: Scope,
        /// A network from which the token may be used, such as 203.0.113.0/24. Repeat the option for several.
        #[arg(long = "address")]
        addresses: Option<Vec<String>>,
        /// Hide restricted fields from the token.
        #[arg(long)]
        without_restricted: bool,
        /// Allow writes without If-Match, for clients that cannot send it, such as QGIS.
        #[arg(long)]
        unconditional_writes: bool,
        /// How many days the token is valid, at most 366.
        #[arg(long, default_value_t = 365)]
        days: u32,
    },
    /// List the tokens that are not revoked, each with its number and its account.
    List {
        /// Only those of this account.
        #[arg(long)]
        user: Option<String>,
    },
    /// Give a token a new secret and print it. The old secret is valid for an hour more.
    Rotate {
        #[arg(long, default_value = "console")]
        user: String,
        /// How many days the token is valid from now, at most 366. Default: until it would have ended.
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=tokens::MAX_TOKEN_DAYS))]
        days: Option<i64>,
        token: i64,
    },
    /// Revoke a token: its number is the first column of `hatang token list`.
    Revoke {
        #[arg(long, default_value = "console")]
        user: String,
        token: i64,
    },
}

pub async fn run(conn: &mut AsyncPgConnection, command: TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create { name, user, scope, addresses, without_restricted, unconditional_writes, days } => {
            let more = json!({
                "name": name,
                "days": days,
                "addresses": addresses,
                "sees_restricted": !without_restricted,
                "unconditional_writes": unconditional_writes,
            });
            let new = NewToken::read(scope.fields(more), today()).map_err(told)?;
            let account = user_id(conn, &user).await?;
            let (_, secret) = tokens::give(conn, &By::console(), account, &new).await.map_err(told)?;
            println!("{secret}");
        }
        TokenCommand::List { user } => {
            if let Some(name) = &user {
                user_id(conn, name).await?;
            }
            let accounts = account::list(conn, None, i64::MAX).await?;
            for of in accounts.iter().filter(|of| user.as_ref().is_none_or(|name| *name == of.username)) {
                for token in tokens::list(conn, of.id, 0, i64::MAX).await? {
                    println!("{}", line(&of.username, &token));
                }
            }
        }
        TokenCommand::Rotate { user, days, token } => {
            let account = user_id(conn, &user).await?;
            println!("{}", tokens::rotate(conn, &By::console(), account, token, days).await.map_err(told)?);
        }
        TokenCommand::Revoke { user, token } => {
            let account = user_id(conn, &user).await?;
            tokens::revoke(conn, &By::console(), account, token).await.map_err(told)?;
        }
    }
    Ok(())
}

/// `12 lan/monthly list: as the account, every place, viettel, towers, until 2027-01-01, used 2026-11-25`
fn line(username: &str, token: &Token) -> String {
    let mut parts = vec![token.role.clone().unwrap_or_else(|| "as the account".to_owned())];
    parts.extend(limits(token.unit.as_ref(), token.operators.as_ref(), token.collections.as_ref()));
    parts.extend((!token.sees_restricted).then(|| "without restricted fields".to_owned()));
    parts.extend(token.addresses.as_ref().map(|networks| format!("from {}", networks.join(" + "))));
    let ends = day_of(token.expires_at.0);
    parts.push(if token.expires_at.0 <= Utc::now() { format!("expired {ends}") } else { format!("until {ends}") });
    parts.push(token.last_used_at.map_or("never used".into(), |at| format!("used {}", day_of(at.0))));
    format!("{} {username}/{}: {}", token.id, token.name, parts.join(", "))
}
