//! Hydra's JSON: accounts whose passwords could be guessed.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item, listed};
use super::json::Node;
use super::vocabulary::paragraphs;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "hydra",
    title: "Hydra (JSON)",
    how_to_get: "hydra -b jsonv1 -o report.json -L USERS -P PASSWORDS HOST SERVICE",
    manual: "One high finding with CWE 521 for each of `results`: the address from host and port, \
        rule from the service, the account in the description; the password is left out. A result \
        without a host is refused.",
    samples: &[("hydra.json", include_bytes!("samples/hydra.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.text("generator.software") == Some("Hydra") && beginning.has("results")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Hydra"), source.beginning.text("generator.version"));
    let results = listed(&Node::root(source.text), "results")?;
    let mut count = 0_u64;
    each_item(&results, intake, &mut |item, intake| {
        match item.field("host") {
            Some(host) => intake.observe(observation(item, host)),
            None => intake.refuse(|| (format!("results[{count}]"), "there is no host".to_owned())),
        }
        count += 1;
    })
}

fn observation(item: Item<'_>, host: String) -> Observation {
    let service = item.field("service");
    let title = match &service {
        Some(service) => format!("Guessed password at {host} ({service})"),
        None => format!("Guessed password at {host}"),
    };
    let mut observation = Observation::new(title, Severity::High);
    observation.cwes = vec![521];
    observation.rule = service;
    let account = item.field("login").map(|login| format!("Account: {login}"));
    let url = match item.field("port").filter(|port| port != "0") {
        Some(port) => format!("{host}:{port}"),
        None => host,
    };
    observation.location = Some(Location { url: Some(url), ..Location::default() });
    observation.description = paragraphs([account.as_deref()]);
    observation
}
