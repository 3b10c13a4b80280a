//! Bills of materials, as far as they are read today: what a document is, and how much is in it.
//!
//! The components themselves are not taken yet; the vulnerabilities that a CycloneDX document
//! tells are read as a report. A document of which the outline cannot be told is no bill of
//! materials, and nothing of it is kept.

use sha2::{Digest, Sha256};

use crate::reports::json::Node;
use crate::reports::xml::{Met, walk};
use crate::reports::{Beginning, Limits, Syntax, Unreadable, by_name, envelope};

/// The name of the report format that reads what a bill of materials tells of vulnerabilities.
pub const CYCLONEDX: &str = "cyclonedx";

/// The members, and elements, that tell of the product; `metadata.component` does too.
const TOLD: [&str; 5] =
    ["components", "services", "dependencies", "compositions", "vulnerabilities"];

/// What a bill of materials is, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// `CycloneDX 1.6`
    pub format: String,
    pub syntax: SbomSyntax,
    /// Components wherever they are nested; neither the product itself nor services.
    pub components: u64,
    /// SHA-256 of what the document tells of the product: not of its serial number, the time it was
    /// written at, its tools and annotations. Tools write those anew although nothing changed.
    pub content: String,
}

/// How a bill of materials is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SbomSyntax {
    Json,
    Xml,
}

impl SbomSyntax {
    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            SbomSyntax::Json => "json",
            SbomSyntax::Xml => "xml",
        }
    }
}

/// Reads the outline of a CycloneDX document of version 1.0 to 1.9, in JSON or XML, perhaps
/// compressed with gzip. The syntax is checked to the end.
///
/// # Errors
///
/// When it is anything else, or truncated, or its components are not written as components.
pub fn outline(bytes: &[u8], limits: &Limits) -> Result<Outline, Unreadable> {
    let unpacked = envelope::unpack(bytes, limits)?;
    let text = envelope::decode(&unpacked)?;
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let (beginning, damage) = Beginning::of(&text, limits);
    if let Some(damage) = damage {
        return Err(damage);
    }
    let is_cyclonedx = by_name(CYCLONEDX).is_some_and(|report| (report.recognises)(&beginning));
    match beginning.syntax {
        Syntax::Json if is_cyclonedx => of_json(&text),
        Syntax::Xml if is_cyclonedx => of_xml(&text, &beginning),
        _ => Err(shape("the document", "it is no CycloneDX document, in JSON or XML")),
    }
}

fn of_json(text: &str) -> Result<Outline, Unreadable> {
    let document = Node::root(text);
    let version = document.required("specVersion")?;
    let version: String = version.read().map_err(|(place, why)| shape(place, why))?;
    let format = format_of("specVersion", &version)?;
    let mut components = 0;
    if let Some(list) = document.member("components")? {
        count(&list, &mut components)?;
    }
    let mut content = Sha256::new();
    let metadata = document.member("metadata")?;
    let product = metadata.filter(Node::is_object).map(|metadata| metadata.member("component"));
    let told = TOLD.iter().map(|name| document.member(name)).chain(product);
    for (place, told) in told.enumerate() {
        let written = told?.map_or("", |told| told.written());
        content.update((place as u64).to_be_bytes());
        content.update((written.len() as u64).to_be_bytes());
        content.update(written);
    }
    Ok(Outline { format, syntax: SbomSyntax::Json, components, content: hexadecimal(content) })
}

/// Counts the components of a list with those nested in them; the depth is bounded by that of the
/// document.
fn count(list: &Node<'_>, components: &mut u64) -> Result<(), Unreadable> {
    let mut outcome = Ok(());
    list.each_element(|node| {
        *components += 1;
        if outcome.is_ok() {
            outcome = match node.member("components") {
                Ok(Some(nested)) => count(&nested, components),
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            };
        }
    })?;
    outcome
}

fn of_xml(text: &str, beginning: &Beginning) -> Result<Outline, Unreadable> {
    let namespace = beginning.root().map_or("", |(_, namespace)| namespace);
    let version = namespace.rsplit('/').next().unwrap_or_default();
    let format = format_of("the namespace", version)?;
    let mut path: Vec<String> = Vec::new();
    let (mut components, mut content) = (0, Sha256::new());
    walk(text, |met, _| match met {
        Met::Start(element) => {
            let is_listed = path.last().is_some_and(|around| around == "components");
            // Since 1.5 the tools of the document are listed as components too.
            let is_tool = path.iter().any(|around| around == "metadata");
            components += u64::from(element.name == "component" && is_listed && !is_tool);
            path.push(element.name);
            if is_told(&path) {
                content.update(format!("<{:?}{:?}", path.last(), element.attributes));
            }
        }
        Met::Text(words) if is_told(&path) => content.update(words.trim()),
        Met::Text(_) => {}
        Met::End => {
            if is_told(&path) {
                content.update("/>");
            }
            path.pop();
        }
    })?;
    Ok(Outline { format, syntax: SbomSyntax::Xml, components, content: hexadecimal(content) })
}

/// Whether an element of an XML document tells of the product.
fn is_told(path: &[String]) -> bool {
    match path {
        [_, metadata, part, ..] if metadata == "metadata" => part == "component",
        [_, part, ..] => TOLD.contains(&part.as_str()),
        _ => false,
    }
}

fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn format_of(place: &str, version: &str) -> Result<String, Unreadable> {
    let is_known = matches!(version.as_bytes(), [b'1', b'.', digit] if digit.is_ascii_digit());
    if is_known {
        return Ok(format!("CycloneDX {version}"));
    }
    let version: String = version.chars().take(40).collect();
    Err(shape(place, format!("{version:?} is no version of CycloneDX that is read here")))
}

fn shape(place: impl ToString, what: impl Into<String>) -> Unreadable {
    Unreadable::Shape { place: place.to_string(), what: what.into(), hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &str) -> Result<Outline, Unreadable> {
        outline(document.as_bytes(), &Limits::default())
    }

    #[test]
    fn components_are_counted_wherever_they_are_nested() {
        let json = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6",
            "metadata": {"component": {"name": "shop"}, "tools": {"components": [{"name": "t"}]}},
            "components": [{"name": "a", "components": [{"name": "b"}]}, {"name": "c"}]}"#;
        let xml = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><tools><components>
            <component><name>t</name></component></components></tools><component><name>shop</name>
            </component></metadata><components><component><name>a</name><components><component>
            <name>b</name></component></components></component><component><name>c</name></component>
            </components></bom>"#;
        for (document, syntax) in [(json, SbomSyntax::Json), (xml, SbomSyntax::Xml)] {
            let outline = read(document).unwrap();
            assert_eq!((outline.components, outline.syntax), (3, syntax));
            assert_eq!(outline.format, "CycloneDX 1.6");
        }
    }

    #[test]
    fn the_same_content_is_recognised_whoever_wrote_it_when() {
        let json = |serial: &str, name: &str| {
            format!(
                r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "{serial}",
                "metadata": {{"timestamp": "{serial}", "component": {{"name": "shop"}}}},
                "components": [{{"name": "{name}"}}], "annotations": [{{"timestamp": "{serial}"}}]}}"#
            )
        };
        let xml = |serial: &str, name: &str| {
            format!(
                r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="{serial}">
                <metadata><timestamp>{serial}</timestamp><component><name>shop</name></component>
                </metadata><components><component><name>{name}</name></component></components>
                </bom>"#
            )
        };
        let content = |document: String| read(&document).unwrap().content;
        assert_eq!(content(json("1", "a")), content(json("2", "a")));
        assert_ne!(content(json("1", "a")), content(json("1", "b")));
        assert_eq!(content(xml("1", "a")), content(xml("2", "a")));
        assert_ne!(content(xml("1", "a")), content(xml("1", "b")));
    }

    #[test]
    fn what_is_no_bill_of_materials_is_refused_with_its_reason() {
        let reason = |document: &str| read(document).unwrap_err().to_string();
        assert!(reason("").contains("empty"));
        assert!(reason("{}").contains("no CycloneDX document"));
        assert!(reason("hello").contains("no CycloneDX document"));
        assert!(reason(r#"{"bomFormat": "CycloneDX"}"#).contains("specVersion"));
        let version = r#"{"bomFormat": "CycloneDX", "specVersion": "7"}"#;
        assert!(reason(version).contains("\"7\" is no version"));
        let list = r#"{"bomFormat": "CycloneDX", "specVersion": "1.4", "components": {"a": 1}}"#;
        assert!(reason(list).contains("components"));
        assert!(reason(r#"{"bomFormat": "CycloneDX", "specVersion": "1.4""#).contains("line 1"));
        assert!(reason(r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4">"#).contains("line 1"));
    }
}
