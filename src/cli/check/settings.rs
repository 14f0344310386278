//! Whether the settings fit each other.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::cli::check::Finding;
use crate::config::{Config, ServeConfig};
use crate::postgres::address::Address;

pub fn check(config: &Config, serve: &ServeConfig) -> Vec<Finding> {
    let mut wrong = Vec::new();
    for url in [&config.database_url, &config.migration_url].into_iter().flatten() {
        wrong.extend(Address::of(url).err().map(|error| format!("{error:#}")));
    }
    let limits = &serve.limits;
    if limits.request_timeout_s <= limits.statement_timeout_s {
        wrong.push("HATANG_REQUEST_TIMEOUT_S must be longer than HATANG_STATEMENT_TIMEOUT_S".to_owned());
    }
    if limits.public_url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        wrong.push("HATANG_PUBLIC_URL must begin with https:// or http://".to_owned());
    }
    if let Some(basemap) = serve.page.basemap.as_ref().filter(|path| !path.is_file()) {
        wrong.push(format!("HATANG_BASEMAP: there is no file {}", basemap.display()));
    }
    let mut findings: Vec<_> = wrong.into_iter().map(|text| Finding::critical("settings", text)).collect();
    if findings.is_empty() {
        findings.push(Finding::good("settings", "fit each other"));
    }
    findings.push(service(serve.port));
    findings
}

/// Asks the service on this machine.
fn service(port: u16) -> Finding {
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\nAccept-Language: en\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    match asked() {
        Ok(answer) if answer.split(' ').nth(1) == Some("200") => Finding::good("service", "ready"),
        Ok(answer) => {
            let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
            Finding::critical("service", format!("not ready: {body}"))
        }
        Err(error) => Finding::warning("service", format!("does not answer on port {port}: {error}")),
    }
}
