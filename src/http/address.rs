//! The address that a request comes from, and the proxy headers that say it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};

/// The client's address: the other end of the connection, or the address that a trusted proxy reports. Only the last
/// entry of a list comes from the proxy; clients can write the others. `Forwarded` counts only without
/// `X-Forwarded-For`, because a client can forge `Forwarded` behind a proxy that sets only `X-Forwarded-For`.
pub fn client_address(trust_proxy: bool, request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|address| address.ip());
    let from_proxy = || {
        let entry = last_hop(request.headers(), "x-forwarded-for", "for")?;
        entry
            .parse::<IpAddr>()
            .ok()
            .or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()))
            .or_else(|| entry.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::from))
    };
    let address = if trust_proxy { from_proxy().or(peer) } else { peer };
    address.map(|address| address.to_canonical())
}

/// The part of an address that belongs to one client: the whole IPv4 address, or the first 64 bits of an IPv6 address.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

/// What the nearest proxy reports: the last entry of the header `name`, otherwise of `Forwarded` (RFC 7239).
pub fn last_hop(headers: &HeaderMap, name: &'static str, parameter: &str) -> Option<String> {
    let last = |name: &HeaderName| {
        let value = headers.get_all(name).last()?.to_str().ok()?;
        Some(value.rsplit(',').next().unwrap_or_default().trim().to_owned())
    };
    last(&HeaderName::from_static(name)).or_else(|| {
        let entry = last(&FORWARDED)?;
        entry.split(';').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            key.eq_ignore_ascii_case(parameter).then(|| value.trim_matches('"').to_owned())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn address(trust_proxy: bool, headers: &[(&'static str, &str)]) -> Option<String> {
        let mut request = TestRequest::default().peer_addr("[::ffff:10.0.0.1]:1".parse().unwrap());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        client_address(trust_proxy, &request.to_http_request()).map(|address| address.to_string())
    }

    #[test]
    fn only_what_the_proxy_says_is_believed() {
        for (trust_proxy, headers, expected) in [
            (false, &[("x-forwarded-for", "203.0.113.7")][..], "10.0.0.1"),
            (false, &[("forwarded", "for=203.0.113.7")], "10.0.0.1"),
            (true, &[], "10.0.0.1"),
            (true, &[("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
            (true, &[("x-forwarded-for", "198.51.100.1, 203.0.113.7")], "203.0.113.7"),
            (true, &[("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
            (true, &[("x-forwarded-for", "203.0.113.7:4711")], "203.0.113.7"),
            (true, &[("x-forwarded-for", "203.0.113.7"), ("forwarded", "for=198.51.100.1")], "203.0.113.7"),
            (true, &[("x-forwarded-for", "unknown")], "10.0.0.1"),
            (true, &[("forwarded", "for=198.51.100.1, For=\"[2001:db8::7]:4711\";proto=https")], "2001:db8::7"),
            (true, &[("forwarded", "proto=https;for=\"[2001:db8::7]\"")], "2001:db8::7"),
            (true, &[("forwarded", "for=_hidden")], "10.0.0.1"),
        ] {
            assert_eq!(address(trust_proxy, headers).as_deref(), Some(expected), "{headers:?}");
        }
    }

    #[test]
    fn a_client_is_a_network_of_64_bits() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::"));
        assert_ne!(of("2001:db8:1:2::"), of("2001:db8:1:3::"));
        assert_eq!(of("::ffff:203.0.113.7"), "203.0.113.7");
    }
}
