//! How often one address may try to sign in.
//!
//! Operations slow down each account; this slows down one address that tries many. A bucket of
//! [`BURST`] attempts that refills by one every [`REFILL`]. It is kept in memory: a node that
//! starts again forgives, and several nodes forgive in proportion.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// Attempts in a row: an office behind one address signs in on a Monday morning.
pub(crate) const BURST: i64 = 20;
/// How long until one more attempt is granted.
pub(crate) const REFILL: SignedDuration = SignedDuration::from_secs(3);
/// Addresses remembered at once; about 1 MB.
const ADDRESSES: usize = 10_000;

/// Who tried, and until when their bucket is drawn upon.
#[derive(Default)]
pub(crate) struct Attempts {
    /// The instant at which each address's bucket is full again.
    full_at: Mutex<BTreeMap<Option<IpAddr>, Timestamp>>,
}

impl Attempts {
    /// Takes one attempt of `address`, or says how many seconds to wait for the next.
    pub(crate) fn take(&self, address: Option<IpAddr>, now: Timestamp) -> Result<(), u64> {
        let Ok(mut full_at) = self.full_at.lock() else { return Ok(()) };
        if full_at.len() >= ADDRESSES {
            full_at.retain(|_, full| *full > now);
        }
        let key = address.map(network);
        let full = full_at.get(&key).copied().unwrap_or(now).max(now);
        let next = full.checked_add(REFILL).unwrap_or(full);
        let room = REFILL * i32::try_from(BURST).unwrap_or(i32::MAX);
        let over = next.duration_since(now) - room;
        if over > SignedDuration::ZERO {
            return Err(over.as_secs().unsigned_abs() + 1);
        }
        // Beyond the limit a new address is not remembered; the account's own limit still holds.
        if full_at.len() < ADDRESSES || full_at.contains_key(&key) {
            full_at.insert(key, next);
        }
        Ok(())
    }

    /// Gives an attempt back that was right: who has the password may ask often.
    pub(crate) fn give_back(&self, address: Option<IpAddr>) {
        let Ok(mut full_at) = self.full_at.lock() else { return };
        if let Some(full) = full_at.get_mut(&address.map(network)) {
            *full = full.checked_sub(REFILL).unwrap_or(*full);
        }
    }
}

/// A household or a machine has all of a /64 in IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => IpAddr::V6((six.to_bits() & !u128::from(u64::MAX)).into()),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("small")
    }

    #[test]
    fn an_address_that_tries_often_waits_and_others_do_not() {
        let attempts = Attempts::default();
        let (one, other) = (Some([192, 0, 2, 1].into()), Some([192, 0, 2, 2].into()));
        for _ in 0..BURST {
            assert_eq!(attempts.take(one, at(0)), Ok(()));
        }
        let wait = attempts.take(one, at(0)).unwrap_err();
        assert_eq!(attempts.take(other, at(0)), Ok(()));
        assert!(wait <= 4, "{wait}");
        assert_eq!(attempts.take(one, at(wait as i64)), Ok(()));
    }

    #[test]
    fn who_is_right_may_ask_as_often_as_they_like() {
        let attempts = Attempts::default();
        for _ in 0..BURST * 3 {
            assert_eq!(attempts.take(None, at(0)), Ok(()));
            attempts.give_back(None);
        }
    }

    #[test]
    fn a_whole_network_of_version_6_counts_as_one_address() {
        let attempts = Attempts::default();
        for last in 0..BURST {
            let address: IpAddr = format!("2001:db8::{last:x}").parse().expect("an address");
            assert_eq!(attempts.take(Some(address), at(0)), Ok(()));
        }
        let next: IpAddr = "2001:db8::ffff".parse().expect("an address");
        assert!(attempts.take(Some(next), at(0)).is_err());
    }
}
