//! ssh-audit: weak algorithms and known vulnerabilities of an SSH server.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, severity_of_score, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "ssh_audit",
    title: "ssh-audit (JSON)",
    how_to_get: "ssh-audit --json HOST > report.json",
    manual: "One finding for each of `cves`: identifier from `name`, score and severity from \
        `cvssv2`. One finding, CWE-327, for each algorithm of `kex`, `key`, `enc` and `mac` that \
        has notes: `fail` is high, `warn` alone medium; those with information only are left out. \
        The place is `target`.",
    samples: &[("ssh_audit.json", include_bytes!("samples/ssh_audit.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("banner.raw") && beginning.has("kex") && beginning.has("mac")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("ssh-audit"), None);
    let document = Node::root(source.text);
    let target = source.beginning.text("target").map(|target| format!("ssh://{target}"));
    if let Some(list) = document.member("cves")? {
        item::each(&list, intake, |item, intake| {
            let observation = vulnerability(item);
            intake.observe(Observation { location: item::at_url(target.clone()), ..observation });
        })?;
    }
    for (part, kind) in KINDS {
        let Some(list) = document.member(part)? else { continue };
        item::each(&list, intake, |item, intake| {
            if let Some(observation) = weak(item, kind) {
                let location = item::at_url(target.clone());
                intake.observe(Observation { location, ..observation });
            }
        })?;
    }
    Ok(())
}

const KINDS: [(&str, &str); 4] = [
    ("kex", "key exchange"),
    ("key", "host key"),
    ("enc", "encryption"),
    ("mac", "message authentication"),
];

fn vulnerability(item: Item<'_>) -> Observation {
    let id = item.text("name").unwrap_or_default();
    let said = item.text("description").unwrap_or_default();
    let score = item.number("cvssv2").filter(|score| *score > 0.0);
    let word = score.map_or(Severity::Medium, severity_of_score);
    let mut observation = Observation::new(title(&format!("{id}: {said}")), word);
    observation.score = score;
    observation.rule = Some(id.clone());
    observation.ids = vec![id];
    observation.description = paragraphs([Some(said.as_str())]);
    observation
}

fn weak(item: Item<'_>, kind: &str) -> Option<Observation> {
    let name = item.text("algorithm")?;
    let (fails, warnings) = (item.texts("notes/fail"), item.texts("notes/warn"));
    let word = match (fails.is_empty(), warnings.is_empty()) {
        (false, _) => Severity::High,
        (true, false) => Severity::Medium,
        (true, true) => return None,
    };
    let mut observation = Observation::new(title(&format!("Weak {kind} algorithm {name}")), word);
    observation.cwes = vec![327];
    observation.rule = Some(format!("{kind}/{name}"));
    let size = item.text("keysize").map(|bits| format!("Size of the key: {bits} bits"));
    let notes = fails.iter().chain(&warnings).map(|note| Some(note.as_str()));
    observation.description = paragraphs(notes.chain([size.as_deref()]));
    Some(observation)
}
