//! OpenVEX: what a producer says about vulnerabilities of its products.
//!
//! A statement mostly says that there is nothing to do: such statements close and never open. VEX
//! tells no severity.

use domain::findings::{Observation, Package, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{identifiers, package_of, paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "openvex",
    title: "OpenVEX",
    how_to_get: "vexctl create --product=PURL --vuln=CVE --status=STATUS > report.json",
    manual: "One finding for each statement and product, or component of a product where it \
        names some. Identifiers: the name of the vulnerability and its aliases. Standing: \
        `not_affected` is not affected, `fixed` is fixed, everything else present. Severity: \
        `affected` is medium, everything else info: VEX knows none. Package: the package URL. \
        Justification, impact and action statement stand in the description.",
    samples: &[
        ("openvex.json", include_bytes!("samples/openvex.json")),
        ("openvex_0_0_1.json", include_bytes!("samples/openvex_0_0_1.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.text("@context").is_some_and(|context| context.contains("openvex"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("OpenVEX"), None);
    let Some(list) = Node::root(source.text).member("statements")? else { return Ok(()) };
    item::each(&list, intake, |statement, intake| {
        let told = observation(statement);
        let products = statement.list("products");
        for product in &products {
            let parts = product.list("subcomponents");
            let parts = if parts.is_empty() { vec![*product] } else { parts };
            for part in parts {
                let package = named(part).map(|name| package(&name));
                intake.observe(Observation { package, ..told.clone() });
            }
        }
        if products.is_empty() {
            intake.observe(told);
        }
    })
}

/// A product or component: an object since version 0.2.0, a text before.
fn named(part: Item<'_>) -> Option<String> {
    part.first(&["identifiers/purl", "@id"]).or_else(|| part.itself())
}

fn package(name: &str) -> Package {
    package_of(name).unwrap_or_else(|| Package { name: name.to_owned(), ..Package::default() })
}

fn observation(statement: Item<'_>) -> Observation {
    let id = statement.first(&["vulnerability/name", "vulnerability", "vulnerability/@id"]);
    let id = id.unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let status = statement.text("status").unwrap_or_default();
    let severity = match status.as_str() {
        "affected" => Severity::Medium,
        _ => Severity::Info,
    };
    let heading = title(&format!("{id} ({})", status.replace('_', " ")));
    let mut observation = Observation::new(heading, severity);
    let mut known = identifiers(&id);
    if known.is_empty() {
        known.push(id);
    }
    known.extend(statement.texts("vulnerability/aliases"));
    known.into_iter().for_each(|id| push_new(&mut observation.ids, id));
    observation.standing = match status.as_str() {
        "not_affected" => Standing::NotAffected,
        "fixed" => Standing::Fixed,
        _ => Standing::Present,
    };
    let why = statement.text("justification").map(|why| why.replace('_', " "));
    observation.description = paragraphs([
        statement.text("vulnerability/description").as_deref(),
        why.as_deref(),
        statement.text("impact_statement").as_deref(),
        statement.text("action_statement").as_deref(),
        statement.text("status_notes").as_deref(),
    ]);
    observation
}
