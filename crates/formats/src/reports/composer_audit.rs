//! `composer audit`: advisories about the packages of a PHP project.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{identifiers_of, package, paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "composer_audit",
    title: "composer audit (JSON)",
    how_to_get: "composer audit --format=json --locked > report.json",
    manual: "One finding for each package and each of its `advisories`. Identifiers: `cve`, then \
        the GHSA among `sources` and in `link`. Severity: `severity`, without one medium. The \
        rule is `advisoryId`. The installed version is not in the report; the affected versions \
        stand in the description. Abandoned packages and advisories that Composer was told to \
        ignore are left out.",
    samples: &[("composer_audit.json", include_bytes!("samples/composer_audit.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let advised = |name: &str| {
        let has = |member: &str| beginning.has(&format!("advisories.{name}{member}"));
        has("[].advisoryId") || has("[].packageName") || beginning.has("abandoned")
    };
    let packages = || beginning.members("advisories").into_iter().any(advised);
    let nothing = beginning.has("abandoned") && !beginning.has("advisories.*");
    beginning.has("advisories") && (nothing || packages())
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("composer audit"), None);
    let document = Node::root(source.text);
    let advisories = document.required("advisories")?;
    // PHP writes an empty map as a list.
    if advisories.is_array() {
        return Ok(());
    }
    advisories.each_member(|name, node| {
        // A list with gaps is written as a map.
        if node.is_object() {
            item::look(&node, intake, |list, intake| {
                for (_, advisory) in list.members("") {
                    intake.observe(observation(name, advisory));
                }
            });
        } else if let Err(error) = item::each(&node, intake, |advisory, intake| {
            intake.observe(observation(name, advisory));
        }) {
            intake.refuse(|| (node.place().to_string(), error.to_string()));
        }
    })
}

fn observation(name: &str, advisory: Item<'_>) -> Observation {
    let named = advisory.first(&["title", "advisoryId"]);
    let named = named.unwrap_or_else(|| "Advisory without a title".to_owned());
    let word = advisory.text("severity").as_deref().and_then(severity);
    let heading = title(&format!("{named} in {name}"));
    let mut observation = Observation::new(heading, word.unwrap_or(Severity::Medium));
    let sources = advisory.list("sources");
    let mut texts: Vec<String> = advisory.text("cve").into_iter().collect();
    texts.extend(sources.iter().filter_map(|source| source.text("remoteId")));
    texts.extend(advisory.text("link"));
    observation.ids = identifiers_of(texts.iter().map(String::as_str));
    observation.rule = advisory.text("advisoryId");
    observation.package = Some(package("composer", name, None));
    let range =
        advisory.text("affectedVersions").map(|range| format!("Affected versions: {range}"));
    observation.description = paragraphs([range.as_deref(), advisory.text("link").as_deref()]);
    observation
}
