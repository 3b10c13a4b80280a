//! What the product needs from outside: time, chance and a way out. Implemented by the binary, and
//! by the simulation with its own.

use std::future::Future;
use std::pin::Pin;

/// What goes out, and by which way: the port's words, for those who implement it.
pub use domain::notices::{Channel, Parcel};
use jiff::Timestamp;

/// The present instant.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// Unguessable bytes.
pub trait Chance: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// Why a channel did not take a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// It may work later: the provider is away, busy or slow.
    Later(String),
    /// It will never work: no such address, nothing configured for the channel.
    Never(String),
}

pub type Delivery<'a> = Pin<Box<dyn Future<Output = Result<(), Undelivered>> + Send + 'a>>;

/// The way out. An implementation has its own time limit, shorter than
/// [`domain::notices::LEASE`], and gives the parcel's key to the channel so that a repeated
/// delivery can be recognised.
pub trait Post: Send + Sync {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Delivery<'a>;
}
