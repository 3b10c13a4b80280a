//! Addresses that a web server answers, as dirsearch, ffuf and httpx list them.
//!
//! Such an answer is no weakness by itself; it is told so that what should not be there is seen.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item, listed};
use super::json::Node;
use super::{Intake, Source, Unreadable};

/// Reads the list of `results`.
pub fn read_results(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let results = listed(&Node::root(source.text), "results")?;
    each_item(&results, intake, &mut |item, intake| intake.observe(observation(item)))
}

/// What one answer says.
pub fn observation(item: Item<'_>) -> Observation {
    let url = item.first_of(&["url", "input"]).unwrap_or_else(|| "an address".to_owned());
    let title = match item.first_of(&["status", "status_code"]) {
        Some(status) => format!("HTTP {status}: {url}"),
        None => url.clone(),
    };
    let mut observation = Observation::new(title, Severity::Info);
    observation.location = Some(Location { url: Some(url), ..Location::default() });
    observation.description = item.told(&[
        ("Title", "title"),
        ("Server", "webserver"),
        ("Technologies", "tech"),
        ("Redirects to", "redirect"),
        ("Redirects to", "redirectlocation"),
        ("Redirects to", "location"),
        ("Kind", "content-type"),
        ("Kind", "content_type"),
        ("Length", "content-length"),
        ("Length", "content_length"),
        ("Length", "length"),
    ]);
    observation
}
