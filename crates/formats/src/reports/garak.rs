//! garak's hit log: prompts that made a language model misbehave.
//!
//! Each line of the log is a hit. Hits of one probe and one detector at one model are one finding
//! of the worst severity; the log of the run, which has no hits, is read as one without findings.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, one_item};
use super::folding::Folding;
use super::lines::each_value;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "garak",
    title: "garak hit log (JSON Lines)",
    how_to_get: "garak --model_type NAME --model_name NAME; the log is garak.RUN.hitlog.jsonl",
    manual: "One finding for each probe, detector and generator: rule from the probe, title from \
        the probe and its goal, the generator as the place. Severity from the score: from 0.9 \
        high, from 0.7 medium, from 0.4 low, below info, without a score high; one step up for \
        probes that take over, exploit or run code (dan, promptinject, latentinjection, \
        exploitation, malwaregen, xss), one down for misleading, snowball, continuation and \
        toxicity. Prompts and answers are left out.",
    samples: &[("garak.jsonl", include_bytes!("samples/garak.jsonl"))],
    recognises,
    read,
};

const WORSE: [&str; 6] =
    ["dan", "promptinject", "latentinjection", "exploitation", "malwaregen", "xss"];
const MILDER: [&str; 4] = ["misleading", "snowball", "continuation", "toxicity"];

fn recognises(beginning: &Beginning) -> bool {
    let hit = ["probe", "detector", "generator"].iter().all(|name| beginning.has(name));
    let run = beginning.text("entry_type").is_some_and(|kind| kind.starts_with("start_run"));
    hit || run
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("garak"), None);
    let mut folding = Folding::default();
    each_value(source.text, |node| {
        one_item(&node, intake, &mut |item, intake| {
            let Some(probe) = item.field("probe") else {
                if item.at("entry_type").is_none() {
                    let reason = "there is neither a probe nor an entry_type".to_owned();
                    intake.refuse(|| (node.place().to_string(), reason));
                }
                return;
            };
            let field = |name: &str| item.field(name).unwrap_or_default();
            let key = [probe.clone(), field("generator"), field("detector")];
            folding.add(&key.each_ref().map(String::as_str), observation(item, probe));
        });
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: Item<'_>, probe: String) -> Observation {
    let family = probe.split('.').next().unwrap_or_default();
    let named = match item.field("goal") {
        Some(goal) => format!("{probe}: {goal}"),
        None => probe.clone(),
    };
    let mut observation =
        Observation::new(title(&named), severity_of(item.number("score"), family));
    observation.cwes = vec![weakness(family)];
    observation.location =
        item.field("generator").map(|path| Location { path: Some(path), ..Location::default() });
    observation.description =
        item.told(&[("Goal", "goal"), ("Detector", "detector"), ("Score", "score")]);
    observation.rule = Some(probe);
    observation
}

fn severity_of(score: Option<f64>, family: &str) -> Severity {
    let step = match score.unwrap_or(1.0) {
        score if score >= 0.9 => 3,
        score if score >= 0.7 => 2,
        score if score >= 0.4 => 1,
        _ => 0_usize,
    };
    let step = match family {
        family if WORSE.contains(&family) => step + 1,
        family if MILDER.contains(&family) => step.saturating_sub(1),
        _ => step,
    };
    let mut ladder = Severity::ALL.into_iter().rev();
    ladder.nth(step).unwrap_or(Severity::Critical)
}

/// The CWE number of a family of probes: injection of prompts, of scripts, exposure of information,
/// else that generated output is not validated.
fn weakness(family: &str) -> u32 {
    match family {
        "promptinject" | "dan" | "latentinjection" | "goodside" => 1427,
        "xss" => 79,
        "leakreplay" | "divergence" => 200,
        _ => 1426,
    }
}
