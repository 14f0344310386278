//! Every setting: name, default, unit.

use std::path::PathBuf;

/// The settings of the service; each is a flag of `hatang serve` and an environment variable.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// The PostgreSQL to use. Default: a private cluster under the data directory.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// The same PostgreSQL, as the owner of the tables, who migrates it. `DATABASE_URL` is then that of the role
    /// `hatang_app`, which may neither alter tables nor change history. Default: one role for everything.
    #[arg(long, env = "HATANG_MIGRATION_URL", hide_env_values = true, requires = "database_url")]
    pub migration_url: Option<String>,

    /// The directory of the private cluster. Default: /var/lib/hatang for root, otherwise ~/.local/share/hatang.
    #[arg(long, env = "HATANG_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
}

/// The mail server that sends one-time links.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Mail {
    /// The server: `smtps://name:password@mail.example`, or `smtp://mail.example:587?tls=required`.
    #[arg(long, env = "HATANG_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// The sender, such as `Hatang <hatang@mail.example>`.
    #[arg(long, env = "HATANG_MAIL_FROM")]
    pub mail_from: Option<String>,
}

/// The settings of `hatang serve`.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeConfig {
    /// The address to listen on.
    #[arg(long, env = "HATANG_BIND", default_value = "0.0.0.0")]
    pub bind: String,

    #[arg(long, env = "PORT", default_value_t = 8080)]
    pub port: u16,

    /// An address at which Prometheus reads `/metrics`, such as `127.0.0.1:9464`. Default: none.
    #[arg(long, env = "HATANG_METRICS")]
    pub metrics: Option<String>,

    #[command(flatten)]
    pub limits: Limits,

    #[command(flatten)]
    pub page: Page,

    #[command(flatten)]
    pub mail: Mail,
}

/// What the map page shows first, and its base map.
#[derive(Debug, Clone, clap::Args)]
pub struct Page {
    /// The unit that the map shows first, and the day for which it is read and counted.
    #[arg(long, env = "HATANG_HOME", default_value = Page::HOME)]
    pub home: String,

    /// A base map: a PMTiles file that this service serves.
    #[arg(long, env = "HATANG_BASEMAP", conflicts_with = "basemap_style")]
    pub basemap: Option<PathBuf>,

    /// A base map from another host: the address of a MapLibre style. Browsers send their requests to that host.
    #[arg(long, env = "HATANG_BASEMAP_STYLE")]
    pub basemap_style: Option<String>,

    /// Further hosts that this style uses, such as `https://tiles.example`, separated by commas.
    #[arg(long, env = "HATANG_BASEMAP_HOSTS", value_delimiter = ',')]
    pub basemap_hosts: Vec<String>,

    /// The source of the data, shown on the map.
    #[arg(long, env = "HATANG_ATTRIBUTION")]
    pub attribution: Option<String>,
}

impl Page {
    const HOME: &'static str = "405@2023-09-20";
}

impl Default for Page {
    fn default() -> Page {
        Page { home: Page::HOME.into(), basemap: None, basemap_style: None, basemap_hosts: vec![], attribution: None }
    }
}

/// Limits of a request, and the addresses in links.
#[derive(Debug, Clone, clap::Args)]
pub struct Limits {
    /// The address of the service as clients see it, such as `https://hatang.example`. Default: taken from each
    /// request.
    #[arg(long, env = "HATANG_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Trust X-Forwarded-For, -Host and -Proto (or Forwarded), the last entry of each. Use it only behind a proxy that
    /// sets them.
    #[arg(long, env = "HATANG_TRUST_PROXY", default_value_t = false)]
    pub trust_proxy: bool,

    /// Number of connections to PostgreSQL. Anonymous callers have half of them. Exports have four more.
    #[arg(long, env = "HATANG_DB_CONNECTIONS", default_value_t = 16)]
    pub db_connections: usize,

    /// Layers that are not kept in memory, separated by commas; `all` for none. PostgreSQL then answers everything.
    #[arg(long, env = "HATANG_LIVE_OFF", value_delimiter = ',')]
    pub live_off: Vec<String>,

    /// Greatest number of open connections of clients; fewer if the process may not open so many files. Idle ones make
    /// room for new ones.
    #[arg(long, env = "HATANG_CONNECTIONS", default_value_t = 10_000)]
    pub connections: usize,

    /// Longest time of one statement, seconds.
    #[arg(long, env = "HATANG_STATEMENT_TIMEOUT_S", default_value_t = 30)]
    pub statement_timeout_s: u64,

    /// Largest body of a request, bytes.
    #[arg(long, env = "HATANG_BODY_LIMIT", default_value_t = 2 * 1024 * 1024)]
    pub body_limit: usize,

    /// Largest body of a bulk write, and largest file of an import, bytes.
    #[arg(long, env = "HATANG_BULK_LIMIT", default_value_t = 32 * 1024 * 1024)]
    pub bulk_limit: usize,

    /// Reject reads of restricted fields that state no purpose (`X-Purpose`).
    #[arg(long, env = "HATANG_REQUIRE_PURPOSE", default_value_t = false)]
    pub require_purpose: bool,

    /// How long the files of imports and their findings are kept, days.
    #[arg(long, env = "HATANG_IMPORT_RETENTION_DAYS", default_value_t = 90)]
    pub import_retention_days: u32,

    /// Origins of web pages that may write, separated by commas. Every origin may read.
    #[arg(long, env = "HATANG_WRITE_ORIGINS", value_delimiter = ',')]
    pub write_origins: Vec<String>,

    /// Longest time of one request, including its body, seconds. Must be longer than that of a statement.
    #[arg(long, env = "HATANG_REQUEST_TIMEOUT_S", default_value_t = 120)]
    pub request_timeout_s: u64,

    /// Longest time in which a client must download an export of a whole layer, seconds. Then the connection is closed.
    #[arg(long, env = "HATANG_EXPORT_TIMEOUT_S", default_value_t = 600)]
    pub export_timeout_s: u64,

    #[command(flatten)]
    pub rates: Rates,

    #[command(flatten)]
    pub sessions: Sessions,

    #[command(flatten)]
    pub streams: Streams,
}

/// Streams of the change feed.
#[derive(Debug, Clone, clap::Args)]
pub struct Streams {
    /// Greatest number of streams. Anonymous callers get half of them.
    #[arg(long = "streams", env = "HATANG_STREAMS", default_value_t = Streams::DEFAULT.open)]
    pub open: usize,

    /// Greatest number of streams of one account, or of one address for anonymous callers; an address gets no more than
    /// it leaves to others.
    #[arg(long = "streams-each", env = "HATANG_STREAMS_EACH", default_value_t = Streams::DEFAULT.each)]
    pub each: usize,

    /// Seconds without a change after which a stream sends a heartbeat. A stream also ends within this time when its
    /// reader may no longer read.
    #[arg(long = "stream-heartbeat-s", env = "HATANG_STREAM_HEARTBEAT_S", default_value_t = Streams::DEFAULT.heartbeat_s,
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub heartbeat_s: u64,
}

impl Streams {
    pub const DEFAULT: Streams = Streams { open: 500, each: 50, heartbeat_s: 15 };
}

/// How people sign in, and how long a browser stays signed in.
#[derive(Debug, Clone, clap::Args)]
pub struct Sessions {
    /// Minutes without use after which a session ends.
    #[arg(long = "session-idle-min", env = "HATANG_SESSION_IDLE_MIN", default_value_t = Sessions::IDLE_MIN)]
    pub idle_min: u32,

    /// Hours after which any session ends.
    #[arg(long = "session-hours", env = "HATANG_SESSION_HOURS", default_value_t = Sessions::HOURS)]
    pub hours: u32,

    /// Minutes for which a password that was given is enough for grants, tokens, links and second factors.
    #[arg(long = "confirm-min", env = "HATANG_CONFIRM_MIN", default_value_t = Sessions::CONFIRM_MIN)]
    pub confirm_min: u32,

    /// Who must have a second factor. Without it their sessions may only set one up; tokens are not affected.
    #[arg(long = "second-factor", env = "HATANG_SECOND_FACTOR", value_enum, default_value_t = SecondFactor::Optional)]
    pub second_factor: SecondFactor,

    /// A file of passwords that nobody may choose, one a line, in clear or as SHA-1 in the form of Have I Been Pwned.
    #[arg(long, env = "HATANG_PASSWORD_LIST")]
    pub password_list: Option<PathBuf>,

    /// The file of the key that encrypts the secrets of authenticators: 64 hexadecimal digits. Default: `secret.key` in the
    /// directory of the private cluster, made at the first start; with a PostgreSQL of one's own none, and they are in clear.
    #[arg(long, env = "HATANG_SECRET_KEY_FILE")]
    pub secret_key_file: Option<PathBuf>,
}

/// Who must have a second factor, besides the accounts for which an administrator said so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SecondFactor {
    #[default]
    Optional,
    Administrators,
    Everybody,
}

impl Sessions {
    const IDLE_MIN: u32 = 60;
    const HOURS: u32 = 12;
    const CONFIRM_MIN: u32 = 15;
}

impl Default for Sessions {
    fn default() -> Sessions {
        Sessions {
            idle_min: Sessions::IDLE_MIN,
            hours: Sessions::HOURS,
            confirm_min: Sessions::CONFIRM_MIN,
            second_factor: SecondFactor::Optional,
            password_list: None,
            secret_key_file: None,
        }
    }
}

/// How many requests a client may make in a minute, and at once; 0 means no limit. An office shares one address; an
/// IPv6 network of 64 bits counts as one address.
#[derive(Debug, Clone, clap::Args)]
pub struct Rates {
    /// Reads from one address.
    #[arg(long, env = "HATANG_ADDRESS_READS_PER_MINUTE", default_value_t = Rates::DEFAULT.address_reads_per_minute)]
    pub address_reads_per_minute: u32,

    /// Writes from one address.
    #[arg(long, env = "HATANG_ADDRESS_WRITES_PER_MINUTE", default_value_t = Rates::DEFAULT.address_writes_per_minute)]
    pub address_writes_per_minute: u32,

    /// Reads with one token or session, and by one account.
    #[arg(long, env = "HATANG_CREDENTIAL_READS_PER_MINUTE", default_value_t = Rates::DEFAULT.credential_reads_per_minute)]
    pub credential_reads_per_minute: u32,

    /// Writes with one token or session, and by one account.
    #[arg(long, env = "HATANG_CREDENTIAL_WRITES_PER_MINUTE", default_value_t = Rates::DEFAULT.credential_writes_per_minute)]
    pub credential_writes_per_minute: u32,

    /// Seconds of a database connection that anonymous callers from one address may use.
    #[arg(long, env = "HATANG_ADDRESS_SECONDS_PER_MINUTE", default_value_t = Rates::DEFAULT.address_seconds_per_minute)]
    pub address_seconds_per_minute: u32,

    /// Seconds of a database connection that one account may use.
    #[arg(long, env = "HATANG_ACCOUNT_SECONDS_PER_MINUTE", default_value_t = Rates::DEFAULT.account_seconds_per_minute)]
    pub account_seconds_per_minute: u32,

    /// Requests from one address that may try a password.
    #[arg(long, env = "HATANG_SIGN_INS_PER_MINUTE", default_value_t = Rates::DEFAULT.sign_ins_per_minute)]
    pub sign_ins_per_minute: u32,

    /// Different invalid credentials from one address. Beyond that the service rejects every credential from there for
    /// a while.
    #[arg(long, env = "HATANG_FAILURES_PER_MINUTE", default_value_t = Rates::DEFAULT.failures_per_minute)]
    pub failures_per_minute: u32,
}

impl Rates {
    pub const DEFAULT: Rates = Rates {
        address_reads_per_minute: 12_000,
        address_writes_per_minute: 1_200,
        credential_reads_per_minute: 6_000,
        credential_writes_per_minute: 600,
        address_seconds_per_minute: 60,
        account_seconds_per_minute: 240,
        sign_ins_per_minute: 20,
        failures_per_minute: 30,
    };

    pub const UNLIMITED: Rates = Rates {
        address_reads_per_minute: 0,
        address_writes_per_minute: 0,
        credential_reads_per_minute: 0,
        credential_writes_per_minute: 0,
        address_seconds_per_minute: 0,
        account_seconds_per_minute: 0,
        sign_ins_per_minute: 0,
        failures_per_minute: 0,
    };
}
