//! CSAF 2 advisories: what a vendor says about vulnerabilities of its products.
//!
//! One advisory speaks of many products in different states, so there is one finding for each
//! vulnerability and product. A product's name and version stand in three different places of the
//! product tree (CSAF 2.0, 3.1.1, 3.1.3 and 3.2.2).

use std::collections::BTreeMap;

use domain::findings::{Observation, Package, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{
    Rating, cwes_of, paragraphs, push_new, severity, severity_of_score, title,
};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "csaf",
    title: "CSAF 2.0 advisory",
    how_to_get: "download the advisory from the vendor, for instance with csaf_downloader",
    manual: "One finding for each of the `vulnerabilities` and each product of its \
        `product_status`. Known not affected products are not affected, fixed and recommended \
        ones fixed, all others present. Severity: `baseSeverity` of the score for that product, \
        else by its `baseScore`, without a score medium. Identifiers: `cve`, else `ids`; CWE \
        number: `cwe`. Package: name, version and package URL from the product tree; what to do \
        from the `remediations` of that product.",
    samples: &[("csaf.json", include_bytes!("samples/csaf.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("document.csaf_version")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("CSAF"), None);
    let mut products = BTreeMap::new();
    if let Some(tree) = document.member("product_tree")? {
        item::look(&tree, intake, |tree, _| products = known_products(tree));
    }
    let Some(list) = document.member("vulnerabilities")? else { return Ok(()) };
    item::each(&list, intake, |found, intake| {
        let standings = standings(found);
        for (product, standing) in &standings {
            let mut told = observation(found, Some(product));
            told.standing = *standing;
            told.package = Some(
                products
                    .get(product)
                    .cloned()
                    .unwrap_or_else(|| Package { name: product.clone(), ..Package::default() }),
            );
            intake.observe(told);
        }
        if standings.is_empty() {
            intake.observe(observation(found, None));
        }
    })
}

/// The state of each product; where it stands in several lists the gravest counts.
fn standings(found: Item<'_>) -> BTreeMap<String, Standing> {
    let mut standings = BTreeMap::new();
    for (list, ids) in found.members("product_status") {
        let standing = match list {
            "known_not_affected" => Standing::NotAffected,
            "fixed" | "first_fixed" | "recommended" => Standing::Fixed,
            _ => Standing::Present,
        };
        let ids = ids.elements().into_iter().filter_map(Item::itself);
        for id in ids {
            let known = standings.entry(id).or_insert(standing);
            if standing == Standing::Present {
                *known = standing;
            }
        }
    }
    standings
}

fn known_products(tree: Item<'_>) -> BTreeMap<String, Package> {
    let mut products = BTreeMap::new();
    for product in tree.list("full_product_names") {
        know(product, None, &mut products);
    }
    let mut open: Vec<(Item<'_>, Option<String>)> =
        tree.list("branches").into_iter().map(|branch| (branch, None)).collect();
    while let Some((branch, version)) = open.pop() {
        let is_version = branch.text("category").as_deref() == Some("product_version");
        let version = if is_version { branch.text("name") } else { version };
        if let Some(product) = branch.get("product") {
            know(product, version.as_deref(), &mut products);
        }
        let below = branch.list("branches").into_iter();
        open.extend(below.map(|branch| (branch, version.clone())));
    }
    for relation in tree.list("relationships") {
        let part = relation.text("product_reference").and_then(|id| products.get(&id).cloned());
        let Some(id) = relation.text("full_product_name/product_id") else { continue };
        match part {
            Some(part) => _ = products.insert(id, part),
            None => {
                let whole = relation.get("full_product_name");
                whole.into_iter().for_each(|whole| know(whole, None, &mut products));
            }
        }
    }
    products
}

fn know(product: Item<'_>, version: Option<&str>, products: &mut BTreeMap<String, Package>) {
    let Some(id) = product.text("product_id") else { return };
    let name = product.text("name").unwrap_or_else(|| id.clone());
    // The name of a leaf often ends with the version that its branch names.
    let bare = version.and_then(|version| name.strip_suffix(version)).map(str::trim);
    let bare = bare.filter(|bare| !bare.is_empty()).map(str::to_owned);
    let purl = product.text("product_identification_helper/purl");
    let version = version.map(str::to_owned);
    let package = Package { name: bare.unwrap_or(name), version, fixed: None, purl };
    products.insert(id, package);
}

fn observation(found: Item<'_>, product: Option<&str>) -> Observation {
    let ids = ids(found);
    let id = ids.first().map_or("Vulnerability without an id", String::as_str);
    let named = found.text("title").unwrap_or_else(|| id.to_owned());
    let (word, rating) = scored(found, product);
    let mut observation = Observation::new(title(&named), word);
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.ids = ids;
    let classes: Vec<String> = std::iter::once(found.text("cwe/id"))
        .chain(found.list("cwes").into_iter().map(|class| class.text("id")))
        .flatten()
        .collect();
    observation.cwes = cwes_of(classes.iter().map(String::as_str));
    let notes = found.list("notes");
    let notes = notes.iter().filter(|note| {
        matches!(note.text("category").as_deref(), Some("description" | "summary" | "details"))
    });
    let mut texts: Vec<String> = notes.filter_map(|note| note.text("text")).collect();
    let remedies = found.list("remediations");
    let remedies = remedies.into_iter().filter(|remedy| is_about(*remedy, "product_ids", product));
    texts.extend(remedies.filter_map(|remedy| remedy.text("details")));
    observation.description = paragraphs(texts.iter().map(|text| Some(text.as_str())));
    observation
}

fn ids(found: Item<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    let others = found.list("ids").into_iter().filter_map(|id| id.text("text"));
    found.text("cve").into_iter().chain(others).for_each(|id| push_new(&mut ids, id));
    ids
}

/// Whether a part of the advisory speaks of the product; one that names none speaks of all.
fn is_about(part: Item<'_>, list: &str, product: Option<&str>) -> bool {
    let named = part.texts(list);
    named.is_empty() || product.is_none_or(|product| named.iter().any(|name| name == product))
}

/// The score for a product: `scores` of CSAF 2.0, `metrics` of 2.1.
fn scored(found: Item<'_>, product: Option<&str>) -> (Severity, Rating) {
    let (mut rating, mut word) = (Rating::default(), None);
    let scores = found.list("scores").into_iter();
    let metrics = found.list("metrics").into_iter();
    for score in scores.chain(metrics).filter(|score| is_about(*score, "products", product)) {
        let content = score.get("content").unwrap_or(score);
        for version in ["cvss_v4", "cvss_v3", "cvss_v2"] {
            let Some(cvss) = content.get(version) else { continue };
            let base = cvss.number("baseScore");
            rating.offer(cvss.text("vectorString").as_deref(), base);
            let stated = cvss.text("baseSeverity").as_deref().and_then(severity);
            word = word.or(stated).or(base.map(severity_of_score));
        }
    }
    (word.unwrap_or(Severity::Medium), rating)
}
