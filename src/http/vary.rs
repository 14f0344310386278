//! The `Vary` header of an answer: the request headers from which it was made. Whoever reads such a header notes it, so
//! that the list is neither too short, which would give one client the answer of another, nor longer than it must be,
//! which keeps caches from sharing what is the same for all.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::HttpMessage;
use actix_web::http::header::{HeaderMap, HeaderValue, VARY};

/// What an answer can depend on.
#[derive(Debug, Clone, Copy)]
pub enum On {
    Format = 1,
    Language = 2,
    Credential = 4,
    /// The address in links.
    Host = 8,
}

/// What the answer to one request depends on, as far as is known. It is kept in the request's extensions.
#[derive(Debug, Clone, Default)]
pub struct Noted(Rc<Cell<u8>>);

impl Noted {
    pub fn add(&self, on: On) {
        self.0.set(self.0.get() | on as u8);
    }

    fn has(&self, on: On) -> bool {
        self.0.get() & on as u8 != 0
    }

    /// Adds the header. `hosts` are the headers from which links are made.
    pub fn write(&self, headers: &mut HeaderMap, hosts: Option<&HeaderValue>) {
        let mut add = |names: HeaderValue| headers.append(VARY, names);
        // Every answer can be sent in several codings.
        add(HeaderValue::from_static("Accept-Encoding"));
        for (on, names) in
            [(On::Format, "Accept"), (On::Language, "Accept-Language"), (On::Credential, "Authorization, Cookie")]
        {
            if self.has(on) {
                add(HeaderValue::from_static(names));
            }
        }
        if let Some(hosts) = hosts.filter(|_| self.has(On::Host)) {
            add(hosts.clone());
        }
        // The middleware for other origins keeps only the first of several.
        merge(headers, false);
    }
}

/// Notes that the answer to a request depends on something.
pub fn note(request: &impl HttpMessage, on: On) {
    if let Some(noted) = request.extensions().get::<Noted>() {
        noted.add(on);
    }
}

/// Writes all `Vary` headers as one, each name once. Any origin may read, so answers to reads do not depend on it.
pub fn merge(headers: &mut HeaderMap, reads: bool) {
    let mut names: Vec<String> = Vec::new();
    for value in headers.remove(VARY) {
        for name in value.to_str().unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let name = name.to_ascii_lowercase();
            let is_of_origins = name == "origin" || name.starts_with("access-control-request-");
            if !(reads && is_of_origins || names.contains(&name)) {
                names.push(name);
            }
        }
    }
    if let Ok(value) = HeaderValue::from_str(&names.join(", "))
        && !names.is_empty()
    {
        headers.insert(VARY, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_written_once() {
        let mut headers = HeaderMap::new();
        for value in ["Origin, Access-Control-Request-Method", "Accept-Encoding", "accept-encoding, Host"] {
            headers.append(VARY, HeaderValue::from_static(value));
        }
        let mut of_writes = headers.clone();
        merge(&mut headers, true);
        assert_eq!(headers.get_all(VARY).collect::<Vec<_>>(), ["accept-encoding, host"]);
        merge(&mut of_writes, false);
        assert_eq!(of_writes.get(VARY).unwrap(), "origin, access-control-request-method, accept-encoding, host");
    }
}
