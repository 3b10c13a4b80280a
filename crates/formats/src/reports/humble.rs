//! humble's JSON: what a page's HTTP headers lack, give away or do wrong.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, one_item};
use super::json::Node;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "humble",
    title: "humble (JSON)",
    how_to_get: "python3 humble.py -u https://HOST -o json",
    manual: "One medium finding for each header that is missing, gives a fingerprint, is \
        deprecated or insecure, or has no value: title and rule from the kind and the header, address from \
        `URL`. A section that has nothing to report has no finding.",
    samples: &[("humble.json", include_bytes!("samples/humble.json"))],
    recognises,
    read,
};

/// What the names of the sections say, whatever their number, and what it means.
const SECTIONS: [(&str, &str); 4] = [
    ("Missing HTTP Security Headers", "Missing header"),
    ("Fingerprint HTTP Response Headers", "Header that gives a fingerprint"),
    (
        "Deprecated HTTP Response Headers/Protocols and Insecure Values",
        "Deprecated or insecure header",
    ),
    ("Empty HTTP Response Headers Values", "Header without a value"),
];

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[0. Info]") || beginning.has("[0. Info].URL")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("humble"), None);
    let document = Node::root(source.text);
    document.required("[0. Info]")?;
    one_item(&document, intake, &mut |report, intake| {
        let members = report.members("");
        let info = members.iter().find(|(name, _)| name.contains("Info]"));
        let page = info.and_then(|(_, info)| info.field("URL"));
        for (section, headers) in &members {
            let known = SECTIONS.iter().find(|(words, _)| section.contains(words));
            let Some((_, kind)) = known else { continue };
            let headers = headers.0.as_array().into_iter().flatten();
            for header in headers.filter_map(|header| header.as_str()) {
                if !header.starts_with("Nothing to report") {
                    intake.observe(observation(kind, header, page.clone()));
                }
            }
        }
    });
    Ok(())
}

fn observation(kind: &str, header: &str, page: Option<String>) -> Observation {
    let named = format!("{kind}: {header}");
    let mut observation = Observation::new(named.clone(), Severity::Medium);
    observation.rule = Some(named);
    observation.location = page.map(|url| Location { url: Some(url), ..Location::default() });
    observation
}
