//! huskyCI's JSON: what the tools that it runs found, under their names.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item, listed};
use super::folding::Folding;
use super::json::Node;
use super::vocabulary::{identifiers, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "huskyci",
    title: "huskyCI (JSON)",
    how_to_get: "curl -H 'Husky-Token: TOKEN' https://HOST/analysis/ID > report.json",
    manual: "One finding for each vulnerability under `highvulns`, `mediumvulns` and `lowvulns` of \
        each tool of each language in `huskyciresults`; what a tool says twice in the same words \
        is one. Title, place from `file` and `line`, source text from `code`, identifiers from the \
        text, tool and confidence in the description. What the code marks as no security matter \
        (`nosecvulns`) is left out.",
    samples: &[("huskyci.json", include_bytes!("samples/huskyci.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("huskyciresults")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("huskyCI"), None);
    if source.beginning.text("status").is_some_and(|status| status.starts_with("error")) {
        intake.tool_failed("huskyCI says that it did not finish (status)");
    }
    let mut folding = Folding::default();
    let languages = listed(&Node::root(source.text), "huskyciresults")?;
    walk(
        &languages,
        2,
        &mut |word, list, intake| {
            let word = match word {
                "highvulns" => Severity::High,
                "mediumvulns" => Severity::Medium,
                "lowvulns" => Severity::Low,
                _ => return Ok(()),
            };
            each_item(&list, intake, &mut |item, _| {
                let names = ["securitytool", "title", "file", "line", "code", "details", "version"];
                let mut key = vec![word.to_string()];
                key.extend(names.iter().map(|name| item.field(name).unwrap_or_default()));
                let key: Vec<&str> = key.iter().map(String::as_str).collect();
                folding.add(&key, observation(item, word));
            })
        },
        intake,
    )?;
    folding.hand_over(intake);
    Ok(())
}

type Visit<'v> = dyn FnMut(&str, Node<'_>, &mut Intake<'_>) -> Result<(), Unreadable> + 'v;

/// Visits the members so many levels below an object.
fn walk(
    object: &Node<'_>,
    levels: u32,
    visit: &mut Visit<'_>,
    intake: &mut Intake<'_>,
) -> Result<(), Unreadable> {
    let mut outcome = Ok(());
    object.each_member(|name, node| {
        if outcome.is_err() {
            return;
        }
        outcome = match levels {
            0 => visit(name, node, intake),
            _ if node.is_object() => walk(&node, levels - 1, visit, intake),
            _ => Ok(()),
        };
    })?;
    outcome
}

fn observation(item: Item<'_>, word: Severity) -> Observation {
    let named = item.first_of(&["title", "details", "type"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Vulnerability without a title")), word);
    let text = item.first_of(&["details"]).unwrap_or_default();
    observation.ids = identifiers(&format!("{} {text}", named.unwrap_or_default()));
    observation.location = item.in_file("file", "line");
    observation.snippet = item.field("code").filter(|code| !code.contains("PRIVATE KEY"));
    observation.rule = item.field("type");
    observation.description = item.told(&[
        ("", "details"),
        ("Tool", "securitytool"),
        ("Confidence", "confidence"),
        ("Vulnerable below", "vulnerablebelow"),
        ("Version", "version"),
    ]);
    observation
}
