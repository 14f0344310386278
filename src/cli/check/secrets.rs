//! Whether the secrets of authenticators are encrypted, and can be read.

use anyhow::Result;
use diesel_async::AsyncPgConnection;

use crate::accounts::second_factor::{Storage, storage};
use crate::accounts::secret_key::{SecretKey, place};
use crate::cli::check::Finding;
use crate::cli::database::Database;
use crate::config::Sessions;

pub async fn check(conn: &mut AsyncPgConnection, database: &Database, settings: &Sessions) -> Finding {
    found(conn, database, settings).await.unwrap_or_else(|error| Finding::critical("secrets", format!("{error:#}")))
}

async fn found(conn: &mut AsyncPgConnection, database: &Database, settings: &Sessions) -> Result<Finding> {
    let place = place(settings.secret_key_file.as_deref(), database.data_dir());
    // The service makes the key beside its cluster when it starts.
    let path = place.filter(|path| settings.secret_key_file.is_some() || path.exists());
    let key = path.as_deref().map(SecretKey::read).transpose()?;
    let Storage { encrypted, clear, lost } = storage(conn, key.as_ref()).await?;
    let path = path.map_or_else(|| "none".to_owned(), |path| path.display().to_string());
    Ok(if lost > 0 {
        let text = "authenticators do not work: put the key back with which they were encrypted, or reset them \
                    (hatang user reset-second-factor)";
        Finding::critical("secrets", format!("{lost} {text}; the key is {path}"))
    } else if clear > 0 {
        let text = "secrets of authenticators are stored in clear: HATANG_SECRET_KEY_FILE names a key";
        Finding::warning("secrets", format!("{clear} {text}; the service encrypts them when it starts"))
    } else {
        Finding::good("secrets", format!("{encrypted} authenticators; the key is {path}"))
    })
}
