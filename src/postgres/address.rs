//! The address of a PostgreSQL, as `DATABASE_URL` gives it, and connections to it, with TLS as libpq defines it.

use anyhow::{Context, bail};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use tokio_postgres::NoTls;
use tokio_postgres::config::{Config, Host, SslMode};

use super::tls::{Check, connector};

/// An address with what it says about TLS.
#[derive(Debug, Clone)]
pub struct Address {
    config: Config,
    /// `sslmode`, as libpq names it.
    mode: String,
    /// `sslrootcert`: a file, or `system` for the authorities that the system trusts.
    root: Option<String>,
}

impl Address {
    /// Reads a URL. tokio-postgres knows neither `sslrootcert` nor the modes that check certificates, so the parameters
    /// about them are taken out first.
    ///
    /// # Errors
    /// When the URL is malformed, or names a mode of TLS that does not exist or lacks its root certificate.
    pub fn of(database_url: &str) -> anyhow::Result<Address> {
        let (before, query) = database_url.split_once('?').unwrap_or((database_url, ""));
        let (mut mode, mut root, mut others) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
            match name {
                "sslmode" => mode = Some(value),
                "sslrootcert" => root = Some(value).filter(|path| !path.is_empty()),
                _ => others.push(pair),
            }
        }
        // The message of the parser names no values: the URL contains a password.
        let config: Config = format!("{before}?{}", others.join("&")).parse().context("the address of PostgreSQL")?;
        let is_system = root.as_deref() == Some("system");
        let mode = mode.unwrap_or_else(|| if is_system { "verify-full" } else { "prefer" }.to_owned());
        match mode.as_str() {
            "verify-full" if root.is_some() => {}
            _ if is_system => bail!("sslrootcert=system needs sslmode=verify-full"),
            "disable" | "allow" | "prefer" | "require" => {}
            "verify-ca" if root.is_some() => {}
            "verify-ca" | "verify-full" => bail!("sslmode={mode} needs sslrootcert: a file, or “system”"),
            _ => bail!("sslmode must be disable, allow, prefer, require, verify-ca or verify-full"),
        }
        Ok(Address { config, mode, root })
    }

    /// Adds options that PostgreSQL reads when a connection begins, such as `-c jit=off`.
    #[must_use]
    pub fn with_options(mut self, options: &str) -> Address {
        let all = self.config.get_options().map_or_else(|| options.to_owned(), |own| format!("{own} {options}"));
        self.config.options(all);
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// When the server cannot be reached, rejects the connection, or is not the one that the certificate proves.
    pub async fn open(&self) -> ConnectionResult<AsyncPgConnection> {
        if self.is_local() {
            return self.attempt(SslMode::Disable).await;
        }
        match self.mode.as_str() {
            "disable" => self.attempt(SslMode::Disable).await,
            "allow" => match self.attempt(SslMode::Disable).await {
                Err(_) => self.attempt(SslMode::Require).await,
                done => done,
            },
            "prefer" => match self.attempt(SslMode::Prefer).await {
                Err(_) => self.attempt(SslMode::Disable).await,
                done => done,
            },
            _ => self.attempt(SslMode::Require).await,
        }
    }

    /// The environment that makes PostgreSQL's own programs connect to the same database. A password in their arguments
    /// could be read by everybody on the machine.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        });
        let ports: Vec<_> = self.config.get_ports().iter().map(ToString::to_string).collect();
        let addresses: Vec<_> = self.config.get_hostaddrs().iter().map(ToString::to_string).collect();
        let password = self.config.get_password().map(|password| String::from_utf8_lossy(password).into_owned());
        let given = [
            ("PGHOST", Some(hosts.collect::<Vec<_>>().join(","))),
            ("PGHOSTADDR", Some(addresses.join(","))),
            ("PGPORT", Some(ports.join(","))),
            ("PGUSER", self.config.get_user().map(str::to_owned)),
            ("PGPASSWORD", password),
            ("PGDATABASE", self.config.get_dbname().map(str::to_owned)),
            ("PGSSLMODE", Some(self.mode.clone())),
            ("PGSSLROOTCERT", self.root.clone()),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?))).collect()
    }

    /// PostgreSQL speaks no TLS through a socket of the machine itself.
    fn is_local(&self) -> bool {
        self.config.get_hostaddrs().is_empty()
            && self.config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)))
    }

    async fn attempt(&self, mode: SslMode) -> ConnectionResult<AsyncPgConnection> {
        let mut config = self.config.clone();
        config.ssl_mode(mode);
        if mode == SslMode::Disable {
            let (client, connection) = config.connect(NoTls).await.map_err(refused)?;
            return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
        }
        let tls = connector(self.check(), self.root.as_deref());
        let tls = tls.map_err(|error| ConnectionError::BadConnection(format!("{error:#}")))?;
        let (client, connection) = config.connect(tls).await.map_err(refused)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await
    }

    /// A root certificate makes `require` check the certificate, as in libpq.
    fn check(&self) -> Check {
        match (self.mode.as_str(), &self.root) {
            ("verify-full", _) => Check::AuthorityAndName,
            ("verify-ca", _) | ("require", Some(_)) => Check::Authority,
            _ => Check::Nothing,
        }
    }
}

/// The whole chain of causes: the outermost alone says “error connecting to server”.
fn refused(error: tokio_postgres::Error) -> ConnectionError {
    ConnectionError::BadConnection(format!("{:#}", anyhow::Error::new(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<Check, String> {
        Address::of(url).map(|address| address.check()).map_err(|error| error.to_string())
    }

    #[test]
    fn modes_check_what_libpq_checks() {
        assert_eq!(check("postgresql://h/db"), Ok(Check::Nothing));
        assert_eq!(check("postgresql://h/db?sslmode=require"), Ok(Check::Nothing));
        assert_eq!(check("postgresql://h/db?sslmode=require&sslrootcert=/ca.crt"), Ok(Check::Authority));
        assert_eq!(check("postgresql://h/db?sslrootcert=%2Fca.crt&sslmode=verify-ca"), Ok(Check::Authority));
        assert_eq!(check("postgresql://h/db?sslrootcert=system"), Ok(Check::AuthorityAndName));
        assert!(check("postgresql://h/db?sslmode=verify-full").unwrap_err().contains("sslrootcert"));
        assert!(check("postgresql://h/db?sslmode=require&sslrootcert=system").unwrap_err().contains("verify-full"));
        assert!(check("postgresql://h/db?sslmode=yes").unwrap_err().contains("must be"));
        assert!(check("postgresql://u:secret@h:x/db").is_err_and(|message| !message.contains("secret")));
    }

    #[test]
    fn options_of_the_address_are_kept() {
        let address = Address::of("postgresql://h/db?options=-c%20work_mem%3D8MB").unwrap().with_options("-c jit=off");
        assert_eq!(address.config.get_options(), Some("-c work_mem=8MB -c jit=off"));
    }

    #[test]
    fn programs_get_the_password_by_their_environment() {
        let address = Address::of("postgresql://lan:m%E1%BA%ADt@db.example:6432/hatang?sslmode=disable").unwrap();
        let environment = address.environment();
        for expected in [("PGHOST", "db.example"), ("PGPORT", "6432"), ("PGPASSWORD", "mật"), ("PGSSLMODE", "disable")]
        {
            assert!(environment.contains(&(expected.0, expected.1.to_owned())), "{expected:?}: {environment:?}");
        }
    }
}
