//! Nuclei's JSON, as lines or as one array: what a template found at a host.
//!
//! A template may match at many addresses of a host. Those of one template, matcher and host are
//! one finding with its places.

use domain::findings::{Observation, Severity};

use super::folding::Folding;
use super::item::{Item, at_url, look};
use super::lines::each_value;
use super::vocabulary::{Rating, TITLE, one_line, paragraphs, push_new};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "nuclei",
    title: "Nuclei (JSON, JSON Lines)",
    how_to_get: "nuclei -target https://example.org -jsonl -output report.jsonl",
    manual: "One finding for each template, type, matcher and host: title from `info.name` with \
        the matcher's name, rule from `template-id`, severity from `info.severity` (unknown is \
        low), identifiers, CWE numbers, vector and score from `info.classification`. The place is \
        `matched-at`, other places are listed. The older names of Nuclei 2 are read alike. What a \
        template did not match (`matcher-status` false) is left out.",
    samples: &[("nuclei.jsonl", include_bytes!("samples/nuclei.jsonl"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["", "[]."].into_iter().any(|at| {
        let has = |name: &str| beginning.has(&format!("{at}{name}"));
        let template = has("template-id") || has("templateID");
        template && has("info.name") && (has("matched-at") || has("matched") || has("host"))
    })
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Nuclei"), None);
    let mut folding = Folding::default();
    each_value(source.text, |node| {
        look(&node, intake, |item, intake| {
            if item.text("matcher-status").as_deref() == Some("false") {
                intake.remark("a template that did not match was left out");
                return;
            }
            let text = |names: &[&str]| item.first(names).unwrap_or_default();
            let template = text(&["template-id", "templateID"]);
            let matcher = text(&["matcher-name", "matcher_name"]);
            let place = text(&["matched-at", "matched", "url", "host"]);
            let host = host_of(&place);
            folding.add(&[&template, &text(&["type"]), &matcher, host], observation(item));
        });
    })?;
    folding.hand_over(intake);
    Ok(())
}

/// The host of an address, without port.
fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn observation(item: Item<'_>) -> Observation {
    let template = item.first(&["template-id", "templateID"]);
    let name = item.text("info/name").or(template.clone());
    let name = name.unwrap_or_else(|| "Template without a name".to_owned());
    let title = match item.first(&["matcher-name", "matcher_name"]) {
        Some(matcher) => format!("{name} ({matcher})"),
        None => name,
    };
    let severity = item.severity("info/severity").unwrap_or(Severity::Low);
    let mut observation = Observation::new(one_line(&title, TITLE).0, severity);
    for id in item.texts("info/classification/cve-id") {
        push_new(&mut observation.ids, id.to_uppercase());
    }
    observation.cwes = item.cwes("info/classification/cwe-id");
    let mut rating = Rating::default();
    let vector = item.text("info/classification/cvss-metrics");
    rating.offer(vector.as_deref(), item.number("info/classification/cvss-score"));
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.rule = template;
    observation.location = at_url(item.first(&["matched-at", "matched", "url", "host"]));
    let mut parts = vec![item.text("info/description"), item.text("info/impact")];
    parts.push(item.text("info/remediation"));
    let extracted =
        item.get("extracted-results").map_or("extracted_results", |_| "extracted-results");
    parts.extend(item.texts(extracted).into_iter().map(|text| Some(format!("Found: {text}"))));
    parts.extend(item.texts("info/reference").into_iter().map(Some));
    observation.description = paragraphs(parts.iter().map(Option::as_deref));
    observation
}
