//! Prowler in all its shapes: OCSF, its own JSON of version 3, JSON Lines of version 2, tables.
//!
//! Prowler tells of every check, whether it passed or not; what passed is no finding. A check that
//! says the same of the same resource twice is one.

use domain::findings::{Location, Observation, Severity, Standing};

use super::folding::Folding;
use super::item::{Item, look};
use super::lines::each_value;
use super::table::{Row, each_row, has_columns};
use super::vocabulary::{TITLE, one_line, paragraphs, severity};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "prowler",
    title: "Prowler (OCSF, JSON, CSV)",
    how_to_get: "prowler aws --output-formats json-ocsf",
    manual: "One finding for each check that failed or asks for a person (FAIL, MANUAL); what \
        passed and what is information is left out. Title from the check's title, for older \
        reports from its message; severity from the word, rule from the check's name, the place \
        is the resource, the fingerprint the finding's identifier. Muted findings are false \
        positives. Read are OCSF (version 4 and later), the JSON of versions 2 and 3 and the \
        tables of all versions.",
    samples: &[
        ("prowler.ocsf.json", include_bytes!("samples/prowler.ocsf.json")),
        ("prowler_3.json", include_bytes!("samples/prowler_3.json")),
        ("prowler_2.jsonl", include_bytes!("samples/prowler_2.jsonl")),
        ("prowler.csv", include_bytes!("samples/prowler.csv")),
        ("prowler_2.csv", include_bytes!("samples/prowler_2.csv")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let json = ["", "[]."].into_iter().any(|at| {
        let text = |name: &str| beginning.text(&format!("{at}{name}"));
        let all = |names: &[&str]| names.iter().all(|name| beginning.has(&format!("{at}{name}")));
        text("metadata.product.name") == Some("Prowler")
            || all(&["FindingUniqueId", "CheckID", "StatusExtended"])
            || all(&["Control", "Control ID", "Status", "Account Number"])
    });
    json || has_columns(beginning, &["checkid", "statusextended", "severity", "findinguid"])
        || has_columns(beginning, &["checkid", "statusextended", "severity", "findinguniqueid"])
        || has_columns(beginning, &["titletext", "checkresult", "checkseverity"])
}

/// What all shapes say, under one name.
#[derive(Default)]
struct Check {
    status: Option<String>,
    title: Option<String>,
    message: Option<String>,
    severity: Option<String>,
    name: Option<String>,
    resource: Option<String>,
    fingerprint: Option<String>,
    muted: bool,
    words: Vec<Option<String>>,
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let version = source.beginning.text("[].metadata.product.version");
    intake.tool(Some("Prowler"), version);
    let mut folding = Folding::default();
    match source.beginning.syntax {
        Syntax::Plain => each_row(source, &[], intake, |row, intake| {
            let check = if row.get("titletext").is_some() { of_old_row(row) } else { of_row(row) };
            check.take(&mut folding, intake);
        })?,
        _ => each_value(source.text, |node| {
            look(&node, intake, |item, intake| of_item(item).take(&mut folding, intake));
        })?,
    }
    folding.hand_over(intake);
    Ok(())
}

fn of_item(item: Item<'_>) -> Check {
    let message = item.first(&["status_detail", "message", "StatusExtended", "Message"]);
    let titles = ["finding_info/title", "finding/title", "CheckTitle", "Control"];
    let names = ["metadata/event_code", "CheckID", "Control ID"];
    let mut words = vec![item.first(&["finding_info/desc", "finding/desc", "Description"])];
    words.push(item.first(&["risk_details", "unmapped/risk_details", "Risk"]));
    let advice =
        ["remediation/desc", "finding/remediation/desc", "Remediation/Recommendation/Text"];
    words.push(item.first(&advice).or(item.text("Remediation")));
    words.push(item.first(&["Remediation/Recommendation/Url", "RelatedUrl", "Doc link"]));
    words.extend(item.texts("remediation/references").into_iter().map(Some));
    Check {
        status: item.first(&["status_code", "Status", "status"]),
        title: item.first(&titles),
        message,
        severity: item.first(&["severity", "Severity"]),
        name: item.first(&names),
        resource: item.first(&["resources/0/uid", "ResourceArn", "ResourceId", "Resource ID"]),
        fingerprint: item.first(&["finding_info/uid", "finding/uid", "FindingUniqueId"]),
        muted: item.text("status").is_some_and(|status| status.eq_ignore_ascii_case("suppressed")),
        words,
    }
}

fn of_row(row: &Row<'_>) -> Check {
    let text = |columns: &[&str]| row.any(columns).map(str::to_owned);
    Check {
        status: text(&["status"]),
        title: text(&["checktitle"]),
        message: text(&["statusextended"]),
        severity: text(&["severity"]),
        name: text(&["checkid"]),
        resource: text(&["resourceuid", "resourcearn", "resourceid", "resourcename"]),
        fingerprint: text(&["findinguid", "findinguniqueid"]),
        muted: row.text("muted").is_true(),
        words: ["description", "risk", "remediationrecommendationtext", "relatedurl"]
            .map(|column| text(&[column]))
            .to_vec(),
    }
}

fn of_old_row(row: &Row<'_>) -> Check {
    let text = |columns: &[&str]| row.any(columns).map(str::to_owned);
    Check {
        status: text(&["checkresult"]),
        title: text(&["titletext"]),
        message: text(&["checkresultextended"]),
        severity: text(&["checkseverity"]),
        name: text(&["titleid"]),
        resource: text(&["resourceid", "checkresourceid"]),
        words: ["checkrisk", "checkremediation", "checkdoc"].map(|column| text(&[column])).to_vec(),
        ..Check::default()
    }
}

impl Check {
    fn take(self, folding: &mut Folding, intake: &mut Intake<'_>) {
        let status = self.status.as_deref().unwrap_or_default();
        if !["fail", "manual"].iter().any(|known| status.eq_ignore_ascii_case(known)) {
            if !["pass", "info"].iter().any(|known| status.eq_ignore_ascii_case(known)) {
                intake.remark("a check whose result is neither PASS nor FAIL was left out");
            }
            return;
        }
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let key = [&self.name, &self.resource, &self.fingerprint, &self.message].map(part);
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        folding.add(&key, self.observation());
    }

    fn observation(&self) -> Observation {
        let title = self.title.as_deref().or(self.message.as_deref()).or(self.name.as_deref());
        let title = title.unwrap_or("Check without a title");
        let word = self.severity.as_deref().and_then(severity).unwrap_or(Severity::Info);
        let mut observation = Observation::new(one_line(title, TITLE).0, word);
        observation.rule.clone_from(&self.name);
        observation.fingerprint.clone_from(&self.fingerprint);
        let path = self.resource.clone();
        observation.location =
            path.map(|path| Location { path: Some(path), ..Location::default() });
        if self.muted {
            observation.standing = Standing::FalsePositive;
        }
        let words = self.words.iter().map(Option::as_deref);
        observation.description = paragraphs([self.message.as_deref()].into_iter().chain(words));
        observation
    }
}
