//! Rusty Hog: secrets in repositories, files, buckets, documents, tickets and messages.
//!
//! A family of tools with one way of telling: what was found (`stringsFound`, not kept here), why
//! (`reason`), and where, in each tool's own words.

use domain::findings::{Location, Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "rusty_hog",
    title: "Rusty Hog (JSON)",
    how_to_get: "choctaw_hog --outputfile report.json REPOSITORY; likewise ankamali_hog, \
        berkshire_hog, duroc_hog, essex_hog, gottingen_hog, hante_hog",
    manual: "One finding, high and CWE-798, for each element: title and rule from `reason`, place \
        from `path` with `new_line_num` or `linenum`, else from `url`; commit, ticket and page \
        are in the description. The secret itself is not kept.",
    samples: &[("rusty_hog.json", include_bytes!("samples/rusty_hog.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    // TruffleHog 2 tells of branches, too.
    beginning.has("[].stringsFound") && beginning.has("[].reason") && !beginning.has("[].branch")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Rusty Hog"), None);
    item::each(&Node::root(source.text), intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let reason = item.text("reason").unwrap_or_else(|| "Secret".to_owned());
    let ticket = item.first(&["issue_id", "page_id", "channel_name"]);
    let named = ticket.as_deref().map_or(reason.clone(), |ticket| format!("{reason} in {ticket}"));
    let mut observation = Observation::new(title(&named), Severity::High);
    observation.cwes = vec![798];
    observation.rule = Some(reason);
    let line = ["new_line_num", "linenum", "old_line_num"];
    let line = line.iter().find_map(|path| item.line(path));
    let (path, url) = (item.first(&["path", "key"]), item.text("url"));
    let somewhere = path.is_some() || url.is_some();
    observation.location =
        somewhere.then(|| Location { line: line.filter(|_| path.is_some()), path, url });
    let told =
        [("Commit", "commitHash"), ("Date", "date"), ("Where", "location"), ("Bucket", "bucket")];
    let told = told.iter().filter_map(|(name, path)| Some(format!("{name}: {}", item.text(path)?)));
    let told = told.collect::<Vec<String>>().join("\n");
    observation.description = paragraphs([Some(told.as_str())]);
    observation
}
