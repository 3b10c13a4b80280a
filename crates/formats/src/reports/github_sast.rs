//! Code scanning alerts of GitHub, as its REST interface gives them.
//!
//! Whatever tool uploaded the results (mostly CodeQL), the alert is GitHub's own record of it.

use domain::findings::{Observation, Severity, Standing};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{cwes_of, first_of, identifiers_of, paragraphs, place, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "github_sast",
    title: "GitHub code scanning alerts (REST answer)",
    how_to_get: "gh api --paginate repos/OWNER/REPOSITORY/code-scanning/alerts > report.json",
    manual: "One finding for each alert. Severity: `rule.security_severity_level`, else \
        `rule.severity` (error is high, warning medium, note info). Rule: `rule.id`; title: \
        `rule.description`; place: the location of `most_recent_instance`; CWE numbers from \
        `rule.tags`. An alert that is fixed closes; one dismissed as a false positive is one; \
        other dismissals leave it present. An empty list names no tool: give the format's name \
        then.",
    samples: &[("github_sast.json", include_bytes!("samples/github_sast.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["rule", "tool", "most_recent_instance"].iter().all(|name| beginning.has(&format!("[].{name}")))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    Node::root(source.text).each_element(|node| {
        let Some(alert) = node.item::<Alert>(intake) else { return };
        if let Some(tool) = &alert.tool {
            intake.tool(tool.name.get(), tool.version.get());
        }
        intake.observe(alert.observation());
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Alert {
    state: Text,
    dismissed_reason: Text,
    html_url: Text,
    rule: Rule,
    tool: Option<Tool>,
    most_recent_instance: Instance,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rule {
    id: Text,
    name: Text,
    severity: Text,
    security_severity_level: Text,
    description: Text,
    full_description: Text,
    tags: List<Text>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    name: Text,
    version: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Instance {
    message: Option<Message>,
    location: Option<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    text: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    path: Text,
    start_line: Text,
}

impl Rule {
    fn severity(&self) -> Severity {
        let level = match self.severity.get() {
            Some("error") => Some(Severity::High),
            Some("warning") => Some(Severity::Medium),
            _ => None,
        };
        let stated = self.security_severity_level.get().and_then(severity);
        stated.or(level).unwrap_or(Severity::Info)
    }
}

impl Alert {
    fn observation(&self) -> Observation {
        let rule = &self.rule;
        let named = first_of([&rule.description, &rule.name, &rule.id]);
        let named = named.unwrap_or("Alert of no rule");
        let mut observation = Observation::new(title(named), rule.severity());
        observation.rule = rule.id.owned();
        observation.cwes = cwes_of(rule.tags.texts().filter(|tag| tag.contains("cwe")));
        observation.ids = identifiers_of(rule.id.get().into_iter().chain(rule.tags.texts()));
        let instance = &self.most_recent_instance;
        observation.location = instance
            .location
            .as_ref()
            .and_then(|location| place(location.path.get(), location.start_line.line()));
        observation.standing = match (self.state.get(), self.dismissed_reason.get()) {
            (Some("fixed"), _) => Standing::Fixed,
            (Some("dismissed"), Some("false positive")) => Standing::FalsePositive,
            _ => Standing::Present,
        };
        let message = instance.message.as_ref().and_then(|message| message.text.get());
        observation.description =
            paragraphs([message, rule.full_description.get(), self.html_url.get()]);
        observation
    }
}
