//! Wazuh's vulnerabilities: of the API up to 4.7, and of the index that newer versions search.
//!
//! A vulnerability for which no package with a fix exists is listed like any other: waiting for the
//! vendor is part of its time.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "wazuh",
    title: "Wazuh vulnerabilities (JSON)",
    how_to_get: "up to 4.7: GET /vulnerability/AGENT of the API; from 4.8: \
        POST /wazuh-states-vulnerabilities-*/_search of the indexer",
    manual: "One finding for each of `data.affected_items`: identifier from `cve`, severity from \
        `severity`, score from `cvss3_score` or `cvss2_score`, package from `name` and `version`, \
        place from `agent_name` or `agent_ip`. Those without a fixed package are listed too.\n\n\
        One finding for each of `hits.hits`: identifier, severity and score from \
        `_source.vulnerability`, package from `_source.package`, place from the name of the agent. \
        A severity of `-` or Untriaged is info. Where the report holds fewer than it counts, it \
        is one page of several, and the scan was not whole.",
    samples: &[
        ("wazuh.json", include_bytes!("samples/wazuh.json")),
        ("wazuh_index.json", include_bytes!("samples/wazuh_index.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let listed = beginning.has("data.affected_items[].cve");
    let nothing = beginning.has("data.affected_items")
        && beginning.has("data.total_affected_items")
        && !beginning.has("data.affected_items[]");
    let index = beginning.text("hits.hits[]._index");
    listed || nothing || index.is_some_and(|name| name.contains("wazuh"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Wazuh"), None);
    let mut read = 0_u64;
    let (list, total) = match document.member("data")? {
        Some(data) => (data.required("affected_items")?, data.member("total_affected_items")?),
        None => {
            let hits = document.required("hits")?;
            let total = match hits.member("total")? {
                Some(total) if total.is_object() => total.member("value")?,
                total => total,
            };
            (hits.required("hits")?, total)
        }
    };
    item::each(&list, intake, |item, intake| {
        read += 1;
        intake.observe(match item.get("_source") {
            Some(found) => indexed(found),
            None => affected(item),
        });
    })?;
    if total.and_then(|total| total.read::<u64>().ok()).is_some_and(|total| total > read) {
        intake.tool_failed("the report holds fewer vulnerabilities than it counts");
    }
    Ok(())
}

fn observation(id: Option<String>, package: Option<String>, word: Option<Severity>) -> Observation {
    let id = id.unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let named = package.map_or(id.clone(), |package| format!("{id} in {package}"));
    let mut observation = Observation::new(title(&named), word.unwrap_or(Severity::Info));
    observation.ids = vec![id];
    observation
}

fn affected(item: Item<'_>) -> Observation {
    let name = item.text("name");
    let mut observation = observation(item.text("cve"), name.clone(), item.severity("severity"));
    let stated = ["cvss3_score", "cvss2_score"].into_iter().filter_map(|path| item.number(path));
    observation.score = stated.into_iter().find(|score| *score > 0.0);
    observation.package = item::package(name, item.text("version"), None);
    observation.location = item::at_url(item.first(&["agent_name", "agent_ip"]));
    let references = item.texts("external_references").join("\n");
    observation.description = paragraphs([
        item.text("title").as_deref(),
        item.text("condition").as_deref(),
        Some(references.as_str()),
    ]);
    observation
}

fn indexed(item: Item<'_>) -> Observation {
    let name = item.text("package/name");
    let id = item.text("vulnerability/id");
    let mut observation = observation(id, name.clone(), item.severity("vulnerability/severity"));
    observation.score = item.number("vulnerability/score/base").filter(|score| *score > 0.0);
    observation.package = item::package(name, item.text("package/version"), None);
    observation.location = item::at_url(item.first(&["agent/name", "agent/id"]));
    observation.description = paragraphs([
        item.text("vulnerability/description").as_deref(),
        item.text("vulnerability/scanner/condition").as_deref(),
        item.text("vulnerability/reference").as_deref(),
    ]);
    observation
}
