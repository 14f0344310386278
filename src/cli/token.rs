//! `hatang token`

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
    /// Make a token and print it, this once.
    Create {
        /// What it is for. The console's tokens bear it in versions and in the audit trail.
        #[arg(long)]
        name: String,
        /// Whose it is. Default: the server's own account, an administrator.
        #[arg(long, default_value = "console")]
        user: String,
        #[command(flatten)]
        scope: Scope,
        /// A network from which it may be used, such as 203.0.113.0/24. Several: once each.
        #[arg(long = "address")]
        addresses: Option<Vec<String>>,
        /// Keep it from restricted fields.
        #[arg(long)]
        without_restricted: bool,
        /// For clients that cannot send If-Match, such as QGIS.
        #[arg(long)]
        unconditional_writes: bool,
        /// How long it is valid, at most 366.
        #[arg(long, default_value_t = 365)]
        days: u32,
    },
    /// The tokens of an account that hold, each with its number.
    List {
        #[arg(long, default_value = "console")]
        user: String,
    },
    /// End a token: its number as `hatang token list` has it.
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
