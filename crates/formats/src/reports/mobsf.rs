//! MobSF, the Mobile Security Framework, and its command line for sources, mobsfscan.
//!
//! MobSF speaks of a rule or of a trait of the app as a whole, with the files it was met in below
//! it. So does this reader: one finding for each rule, whose places are in its description.

use domain::findings::{Observation, Severity, Standing};
use serde_json::Value;

use super::item::{self, Item};
use super::json::Node;
use super::njsscan;
use super::vocabulary::{cwes, paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "mobsf",
    title: "MobSF and mobsfscan (JSON)",
    how_to_get: "POST /api/v1/report_json of MobSF; or mobsfscan --json --output report.json \
        DIRECTORY",
    manual: "MobSF: one finding for each permission (dangerous is high, others info), each rule \
        of `code_analysis`, `android_api`, `ios_api` and `manifest_analysis`, each trait of each \
        binary in `binary_analysis`, each finding in `certificate_analysis`, `network_security` \
        and `ats_analysis`. Severity: high, warning (low), info, secure or good (info). CWE number \
        from `cwe`. The files are in the description, the first is the place. `macho_analysis`, \
        secrets, domains and trackers are left out.\n\n\
        mobsfscan: one finding for each rule of `results`; ERROR is high, WARNING medium, INFO \
        low; the first of `files` is the place, the others are in the description.",
    samples: &[
        ("mobsf.json", include_bytes!("samples/mobsf.json")),
        ("mobsf_ios.json", include_bytes!("samples/mobsf_ios.json")),
        ("mobsfscan.json", include_bytes!("samples/mobsfscan.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let app = beginning.has("app_name") && beginning.has("md5");
    beginning.has("mobsfscan_version")
        || (app && (beginning.has("permissions") || beginning.has("binary_analysis")))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    if let Some(version) = source.beginning.text("mobsfscan_version") {
        intake.tool(Some("mobsfscan"), Some(version));
        if let Some(errors) = document.member("errors")?.filter(Node::is_array) {
            errors.each_element(|_| intake.tool_failed("mobsfscan met errors (errors)"))?;
        }
        let Some(results) = document.member("results")? else { return Ok(()) };
        return results.each_member(|name, node| {
            item::look(&node, intake, |rule, intake| intake.observe(scanned(name, rule)));
        });
    }
    intake.tool(Some("MobSF"), source.beginning.text("version"));
    for (part, tell) in PARTS {
        let Some(node) = document.member(part)? else { continue };
        if let Some(value) = node.item::<Value>(intake) {
            tell(Item::of(&value), intake);
        }
    }
    Ok(())
}

type Tell = fn(Item<'_>, &mut Intake<'_>);

/// The parts of MobSF's report that are read.
const PARTS: [(&str, Tell); 9] = [
    ("permissions", permissions),
    ("code_analysis", rules),
    ("android_api", rules),
    ("ios_api", rules),
    ("manifest_analysis", listed),
    ("network_security", listed),
    ("ats_analysis", listed),
    ("certificate_analysis", certificates),
    ("binary_analysis", binaries),
];

fn scanned(name: &str, rule: Item<'_>) -> Observation {
    let files = rule.list("files");
    let mut observation = njsscan::observation(name, rule, files.first().copied());
    let others = files.iter().skip(1).filter_map(|file| {
        let path = file.text("file_path")?;
        Some(file.line("match_lines/0").map_or(path.clone(), |line| format!("{path}:{line}")))
    });
    let others: Vec<String> = others.collect();
    if !others.is_empty() {
        let text = format!("Also in: {}", others.join(", "));
        observation.description = paragraphs([observation.description.as_deref(), Some(&text)]);
    }
    observation
}

fn severity_of(word: Option<&str>) -> Severity {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("warning") => Severity::Low,
        Some(word) => severity(word).unwrap_or(Severity::Info),
        None => Severity::Info,
    }
}

/// Text without the few tags that MobSF puts into its titles.
fn untagged(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split('<').enumerate() {
        match part.find('>').filter(|_| index > 0) {
            Some(end) => {
                out.push(' ');
                out.push_str(&part[end + 1..]);
            }
            None => out.push_str(part),
        }
    }
    title(&out)
}

fn permissions(part: Item<'_>, intake: &mut Intake<'_>) {
    let named = part.members("").into_iter().map(|(name, item)| (name.to_owned(), item));
    let listed = part.elements().into_iter().filter_map(|item| Some((item.text("name")?, item)));
    for (name, item) in named.chain(listed) {
        let dangerous = item.text("status").is_some_and(|status| status == "dangerous");
        let word = if dangerous { Severity::High } else { Severity::Info };
        let mut observation = Observation::new(title(&name), word);
        observation.rule = Some(name);
        observation.description = paragraphs([
            item.text("info").as_deref(),
            item.text("description").as_deref(),
            item.text("reason").as_deref(),
        ]);
        intake.observe(observation);
    }
}

/// Rules by name, directly or below `findings`.
fn rules(part: Item<'_>, intake: &mut Intake<'_>) {
    let rules = match part.get("findings") {
        Some(findings) => findings.members(""),
        None => part.members(""),
    };
    for (name, rule) in rules.into_iter().filter(|(_, rule)| rule.get("metadata").is_some()) {
        let word = severity_of(rule.text("metadata/severity").as_deref());
        let mut observation = Observation::new(title(name), word);
        observation.rule = Some(name.to_owned());
        observation.cwes = rule.cwes("metadata/cwe");
        let files: Vec<String> = match rule.members("files") {
            files if files.is_empty() => rule.texts("files"),
            files => files.iter().map(|(file, at)| place(file, *at)).collect(),
        };
        let first = rule.members("files").first().map(|(file, _)| (*file).to_owned());
        observation.location = item::in_file(first.or_else(|| files.first().cloned()), None);
        let met = (!files.is_empty()).then(|| format!("Found in: {}", files.join(", ")));
        observation.description =
            paragraphs([rule.text("metadata/description").as_deref(), met.as_deref()]);
        intake.observe(observation);
    }
}

fn place(file: &str, lines: Item<'_>) -> String {
    lines.itself().map_or(file.to_owned(), |lines| format!("{file}:{lines}"))
}

/// A list of findings, directly or below `…_findings`.
fn listed(part: Item<'_>, intake: &mut Intake<'_>) {
    let below = ["manifest_findings", "network_findings", "ats_findings"];
    let list = below.iter().find_map(|name| part.get(name)).unwrap_or(part).elements();
    for item in list {
        let named = item.first(&["title", "issue", "description", "desc"]).unwrap_or_default();
        let word = severity_of(item.first(&["severity", "stat", "status"]).as_deref());
        let mut observation = Observation::new(untagged(&named), word);
        observation.rule = item.first(&["rule", "name", "issue"]);
        let component = item.texts("component").join(" ");
        observation.location = item::in_file(item.texts("component").pop(), None);
        observation.description = paragraphs([
            item.first(&["description", "desc"]).as_deref(),
            Some(component.as_str()),
            item.texts("scope").first().map(String::as_str),
        ]);
        intake.observe(observation);
    }
}

/// Triples of severity, description and title; the others are only shown by MobSF.
fn certificates(part: Item<'_>, intake: &mut Intake<'_>) {
    for item in part.list("certificate_findings") {
        let said = item.text("1").unwrap_or_default();
        let named = item.text("2").unwrap_or_else(|| title(&said));
        let word = severity_of(item.text("0").as_deref());
        let mut observation = Observation::new(title(&named), word);
        observation.rule = Some(named);
        observation.description = Some(said);
        intake.observe(observation);
    }
}

/// Traits of each binary, or findings about the one binary of an app.
fn binaries(part: Item<'_>, intake: &mut Intake<'_>) {
    let whole = part.get("findings").unwrap_or(part);
    for (name, found) in whole.members("").into_iter().filter(|(_, it)| it.is_object()) {
        intake.observe(trait_of(found, name, None));
    }
    for binary in part.elements() {
        let path = binary.text("name");
        for (name, found) in binary.members("").into_iter().filter(|(_, it)| it.is_object()) {
            intake.observe(trait_of(found, name, path.clone()));
        }
    }
}

fn trait_of(found: Item<'_>, name: &str, path: Option<String>) -> Observation {
    let said = found.first(&["detailed_desc", "description", "info"]);
    let word = severity_of(found.text("severity").as_deref());
    let mut observation = Observation::new(title(said.as_deref().unwrap_or(name)), word);
    observation.rule = Some(name.to_owned());
    observation.cwes = found.text("cwe").as_deref().map(cwes).unwrap_or_default();
    observation.location = item::in_file(path, None);
    observation.standing = Standing::Present;
    observation.description = said;
    observation
}
