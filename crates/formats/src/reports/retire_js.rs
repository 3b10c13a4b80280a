//! Retire.js' JSON: vulnerable JavaScript libraries found in files.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{
    cwes_of, identifiers_of, package, paragraphs, place, push_new, severity, text_at, title,
};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "retire_js",
    title: "Retire.js (JSON)",
    how_to_get: "retire --outputformat json --outputpath report.json",
    manual: "One finding for each file, library and each of its `vulnerabilities`. Severity: \
        `severity`, without one medium. Identifiers: `CVE`, then `githubID` and any other of \
        `identifiers`; CWE numbers: `cwe`. Package: `component` (its npm name) and `version`; \
        fixed: `below`. The place is `file`. `errors` make the report partial.",
    samples: &[
        ("retire_js.json", include_bytes!("samples/retire_js.json")),
        ("retire_js_1.json", include_bytes!("samples/retire_js_1.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let entry = |at: &str| {
        let has = |name: &str| beginning.has(&format!("{at}[].results[].{name}"));
        has("component") && has("version")
    };
    let nothing = beginning.has("data") && beginning.has("messages") && beginning.has("errors");
    entry("") || entry("data") || (nothing && beginning.has("version"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    if document.is_array() {
        intake.tool(Some("Retire.js"), None);
        return read_files(&document, intake);
    }
    intake.tool(Some("Retire.js"), text_at(&document, "version")?.as_deref());
    if let Some(errors) = document.member("errors")? {
        errors.each_element(|_| intake.tool_failed("Retire.js met an error (errors)"))?;
    }
    read_files(&document.required("data")?, intake)
}

fn read_files(list: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    item::each(list, intake, |file, intake| {
        let path = file.text("file");
        for library in file.list("results") {
            for found in library.list("vulnerabilities") {
                intake.observe(observation(path.as_deref(), library, found));
            }
        }
    })
}

fn observation(path: Option<&str>, library: Item<'_>, found: Item<'_>) -> Observation {
    let name = library.text("component").unwrap_or_else(|| "library".to_owned());
    let bug = found.text("identifiers/bug").map(|bug| format!("Bug {bug}"));
    let named = found.first(&["identifiers/summary", "identifiers/CVE/0"]).or(bug);
    let named = named.unwrap_or_else(|| "Vulnerability without a summary".to_owned());
    let word = found.text("severity").as_deref().and_then(severity).unwrap_or(Severity::Medium);
    let mut observation = Observation::new(title(&format!("{named} in {name}")), word);
    for id in found.texts("identifiers/CVE") {
        push_new(&mut observation.ids, id);
    }
    let others = found.members("identifiers").into_iter().filter(|(kind, _)| *kind != "summary");
    let mut texts: Vec<String> = others.filter_map(|(_, told)| told.itself()).collect();
    texts.extend(found.texts("info"));
    for id in identifiers_of(texts.iter().map(String::as_str)) {
        push_new(&mut observation.ids, id);
    }
    observation.cwes = cwes_of(found.texts("cwe").iter().map(String::as_str));
    let npm = library.text("npmname").unwrap_or(name);
    let mut package = package("npm", &npm, library.text("version").as_deref());
    package.fixed = found.text("below");
    observation.package = Some(package);
    observation.location = place(path, None);
    let info = found.texts("info");
    let summary = found.text("identifiers/summary");
    let info = info.iter().map(|link| Some(link.as_str()));
    observation.description = paragraphs([summary.as_deref()].into_iter().chain(info));
    observation
}
