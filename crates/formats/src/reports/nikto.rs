//! Nikto's JSON and XML: what it tells of a server, brought together by its words.
//!
//! Nikto rates nothing. What had an entry in the Open Source Vulnerability Database counts as
//! medium, all else is information.

use domain::findings::{Location, Observation, Severity};

use super::folding::{Folding, address};
use super::item::{Item, each, look};
use super::json::Node;
use super::vocabulary::{TITLE, identifiers, one_line};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "nikto",
    title: "Nikto (JSON, XML)",
    how_to_get: "nikto -host https://example.org -Format json -output report.json",
    manual: "One finding for each message: title from `msg` or `description`, rule from `id`. An \
        entry with an `OSVDB` number other than 0 is medium, all else is info, as Nikto says no \
        severity. The place is the host with the address, other places are listed.",
    samples: &[
        ("nikto.json", include_bytes!("samples/nikto.json")),
        ("nikto.xml", include_bytes!("samples/nikto.xml")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let json = ["", "[]."].into_iter().any(|at| {
        let has = |name: &str| beginning.has(&format!("{at}{name}"));
        has("host") && has("banner") && has("port") && has("vulnerabilities")
    });
    json || beginning.root().is_some_and(|(name, _)| name == "niktoscan")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Nikto"), source.beginning.root_attribute("version"));
    let mut folding = Folding::default();
    if source.beginning.syntax == Syntax::Xml {
        each_item(source.text, &["item"], |item, around| {
            let details = around.iter().rev().find(|element| element.name == "scandetails");
            of_element(&item, details, &mut folding);
        })?;
    } else {
        let document = Node::root(source.text);
        let mut host = |item: Item<'_>, _: &mut Intake<'_>| of_host(item, &mut folding);
        match document.is_array() {
            true => each(&document, intake, &mut host)?,
            false => look(&document, intake, &mut host),
        }
    }
    folding.hand_over(intake);
    Ok(())
}

fn of_host(host: Item<'_>, folding: &mut Folding) {
    let name = host.first(&["host", "ip"]);
    let port = host.text("port");
    let scheme = if port.as_deref() == Some("443") { "https" } else { "http" };
    let address = address(name.as_deref(), port.as_deref(), Some(scheme)).unwrap_or_default();
    for item in host.list("vulnerabilities") {
        let message = item.text("msg").unwrap_or_else(|| "Message without words".to_owned());
        let mut observation = rated(&message, item.text("OSVDB").as_deref());
        observation.rule = item.text("id");
        let url = format!("{address}{}", item.text("url").unwrap_or_default());
        observation.location = Some(Location { url: Some(url), ..Location::default() });
        observation.description = item.text("references");
        folding.add(&[&message], observation);
    }
}

fn of_element(item: &Element, details: Option<&Element>, folding: &mut Folding) {
    let message = item.text_of("description").unwrap_or("Message without words");
    let mut observation = rated(message, item.attribute("osvdbid"));
    observation.rule = item.attribute("id").map(str::to_owned);
    let host = details.and_then(|details| details.attribute("sitename"));
    let url = item.text_of("namelink").or(item.text_of("iplink")).or(host).map(str::to_owned);
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    folding.add(&[message], observation);
}

fn rated(message: &str, database: Option<&str>) -> Observation {
    let known = database.is_some_and(|number| !number.is_empty() && number != "0");
    let severity = if known { Severity::Medium } else { Severity::Info };
    let mut observation = Observation::new(one_line(message, TITLE).0, severity);
    observation.ids = identifiers(message);
    observation
}
