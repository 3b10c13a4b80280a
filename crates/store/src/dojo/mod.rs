//! The names and numbers under which clients of DefectDojo's interface know what is here.
//!
//! The rule to remember: nothing of a finding is kept in this room. A product points to a service,
//! a test to the scope of its imports; what a client asks about findings is read from findings,
//! sightings and ledgers. Lists are read by offset, as that interface has them.

mod dojo_tests;
mod engagements;
mod findings;
mod languages;
mod moved;
mod page;
mod product_types;
mod products;

pub use dojo_tests::{DojoTest, DojoTestFilter};
pub use engagements::{Engagement, EngagementFilter};
pub use findings::{DojoFinding, FindingFilter, Move, Standings, findings, moves, standings};
pub use languages::{Language, languages, replace_languages};
pub use moved::{hand_over, known_moved, moved_in, remember_moved, take_identities};
pub use page::Window;
pub use product_types::ProductType;
pub use products::{Product, ProductFilter};

use crate::counters;
use crate::{Session, StoreError};

/// Statements put together in this room, in every shape that differs.
#[cfg(test)]
pub(crate) fn assembled() -> Vec<(String, crate::Sql)> {
    let lists = [
        product_types::assembled(),
        products::assembled(),
        engagements::assembled(),
        dojo_tests::assembled(),
        findings::assembled(),
        moved::assembled(),
    ];
    lists.into_iter().flatten().map(|sql| ("dojo".to_owned(), sql)).collect()
}

/// The number of a new thing of this room: the one it brings along, or the next.
async fn number_for(session: &mut Session, counter: &str, own: i64) -> Result<i64, StoreError> {
    if own > 0 {
        counters::reach(session, counter, own).await?;
        return Ok(own);
    }
    let id = counters::take(session, counter, 1).await?;
    Ok(i64::try_from(id).unwrap_or(i64::MAX))
}
