//! `hatang token`

use diesel_async::AsyncPgConnection;

use crate::store::tokens;

#[derive(clap::Subcommand)]
pub enum TokenCommand {
    /// Make an administrator's token and print it, this once.
    Create {
        /// What versions and the audit trail will call its holder.
        #[arg(long)]
        name: String,
        /// How long it is valid.
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
    },
}

pub async fn run(conn: &mut AsyncPgConnection, command: TokenCommand) -> anyhow::Result<()> {
    let TokenCommand::Create { name, days } = command;
    let secret = tokens::create(conn, &name, days).await.map_err(|error| match error {
        diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _) => {
            anyhow::anyhow!("there is a token named {name} already")
        }
        diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::CheckViolation, _) => {
            anyhow::anyhow!("a name has 1 to 60 letters, digits and . _ @ -")
        }
        error => error.into(),
    })?;
    println!("{secret}");
    Ok(())
}
