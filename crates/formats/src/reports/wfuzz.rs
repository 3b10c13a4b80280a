//! wfuzz: paths of a web site that answer.

use domain::findings::{Observation, Severity};

use super::folding::Folding;
use super::item::{self, Item};
use super::json::Node;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "wfuzz",
    title: "wfuzz (JSON)",
    how_to_get: "wfuzz -o json -f report.json,json -w WORDS URL",
    manual: "One finding, CWE-200, for each address and status: severity from the status of the \
        answer (`code`: 200 to 299 high, 400 to 499 medium, others low), place from `url`.",
    samples: &[("wfuzz.json", include_bytes!("samples/wfuzz.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["chars", "words", "lines", "payload", "url"]
        .iter()
        .all(|name| beginning.has(&format!("[].{name}")))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("wfuzz"), None);
    let mut folding = Folding::default();
    item::each(&Node::root(source.text), intake, |item, _| {
        let (url, code) = (item.text("url"), item.text("code"));
        let key = [url.as_deref().unwrap_or_default(), code.as_deref().unwrap_or_default()];
        folding.add(&key, observation(item));
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: Item<'_>) -> Observation {
    let url = item.text("url").unwrap_or_default();
    let word = match item.number("code").unwrap_or(0.0) {
        code if (200.0..300.0).contains(&code) => Severity::High,
        code if (400.0..500.0).contains(&code) => Severity::Medium,
        _ => Severity::Low,
    };
    let mut observation = Observation::new(format!("Found {url}"), word);
    observation.cwes = vec![200];
    observation.rule = Some("discovered-path".to_owned());
    observation.location = item::at_url(Some(url));
    let told = [("Method", "method"), ("Status", "code"), ("Characters", "chars")];
    let told = told.iter().filter_map(|(name, path)| Some(format!("{name}: {}", item.text(path)?)));
    observation.description = Some(told.collect::<Vec<String>>().join("\n"));
    observation
}
