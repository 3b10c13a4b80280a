//! Checkmarx SAST: the XML report of its server, and the JSON report of the early cloud edition.
//!
//! The XML report has a result for every path through the code, often dozens to one sink. The
//! results of one weakness (CWE number and severity) with the sink in one file are one finding
//! here: they are mended together. The sinks are listed in the description.

use domain::findings::{Location, Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item, each_node, named};
use super::folding::Folding;
use super::json::Node;
use super::vocabulary::{cwes, paragraphs, severity};
use super::xml::{self, Element};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "checkmarx",
    title: "Checkmarx SAST (XML, JSON)",
    how_to_get: "CxSAST: Projects & Scans > All Scans > Create Report > XML",
    manual: "XML: each `Result` with its `Query`: title and rule from the query's `name`, severity \
        from the result, CWE number from `cweId`, place and source text from the last node of the \
        path, which is the sink. Results of one CWE number and severity with the sink in one file \
        are one finding. A result marked as a false positive or with the state 1 (not exploitable) \
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
    let json = beginning.has("reportHeader") && beginning.has("scanResults.sast.languages");
    json || beginning.root().is_some_and(|(name, _)| name == "CxXMLResults")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let version = source.beginning.root_attribute("CheckmarxVersion");
    intake.tool(Some("Checkmarx"), version);
    if source.beginning.syntax == Syntax::Json {
        return read_json(source, intake);
    }
    let mut folding = Folding::default();
    xml::each_item(source.text, &["Result"], |result, around| {
        let query = around.last();
        let observation = observation(&result, query);
        let number = observation.cwes.first().map(u32::to_string).unwrap_or_default();
        let word = observation.severity.word();
        let path = observation.location.as_ref().and_then(|place| place.path.clone());
        let key = [number.as_str(), word, path.as_deref().unwrap_or_default()];
        folding.add(&key, observation);
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(result: &Element, query: Option<&Element>) -> Observation {
    let asked = |name: &str| query.and_then(|query| query.field(name));
    let word =
        result.severity("Severity").or_else(|| asked("Severity").as_deref().and_then(severity));
    let name = asked("name").unwrap_or_else(|| "Result of no query".to_owned());
    let mut observation = Observation::new(name.replace('_', " "), word.unwrap_or(Severity::Info));
    observation.cwes = asked("cweId").map(|number| cwes(&number)).unwrap_or_default();
    observation.rule = Some(name);
    let path = result.child("Path");
    let sink = path.and_then(|path| path.all("PathNode").last());
    observation.location = sink
        .and_then(|sink| sink.place("FileName", "Line"))
        .or_else(|| result.place("FileName", "Line"));
    observation.snippet = sink.and_then(|sink| sink.field("Snippet.Line.Code"));
    let excused = result.is_true("FalsePositive") || result.field("state").as_deref() == Some("1");
    if excused {
        observation.standing = Standing::FalsePositive;
    }
    let source = result.place("FileName", "Line").map(|place| format!("Source: {}", told(&place)));
    let sink = observation.location.as_ref().map(|place| format!("Sink: {}", told(place)));
    let categories = asked("categories").map(|text| format!("Categories: {text}"));
    observation.description = paragraphs([
        source.as_deref(),
        sink.as_deref(),
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
        item.items("nodes").last().and_then(|node| node.place("fileName", "line"));
    let state = item.first_of(&["state", "status"]);
    if state.is_some_and(|state| state.eq_ignore_ascii_case("not exploitable")) {
        observation.standing = Standing::FalsePositive;
    }
    let text = query.field("description");
    let rest = item.told(&[("Group", "groupName"), ("State", "state")]);
    observation.description = paragraphs([text.as_deref(), rest.as_deref()]);
    observation
}
