//! ImmuniWeb: findings of its tests (XML), and what its discovery advises (JSON).

use domain::findings::{Location, Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::folding::Folding;
use super::html::plain_text;
use super::json::Node;
use super::vocabulary::{Rating, cwes, identifiers, paragraphs, title};
use super::xml::{self, Element};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "immuniweb",
    title: "ImmuniWeb (XML, JSON)",
    how_to_get: "ImmuniWeb: project > Vulnerabilities > Export > XML; Discovery > Export > JSON",
    manual: "XML: one finding for each `Vulnerability`; those of one name, risk, description \
        and address are one. Severity from `Risk` (warning is info), CWE and CVE from \
        their elements, score and vector from `CVSSv3`; a status that begins with fixed is fixed, \
        `false positive` is one.\n\n\
        JSON: one finding of the severity info for each of `remediations` of each asset in each \
        section: title from the asset's type and name, the advice in the description.",
    samples: &[
        ("immuniweb.xml", include_bytes!("samples/immuniweb.xml")),
        ("immuniweb.json", include_bytes!("samples/immuniweb.json")),
    ],
    recognises,
    read,
};

const SECTIONS: [&str; 7] =
    ["domains", "webapps", "mobileapps", "cloud", "network", "repositories", "incidents"];

fn recognises(beginning: &Beginning) -> bool {
    let has = |name: &&str| {
        beginning.has(&format!("{name}[].section")) && beginning.has(&format!("{name}[].dt"))
    };
    let xml = beginning.root().is_some_and(|(name, _)| name == "Vulnerabilities");
    SECTIONS.iter().any(has) || (xml && beginning.begins_with_element("CWE-ID"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("ImmuniWeb"), None);
    if source.beginning.syntax == Syntax::Json {
        return read_discovery(source, intake);
    }
    let mut folding = Folding::default();
    xml::each_item(source.text, &["Vulnerability"], |item, _| {
        let field = |name: &str| item.field(name).unwrap_or_default();
        let key = [field("Name"), field("Risk"), field("Description"), field("URL")];
        folding.add(&key.each_ref().map(String::as_str), tested(&item));
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn tested(item: &Element) -> Observation {
    let word = item.severity("Risk").unwrap_or(Severity::Info);
    let named = item.first_of(&["Name", "Type"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Vulnerability without a name")), word);
    observation.ids = item.field("CVE-ID").map(|id| identifiers(&id)).unwrap_or_default();
    observation.cwes = item.field("CWE-ID").map(|id| cwes(&id)).unwrap_or_default();
    let rated = item.field("CVSSv3").unwrap_or_default();
    let (score, vector) = rated.split_once(' ').unwrap_or((rated.as_str(), ""));
    let mut rating = Rating::default();
    rating.offer(Some(vector.trim_matches(['[', ']'])), score.parse().ok());
    rating.offer(None, score.parse().ok());
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.fingerprint = item.field("ID");
    observation.location = item.address(&["URL"]);
    observation.standing = match item.field("Status").unwrap_or_default().to_lowercase() {
        status if status.starts_with("fixed") => Standing::Fixed,
        status if status == "false positive" => Standing::FalsePositive,
        _ => Standing::Present,
    };
    observation.description =
        item.told(&[("", "Description"), ("Proof", "PoC"), ("How to fix", "Remediation")]);
    observation
}

fn read_discovery(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    let mut any = false;
    for section in SECTIONS {
        let Some(list) = document.member(section)? else { continue };
        any = true;
        each_item(&list, intake, &mut |asset, intake| {
            for advice in asset.texts("remediations") {
                intake.observe(advised(asset, &advice));
            }
        })?;
    }
    if any { Ok(()) } else { document.required(SECTIONS[0]).map(|_| ()) }
}

fn advised(asset: Item<'_>, advice: &str) -> Observation {
    let name = asset.first_of(&["name", "id"]).unwrap_or_else(|| "without a name".to_owned());
    let title = match asset.field("type") {
        Some(kind) => format!("{kind}: {name}"),
        None => name.clone(),
    };
    let mut observation = Observation::new(title, Severity::Info);
    let advice = plain_text(advice);
    observation.rule = Some(super::vocabulary::title(&advice));
    let url = asset.field("link").unwrap_or(name);
    observation.location = Some(Location { url: Some(url), ..Location::default() });
    let rest = asset.told(&[("Leak", "leak_name"), ("Group", "group"), ("Found", "discovered")]);
    observation.description = paragraphs([Some(advice.trim()), rest.as_deref()]);
    observation
}
