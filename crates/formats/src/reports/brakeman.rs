//! Brakeman's JSON: weaknesses in Ruby on Rails applications.
//!
//! Brakeman says how sure it is and not how bad it would be, so every warning is medium. Equal
//! fingerprints are one warning: Brakeman's own notion of the same, whatever the line.

use std::collections::BTreeSet;

use domain::findings::{Observation, Severity};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{cwes_of, first_of, identifiers, paragraphs, place, text_at, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "brakeman",
    title: "Brakeman (JSON)",
    how_to_get: "brakeman --format json --output report.json",
    manual: "One finding for each fingerprint among `warnings`: title from `warning_type` and \
        `message`, rule from `check_name` and `warning_code`, place from `file` and `line`, \
        source text from `code`, CWE numbers from `cwe_id`, CVE from the message. Brakeman states \
        a confidence and no severity: all are medium, and the description tells the confidence. \
        Warnings ignored by configuration are left out. `errors` make the report partial.",
    samples: &[("brakeman.json", include_bytes!("samples/brakeman.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("warnings")
        && (beginning.has("scan_info.brakeman_version") || beginning.has("scan_info.rails_version"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    let about = document.member("scan_info")?;
    let version = about.map(|about| text_at(&about, "brakeman_version")).transpose()?.flatten();
    intake.tool(Some("Brakeman"), version.as_deref());
    if let Some(errors) = document.member("errors")? {
        errors.each_element(|_| intake.tool_failed("Brakeman met an error (errors)"))?;
    }
    if let Some(ignored) = document.member("ignored_warnings")? {
        ignored
            .each_element(|_| intake.remark("a warning ignored by configuration was left out"))?;
    }
    let mut seen = BTreeSet::new();
    document.required("warnings")?.each_element(|node| {
        let Some(warning) = node.item::<Warning>(intake) else { return };
        let again = warning.fingerprint.owned().is_some_and(|own| !seen.insert(own));
        if again {
            intake.remark("a warning with the fingerprint of another was left out");
        } else {
            intake.observe(warning.observation());
        }
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Warning {
    warning_type: Text,
    warning_code: Text,
    fingerprint: Text,
    check_name: Text,
    message: Text,
    file: Text,
    line: Text,
    link: Text,
    code: Text,
    confidence: Text,
    cwe_id: List<Text>,
}

impl Warning {
    fn observation(&self) -> Observation {
        let message = self.message.get();
        let named = match (self.warning_type.get(), message) {
            (Some(kind), Some(message)) => format!("{kind}: {message}"),
            (kind, message) => kind.or(message).unwrap_or("Warning without text").to_owned(),
        };
        let mut observation = Observation::new(title(&named), Severity::Medium);
        observation.ids = message.map(identifiers).unwrap_or_default();
        observation.cwes = cwes_of(self.cwe_id.texts());
        observation.rule = match (self.check_name.get(), self.warning_code.get()) {
            (Some(check), Some(code)) => Some(format!("{check}/{code}")),
            _ => first_of([&self.check_name, &self.warning_code]).map(str::to_owned),
        };
        observation.location = place(self.file.get(), self.line.line());
        observation.fingerprint = self.fingerprint.owned();
        observation.snippet = self.code.owned();
        let confidence = self.confidence.get().map(|word| format!("Confidence: {word}"));
        observation.description = paragraphs([message, confidence.as_deref(), self.link.get()]);
        observation
    }
}
