//! Secret scanning alerts of GitHub, as its REST interface gives them.
//!
//! The secret itself is in the answer and is not taken: what was leaked once is not to be kept in
//! another database.

use domain::findings::{Observation, Severity, Standing};
use serde::Deserialize;

use super::json::{Node, Text};
use super::vocabulary::{first_of, paragraphs, place, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "github_secrets",
    title: "GitHub secret scanning alerts (REST answer)",
    how_to_get: "gh api --paginate repos/OWNER/REPOSITORY/secret-scanning/alerts > report.json",
    manual: "One finding for each alert: rule from `secret_type`, title from \
        `secret_type_display_name`, place from `first_location_detected`. Severity: a secret \
        found in public (`publicly_leaked`) is critical, a resolved one info, every other high. \
        Resolved as false positive or used in tests is a false positive, otherwise (revoked, \
        pattern deleted) it closes; `wont_fix` leaves it present. The secret is not kept. CWE-798.",
    samples: &[("github_secrets.json", include_bytes!("samples/github_secrets.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].secret_type")
        && (beginning.has("[].locations_url") || beginning.has("[].secret_type_display_name"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("GitHub secret scanning"), None);
    Node::root(source.text).each_element(|node| {
        if let Some(alert) = node.item::<Alert>(intake) {
            intake.observe(alert.observation());
        }
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Alert {
    number: Text,
    html_url: Text,
    state: Text,
    resolution: Text,
    secret_type: Text,
    secret_type_display_name: Text,
    validity: Text,
    publicly_leaked: Text,
    first_location_detected: Option<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    path: Text,
    start_line: Text,
}

impl Alert {
    fn observation(&self) -> Observation {
        let what = first_of([&self.secret_type_display_name, &self.secret_type]);
        let heading = format!("Exposed secret: {}", what.unwrap_or("of an unknown type"));
        let resolved = self.state.get() == Some("resolved");
        let severity = match (resolved, self.publicly_leaked.is_true()) {
            (true, _) => Severity::Info,
            (false, true) => Severity::Critical,
            (false, false) => Severity::High,
        };
        let mut observation = Observation::new(title(&heading), severity);
        observation.rule = self.secret_type.owned();
        observation.cwes = vec![798];
        // The number is GitHub's own name of this one secret, wherever it moves.
        observation.fingerprint = self.number.get().map(|number| format!("alert {number}"));
        observation.location = self
            .first_location_detected
            .as_ref()
            .and_then(|found| place(found.path.get(), found.start_line.line()));
        observation.standing = match (resolved, self.resolution.get()) {
            (true, Some("false_positive" | "used_in_tests")) => Standing::FalsePositive,
            (true, Some("wont_fix")) | (false, _) => Standing::Present,
            (true, _) => Standing::Fixed,
        };
        let validity = self.validity.get().map(|word| format!("Validity: {word}"));
        observation.description = paragraphs([validity.as_deref(), self.html_url.get()]);
        observation
    }
}
