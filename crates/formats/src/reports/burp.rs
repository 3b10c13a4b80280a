//! Burp Suite's XML: issues, brought together by their type.
//!
//! Burp writes an issue for each address. It shows them as one with its places, and so are they
//! here. Extensions share one type, so an issue of theirs is told apart by its name.

use domain::findings::{Location, Observation, Severity, Standing};

use super::folding::Folding;
use super::html::plain_text;
use super::vocabulary::{TITLE, cwes, identifiers, one_line, paragraphs, severity};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "burp",
    title: "Burp Suite (XML)",
    how_to_get: "in Burp Suite: Target, Site map, select the issues, Report issues, XML",
    manual: "One finding for each type and name of `issue`: title from `name`, rule from `type`, \
        severity from `severity` (the worst of the places), CWE numbers from \
        `vulnerabilityClassifications`. The place is `host` and `location` of the first, the \
        others are listed in the description, with `issueDetail`, `issueBackground`, \
        `remediationDetail`, `remediationBackground` and `references`. Requests and responses are \
        left out. An issue whose severity is *False positive* is one.",
    samples: &[("burp.xml", include_bytes!("samples/burp.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let burp = beginning.root_attribute("burpVersion").is_some();
    let shape = ["issue", "serialNumber", "type", "host"];
    let shape = shape.into_iter().all(|name| beginning.begins_with_element(name));
    beginning.root().is_some_and(|(name, _)| name == "issues") && (burp || shape)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Burp Suite"), source.beginning.root_attribute("burpVersion"));
    let mut folding = Folding::default();
    each_item(source.text, &["issue"], |item, _| {
        let kind = item.text_of("type").unwrap_or_default();
        let observation = observation(&item);
        let title = observation.title.clone();
        folding.add(&[kind, &title], observation);
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: &Element) -> Observation {
    let name = item.text_of("name").unwrap_or("Issue without a name");
    let word = item.text_of("severity").unwrap_or_default();
    let mut observation =
        Observation::new(one_line(name, TITLE).0, severity(word).unwrap_or(Severity::Info));
    if word.eq_ignore_ascii_case("false positive") {
        observation.standing = Standing::FalsePositive;
    }
    observation.ids = identifiers(name);
    observation.cwes = item.text_of("vulnerabilityClassifications").map(cwes).unwrap_or_default();
    observation.rule = item.text_of("type").map(str::to_owned);
    let place = item.text_of("location").or(item.text_of("path")).unwrap_or_default();
    let place = place.split(" [").next().unwrap_or_default();
    let url = item.text_of("host").map(|host| format!("{host}{place}"));
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    let parts = [
        "issueDetail",
        "issueBackground",
        "remediationDetail",
        "remediationBackground",
        "references",
    ];
    let parts = parts.map(|part| item.text_of(part).map(plain_text));
    observation.description = paragraphs(parts.iter().map(Option::as_deref));
    observation
}
