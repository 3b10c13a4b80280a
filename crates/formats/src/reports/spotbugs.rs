//! SpotBugs, with FindSecBugs: weaknesses in Java's byte code.
//!
//! One instance of a pattern is one finding: each has a place of its own to mend.

use domain::findings::{Observation, Severity};

use super::item;
use super::vocabulary::{paragraphs, title};
use super::xml::{self, Element};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "spotbugs",
    title: "SpotBugs (XML)",
    how_to_get: "spotbugs -textui -xml:withMessages -output report.xml CLASSES",
    manual: "One finding for each `BugInstance`: rule from `type`, title from `ShortMessage` or \
        the type, severity from `priority` (1 high, 2 medium, 3 low, others info), CWE number \
        from `cweid`, place from the first `SourceLine` of the instance, its method or its \
        class, fingerprint from `instanceHash` and its number.",
    samples: &[("spotbugs.xml", include_bytes!("samples/spotbugs.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "BugCollection")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("SpotBugs"), source.beginning.root_attribute("version"));
    xml::each_item(source.text, &["BugInstance"], |bug, _| intake.observe(observation(&bug)))
}

fn observation(bug: &Element) -> Observation {
    let kind = bug.attribute("type").unwrap_or("Bug");
    let word = match bug.attribute("priority") {
        Some("1") => Severity::High,
        Some("2") => Severity::Medium,
        Some("3") => Severity::Low,
        _ => Severity::Info,
    };
    let named = bug.text_of("ShortMessage").unwrap_or(kind);
    let mut observation = Observation::new(title(named), word);
    observation.rule = Some(kind.to_owned());
    let number = bug.attribute("cweid").and_then(|number| number.parse().ok());
    observation.cwes = number.into_iter().collect();
    let inside = |name: &str| bug.child(name).and_then(|part| part.child("SourceLine"));
    let line = bug.child("SourceLine").or_else(|| inside("Method")).or_else(|| inside("Class"));
    let attribute = |name: &str| line.and_then(|line| line.attribute(name)).map(str::to_owned);
    let path = attribute("sourcepath").or_else(|| attribute("classname"));
    let start = attribute("start").and_then(|start| start.parse().ok());
    observation.location = item::in_file(path, start.filter(|start| *start > 0));
    observation.fingerprint = bug
        .attribute("instanceHash")
        .map(|hash| format!("{hash}/{}", bug.attribute("instanceOccurrenceNum").unwrap_or("0")));
    let category = bug.attribute("category").map(|category| format!("Category: {category}"));
    observation.description = paragraphs([bug.text_of("LongMessage"), category.as_deref()]);
    observation
}
