//! Looks in every service for names that were learned to stand for a CVE: findings known by them
//! are renamed, or become one with the CVE's.

use super::{Doing, Duty};
use crate::findings;

pub(super) const DUTY: Duty = Duty {
    name: "aliases",
    words: "renames and merges findings whose names were learned to stand for a CVE",
    run: |app| -> Doing<'_> { Box::pin(findings::look_for_aliases(app)) },
};
