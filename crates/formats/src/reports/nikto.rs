//! Nikto's JSON and XML: what it tells of a server, brought together by its words.
//!
//! Nikto rates nothing. What had an entry in the Open Source Vulnerability Database counts as
//! medium, all else is information.

use domain::findings::{Observation, Severity};
use serde::Deserialize;

use super::folding::{Folding, address};
use super::item::{at_url, each};
use super::json::{Node, Text};
use super::vocabulary::{TITLE, identifiers, one_line};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "nikto",
    title: "Nikto (JSON, XML)",
    how_to_get: "nikto -host https://example.org -Format json -output report.json",
    manual: "One finding for each message: title from `msg` or `description`, rule from `id`. An \
        entry with an `OSVDB` number other than 0 is medium, all else is info, as Nikto says no \
        severity. The place is the host; the addresses on it are listed.",
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
        document.each_or_lone(|host| of_host(&host, intake, &mut folding))?;
    }
    folding.hand_over(intake);
    Ok(())
}

/// The server that a list of messages is about.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Server {
    host: Text,
    ip: Text,
    port: Text,
}

fn of_host(
    host: &Node<'_>,
    intake: &mut Intake<'_>,
    folding: &mut Folding,
) -> Result<(), Unreadable> {
    let Some(server) = host.item::<Server>(intake) else { return Ok(()) };
    let (name, port) = (server.host.get().or(server.ip.get()), server.port.get());
    let scheme = if port == Some("443") { "https" } else { "http" };
    let address = address(name, port, Some(scheme)).unwrap_or_default();
    let Some(list) = host.member("vulnerabilities")? else { return Ok(()) };
    each(&list, intake, |item, _| {
        let message = item.text("msg").unwrap_or_else(|| "Message without words".to_owned());
        let mut observation = rated(&message, item.text("OSVDB").as_deref());
        observation.rule = item.text("id");
        let url = format!("{address}{}", item.text("url").unwrap_or_default());
        observation.location = at_url(Some(url));
        observation.description = item.text("references");
        folding.add_within(&[&address, &message], Some(&address), observation);
    })
}

fn of_element(item: &Element, details: Option<&Element>, folding: &mut Folding) {
    let message = item.text_of("description").unwrap_or("Message without words");
    let mut observation = rated(message, item.attribute("osvdbid"));
    observation.rule = item.attribute("id").map(str::to_owned);
    let host = details.and_then(|details| details.attribute("sitename"));
    let url = item.text_of("namelink").or(item.text_of("iplink")).or(host).map(str::to_owned);
    observation.location = at_url(url);
    folding.add_within(&[host.unwrap_or_default(), message], host, observation);
}

fn rated(message: &str, database: Option<&str>) -> Observation {
    let known = database.is_some_and(|number| !number.is_empty() && number != "0");
    let severity = if known { Severity::Medium } else { Severity::Info };
    let mut observation = Observation::new(one_line(message, TITLE).0, severity);
    observation.ids = identifiers(message);
    observation
}
