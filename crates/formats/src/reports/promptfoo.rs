//! promptfoo: what a language model said that it should not have said.
//!
//! A plugin asks in many ways; the answers of one model that fail its tests are one finding.

use domain::findings::{Observation, Severity};

use super::folding::Folding;
use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "promptfoo",
    title: "promptfoo (JSON)",
    how_to_get: "promptfoo redteam run, then promptfoo export eval latest --output report.json",
    manual: "One finding for each plugin (`metadata.pluginId`) and model (`provider.id`) among \
        the `results.results` that did not succeed: title from `harmCategory` or the plugin, \
        severity from `metadata.severity`. A failed test without a plugin is medium, and its \
        rule is the type of the assertion. An answer that could not be had is no finding, but the \
        scan was not whole.",
    samples: &[("promptfoo.json", include_bytes!("samples/promptfoo.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("evalId") && beginning.has("results.results")
}

/// The reason that promptfoo gives where it could not ask (`ResultFailureReason.ERROR`).
const ERROR: &str = "2";

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("promptfoo"), None);
    let list = Node::root(source.text).required("results")?.required("results")?;
    let mut folding = Folding::default();
    item::each(&list, intake, |item, intake| {
        if item.text("failureReason").as_deref() == Some(ERROR) {
            intake.tool_failed("promptfoo could not get an answer (failureReason)");
        } else if item.text("success").as_deref() == Some("false") {
            let observation = observation(item);
            let rule = observation.rule.clone().unwrap_or_default();
            let model = item.text("provider/id").unwrap_or_default();
            folding.add(&[&rule, &model], observation);
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: Item<'_>) -> Observation {
    let told = |name: &str| {
        item.first(&[&format!("testCase/metadata/{name}"), &format!("metadata/{name}")])
    };
    let plugin = told("pluginId");
    let assertion = || {
        let results = item.list("gradingResult/componentResults");
        results.iter().find_map(|result| result.text("assertion/type"))
    };
    let rule = plugin.clone().or_else(assertion).unwrap_or_else(|| "assertion".to_owned());
    let named = match (told("harmCategory"), &plugin) {
        (Some(category), _) => category,
        (None, Some(plugin)) => plugin.clone(),
        (None, None) => format!("Failed assertion: {rule}"),
    };
    let word = told("severity").as_deref().and_then(super::vocabulary::severity);
    let mut observation = Observation::new(title(&named), word.unwrap_or(Severity::Medium));
    observation.rule = Some(rule);
    observation.location = item::in_file(item.text("provider/id"), None);
    let prompt = item.text("prompt/raw").map(|text| format!("Prompt: {text}"));
    let reason = item.first(&["gradingResult/reason", "error"]);
    observation.description =
        paragraphs([told("goal").as_deref(), reason.as_deref(), prompt.as_deref()]);
    observation
}
