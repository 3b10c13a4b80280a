//! WhatWeb: the techniques that a web site shows.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::lines;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "whatweb",
    title: "WhatWeb (JSON)",
    how_to_get: "whatweb --log-json report.json URL",
    manual: "One finding, info, for each element: place from `target`, the names and versions of \
        its `plugins` in the description.",
    samples: &[("whatweb.json", include_bytes!("samples/whatweb.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["", "[]."].into_iter().any(|start| {
        ["target", "http_status", "plugins"]
            .iter()
            .all(|name| beginning.has(&format!("{start}{name}")))
    })
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("WhatWeb"), None);
    lines::each_value(source.text, |node| {
        item::look(&node, intake, |item, intake| {
            if item.get("target").is_some() {
                intake.observe(observation(item));
            }
        });
    })
}

fn observation(item: Item<'_>) -> Observation {
    let target = item.text("target").unwrap_or_default();
    let mut observation = Observation::new(format!("Techniques of {target}"), Severity::Info);
    observation.rule = Some("techniques".to_owned());
    observation.location = item::at_url(Some(target));
    let plugins = item.members("plugins").into_iter().map(|(name, plugin)| {
        let told = [plugin.texts("version"), plugin.texts("string")].concat().join(", ");
        if told.is_empty() { name.to_owned() } else { format!("{name}: {told}") }
    });
    observation.description = Some(plugins.collect::<Vec<String>>().join("\n"));
    observation
}
