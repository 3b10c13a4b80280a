//! ZAP's traditional report, as XML and as JSON: one finding for each alert of a site.
//!
//! An alert lists the requests that showed it. They are one finding: ZAP counts them as one, and
//! whoever repairs the first has mostly repaired all.

use domain::findings::{Location, Observation, Severity, Standing};
use serde::Deserialize;

use super::folding::with_places;
use super::html::plain_text;
use super::json::{List, Node, Text};
use super::vocabulary::{TITLE, cwes, one_line, paragraphs, push_new};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

/// Places of an alert that are listed.
const PLACES: usize = 100;

pub const REPORT: Report = Report {
    name: "zap",
    title: "ZAP (XML, JSON)",
    how_to_get: "zap-baseline.py -t https://example.org -x report.xml (or -J report.json)",
    manual: "One finding for each alert of a site. Title from `alert` or `name`; severity from \
        `riskcode`: 3 high, 2 medium, 1 low, 0 info; CWE number from `cweid`, rule from \
        `pluginid`. The place is the address of the first instance, the others are listed in the \
        description, with `desc`, `solution`, `otherinfo` and `reference`. An alert with the \
        confidence 0 was marked as a false positive.",
    samples: &[
        ("zap.xml", include_bytes!("samples/zap.xml")),
        ("zap.json", include_bytes!("samples/zap.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let json = ["@version", "site"].into_iter().all(|name| beginning.has(name))
        && (beginning.has("@generated") || beginning.has("site[].alerts"))
        && !beginning.has("vulnerabilities");
    json || beginning.root().is_some_and(|(name, _)| name == "OWASPZAPReport")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    match source.beginning.syntax {
        Syntax::Json => {
            intake.tool(Some("ZAP"), source.beginning.text("@version"));
            Node::root(source.text).required("site")?.each_or_lone(|site| {
                let Some(alerts) = site.member("alerts")? else { return Ok(()) };
                alerts.each_element(|node| {
                    if let Some(alert) = node.item::<Alert>(intake) {
                        intake.observe(alert.observation());
                    }
                })
            })
        }
        _ => {
            intake.tool(Some("ZAP"), source.beginning.root_attribute("version"));
            each_item(source.text, &["alertitem"], |item, _| {
                intake.observe(Alert::from(&item).observation());
            })
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Alert {
    pluginid: Text,
    alert: Text,
    name: Text,
    riskcode: Text,
    confidence: Text,
    desc: Text,
    instances: List<Instance>,
    solution: Text,
    otherinfo: Text,
    reference: Text,
    cweid: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Instance {
    uri: Text,
}

impl From<&Element> for Alert {
    fn from(item: &Element) -> Alert {
        let text = |name| Text::from(item.text_of(name));
        let instances = item.listed("instances", "instance");
        let instances = instances.map(|one| Instance { uri: Text::from(one.text_of("uri")) });
        let mut instances: Vec<Instance> = instances.collect();
        // Before ZAP 2.5 an alert had its one address itself.
        if instances.is_empty() && item.text_of("uri").is_some() {
            instances.push(Instance { uri: text("uri") });
        }
        Alert {
            pluginid: text("pluginid"),
            alert: text("alert"),
            name: text("name"),
            riskcode: text("riskcode"),
            confidence: text("confidence"),
            desc: text("desc"),
            instances: List(instances),
            solution: text("solution"),
            otherinfo: text("otherinfo"),
            reference: text("reference"),
            cweid: text("cweid"),
        }
    }
}

impl Alert {
    fn observation(&self) -> Observation {
        let name = self.alert.get().or(self.name.get()).unwrap_or("Alert without a name");
        let severity = match self.riskcode.get() {
            Some("3") => Severity::High,
            Some("2") => Severity::Medium,
            Some("1") => Severity::Low,
            _ => Severity::Info,
        };
        let mut observation = Observation::new(one_line(name, TITLE).0, severity);
        observation.cwes = self.cweid.get().map(cwes).unwrap_or_default();
        observation.rule = self.pluginid.owned();
        if self.confidence.get() == Some("0") {
            observation.standing = Standing::FalsePositive;
        }
        let mut places = Vec::new();
        for place in self.instances.iter().filter_map(|one| one.uri.owned()).take(PLACES) {
            push_new(&mut places, place);
        }
        let more = self.instances.0.len().saturating_sub(PLACES) as u64;
        let url = places.first().cloned();
        observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
        let parts = [&self.desc, &self.solution, &self.otherinfo, &self.reference];
        let parts = parts.map(|part| part.get().map(plain_text));
        let description = paragraphs(parts.iter().map(Option::as_deref));
        observation.description = with_places(description, &places, more);
        observation
    }
}
