//! The address guard: nothing that users can influence reaches into private networks.
//!
//! Names are resolved here and every address is looked at after resolution, so that a public name
//! that points inside is refused too. Hosts that the configuration names are let through.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Resolves names to public addresses, or to any for hosts that are allowed.
#[derive(Clone)]
pub(crate) struct Guard {
    allowed: Arc<BTreeSet<String>>,
}

impl Guard {
    pub(crate) fn new(allowed: BTreeSet<String>) -> Guard {
        Guard { allowed: Arc::new(allowed) }
    }

    /// Whether a request to `host` may be made; names are looked at again when they are resolved.
    pub(crate) fn permits_host(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) => self.allowed.contains(bare) || is_public(address),
            Err(_) => true,
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let is_allowed = allowed.contains(&host);
            let fit: Vec<SocketAddr> =
                found.into_iter().filter(|at| is_allowed || is_public(at.ip())).collect();
            if fit.is_empty() {
                let why = "the host has no public address; allow_private_hosts may name it";
                return Err(why.into());
            }
            Ok(Box::new(fit.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public Internet (IANA special-purpose address registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol = (a, b, c) == (192, 0, 0);
    let is_benchmark = a == 198 && (b == 18 || b == 19);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || is_shared
        || is_protocol
        || is_benchmark)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let [first, second, third, ..] = address.segments();
    let is_global = first & 0xe000 == 0x2000;
    let is_documentation = first == 0x2001 && second == 0x0db8;
    // Teredo and 6to4 carry an IPv4 address inside; NAT64 is not in 2000::/3.
    let is_tunnel = (first == 0x2001 && second == 0) || first == 0x2002;
    is_global && !is_documentation && !is_tunnel && (first, second, third) != (0x3fff, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001:db8::1",
        ] {
            assert!(!is_public(inside.parse().expect("an address")), "{inside}");
        }
        for outside in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"] {
            assert!(is_public(outside.parse().expect("an address")), "{outside}");
        }
    }

    #[test]
    fn a_literal_address_inside_needs_to_be_named() {
        let closed = Guard::new(BTreeSet::new());
        assert!(!closed.permits_host("127.0.0.1"));
        assert!(!closed.permits_host("[::1]"));
        let open = Guard::new(BTreeSet::from(["127.0.0.1".to_owned()]));
        assert!(open.permits_host("127.0.0.1"));
    }
}
