//! DefectDojo's interface, for pipelines that only change an address: its words for what is here.
//!
//! A product is one of our services, under the name that the client gave it. A test, within an
//! engagement, is the scope of a stream of reports, so that absence closes only within (tool,
//! service, test). Reports themselves go the one way of [`crate::imports`]; whoever may import may
//! also keep the names that belong to it, and a product without a service needs
//! [`Operation::CreateService`](domain::access::Operation::CreateService). Refusals are told in
//! that interface's words, as `field: sentence`.

mod context;
mod dojo_tests;
mod engagements;
mod findings;
mod languages;
mod moving;
mod product_types;
mod products;
mod scan_types;
mod scans;
mod statistics;
#[cfg(test)]
mod tests;
mod users;

pub use context::{Context, Target};
pub use dojo_tests::{NewTest, create_test, test, tests};
pub use engagements::{EngagementEdit, NewEngagement, change_engagement, create_engagement};
pub use engagements::{engagement, engagements};
pub use findings::{finding, findings};
pub use languages::{languages, replace_languages};
pub(crate) use moving::FORMAT as MOVED_IN;
pub use moving::{Moved, MovedIn, move_in};
pub use product_types::{create_product_type, product_type, product_types};
pub use products::{NewProduct, create_product, product, products};
pub use scan_types::ScanType;
pub use scans::{Kind, Scan, Taken, take_scan};
pub use statistics::{BySeverity, SEVERITIES, Statistics, Tally};
pub use store::dojo::{
    DojoFinding, DojoTest, DojoTestFilter, Engagement, EngagementFilter, FindingFilter, Language,
    Product, ProductFilter, ProductType, Window,
};
pub use users::{User, me, users};

use crate::Refusal;

/// The longest name of a product type, a product or a test, in characters.
const NAME_LENGTH: usize = 255;
/// The longest name of an engagement, in characters.
const ENGAGEMENT_NAME_LENGTH: usize = 300;
/// The longest description, in characters.
const DESCRIPTION_LENGTH: usize = 20_000;
/// The longest version, build, branch or commit, in characters.
const MARK_LENGTH: usize = 150;
/// The longest address of a repository, in characters.
const ADDRESS_LENGTH: usize = 600;
/// Tags kept of one thing, and the longest of them in characters.
const TAGS: usize = 50;
const TAG_LENGTH: usize = 100;

/// Text of one line that must be there.
fn line(field: &str, text: &str, longest: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::invalid(format!("{field}: This field may not be blank.")));
    }
    if text.chars().any(char::is_control) {
        let why = "Control characters are not allowed.";
        return Err(Refusal::invalid(format!("{field}: {why}")));
    }
    short(field, text, longest)
}

/// Text of one line that may be missing; an empty one is.
fn mark(field: &str, text: Option<&str>, longest: usize) -> Result<Option<String>, Refusal> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| line(field, text, longest)).transpose()
}

/// Text of many lines.
fn prose(field: &str, text: &str) -> Result<String, Refusal> {
    if text.contains('\0') {
        return Err(Refusal::invalid(format!("{field}: Null characters are not allowed.")));
    }
    short(field, text, DESCRIPTION_LENGTH)
}

fn short(field: &str, text: &str, longest: usize) -> Result<String, Refusal> {
    if text.chars().count() <= longest {
        return Ok(text.to_owned());
    }
    let why = format!("Ensure this field has no more than {longest} characters.");
    Err(Refusal::invalid(format!("{field}: {why}")))
}

/// Tags in order, each once.
fn tags(given: &[String]) -> Result<Vec<String>, Refusal> {
    let mut tags: Vec<String> = Vec::new();
    for tag in given.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        let tag = line("tags", tag, TAG_LENGTH)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > TAGS {
        return Err(Refusal::invalid(format!("tags: Ensure there are no more than {TAGS} tags.")));
    }
    tags.sort();
    Ok(tags)
}

/// Another thing is named that is not there.
fn no_such(field: &str, id: i64) -> Refusal {
    Refusal::invalid(format!("{field}: Invalid pk \"{id}\" - object does not exist."))
}
