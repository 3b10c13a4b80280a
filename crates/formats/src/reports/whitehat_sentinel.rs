//! WhiteHat Sentinel: vulnerabilities of web sites, with the requests that show them.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{cwes, paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "whitehat_sentinel",
    title: "WhiteHat Sentinel (JSON)",
    how_to_get: "GET /api/vuln of the service, with display_attack_vectors and display_description",
    manual: "One finding for each of `collection`: title and rule from `class`, severity from \
        `risk` (5 critical, 4 high, 3 medium, 2 low, others info), fingerprint from `id`, CWE \
        numbers from the `scanner_tags`, place from the first of `attack_vectors` or `url`. The \
        status `closed` is fixed, `invalid` a false positive.",
    samples: &[("whitehat_sentinel.json", include_bytes!("samples/whitehat_sentinel.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("collection[].class") && beginning.has("collection[].attack_vectors")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("WhiteHat Sentinel"), None);
    let list = Node::root(source.text).required("collection")?;
    item::each(&list, intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let class = item.text("class").unwrap_or_else(|| "Vulnerability".to_owned());
    let word = match item.text("risk").as_deref() {
        Some("5") => Severity::Critical,
        Some("4") => Severity::High,
        Some("3") => Severity::Medium,
        Some("2") => Severity::Low,
        _ => Severity::Info,
    };
    let mut observation = Observation::new(title(&class), word);
    observation.rule = Some(class);
    observation.fingerprint = item.text("id");
    let vectors = item.list("attack_vectors");
    for tag in vectors.iter().flat_map(|vector| vector.texts("scanner_tags")) {
        let numbers = if tag.starts_with("CWE") { cwes(&tag) } else { Vec::new() };
        numbers.into_iter().for_each(|number| push_new(&mut observation.cwes, number));
    }
    let address = vectors.iter().find_map(|vector| vector.text("request/url"));
    observation.location = item::at_url(address.or_else(|| item.text("url")));
    observation.standing = match item.text("status").as_deref() {
        Some("closed" | "mitigated") => Standing::Fixed,
        Some("invalid") => Standing::FalsePositive,
        _ => Standing::Present,
    };
    observation.description = paragraphs([
        item.text("description/description_prepend").as_deref(),
        item.text("description/description").as_deref(),
        item.text("solution/solution_prepend").as_deref(),
    ]);
    observation
}
