//! Nmap's XML: open ports, and what its script `vulners` knows about the services there.

use domain::findings::{Location, Observation, Package, Severity};

use super::folding::{Folding, address};
use super::vocabulary::{TITLE, identifiers, one_line, paragraphs, severity_of_score};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "nmap",
    title: "Nmap (XML)",
    how_to_get: "nmap -sV --script vulners -oX report.xml HOST",
    manual: "One finding of info for each open port, and one for each entry of the script \
        `vulners`, its severity by the score `cvss`, its identifier where it is a CVE; the package \
        is the service's product and version. Hosts and ports where the same was found are listed. \
        The output of other scripts stands in the description of the port.",
    samples: &[("nmap.xml", include_bytes!("samples/nmap.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "nmaprun")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Nmap"), source.beginning.root_attribute("version"));
    let mut folding = Folding::default();
    let (mut name, mut named) = (None::<String>, false);
    each_item(source.text, &["status", "address", "hostname", "port"], |item, _| {
        match item.name.as_str() {
            "status" => (name, named) = (None, false),
            "address" if name.is_none() => name = item.attribute("addr").map(str::to_owned),
            "hostname" if !named => {
                let known = item.attribute("name").map(str::to_owned);
                (named, name) = (known.is_some(), known.or(name.take()));
            }
            "port" => of_port(&item, name.as_deref(), &mut folding),
            _ => {}
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn of_port(port: &Element, host: Option<&str>, folding: &mut Folding) {
    let state = port.child("state").and_then(|state| state.attribute("state"));
    if state != Some("open") {
        return;
    }
    let (number, protocol) = (port.attribute("portid"), port.attribute("protocol"));
    let url = address(host, number, protocol);
    let place = url.map(|url| Location { url: Some(url), ..Location::default() });
    let service = port.child("service");
    for script in port.all("script").filter(|script| script.attribute("id") == Some("vulners")) {
        for row in script.children.iter().flat_map(|table| table.all("table")) {
            let Some((id, mut observation)) = of_vulners(row, service) else { continue };
            observation.location.clone_from(&place);
            folding.add(&["vulners", &id], observation);
        }
    }
    let title = format!("Open port {}/{}", number.unwrap_or_default(), protocol.unwrap_or("tcp"));
    let mut observation = Observation::new(one_line(&title, TITLE).0, Severity::Info);
    observation.location = place;
    let part = |name: &str| service.and_then(|service| service.attribute(name));
    let parts = ["name", "product", "version", "extrainfo"].into_iter().filter_map(part);
    let service = parts.collect::<Vec<_>>().join(" ");
    let scripts = port.all("script").filter(|script| script.attribute("id") != Some("vulners"));
    let scripts = scripts.filter_map(|script| script.attribute("output"));
    let parts = [Some(service.as_str())].into_iter().chain(scripts.map(Some));
    observation.description = paragraphs(parts);
    folding.add(&["port", &title], observation);
}

fn of_vulners(row: &Element, service: Option<&Element>) -> Option<(String, Observation)> {
    let part = |key: &str| {
        let mut elements = row.all("elem").filter(|element| element.attribute("key") == Some(key));
        elements.next().and_then(Element::words)
    };
    let id = part("id")?;
    let score = part("cvss")?.parse::<f64>().ok()?;
    let mut observation = Observation::new(one_line(id, TITLE).0, severity_of_score(score));
    if part("type").is_none_or(|kind| kind == "cve") {
        observation.ids = identifiers(id);
    }
    observation.rule = Some(id.to_owned());
    observation.score = Some(score).filter(|score| *score > 0.0);
    let product = service.and_then(|service| service.attribute("product"));
    observation.package = product.map(|name| Package {
        name: name.to_owned(),
        version: service.and_then(|one| one.attribute("version")).map(str::to_owned),
        ..Package::default()
    });
    let exploit = part("is_exploit").filter(|word| *word == "true");
    let exploit = exploit.map(|_| "There is an exploit.");
    let kind = part("type").map(|kind| format!("https://vulners.com/{kind}/{id}"));
    observation.description = paragraphs([exploit, kind.as_deref()]);
    Some((id.to_owned(), observation))
}
