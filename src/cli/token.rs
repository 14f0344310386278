//! `hatang token`: creates, lists and revokes access tokens.

use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::accounts::audit::By;
use crate::accounts::tokens;
use crate::accounts::tokens::{NewToken, Token};
use crate::cli::refused::told;
use crate::cli::user::{Scope, account};
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
    /// List the valid tokens of an account, each with its number.
    List {
        #[arg(long, default_value = "console")]
        user: String,
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
            let account = account(conn, &user).await?;
            let (_, secret) = tokens::give(conn, &By::console(), account, &new).await.map_err(told)?;
            println!("{secret}");
        }
        TokenCommand::List { user } => {
            let account = account(conn, &user).await?;
            for token in tokens::list(conn, account, 0, i64::MAX).await? {
                println!("{}", line(&token));
            }
        }
        TokenCommand::Revoke { user, token } => {
            let account = account(conn, &user).await?;
            tokens::revoke(conn, &By::console(), account, token).await.map_err(told)?;
        }
    }
    Ok(())
}

/// `12 monthly list, until 2027-01-01, used 2026-11-25`
fn line(token: &Token) -> String {
    let used = token.last_used_at.map_or("never used".into(), |at| format!("used {}", day_of(at.0)));
    format!("{} {}, until {}, {used}", token.id, token.name, day_of(token.expires_at.0))
}
