//! Acunetix' XML: what it found, brought together by name, as it shows it itself.

use domain::findings::{Location, Observation, Severity, Standing};

use super::folding::Folding;
use super::html::plain_text;
use super::vocabulary::{
    Rating, TITLE, cwes, identifiers, one_line, paragraphs, push_new, severity,
};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "acunetix",
    title: "Acunetix (XML)",
    how_to_get: "in Acunetix: Scans, the scan, Export to, Acunetix XML",
    manual: "One finding for each name of `ReportItem`, its places are listed in the description. \
        Severity from `Severity`, CWE numbers from `CWEList`, identifiers from `CVEList`, the \
        newest of the vectors with its score; the place is the start of the scan with `Affects`. \
        `IsFalsePositive` is one. The JSON of Acunetix 360 is read as that of Invicti.",
    samples: &[("acunetix.xml", include_bytes!("samples/acunetix.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "ScanGroup")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Acunetix"), None);
    let (mut folding, mut start) = (Folding::default(), String::new());
    each_item(source.text, &["StartURL", "ReportItem"], |item, _| match item.name.as_str() {
        "StartURL" => start = item.words().unwrap_or_default().trim_end_matches('/').to_owned(),
        _ => {
            let observation = observation(&item, &start);
            let title = observation.title.clone();
            folding.add(&[&title], observation);
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: &Element, start: &str) -> Observation {
    let name = item.text_of("Name").unwrap_or("Item without a name");
    let word = item.text_of("Severity").and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(one_line(name, TITLE).0, word);
    for weakness in item.listed("CWEList", "CWE") {
        let written = weakness.words().or(weakness.attribute("id")).unwrap_or_default();
        cwes(written).into_iter().for_each(|number| push_new(&mut observation.cwes, number));
    }
    for cve in item.listed("CVEList", "CVE") {
        for id in identifiers(&cve.all_text()) {
            push_new(&mut observation.ids, id);
        }
    }
    let mut rating = Rating::default();
    for cvss in ["CVSS4", "CVSS3", "CVSS"].iter().filter_map(|name| item.child(name)) {
        let score = cvss.text_of("Score").and_then(|score| score.parse().ok());
        rating.offer(cvss.text_of("Descriptor"), score);
    }
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.rule = item.text_of("ModuleName").map(str::to_owned);
    let path = item.text_of("Affects").unwrap_or_default();
    let url = Some(format!("{start}{path}")).filter(|url| !url.is_empty());
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    if item.text_of("IsFalsePositive").is_some_and(|word| word.eq_ignore_ascii_case("true")) {
        observation.standing = Standing::FalsePositive;
    }
    let parts = ["Description", "Details", "Impact", "Recommendation"];
    let parts = parts.map(|part| item.text_of(part).map(plain_text));
    observation.description = paragraphs(parts.iter().map(Option::as_deref));
    observation
}
