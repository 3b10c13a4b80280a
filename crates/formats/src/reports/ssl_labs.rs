//! Qualys SSL Labs: the grade of a server's TLS, as ssllabs-scan writes it.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::paragraphs;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "ssl_labs",
    title: "SSL Labs (JSON)",
    how_to_get: "ssllabs-scan HOST > report.json",
    manual: "One finding, CWE-326, for each of `endpoints` of each host: severity from `grade` (A \
        info, B medium, C high, others critical), place from `host` and `port`, the weaknesses \
        that `details` names in the description. An endpoint without a grade was not tested, and \
        the scan was not whole.",
    samples: &[("ssl_labs.json", include_bytes!("samples/ssl_labs.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].endpoints") && beginning.has("[].criteriaVersion")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("SSL Labs"), source.beginning.text("[].engineVersion"));
    item::each(&Node::root(source.text), intake, |host, intake| {
        for endpoint in host.list("endpoints") {
            match endpoint.text("grade") {
                Some(grade) => intake.observe(observation(host, endpoint, &grade)),
                None => intake.tool_failed("an endpoint was not graded (endpoints)"),
            }
        }
    })
}

/// Weaknesses by the name of the member that is true where they are there.
const WEAKNESSES: [(&str, &str); 7] = [
    ("vulnBeast", "BEAST"),
    ("heartbleed", "Heartbleed"),
    ("poodle", "POODLE"),
    ("freak", "FREAK"),
    ("logjam", "Logjam"),
    ("drownVulnerable", "DROWN"),
    ("supportsRc4", "RC4 is supported"),
];

fn observation(host: Item<'_>, endpoint: Item<'_>, grade: &str) -> Observation {
    let name = host.text("host").unwrap_or_default();
    let word = match grade.chars().next() {
        Some('A') => Severity::Info,
        Some('B') => Severity::Medium,
        Some('C') => Severity::High,
        _ => Severity::Critical,
    };
    let mut observation = Observation::new(format!("TLS of {name} has the grade {grade}"), word);
    observation.cwes = vec![326];
    observation.rule = Some("tls-grade".to_owned());
    let port = host.text("port").unwrap_or_else(|| "443".to_owned());
    observation.location = item::at_url(Some(format!("https://{name}:{port}")));
    let details = endpoint.get("details");
    let met = |member: &str| details.is_some_and(|details| details.is_true(member));
    let weaknesses = WEAKNESSES.iter().filter(|(member, _)| met(member)).map(|(_, name)| *name);
    let weaknesses = weaknesses.collect::<Vec<&str>>().join(", ");
    let address = endpoint.text("ipAddress").map(|address| format!("Address: {address}"));
    observation.description = paragraphs([Some(weaknesses.as_str()), address.as_deref()]);
    observation
}
