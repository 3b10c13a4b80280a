//! The walk over CycloneDX in XML: references first, then components and vulnerabilities, which
//! the schema has in this order.

use super::super::json::{List, Text};
use super::super::xml::{Element, Met, each_item, walk};
use super::vulnerability::{Affected, Analysis, Origin, Rating, Reference, Version, Vulnerability};
use super::{Component, Components, Evidence, Intake, Occurrence, Unreadable, silent};

/// What is handed over whole, and not as a part of what it stands in.
const ITEMS: [&str; 4] = ["component", "service", "tool", "vulnerability"];

pub fn read(text: &str, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let Some(mut components) = referred_to(text)? else {
        silent(intake);
        return name_tool(text, intake);
    };
    each_item(text, &ITEMS, |item, around| match item.name.as_str() {
        "vulnerability" => {
            let vulnerability = vulnerability(&item);
            let inside = around.iter().rev().find(|element| element.name == "component");
            match inside {
                Some(inside) => vulnerability.observe_in(&component(inside), intake),
                None => vulnerability.observe(&components, intake),
            }
        }
        _ if is_tool(&item, around) => intake.tool(item.text_of("name"), item.text_of("version")),
        _ => components.take(component(&item)),
    })
}

fn name_tool(text: &str, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    each_item(text, &ITEMS, |item, around| {
        if is_tool(&item, around) {
            intake.tool(item.text_of("name"), item.text_of("version"));
        }
    })
}

/// What vulnerabilities point at; none where the document does not speak of vulnerabilities.
fn referred_to(text: &str) -> Result<Option<Components>, Unreadable> {
    let (mut speaks, mut components) = (false, Components::default());
    let mut reference: Option<String> = None;
    walk(text, |met, _| match met {
        Met::Start(element) => {
            speaks |= element.name == "vulnerabilities";
            reference = (element.name == "ref").then(String::new);
        }
        Met::Text(words) => {
            if let Some(reference) = &mut reference {
                reference.push_str(&words);
            }
        }
        Met::End => {
            if let Some(reference) = reference.take() {
                components.want(&reference);
            }
        }
    })?;
    Ok(speaks.then_some(components))
}

/// `metadata/tools/tool`, since 1.5 `metadata/tools/components/component`.
fn is_tool(item: &Element, around: &[Element]) -> bool {
    let path: Vec<&str> = around.iter().skip(1).map(|element| element.name.as_str()).collect();
    match item.name.as_str() {
        "tool" => path == ["metadata", "tools"],
        "component" => path == ["metadata", "tools", "components"],
        _ => false,
    }
}

fn text(element: &Element, name: &str) -> Text {
    Text::from(element.text_of(name))
}

fn component(element: &Element) -> Component {
    let evidence = element.child("evidence").and_then(|evidence| evidence.child("occurrences"));
    let evidence = evidence.map(|list| Evidence {
        occurrences: List(
            list.all("occurrence")
                .map(|one| Occurrence { location: text(one, "location") })
                .collect(),
        ),
    });
    Component {
        reference: Text::from(element.attribute("bom-ref")),
        group: text(element, "group"),
        name: text(element, "name"),
        version: text(element, "version"),
        purl: text(element, "purl"),
        evidence,
    }
}

fn vulnerability(element: &Element) -> Vulnerability {
    Vulnerability {
        id: text(element, "id"),
        source: element.child("source").map(origin),
        references: listed(element, "references", "reference", |one| Reference {
            id: text(one, "id"),
        }),
        ratings: listed(element, "ratings", "rating", rating),
        cwes: listed(element, "cwes", "cwe", |one| Text::from(one.words())),
        description: text(element, "description"),
        detail: text(element, "detail"),
        recommendation: recommendation(element),
        analysis: element.child("analysis").map(|analysis| Analysis {
            state: text(analysis, "state"),
            justification: text(analysis, "justification"),
            detail: text(analysis, "detail"),
        }),
        affects: listed(element, "affects", "target", |target| Affected {
            reference: text(target, "ref"),
            versions: listed(target, "versions", "version", |version| Version {
                version: text(version, "version"),
                status: text(version, "status"),
            }),
        }),
    }
}

/// The elements `name` of the list `list`.
fn listed<T>(element: &Element, list: &str, name: &str, read: impl Fn(&Element) -> T) -> List<T> {
    let list = element.children.iter().filter(|child| child.name == list);
    List(list.flat_map(|list| list.all(name)).map(read).collect())
}

/// The name is an element, before 1.4 an attribute.
fn origin(element: &Element) -> Origin {
    Origin { name: Text::from(element.text_of("name").or(element.attribute("name"))) }
}

/// The score is a number, before 1.4 an element with the base score in it.
fn rating(element: &Element) -> Rating {
    let score = element.child("score");
    let base = score.and_then(|score| score.text_of("base").or(score.words()));
    Rating {
        source: element.child("source").map(origin),
        score: Text::from(base),
        severity: text(element, "severity"),
        method: text(element, "method"),
        vector: text(element, "vector"),
    }
}

/// Before 1.4 there were several.
fn recommendation(element: &Element) -> Text {
    let one = element.text_of("recommendation");
    let list = element.child("recommendations");
    Text::from(one.or_else(|| list.and_then(|list| list.text_of("recommendation"))))
}
