//! WPScan's JSON: vulnerabilities of WordPress, its plugins and themes, and other things it saw.

use domain::findings::{Observation, Package, Severity};

use super::folding::Folding;
use super::item::{Item, at_url, look};
use super::json::Node;
use super::vocabulary::{Rating, TITLE, one_line, paragraphs, push_new, severity_of_score};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "wpscan",
    title: "WPScan (JSON)",
    how_to_get: "wpscan --url https://example.org --format json --output report.json",
    manual: "One finding for each vulnerability of `version`, `main_theme`, `themes` and `plugins` \
        (one for each number of the WPScan database): CVE identifiers from `references.cve`, \
        package from the slug and its version, `fixed_in`; severity by the CVSS score where there \
        is one, else medium. Each of `interesting_findings` is info. A scan that was aborted is \
        not whole.",
    samples: &[("wpscan.json", include_bytes!("samples/wpscan.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let banner = beginning.text("banner.description");
    let banner = banner.is_some_and(|text| text.contains("WordPress Security Scanner"));
    let shape = ["interesting_findings", "main_theme", "plugins"];
    banner || shape.into_iter().all(|name| beginning.has(name))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("WPScan"), source.beginning.text("banner.version"));
    let document = Node::root(source.text);
    if document.member("scan_aborted")?.is_some() {
        intake.tool_failed("WPScan says that it aborted the scan (scan_aborted)");
    }
    let target = source.beginning.text("target_url").map(str::to_owned);
    let mut folding = Folding::default();
    for name in ["version", "main_theme"] {
        if let Some(node) = document.member(name)? {
            look(&node, intake, |item, _| {
                let slug = item.text("slug").unwrap_or_else(|| "wordpress".to_owned());
                of_component(item, &slug, target.as_ref(), &mut folding);
            });
        }
    }
    for name in ["plugins", "themes"] {
        let Some(list) = document.member(name)?.filter(Node::is_object) else { continue };
        list.each_member(|slug, node| {
            look(&node, intake, |item, _| {
                of_component(item, slug, target.as_ref(), &mut folding);
            });
        })?;
    }
    if let Some(list) = document.member("interesting_findings")? {
        super::item::each(&list, intake, |item, _| {
            let observation = seen(item);
            let title = observation.title.clone();
            folding.add(&["seen", &title], observation);
        })?;
    }
    folding.hand_over(intake);
    Ok(())
}

fn of_component(item: Item<'_>, slug: &str, target: Option<&String>, folding: &mut Folding) {
    let version = item.first(&["version/number", "number"]);
    for vulnerability in item.list("vulnerabilities") {
        let package = Package {
            name: slug.to_owned(),
            version: version.clone(),
            fixed: vulnerability.text("fixed_in"),
            purl: None,
        };
        let mut observation = observation(vulnerability, package);
        observation.location = at_url(item.text("location").or(target.cloned()));
        let number = observation.rule.clone().unwrap_or_else(|| observation.title.clone());
        folding.add(&[&number], observation);
    }
}

fn observation(item: Item<'_>, package: Package) -> Observation {
    let title = item.text("title").unwrap_or_else(|| "Vulnerability without a title".to_owned());
    let score = item.number("cvss/score").filter(|score| *score > 0.0);
    let severity = score.map_or(Severity::Medium, severity_of_score);
    let mut observation = Observation::new(one_line(&title, TITLE).0, severity);
    let mut rating = Rating::default();
    rating.offer(item.text("cvss/vector").as_deref(), score);
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    for number in item.texts("references/cve") {
        push_new(&mut observation.ids, format!("CVE-{}", number.trim_start_matches("CVE-")));
    }
    observation.rule = item.first(&["references/wpvulndb/0", "references/wpvulndb"]);
    observation.package = Some(package);
    let urls = item.texts("references/url");
    observation.description = paragraphs(urls.iter().map(|url| Some(url.as_str())));
    observation
}

fn seen(item: Item<'_>) -> Observation {
    let title = item.first(&["to_s", "type", "url"]);
    let title = title.unwrap_or_else(|| "Something without words".to_owned());
    let mut observation = Observation::new(one_line(&title, TITLE).0, Severity::Info);
    observation.rule = item.text("type");
    observation.location = at_url(item.text("url"));
    let mut words = item.texts("interesting_entries");
    words.extend(item.texts("references/url"));
    observation.description = paragraphs(words.iter().map(|word| Some(word.as_str())));
    observation
}
