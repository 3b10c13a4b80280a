//! Checkmarx SAST: the XML report of its server, and the JSON report of the early cloud edition.
//!
//! The XML report has a result for every path through the code, often dozens to one sink. The
//! results of one weakness (CWE number and severity) with the sink in one file are one finding
//! here: they are mended together. The sinks are listed in the description.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item, each_node, named};
use super::folding::with_places;
use super::json::Node;
use super::vocabulary::{cwes, paragraphs, severity};
use super::xml::{self, Element};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "checkmarx",
    title: "Checkmarx SAST (XML, JSON)",
    how_to_get: "CxSAST: Projects & Scans > All Scans > Create Report > XML",
    manual: "XML: each `Result` with its `Query`: title from the query's `name`, severity from \
        the result, CWE number from `cweId`, place from the last node of the path, which is the \
        sink. Results of one CWE number and severity with the sink in one file are one finding, \
        whose rule is the CWE number; their lines are in the description. A result marked as a false positive or with the state 1 (not exploitable) \
        is a false positive; a finding is one if all its results are.\n\n\
        JSON: each of `vulnerabilities` of each query under `scanResults` is a finding; the state \
        or status `Not exploitable` is a false positive.",
    samples: &[
        ("checkmarx.xml", include_bytes!("samples/checkmarx.xml")),
        ("checkmarx.json", include_bytes!("samples/checkmarx.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let json = beginning.has("reportHeader")
        && beginning.has("scanResults")
        && beginning.members("scanResults").iter().all(|engine| *engine != "resultsList");
    json || beginning.root().is_some_and(|(name, _)| name == "CxXMLResults")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let version = source.beginning.root_attribute("CheckmarxVersion");
    intake.tool(Some("Checkmarx"), version);
    if source.beginning.syntax == Syntax::Json {
        return read_json(source, intake);
    }
    let mut sinks = Sinks::default();
    xml::each_item(source.text, &["Result"], |result, around| {
        sinks.add(observation(&result, around.last()));
    })?;
    sinks.hand_over(intake);
    Ok(())
}

/// Lines of one file that are listed; the others are counted.
const LINES: usize = 100;

/// What was found so far, by weakness, severity and file of the sink, in order.
#[derive(Default)]
struct Sinks {
    known: BTreeMap<(Option<String>, Severity, Option<String>), usize>,
    found: Vec<(Observation, Vec<String>, u64)>,
}

impl Sinks {
    fn add(&mut self, mut observation: Observation) {
        let sink = observation.location.as_ref().map(told);
        if let Some(location) = &mut observation.location {
            location.line = None;
        }
        let path = observation.location.as_ref().and_then(|place| place.path.clone());
        let next = self.found.len();
        let key = (observation.rule.clone(), observation.severity, path);
        let index = *self.known.entry(key).or_insert(next);
        let Some((known, lines, more)) = self.found.get_mut(index) else {
            self.found.push((observation, sink.into_iter().collect(), 0));
            return;
        };
        if observation.standing == Standing::Present {
            known.standing = Standing::Present;
        }
        match sink {
            Some(sink) if lines.contains(&sink) => {}
            Some(sink) if lines.len() < LINES => lines.push(sink),
            _ => *more += 1,
        }
    }

    fn hand_over(self, intake: &mut Intake<'_>) {
        for (mut observation, lines, more) in self.found {
            let description = observation.description.take();
            observation.description = with_places(description, None, &lines, more);
            intake.observe(observation);
        }
    }
}

fn observation(result: &Element, query: Option<&Element>) -> Observation {
    let asked = |name: &str| query.and_then(|query| query.field(name));
    let word =
        result.severity("Severity").or_else(|| asked("Severity").as_deref().and_then(severity));
    let name = asked("name").unwrap_or_else(|| "Result of no query".to_owned());
    let mut observation = Observation::new(name.replace('_', " "), word.unwrap_or(Severity::Info));
    observation.cwes = asked("cweId").map(|number| cwes(&number)).unwrap_or_default();
    let weakness = observation.cwes.first().map(|number| format!("CWE-{number}"));
    observation.rule = weakness.or(Some(name));
    let path = result.child("Path");
    let sink = path.and_then(|path| path.all("PathNode").last());
    observation.location = sink
        .and_then(|sink| sink.in_file("FileName", "Line"))
        .or_else(|| result.in_file("FileName", "Line"));
    let excused = result.is_true("FalsePositive") || result.field("state").as_deref() == Some("1");
    if excused {
        observation.standing = Standing::FalsePositive;
    }
    let source =
        result.in_file("FileName", "Line").map(|place| format!("Source: {}", told(&place)));
    let categories = asked("categories").map(|text| format!("Categories: {text}"));
    observation.description = paragraphs([
        source.as_deref(),
        result.field("Remark").as_deref(),
        categories.as_deref(),
        result.field("DeepLink").as_deref(),
    ]);
    observation
}

fn told(place: &Location) -> String {
    let path = place.path.as_deref().unwrap_or_default();
    match place.line {
        Some(line) => format!("{path}, line {line}"),
        None => path.to_owned(),
    }
}

fn read_json(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let results = Node::root(source.text).required("scanResults")?;
    let mut outcome = Ok(());
    results.each_member(|_, engine| {
        if outcome.is_ok() {
            outcome = read_engine(&engine, intake);
        }
    })?;
    outcome
}

fn read_engine(engine: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let Some(languages) = engine.member("languages")? else { return Ok(()) };
    each_node(&languages, &mut |language| {
        let Some(queries) = language.member("queries")? else { return Ok(()) };
        each_node(&queries, &mut |query| {
            let said = named(&query, &["queryName", "description"], intake)?;
            let Some(list) = query.member("vulnerabilities")? else { return Ok(()) };
            each_item(&list, intake, &mut |item, intake| {
                intake.observe(of_query(item, Item(&said)));
            })
        })
    })
}

fn of_query(item: Item<'_>, query: Item<'_>) -> Observation {
    let name = query.field("queryName").unwrap_or_else(|| "Result of no query".to_owned());
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(name.replace('_', " "), word);
    observation.cwes = item.cwes(&["cweId"]);
    observation.rule = Some(name);
    observation.fingerprint = item.field("similarityId");
    observation.location =
        item.items("nodes").last().and_then(|node| node.in_file("fileName", "line"));
    let state = item.first_of(&["state", "status"]);
    if state.is_some_and(|state| state.eq_ignore_ascii_case("not exploitable")) {
        observation.standing = Standing::FalsePositive;
    }
    let text = query.field("description");
    let rest = item.told(&[("Group", "groupName"), ("State", "state")]);
    observation.description = paragraphs([text.as_deref(), rest.as_deref()]);
    observation
}
