//! OpenSCAP: how a host keeps the rules of a benchmark (XCCDF), and which advisories it lacks.

use std::collections::BTreeMap;

use domain::findings::{Observation, Severity};

use super::item;
use super::vocabulary::{identifiers, paragraphs, push_new, severity, title};
use super::xml::{self, Element};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "openscap",
    title: "OpenSCAP XCCDF results (XML)",
    how_to_get: "oscap xccdf eval --profile PROFILE --results report.xml BENCHMARK",
    manual: "One finding for each `rule-result` whose result is fail: rule from `idref`, title \
        from the `Rule` of that name, severity from `severity` (unknown and none are info), \
        identifiers from the CVEs in `ident`, place from `target`. A result of error or unknown \
        means that the scan was not whole.",
    samples: &[("openscap.xml", include_bytes!("samples/openscap.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, namespace)| match name {
        "Benchmark" | "TestResult" => namespace.contains("/xccdf/"),
        name => name == "asset-report-collection",
    })
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("OpenSCAP"), None);
    let (mut titles, mut target) = (BTreeMap::new(), None);
    xml::each_item(source.text, &["Rule", "target"], |element, _| {
        match (element.name.as_str(), element.attribute("id"), element.text_of("title")) {
            ("target", ..) => target = element.words().map(str::to_owned),
            (_, Some(id), Some(words)) => {
                titles.insert(id.to_owned(), words.to_owned());
            }
            _ => {}
        }
    })?;
    xml::each_item(source.text, &["rule-result"], |result, _| match result.text_of("result") {
        Some("fail") => {
            let location = item::at_url(target.clone());
            intake.observe(Observation { location, ..observation(&result, &titles) });
        }
        Some("error" | "unknown") => {
            intake.tool_failed("a rule could not be judged (result)");
        }
        _ => {}
    })
}

fn observation(result: &Element, titles: &BTreeMap<String, String>) -> Observation {
    let rule = result.attribute("idref").unwrap_or_default();
    let named = titles.get(rule).map_or(rule, String::as_str);
    let word = result.attribute("severity").and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(named), word);
    observation.rule = Some(rule.to_owned());
    let mut others = Vec::new();
    for ident in result.all("ident").filter_map(Element::words) {
        let found = identifiers(ident);
        if found.is_empty() {
            push_new(&mut others, ident);
        }
        found.into_iter().for_each(|id| push_new(&mut observation.ids, id));
    }
    let message = result.text_of("message");
    observation.description = paragraphs([Some(named), message, Some(&others.join(", "))]);
    observation
}
