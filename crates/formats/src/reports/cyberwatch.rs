//! Cyberwatch's vulnerabilities and security issues, as Galeax's export writes them.

use std::collections::BTreeSet;

use domain::findings::{Location, Observation, Package, Severity, Standing};

use super::fields::{Fields, Item, each_item, listed};
use super::json::Node;
use super::vocabulary::{Rating, cwes, paragraphs, push_new, severity, severity_of_score};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "cyberwatch",
    title: "Cyberwatch (JSON of Galeax)",
    how_to_get: "run Galeax' Cyberwatch-API-DefectDojo; it writes the file that it would import",
    manual: "One finding for each of `cves` and each product in its `updates_assets`, or for the \
        CVE where no product is named: severity from the score where there is a vector, else from \
        `cve_level`; CWE numbers; package and versions from the product; the servers in the \
        description. It is fixed when none of its servers is active. One finding for each of \
        `security_issues`: severity from `level`, fingerprint from `id`.",
    samples: &[("cyberwatch.json", include_bytes!("samples/cyberwatch.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("cves") && beginning.has("security_issues")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Cyberwatch"), None);
    let document = Node::root(source.text);
    each_item(&listed(&document, "cves")?, intake, &mut |item, intake| {
        let products = item.members("updates_assets");
        for (product, told) in &products {
            intake.observe(in_product(item, product, *told));
        }
        if products.is_empty() {
            let mut observation = vulnerability(item);
            observation.standing = standing(&item.items("servers"));
            intake.observe(observation);
        }
    })?;
    each_item(&listed(&document, "security_issues")?, intake, &mut |item, intake| {
        intake.observe(issue(item));
    })
}

fn is_active(server: &Item<'_>) -> bool {
    matches!(server.field("active").as_deref(), Some("true" | "active"))
}

fn standing(servers: &[Item<'_>]) -> Standing {
    match servers.is_empty() || servers.iter().any(is_active) {
        true => Standing::Present,
        false => Standing::Fixed,
    }
}

fn in_product(item: Item<'_>, product: &str, told: Item<'_>) -> Observation {
    let assets: BTreeSet<String> = told.texts("assets").into_iter().collect();
    let servers: Vec<Item<'_>> = item
        .items("servers")
        .into_iter()
        .filter(|server| server.field("computer_name").is_some_and(|name| assets.contains(&name)))
        .collect();
    let mut observation = vulnerability(item);
    observation.title = format!("{} in {product}", observation.title);
    observation.package = Some(Package {
        name: product.to_owned(),
        version: told.field("versions"),
        ..Package::default()
    });
    observation.standing = standing(&servers);
    observation
}

fn vulnerability(item: Item<'_>) -> Observation {
    let id = item.field("cve_code").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let mut rating = Rating::default();
    let score = item.number("cve_score");
    rating.offer(item.field("cvss_v3").as_deref(), score);
    rating.offer(None, score);
    let word = match (rating.vector(), rating.score()) {
        (Some(_), Some(score)) => severity_of_score(score),
        _ => level(item.field("cve_level")),
    };
    let mut observation = Observation::new(id, word);
    observation.ids = item.field("cve_code").into_iter().collect();
    for number in item.texts("cwes.cwe_id").iter().flat_map(|text| cwes(text)) {
        push_new(&mut observation.cwes, number);
    }
    observation.vector = rating.vector();
    observation.score = rating.score();
    let hosts = hosts(&item.items("servers"));
    let maturity = item.field("exploit_code_maturity").map(|word| format!("Exploit: {word}"));
    observation.description = paragraphs([hosts.as_deref(), maturity.as_deref()]);
    observation
}

fn hosts(servers: &[Item<'_>]) -> Option<String> {
    let names: Vec<String> =
        servers.iter().filter_map(|server| server.field("computer_name")).collect();
    (!names.is_empty()).then(|| format!("Servers: {}", names.join(", ")))
}

fn level(word: Option<String>) -> Severity {
    let word = word.unwrap_or_default();
    severity(word.trim_start_matches("level_")).unwrap_or(Severity::Info)
}

fn issue(item: Item<'_>) -> Observation {
    let name = item.field("security_issue_title").unwrap_or_else(|| "Security issue".to_owned());
    let mut observation = Observation::new(name, level(item.field("level")));
    for id in item.texts("cve_announcements") {
        push_new(&mut observation.ids, id);
    }
    observation.rule = item.field("security_issue_id");
    observation.fingerprint = item.field("id");
    let servers = item.items("servers");
    observation.location = servers
        .first()
        .and_then(|server| server.field("computer_name"))
        .map(|url| Location { url: Some(url), ..Location::default() });
    observation.standing = standing(&servers);
    let text = item.field("security_issue_description");
    observation.description = paragraphs([text.as_deref(), hosts(&servers).as_deref()]);
    observation
}
