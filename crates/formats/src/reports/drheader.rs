//! DrHeader's JSON: security headers that a page lacks or sets badly.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "drheader",
    title: "DrHeader (JSON)",
    how_to_get: "drheader scan single --output json https://HOST > report.json",
    manual: "One finding for each entry of the report, or of the `report` of each page: title and \
        rule from the header and the message, severity as named, address from `url`; what \
        was expected and found in the description.",
    samples: &[
        ("drheader.json", include_bytes!("samples/drheader.json")),
        ("drheader_pages.json", include_bytes!("samples/drheader_pages.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let entry = |above: &str| {
        ["rule", "severity", "message"]
            .iter()
            .all(|name| beginning.has(&format!("{above}[].{name}")))
    };
    let header = beginning.has("[].expected") || beginning.has("[].value");
    let plain = beginning.text("[].message").is_some_and(|text| {
        text.starts_with("Header") || text.contains("directive") || text.contains("alue")
    });
    (entry("") && (header || plain)) || (beginning.has("[].url") && entry("[].report"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("DrHeader"), None);
    each_item(&Node::root(source.text), intake, &mut |item, intake| match item.at("report") {
        Some(_) => {
            let page = item.field("url");
            for entry in item.items("report") {
                intake.observe(observation(entry, page.clone()));
            }
        }
        None => intake.observe(observation(item, None)),
    })
}

fn observation(entry: Item<'_>, page: Option<String>) -> Observation {
    let rule = entry.field("rule").unwrap_or_else(|| "Header".to_owned());
    let title = match entry.field("message") {
        Some(message) => format!("{rule}: {message}"),
        None => rule,
    };
    let word = entry.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title.clone(), word);
    observation.rule = Some(title);
    observation.location = page.map(|url| Location { url: Some(url), ..Location::default() });
    observation.description = entry.told(&[
        ("Expected", "expected"),
        ("Found", "value"),
        ("Anomaly", "anomaly"),
        ("Avoid", "avoid"),
    ]);
    observation
}
