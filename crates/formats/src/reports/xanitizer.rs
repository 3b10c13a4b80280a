//! Xanitizer: weaknesses in Java and JavaScript code, and vulnerable libraries.

use domain::findings::{Observation, Severity, Standing};

use super::item;
use super::vocabulary::{cwes, identifiers, paragraphs, severity_of_score, title};
use super::xml::{self, Element};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "xanitizer",
    title: "Xanitizer findings list (XML)",
    how_to_get: "Reports, Findings List Report, XML",
    manual: "One finding for each `finding`: title and rule from `problemType` and \
        `problemTypeId`, severity from `rating` as from a score (it is no CVSS score and not kept \
        as one), CWE number from `cweNumber`, identifiers from the description of a vulnerable \
        library, place from the path of the last node, else from package and file, with `line`. \
        The classification Harmless or False Positive is a false positive.",
    samples: &[("xanitizer.xml", include_bytes!("samples/xanitizer.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "XanitizerFindingsList")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Xanitizer"), source.beginning.root_attribute("xanitizerVersionShort"));
    xml::each_item(source.text, &["finding"], |finding, _| intake.observe(observation(&finding)))
}

fn observation(finding: &Element) -> Observation {
    let named = finding.text_of("problemType").unwrap_or("Finding");
    let rating = finding.text_of("rating").and_then(|rating| rating.parse::<f64>().ok());
    let word = rating.map_or(Severity::Info, severity_of_score);
    let mut observation = Observation::new(title(named), word);
    observation.rule = Some(finding.text_of("problemTypeId").unwrap_or(named).to_owned());
    let number = finding.text_of("cweNumber").map(|number| number.replace(',', ""));
    observation.cwes = number.as_deref().map(cwes).unwrap_or_default();
    let said = finding.text_of("description");
    if finding.text_of("category").is_some_and(|category| category.contains("Dependency Check")) {
        observation.ids =
            said.and_then(|said| identifiers(said).into_iter().next()).into_iter().collect();
    }
    let line = finding.text_of("line").and_then(|line| line.parse().ok());
    observation.location = item::in_file(path(finding), line.filter(|line: &u32| *line > 0));
    let class = finding.text_of("classification");
    if matches!(class, Some("Harmless" | "False Positive")) {
        observation.standing = Standing::FalsePositive;
    }
    let class = class.map(|class| format!("Classification: {class}"));
    observation.description = paragraphs([said, class.as_deref()]);
    observation
}

/// The file where the finding ends.
fn path(finding: &Element) -> Option<String> {
    let nodes = ["endNode", "node"].iter().filter_map(|name| finding.child(name));
    let mut paths = nodes.filter_map(|node| node.attribute("relativePath"));
    let file = finding.text_of("file");
    paths.next().map(str::to_owned).or_else(|| match (finding.text_of("package"), file) {
        (Some(package), Some(file)) => Some(format!("{}/{file}", package.replace('.', "/"))),
        (_, file) => file.map(str::to_owned),
    })
}
