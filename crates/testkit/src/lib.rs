//! Products in memory for tests, and the long year: a simulation in which one seed decides
//! everything.
//!
//! Operations, formats and SQL are the real ones; the clock, chance, the post and death are not.
//! After every step checkers look at what is stored. A seed that fails tells its story and how to
//! live it again.

pub mod checkers;
pub mod nodes;
pub mod post;
mod product;
pub mod scanners;
pub mod script;
pub mod story;
pub mod world;

pub use product::{KeptPost, MONDAY, ORGANISATION, PASSWORD, Product, SetClock, fresh_postgres};

#[cfg(test)]
mod long_year;
