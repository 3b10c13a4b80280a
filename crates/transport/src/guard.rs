//! The address guard: no message goes to a private network unless its host is allowed.
//!
//! It is the HTTP client's resolver, so the address that was checked is the address that is
//! connected to; a name that answers differently the second time gains nothing. Hosts written as
//! an address bypass every resolver and are checked before the request ([`Guard::refuses`]).

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

/// A host that must not be reached.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{host} leads to {address} in a private network; list `{host}` in allow_private_hosts of \
     watchbell.toml if it is meant"
)]
pub struct Guarded {
    host: String,
    address: IpAddr,
}

impl Guarded {
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn address(&self) -> IpAddr {
        self.address
    }
}

/// Which hosts may be reached.
#[derive(Clone)]
pub struct Guard {
    allowed: Arc<BTreeSet<String>>,
}

impl Guard {
    pub fn new(allowed: Vec<String>) -> Guard {
        Guard { allowed: Arc::new(allowed.iter().map(|host| normal(host)).collect()) }
    }

    /// Whether `host` was allowed by name, wherever it leads.
    pub fn allows(&self, host: &str) -> bool {
        self.allowed.contains(&normal(host))
    }

    /// The private address that is written in `url` itself, unless it is allowed.
    pub fn refuses(&self, url: &Url) -> Option<IpAddr> {
        let host = url.host_str()?;
        let address: IpAddr = bare(host).parse().ok()?;
        (!self.allows(host) && !is_public(address)).then_some(address)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let allowed = self.allows(&host);
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            // One private address among public ones is enough: which is used is left to chance.
            match found.iter().map(SocketAddr::ip).find(|address| !is_public(*address)) {
                Some(address) if !allowed => Err(Guarded { host, address }.into()),
                _ => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

fn normal(host: &str) -> String {
    bare(host.trim()).trim_end_matches('.').to_ascii_lowercase()
}

/// An IPv6 address without the brackets it wears in a web address.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

/// Whether an address is reachable from the whole internet: not in one of IANA's special-purpose
/// registries (RFC 6890), and for IPv6 that carries an IPv4 address, whether that one is.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // shared by carriers, RFC 6598
        || (a == 192 && b == 0 && c == 0) // protocol assignments, RFC 6890
        || (a == 198 && (b == 18 || b == 19)); // benchmarks, RFC 2544
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = carried(address) {
        return is_public_v4(inner);
    }
    // Only 2000::/3 is given out at all; what is special within it is left out here.
    match address.segments() {
        [0x2001, second, ..] => second >= 0x0200 && second != 0x0db8,
        [0x3fff, second, ..] => second >= 0x1000, // documentation, RFC 9637
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// The IPv4 address inside a mapped, compatible, translated (RFC 6052) or 6to4 address.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, a, b] => Some(low(a, b)),
        [0x64, 0xff9b, 0, 0, 0, 0, a, b] => Some(low(a, b)),
        [0x2002, a, b, ..] => Some(low(a, b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(address: &str) -> bool {
        is_public(address.parse().expect("an address"))
    }

    #[test]
    fn private_addresses_are_recognised_in_every_dress() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(address), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_let_through() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn an_allowed_host_is_the_same_in_capitals_brackets_and_with_a_dot() {
        let guard = Guard::new(vec!["Bell.Example.".into(), "::1".into()]);
        assert!(guard.allows("bell.example") && guard.allows("[::1]"));
        assert!(!guard.allows("a.bell.example"));
        let url = |text: &str| Url::parse(text).expect("a web address");
        assert_eq!(guard.refuses(&url("https://[::1]/x")), None);
        // The web's ways to write 127.0.0.1 are read before the guard sees them.
        for host in ["127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]"] {
            assert!(guard.refuses(&url(&format!("https://{host}/"))).is_some(), "{host}");
        }
    }
}
