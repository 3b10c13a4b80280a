//! SSLyze: what a server offers over TLS, as JSON, and as XML of versions before 3.

mod json;
mod xml;

use domain::findings::{Observation, Severity};

use super::item;
use super::vocabulary::paragraphs;
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "sslyze",
    title: "SSLyze (JSON, XML)",
    how_to_get: "sslyze --json_out=report.json HOST; before version 3: --xml_out=report.xml",
    manual: "One finding, for each server, for: Heartbleed (CVE-2014-0160), OpenSSL CCS injection \
        (CVE-2014-0224), ROBOT (CVE-2017-13099), insecure renegotiation (CVE-2009-3555), \
        compression (CVE-2012-4929), an outdated protocol that is offered (SSL 2.0 to TLS 1.1), \
        weak suites with TLS 1.2 (those without ECDHE or DHE, or without GCM, CCM or ChaCha20), \
        and, in JSON, a certificate that is not trusted or is for another name. In XML the \
        outdated protocols are told by their weak suites. The report knows no severity: the label \
        is medium in JSON and info in XML, and there is no score. A server that could not be \
        reached, and a check that failed, mean that the scan was not whole.",
    samples: &[
        ("sslyze.json", include_bytes!("../samples/sslyze.json")),
        ("sslyze_old.json", include_bytes!("../samples/sslyze_old.json")),
        ("sslyze.xml", include_bytes!("../samples/sslyze.xml")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let old = beginning.root().is_some_and(|(name, _)| name == "document")
        && beginning.root_attribute("SSLyzeVersion").is_some();
    beginning.has("server_scan_results") || old
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let beginning = source.beginning;
    let version = beginning.text("sslyze_version").or(beginning.root_attribute("SSLyzeVersion"));
    intake.tool(Some("SSLyze"), version);
    match beginning.syntax {
        Syntax::Xml => xml::read(source.text, intake),
        _ => json::read(source.text, intake),
    }
}

/// What is wrong, with the identifier it is known by.
struct Weakness {
    title: &'static str,
    cwe: u32,
    id: Option<&'static str>,
}

const HEARTBLEED: Weakness = Weakness { title: "Heartbleed", cwe: 126, id: Some("CVE-2014-0160") };
const CCS: Weakness =
    Weakness { title: "OpenSSL CCS injection", cwe: 310, id: Some("CVE-2014-0224") };
const ROBOT: Weakness = Weakness { title: "ROBOT", cwe: 203, id: Some("CVE-2017-13099") };
const RENEGOTIATION: Weakness =
    Weakness { title: "Insecure renegotiation", cwe: 310, id: Some("CVE-2009-3555") };
const COMPRESSION: Weakness =
    Weakness { title: "Compression of TLS (CRIME)", cwe: 310, id: Some("CVE-2012-4929") };

impl Weakness {
    fn observation(&self, place: &str, severity: Severity) -> Observation {
        let mut observation = observation(self.title, place, severity, None);
        observation.cwes = vec![self.cwe];
        observation.ids = self.id.map(str::to_owned).into_iter().collect();
        observation
    }
}

fn observation(named: &str, place: &str, severity: Severity, told: Option<&str>) -> Observation {
    let mut observation = Observation::new(named, severity);
    observation.rule = Some(named.to_owned());
    observation.cwes = vec![327];
    observation.location = item::at_url(Some(place.to_owned()));
    observation.description = paragraphs([told]);
    observation
}

/// Whether a suite, by its standard name, has no forward secrecy or no authenticated encryption.
/// Suites of TLS 1.3 name no key exchange and are fine.
fn is_weak(suite: &str) -> bool {
    let secret = suite.contains("ECDHE_") || suite.contains("DHE_") || !suite.contains("_WITH_");
    let sealed = ["GCM", "CCM", "CHACHA20"].iter().any(|mode| suite.contains(mode));
    !secret || !sealed
}
