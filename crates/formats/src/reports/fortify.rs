//! Fortify's XML: the security report of its static analyser, and WebInspect's scans.
//!
//! The static report may list an issue in more than one section; it is told once. Issues of one
//! category at one line of a file are one finding.

use domain::findings::{Observation, Severity, Standing};

use super::fields::Fields;
use super::folding::Folding;
use super::html::plain_text;
use super::vocabulary::{cwes, paragraphs, push_new, title};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "fortify",
    title: "Fortify (XML)",
    how_to_get: "ReportGenerator -format xml -f report.xml -source scan.fpr; \
        WebInspect: Reports > Export Scan Details > XML",
    manual: "Static report: each `Issue` in the sections: title and rule from `Category`, severity \
        from `Friority` (Fortify's priority), place and source text from `Primary`, description \
        from `Abstract`, fingerprint from `iid`; an issue that an auditor judged Not an Issue is a \
        false positive.\n\n\
        WebInspect: each `Issue` of the scan: title from `Name`, rule from `VulnerabilityID`, \
        severity from `Severity` (4 critical, 3 high, 2 medium, 1 low, 0 info), address from \
        `URL`, CWE numbers from `Classifications`, the sections in the description.",
    samples: &[
        ("fortify.xml", include_bytes!("samples/fortify.xml")),
        ("fortify_webinspect.xml", include_bytes!("samples/fortify_webinspect.xml")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let root = beginning.root().map(|(name, _)| name);
    let has = |name: &str| beginning.begins_with_element(name);
    match root {
        Some("ReportDefinition") => has("TemplateName") || has("ReportSection"),
        Some("Scan") => has("PolicyName") && has("Issues"),
        _ => false,
    }
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    if source.beginning.root().is_some_and(|(name, _)| name == "Scan") {
        intake.tool(Some("Fortify WebInspect"), None);
        return each_item(source.text, &["Issue"], |issue, _| intake.observe(of_web(&issue)));
    }
    intake.tool(Some("Fortify"), None);
    let mut folding = Folding::default();
    each_item(source.text, &["Issue"], |issue, _| {
        let field = |name: &str| issue.field(name).unwrap_or_default();
        let key = [field("Category"), field("Primary.FileName"), field("Primary.LineStart")];
        let observation = of_code(&issue);
        folding.add(&key.each_ref().map(String::as_str), observation);
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn of_code(issue: &Element) -> Observation {
    let word = issue.severity("Friority").or_else(|| issue.severity("Folder"));
    let name = issue.field("Category").unwrap_or_else(|| "Issue of no category".to_owned());
    let mut observation = Observation::new(title(&name), word.unwrap_or(Severity::Info));
    observation.rule = Some(name);
    observation.fingerprint = issue.field("iid");
    observation.location = issue
        .place("Primary.FilePath", "Primary.LineStart")
        .or_else(|| issue.place("Primary.FileName", "Primary.LineStart"));
    observation.snippet =
        issue.child("Primary").and_then(|place| place.text_of("Snippet")).map(str::to_owned);
    let judged = issue.all("Tag").any(|tag| {
        tag.field("Name").as_deref() == Some("Analysis")
            && tag.field("Value").as_deref() == Some("Not an Issue")
    });
    if judged {
        observation.standing = Standing::FalsePositive;
    }
    observation.description = issue.told(&[
        ("", "Abstract"),
        ("Kingdom", "Kingdom"),
        ("Source", "Source.FilePath"),
        ("Comment", "Comment"),
    ]);
    observation
}

fn of_web(issue: &Element) -> Observation {
    let word = match issue.field("Severity").as_deref() {
        Some("4") => Severity::Critical,
        Some("3") => Severity::High,
        Some("2") => Severity::Medium,
        Some("1") => Severity::Low,
        _ => Severity::Info,
    };
    let name = issue.field("Name").unwrap_or_else(|| "Issue without a name".to_owned());
    let mut observation = Observation::new(title(&name), word);
    for class in issue.listed("Classifications", "Classification") {
        let named = class.words().filter(|text| text.starts_with("CWE"));
        for number in named.map(cwes).unwrap_or_default() {
            push_new(&mut observation.cwes, number);
        }
    }
    observation.rule = issue.field("VulnerabilityID");
    observation.location = issue.address(&["URL"]);
    let sections: Vec<String> = issue
        .all("ReportSection")
        .filter_map(|section| {
            let text = plain_text(section.text_of("SectionText")?);
            Some(match section.text_of("Name") {
                Some(name) => format!("{name}: {}", text.trim()),
                None => text,
            })
        })
        .collect();
    observation.description = paragraphs(sections.iter().map(|text| Some(text.as_str())));
    observation
}
