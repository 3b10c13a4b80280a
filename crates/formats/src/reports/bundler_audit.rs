//! bundler-audit: vulnerable gems of a lock file, as text or as JSON.
//!
//! The text is what the tool prints by default: blocks of `Name: value` lines.

use domain::findings::{Location, Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{
    Rating, identifiers_of, package, paragraphs, push_new, severity, text_at, title,
};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "bundler_audit",
    title: "bundler-audit (JSON or text)",
    how_to_get: "bundle-audit check --format json --output report.json, or without --format",
    manual: "JSON: one finding for each element of `results`. Text: one for each block that \
        begins with `Name`. Identifiers: CVE, then GHSA, then OSVDB; in old texts `Advisory`. \
        Severity: the criticality, where it is unknown medium. Package: the gem; fixed: the \
        versions of the solution (`~> 2.1.3, >= 2.2.0`). A gem source without encryption \
        (`insecure_source`) is a medium finding.",
    samples: &[
        ("bundler_audit.json", include_bytes!("samples/bundler_audit.json")),
        ("bundler_audit.txt", include_bytes!("samples/bundler_audit.txt")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    if beginning.syntax == Syntax::Plain {
        let opening = beginning.opening();
        let block = opening.contains("\nVersion: ") && opening.contains("\nSolution: ");
        return block && opening.contains("Name: ") && opening.contains("\nCriticality: ");
    }
    let results = beginning.has("results[].gem") || beginning.has("results[].source");
    let kind = beginning.text("results[].type");
    let nothing = beginning.has("created_at") && beginning.has("results");
    (results && kind.is_some()) || (nothing && beginning.members("").len() <= 4)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    if source.beginning.syntax == Syntax::Plain {
        intake.tool(Some("bundler-audit"), None);
        read_text(source.text, intake);
        return Ok(());
    }
    let document = Node::root(source.text);
    intake.tool(Some("bundler-audit"), text_at(&document, "version")?.as_deref());
    item::each(&document.required("results")?, intake, |result, intake| {
        intake.observe(match result.text("type").as_deref() {
            Some("insecure_source") => insecure(&result.text("source").unwrap_or_default()),
            _ => Gem::of(result).observation(),
        });
    })
}

/// A vulnerable gem in the words of both syntaxes.
#[derive(Default)]
struct Gem {
    name: Option<String>,
    version: Option<String>,
    ids: Vec<String>,
    title: Option<String>,
    criticality: Option<String>,
    score: Option<f64>,
    fixed: Option<String>,
    texts: Vec<String>,
}

impl Gem {
    fn of(result: Item<'_>) -> Gem {
        let patched = result.texts("advisory/patched_versions").join(", ");
        let prefixed = |name: &str, prefix: &str| {
            let id = result.text(&format!("advisory/{name}"))?;
            Some(if id.starts_with(prefix) { id } else { format!("{prefix}{id}") })
        };
        let ids = [prefixed("cve", "CVE-"), prefixed("ghsa", "GHSA-"), prefixed("osvdb", "OSVDB-")];
        Gem {
            name: result.text("gem/name"),
            version: result.text("gem/version"),
            ids: ids.into_iter().flatten().collect(),
            title: result.text("advisory/title"),
            criticality: result.text("advisory/criticality"),
            score: result.number("advisory/cvss_v3").or(result.number("advisory/cvss_v2")),
            fixed: versions(&patched),
            texts: ["advisory/description", "advisory/url"]
                .into_iter()
                .filter_map(|path| result.text(path))
                .collect(),
        }
    }

    fn observation(self) -> Observation {
        let id = self.ids.first().cloned();
        let named = self.title.or(id).unwrap_or_else(|| "Advisory without a title".to_owned());
        let heading = match &self.name {
            Some(name) => format!("{named} in {name}"),
            None => named,
        };
        let word = self.criticality.as_deref().map(|word| match word.to_lowercase().as_str() {
            "none" => Severity::Info,
            word => severity(word).unwrap_or(Severity::Medium),
        });
        let mut observation = Observation::new(title(&heading), word.unwrap_or(Severity::Medium));
        observation.ids = self.ids;
        let mut rating = Rating::default();
        rating.offer(None, self.score);
        observation.score = rating.score();
        observation.package = self.name.as_deref().map(|name| {
            let mut package = package("gem", name, self.version.as_deref());
            package.fixed = self.fixed;
            package
        });
        observation.description = paragraphs(self.texts.iter().map(|text| Some(text.as_str())));
        observation
    }
}

fn insecure(source: &str) -> Observation {
    let mut observation = Observation::new("Gem source without encryption", Severity::Medium);
    observation.rule = Some("insecure_source".to_owned());
    observation.location = Some(Location { url: Some(source.to_owned()), ..Location::default() });
    observation
}

/// The versions of requirements such as `~> 2.1.3, >= 2.2.0`, without upper bounds.
fn versions(requirements: &str) -> Option<String> {
    let mut versions = Vec::new();
    for requirement in requirements.split(',') {
        let requirement = requirement.trim().trim_matches('\'');
        let least = ["~>", ">=", "="].iter().find_map(|sign| requirement.strip_prefix(sign));
        least.into_iter().for_each(|version| push_new(&mut versions, version.trim().to_owned()));
    }
    (!versions.is_empty()).then(|| versions.join(", "))
}

fn read_text(text: &str, intake: &mut Intake<'_>) {
    let mut gem: Option<Gem> = None;
    for line in text.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.trim();
        match field {
            "Insecure Source URI found" => intake.observe(insecure(value)),
            "Name" => {
                gem.take().into_iter().for_each(|gem| intake.observe(gem.observation()));
                gem = Some(Gem { name: Some(value.to_owned()), ..Gem::default() });
            }
            _ => {
                if let Some(gem) = &mut gem {
                    gem.take(field, value);
                }
            }
        }
    }
    gem.into_iter().for_each(|gem| intake.observe(gem.observation()));
}

impl Gem {
    /// Takes in a line of a block.
    fn take(&mut self, field: &str, value: &str) {
        match field {
            "Version" => self.version = Some(value.to_owned()),
            "Advisory" | "CVE" | "GHSA" => {
                let known = identifiers_of([value]);
                let known = if known.is_empty() { vec![value.to_owned()] } else { known };
                known.into_iter().for_each(|id| push_new(&mut self.ids, id));
            }
            "Criticality" => self.criticality = Some(value.to_owned()),
            "Title" => self.title = Some(value.to_owned()),
            "URL" => self.texts.push(value.to_owned()),
            "Solution" => {
                self.fixed = value.strip_prefix("upgrade to ").and_then(versions);
                self.texts.push(format!("Solution: {value}"));
            }
            _ => {}
        }
    }
}
