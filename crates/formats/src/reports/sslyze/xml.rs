//! SSLyze's XML, which versions before 3 wrote.

use domain::findings::Severity;

use crate::reports::xml::{Element, each_item};
use crate::reports::{Intake, Unreadable};

use super::{CCS, COMPRESSION, HEARTBLEED, RENEGOTIATION, ROBOT, is_weak, observation};

pub(super) fn read(text: &str, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    each_item(text, &["target", "invalidTarget"], |element, _| {
        if element.name == "invalidTarget" {
            intake.tool_failed("a server could not be reached");
            return;
        }
        let host = element.attribute("host").unwrap_or_default();
        let place = format!("{host}:{}", element.attribute("port").unwrap_or("443"));
        element.children.iter().for_each(|check| read_check(check, &place, intake));
    })
}

fn read_check(check: &Element, place: &str, intake: &mut Intake<'_>) {
    let is = |part: &str, name: &str, word: &str| {
        check.child(part).and_then(|part| part.attribute(name)) == Some(word)
    };
    let weakness = match check.name.as_str() {
        "heartbleed" if is("openSslHeartbleed", "isVulnerable", "True") => &HEARTBLEED,
        "openssl_ccs" if is("openSslCcsInjection", "isVulnerable", "True") => &CCS,
        "reneg" if is("sessionRenegotiation", "isSecure", "False") => &RENEGOTIATION,
        "compression" if is("compressionMethod", "isSupported", "True") => &COMPRESSION,
        "robot" if robot(check).starts_with("VULNERABLE") => &ROBOT,
        _ => return read_protocol(check, place, intake),
    };
    intake.observe(weakness.observation(place, Severity::Info));
}

fn robot(check: &Element) -> &str {
    let attack = check.child("robotAttack");
    attack.and_then(|attack| attack.attribute("resultEnum")).unwrap_or_default()
}

/// Elements such as `tlsv1_1`, with the suites that the server accepts.
fn read_protocol(check: &Element, place: &str, intake: &mut Intake<'_>) {
    let Some(accepted) = check.child("acceptedCipherSuites") else { return };
    let names = accepted.children.iter().filter_map(|suite| suite.attribute("name"));
    let weak: Vec<&str> = names.filter(|name| is_weak(name)).collect();
    if !weak.is_empty() {
        let protocol = check.name.to_ascii_uppercase().replace('_', ".");
        let named = format!("Weak suites with {protocol}");
        let told = format!("Weak suites: {}", weak.join(", "));
        intake.observe(observation(&named, place, Severity::Info, Some(&told)));
    }
}
