//! Gitleaks' JSON: secrets in a repository, its history or a directory.
//!
//! The secret itself is in the report and is not taken: what was leaked once is not to be kept in
//! another database. The same secret at the same place in several commits is one finding.

use std::collections::BTreeSet;

use domain::findings::{Observation, Severity};
use serde::Deserialize;

use super::json::{Node, Text};
use super::vocabulary::{first_of, paragraphs, place, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gitleaks",
    title: "Gitleaks (JSON)",
    how_to_get: "gitleaks git --report-format json --report-path report.json, with older versions \
        gitleaks detect",
    manual: "One finding for each secret and place (file and line); the same again in another \
        commit is left out. Rule: `RuleID`, in old reports `rule`. Place: `File` and `StartLine`, \
        in old reports `file` and `lineNumber`. Severity is high; in reports of versions before 8, \
        whose rules name the service, keys of AWS, GitHub and Heroku are critical. CWE-798. The \
        secret, the match and the line are not kept. An empty list names no tool: give the \
        format's name then.",
    samples: &[
        ("gitleaks.json", include_bytes!("samples/gitleaks.json")),
        ("gitleaks_7.json", include_bytes!("samples/gitleaks_7.json")),
    ],
    recognises,
    read,
};

/// Words in the names of rules before version 8 whose secrets open whole accounts.
const ACCOUNTS: [&str; 3] = ["Github", "AWS", "Heroku"];

fn recognises(beginning: &Beginning) -> bool {
    let has = |name: &str| beginning.has(&format!("[].{name}"));
    (has("RuleID") && has("StartLine") && has("File"))
        || (has("offender") && has("rule") && has("commitMessage"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Gitleaks"), None);
    let (mut seen, mut again) = (BTreeSet::new(), 0);
    Node::root(source.text).each_element(|node| {
        let Some(leak) = node.item::<Leak>(intake) else { return };
        if seen.insert(leak.identity()) {
            intake.observe(leak.observation());
        } else {
            again += 1;
        }
    })?;
    intake.remark_times("a secret was left out that is at the same place in another commit", again);
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Leak {
    #[serde(rename = "RuleID")]
    rule_id: Text,
    #[serde(rename = "rule")]
    old_rule: Text,
    #[serde(rename = "Description")]
    description: Text,
    #[serde(rename = "File", alias = "file")]
    file: Text,
    #[serde(rename = "StartLine", alias = "lineNumber")]
    line: Text,
    #[serde(rename = "Secret", alias = "offender")]
    secret: Text,
    #[serde(rename = "Commit", alias = "commit")]
    commit: Text,
    #[serde(rename = "Date", alias = "date")]
    date: Text,
}

impl Leak {
    fn identity(&self) -> [Option<String>; 4] {
        let rule = first_of([&self.rule_id, &self.old_rule, &self.description]);
        [rule.map(str::to_owned), self.file.owned(), self.line.owned(), self.secret.owned()]
    }

    fn observation(&self) -> Observation {
        let rule = first_of([&self.rule_id, &self.old_rule]);
        let what = first_of([&self.description]).or(rule).unwrap_or("Secret");
        let heading = match self.file.get() {
            Some(file) => format!("{} in {file}", what.trim_end_matches('.')),
            None => what.to_owned(),
        };
        let opens = |rule: &str| ACCOUNTS.iter().any(|account| rule.contains(account));
        let severity = match self.old_rule.get().is_some_and(opens) {
            true => Severity::Critical,
            false => Severity::High,
        };
        let mut observation = Observation::new(title(&heading), severity);
        observation.rule = rule.map(str::to_owned);
        observation.cwes = vec![798];
        observation.location = place(self.file.get(), self.line.line());
        let commit = self.commit.get().map(|commit| match self.date.get() {
            Some(date) => format!("Commit: {commit} of {date}"),
            None => format!("Commit: {commit}"),
        });
        observation.description = paragraphs([self.description.get(), commit.as_deref()]);
        observation
    }
}
