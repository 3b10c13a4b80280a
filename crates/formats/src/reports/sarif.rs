//! SARIF 2.1.0, the format in which most code scanners can write.
//!
//! One observation for each location of each failed result. The rules of a run are read before its
//! results, whatever their order in the file. Section numbers are those of the OASIS standard.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Severity, Standing};
use serde::Deserialize;
use serde_json::Value;

use super::json::{List, Node, Text};
use super::vocabulary::{
    cwes, identifiers, paragraphs, push_new, severity, severity_of_score, title,
};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "sarif",
    title: "SARIF 2.1.0",
    how_to_get: "most code scanners: an option such as --sarif or --format sarif",
    manual: "Severity: `security-severity` of the result or of its rule (9.0, 7.0, 4.0 and above \
        0, or a word), else `priorityScore` of Snyk Code (900, 700, 400), else `level` of the \
        result, else the default level of its rule: error is high, warning medium, note info, \
        none or nothing medium. Results of a kind other than `fail` are left out. Suppressed \
        results are false positives; results that the baseline calls absent are fixed. The \
        fingerprint is `fingerprints`, else `partialFingerprints`, sorted and without those that \
        hash the whole file or name a column or a commit. CWE numbers come from the rule's \
        relationships, properties and tags and from the taxa of the result; identifiers from the \
        rule's id, name and tags.",
    samples: &[("sarif.json", include_bytes!("samples/sarif.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let schema = beginning.text("$schema").is_some_and(|schema| schema.contains("sarif"));
    let version = beginning.text("version").is_some_and(|version| version.starts_with("2."));
    beginning.has("runs") && (schema || version || beginning.has("runs[].tool.driver"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    for run in document.required("runs")?.elements()? {
        read_run(&run, intake)?;
    }
    Ok(())
}

fn read_run(run: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let rules = Rules::of(run, intake)?;
    let mut artifacts = Vec::new();
    if let Some(list) = run.member("artifacts")? {
        list.each_element(|node| {
            let artifact: Artifact = node.read().unwrap_or_default();
            artifacts.push(artifact.location.and_then(|location| location.uri.owned()));
        })?;
    }
    if let Some(invocations) = run.member("invocations")? {
        for node in invocations.elements()? {
            let invocation: Invocation = node.read().unwrap_or_default();
            if invocation.execution_successful == Some(false) {
                intake.tool_failed("the tool says that it did not finish (executionSuccessful)");
            }
        }
    }
    match run.member("results")? {
        Some(results) => results.each_element(|node| {
            if let Some(result) = node.item::<SarifResult>(intake) {
                read_result(&result, &rules, &artifacts, intake);
            }
        }),
        None => {
            intake.tool_failed("a run has no results: the tool did not look, or does not say");
            Ok(())
        }
    }
}

fn read_result(
    result: &SarifResult,
    rules: &Rules,
    artifacts: &[Option<String>],
    intake: &mut Intake<'_>,
) {
    if let Some(kind) = result.kind.get().filter(|kind| *kind != "fail") {
        return intake.remark(&format!("a result of the kind {kind:?} is no finding"));
    }
    let rule = rules.of_result(result);
    let observation = observation(result, rule, rules);
    if result.locations.is_empty() {
        return intake.observe(observation);
    }
    for place in result.locations.iter() {
        let (location, snippet) = place.read(artifacts);
        intake.observe(Observation { location, snippet, ..observation.clone() });
    }
}

/// All of an observation but its place.
fn observation(result: &SarifResult, rule: &Rule, rules: &Rules) -> Observation {
    let rule_id = rules.id_of(result);
    let message = result.message.text(rule);
    let described = [rule.short_description.get(), rule.full_description.get(), message.as_deref()];
    let name = described.into_iter().flatten().next().or(rule.name.get()).or(rule_id.as_deref());
    let (severity, score) = result.severity(rule);
    let mut observation =
        Observation::new(title(name.unwrap_or("Result without a rule")), severity);
    observation.score = score;
    for text in [rule_id.as_deref(), rule.name.get()].into_iter().flatten() {
        identifiers(text).into_iter().for_each(|id| push_new(&mut observation.ids, id));
    }
    for tag in rule.properties.iter().flat_map(|bag| bag.texts("tags")) {
        identifiers(&tag).into_iter().for_each(|id| push_new(&mut observation.ids, id));
    }
    observation.cwes = result.cwes(rule);
    observation.rule = rule_id;
    observation.fingerprint = result.fingerprint();
    observation.standing = result.standing();
    observation.description = result.description(rule, message);
    observation
}

/// The rules of one run (3.19.23), by id and by place.
struct Rules {
    of_driver: Vec<Rule>,
    by_id: BTreeMap<String, Rule>,
    none: Rule,
}

impl Rules {
    fn of(run: &Node<'_>, intake: &mut Intake<'_>) -> Result<Rules, Unreadable> {
        let mut rules =
            Rules { of_driver: Vec::new(), by_id: BTreeMap::new(), none: Rule::default() };
        let Some(tool) = run.member("tool")? else { return Ok(rules) };
        if let Some(extensions) = tool.member("extensions")? {
            for extension in extensions.elements()? {
                rules.take(&extension, intake)?;
            }
        }
        let Some(driver) = tool.member("driver")? else { return Ok(rules) };
        rules.of_driver = rules.take(&driver, intake)?;
        let text = |name| -> Result<Option<String>, Unreadable> {
            let node = driver.member(name)?;
            Ok(node.and_then(|node| node.read::<Text>().ok()).and_then(|text| text.owned()))
        };
        let version = text("semanticVersion")?.or(text("version")?);
        intake.tool(text("name")?.as_deref(), version.as_deref());
        Ok(rules)
    }

    /// The rules of one component, in order; those with an id are found by it, too.
    fn take(
        &mut self,
        component: &Node<'_>,
        intake: &mut Intake<'_>,
    ) -> Result<Vec<Rule>, Unreadable> {
        let mut in_order = Vec::new();
        let Some(list) = component.member("rules")? else { return Ok(in_order) };
        list.each_element(|node| {
            let rule = node.read::<Rule>().unwrap_or_else(|(place, reason)| {
                intake.remark(&format!("a rule cannot be used: {place}: {reason}"));
                Rule::default()
            });
            if let Some(id) = rule.id.owned() {
                self.by_id.insert(id, rule.clone());
            }
            in_order.push(rule);
        })?;
        Ok(in_order)
    }

    /// The id as the result gives it (3.27.5), else that of the rule at its index (3.27.6).
    fn id_of(&self, result: &SarifResult) -> Option<String> {
        let own = result.rule_id.owned();
        own.or_else(|| result.rule.as_ref().and_then(|rule| rule.id.owned()))
            .or_else(|| self.at_index(result).and_then(|rule| rule.id.owned()))
    }

    fn of_result(&self, result: &SarifResult) -> &Rule {
        let Some(id) = self.id_of(result) else {
            return self.at_index(result).unwrap_or(&self.none);
        };
        // 3.27.5: an id may add a part to that of its rule, as in CA1000/1.
        let parent = id.rsplit_once('/').map(|(parent, _)| parent);
        let known = self.by_id.get(&id).or_else(|| self.by_id.get(parent?));
        known.or_else(|| self.at_index(result)).unwrap_or(&self.none)
    }

    fn at_index(&self, result: &SarifResult) -> Option<&Rule> {
        let index = result.rule_index.or(result.rule.as_ref().and_then(|rule| rule.index))?;
        self.of_driver.get(usize::try_from(index).ok()?)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Rule {
    id: Text,
    name: Text,
    short_description: Message,
    full_description: Message,
    help: Message,
    help_uri: Text,
    message_strings: Option<BTreeMap<String, Message>>,
    default_configuration: Option<Configuration>,
    relationships: List<Relationship>,
    properties: Option<Bag>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Configuration {
    level: Text,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Relationship {
    target: Reference,
}

/// A reference to a rule or to a taxon (3.52).
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reference {
    id: Text,
    index: Option<i64>,
    tool_component: Option<Component>,
}

impl Reference {
    fn cwes(&self) -> Vec<u32> {
        let component = self.tool_component.as_ref().and_then(|component| component.name.get());
        let is_cwe = component.is_some_and(|name| name.eq_ignore_ascii_case("cwe"));
        let id = self.id.get().unwrap_or_default();
        if is_cwe || id.to_ascii_lowercase().contains("cwe") { cwes(id) } else { Vec::new() }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Component {
    name: Text,
}

/// A message (3.11) or a multiformat message (3.12).
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Message {
    text: Text,
    markdown: Text,
    id: Text,
    arguments: List<Text>,
}

impl Message {
    fn get(&self) -> Option<&str> {
        self.text.get().or(self.markdown.get())
    }

    /// The text, with the rule's template filled in where the message only names one (3.11.7).
    fn text(&self, rule: &Rule) -> Option<String> {
        if let Some(text) = self.get() {
            return Some(self.filled(text));
        }
        let templates = rule.message_strings.as_ref()?;
        Some(self.filled(templates.get(self.id.get()?)?.get()?))
    }

    fn filled(&self, template: &str) -> String {
        let mut text = template.to_owned();
        for (index, argument) in self.arguments.iter().enumerate() {
            text = text.replace(&format!("{{{index}}}"), argument.get().unwrap_or_default());
        }
        text
    }
}

/// A property bag (3.8); only what many tools write the same way is looked at.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
struct Bag(BTreeMap<String, Value>);

impl Bag {
    fn text(&self, name: &str) -> Option<String> {
        self.texts(name).into_iter().next()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let one = |value: &Value| match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        match self.0.get(name) {
            Some(Value::Array(values)) => values.iter().filter_map(one).collect(),
            Some(value) => one(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// `security-severity`: a score or a word.
    fn security_severity(&self) -> Option<(Severity, Option<f64>)> {
        let stated = self.text("security-severity")?;
        match stated.parse::<f64>() {
            Ok(score) if (0.0..=10.0).contains(&score) => {
                Some((severity_of_score(score), Some(score)))
            }
            Ok(_) => None,
            Err(_) => severity(&stated).map(|severity| (severity, None)),
        }
    }

    /// `priorityScore` of Snyk Code, from 0 to 1000.
    fn priority(&self) -> Option<(Severity, Option<f64>)> {
        let severity = match self.text("priorityScore")?.parse::<u32>().ok()? {
            0..400 => Severity::Low,
            400..700 => Severity::Medium,
            700..900 => Severity::High,
            _ => Severity::Critical,
        };
        Some((severity, None))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SarifResult {
    rule_id: Text,
    rule_index: Option<i64>,
    rule: Option<Reference>,
    kind: Text,
    level: Text,
    baseline_state: Text,
    message: Message,
    locations: List<Place>,
    fingerprints: Option<BTreeMap<String, Value>>,
    partial_fingerprints: Option<BTreeMap<String, Value>>,
    suppressions: List<Suppression>,
    taxa: List<Reference>,
    fixes: List<Fix>,
    properties: Option<Bag>,
}

impl SarifResult {
    fn severity(&self, rule: &Rule) -> (Severity, Option<f64>) {
        let bags = [self.properties.as_ref(), rule.properties.as_ref()];
        if let Some(stated) = bags.into_iter().flatten().find_map(Bag::security_severity) {
            return stated;
        }
        if let Some(stated) = self.properties.as_ref().and_then(Bag::priority) {
            return stated;
        }
        let default = rule.default_configuration.as_ref().and_then(|config| config.level.get());
        let severity = match self.level.get().or(default) {
            Some("error") => Severity::High,
            Some("note") => Severity::Info,
            _ => Severity::Medium,
        };
        (severity, None)
    }

    fn cwes(&self, rule: &Rule) -> Vec<u32> {
        let taxa = self.taxa.iter().flat_map(Reference::cwes);
        let related = rule.relationships.iter().flat_map(|related| related.target.cwes());
        let named = [rule.properties.as_ref(), self.properties.as_ref()].into_iter().flatten();
        let named = named.flat_map(|bag| {
            let tags =
                bag.texts("tags").into_iter().filter(|tag| tag.to_lowercase().contains("cwe"));
            bag.texts("cwe")
                .into_iter()
                .chain(tags)
                .flat_map(|text| cwes(&text))
                .collect::<Vec<_>>()
        });
        let mut numbers = Vec::new();
        taxa.chain(related).chain(named).for_each(|number| push_new(&mut numbers, number));
        numbers
    }

    /// The result's own identity (3.27.16), else its partial ones (3.27.17).
    fn fingerprint(&self) -> Option<String> {
        let given = [&self.fingerprints, &self.partial_fingerprints];
        given.into_iter().flatten().find_map(|prints| {
            let told: Vec<String> = prints
                .iter()
                .filter(|(name, _)| marks_the_place(name))
                .filter_map(|(name, value)| told(name, value))
                .collect();
            (!told.is_empty()).then(|| told.join("|"))
        })
    }

    fn standing(&self) -> Standing {
        let waived = |suppression: &Suppression| {
            !matches!(suppression.status.get(), Some("rejected" | "underReview"))
        };
        match () {
            () if self.baseline_state.get() == Some("absent") => Standing::Fixed,
            () if !self.suppressions.is_empty() && self.suppressions.iter().all(waived) => {
                Standing::FalsePositive
            }
            () => Standing::Present,
        }
    }

    fn description(&self, rule: &Rule, message: Option<String>) -> Option<String> {
        let fixes = self.fixes.iter().map(|fix| fix.description.get());
        let texts = [rule.full_description.get(), rule.help.get(), rule.help_uri.get()];
        paragraphs([message.as_deref()].into_iter().chain(fixes).chain(texts))
    }
}

/// Whether a fingerprint of that name stays with its place: a hash of the whole file changes with
/// every edit, a column with every indentation, and a commit tells no place.
fn marks_the_place(name: &str) -> bool {
    const OTHERS: [&str; 6] = ["filehash", "column", "commit", "author", "email", "date"];
    let name = name.to_ascii_lowercase();
    !OTHERS.iter().any(|other| name.contains(other))
}

/// A fingerprint as text; none for empty ones and for the words that stand in for one. Some tools
/// wrap the value in an object of one more member.
fn told(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.trim().is_empty() || text == "requires login" => None,
        Value::String(text) => Some(format!("{name}={text}")),
        Value::Object(members) => {
            let mut members: Vec<String> =
                members.iter().filter_map(|(member, value)| told(member, value)).collect();
            members.sort();
            (!members.is_empty()).then(|| format!("{name}={}", members.join(",")))
        }
        _ => None,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Suppression {
    status: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fix {
    description: Message,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Place {
    physical_location: Option<Physical>,
    logical_locations: List<Logical>,
}

impl Place {
    fn read(&self, artifacts: &[Option<String>]) -> (Option<Location>, Option<String>) {
        let physical = self.physical_location.as_ref();
        let uri = physical.and_then(|physical| physical.artifact_location.uri(artifacts));
        let logical = self.logical_locations.first().and_then(|logical| {
            logical.fully_qualified_name.owned().or_else(|| logical.name.owned())
        });
        let line = physical.and_then(|physical| {
            let regions = [&physical.region, &physical.context_region];
            regions.into_iter().flatten().find_map(|region| region.start_line.line())
        });
        let location = match uri {
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                Location { path: None, line, url: Some(url) }
            }
            uri => Location { path: uri.or(logical), line, url: None },
        };
        let snippet = physical.and_then(|physical| {
            let regions = [&physical.region, &physical.context_region];
            regions.into_iter().flatten().find_map(|region| region.snippet.as_ref()?.text.owned())
        });
        ((location != Location::default()).then_some(location), snippet)
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Physical {
    artifact_location: ArtifactLocation,
    region: Option<Region>,
    context_region: Option<Region>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ArtifactLocation {
    uri: Text,
    index: Option<i64>,
}

impl ArtifactLocation {
    fn uri(&self, artifacts: &[Option<String>]) -> Option<String> {
        let listed = || artifacts.get(usize::try_from(self.index?).ok()?)?.clone();
        let uri = self.uri.owned().or_else(listed)?;
        let path = uri.strip_prefix("file://").unwrap_or(&uri);
        Some(percent_decoded(path))
    }
}

/// A path as people write it: SARIF escapes blanks and letters in URIs.
pub(super) fn percent_decoded(uri: &str) -> String {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                digit(high)
                    .zip(digit(low))
                    .and_then(|(high, low)| u8::try_from(high * 16 + low).ok())
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| uri.to_owned())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Artifact {
    location: Option<ArtifactLocation>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Region {
    start_line: Text,
    snippet: Option<Message>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Logical {
    fully_qualified_name: Text,
    name: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Invocation {
    execution_successful: Option<bool>,
}
