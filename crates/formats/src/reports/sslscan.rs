//! sslscan: what a server offers over TLS.

use domain::findings::{Observation, Severity};

use super::item;
use super::vocabulary::paragraphs;
use super::xml::{self, Element};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "sslscan",
    title: "sslscan (XML)",
    how_to_get: "sslscan --xml=report.xml HOST",
    manual: "One finding for each protocol with Heartbleed (CVE-2014-0160), for each cipher that \
        is accepted and neither strong nor acceptable, and for insecure renegotiation and \
        compression. Place from `host` and `port`. The report knows no severity: the label is \
        info, and there is no score.",
    samples: &[("sslscan.xml", include_bytes!("samples/sslscan.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "document")
        && beginning.root_attribute("title") == Some("SSLScan Results")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("sslscan"), source.beginning.root_attribute("version"));
    xml::each_item(source.text, &["ssltest"], |test, _| {
        let host = test.attribute("host").unwrap_or_default();
        let place = format!("{host}:{}", test.attribute("port").unwrap_or("443"));
        for part in &test.children {
            if let Some(mut observation) = observation(part) {
                observation.location = item::at_url(Some(place.clone()));
                intake.observe(observation);
            }
        }
    })
}

fn observation(part: &Element) -> Option<Observation> {
    let attribute = |name: &str| part.attribute(name).unwrap_or_default();
    let protocol = attribute("sslversion");
    let (named, cwe, id) = match part.name.as_str() {
        "heartbleed" if attribute("vulnerable") == "1" => {
            (format!("Heartbleed with {protocol}"), 126, Some("CVE-2014-0160"))
        }
        "cipher" if is_weak(part) => {
            (format!("Weak cipher {} with {protocol}", attribute("cipher")), 327, None)
        }
        "renegotiation" if attribute("supported") == "1" && attribute("secure") == "0" => {
            ("Insecure renegotiation".to_owned(), 310, Some("CVE-2009-3555"))
        }
        "compression" if attribute("supported") == "1" => {
            ("Compression of TLS (CRIME)".to_owned(), 310, Some("CVE-2012-4929"))
        }
        _ => return None,
    };
    let mut observation = Observation::new(named.clone(), Severity::Info);
    observation.rule = Some(named);
    observation.cwes = vec![cwe];
    observation.ids = id.map(str::to_owned).into_iter().collect();
    let bits = part.attribute("bits").map(|bits| format!("Bits: {bits}"));
    let strength = part.attribute("strength").map(|word| format!("Strength: {word}"));
    observation.description = paragraphs([strength.as_deref(), bits.as_deref()]);
    Some(observation)
}

fn is_weak(cipher: &Element) -> bool {
    let accepted = matches!(cipher.attribute("status"), Some("preferred" | "accepted"));
    let fine = matches!(cipher.attribute("strength"), None | Some("strong" | "acceptable"));
    accepted && !fine
}
