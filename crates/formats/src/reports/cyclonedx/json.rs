//! The walk over CycloneDX in JSON: references first, then the components they name, then the
//! vulnerabilities.

use serde::Deserialize;

use super::super::json::{List, Node, Text};
use super::vulnerability::Vulnerability;
use super::{Component, Components, Intake, Unreadable, silent};

/// What is first looked at of a vulnerability.
#[derive(Default, Deserialize)]
#[serde(default)]
struct References {
    affects: List<AffectedReference>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AffectedReference {
    #[serde(rename = "ref")]
    reference: Text,
}

pub fn read(text: &str, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(text);
    let metadata = document.member("metadata")?;
    if let Some(metadata) = &metadata {
        name_tool(metadata, intake)?;
    }
    let Some(vulnerabilities) = document.member("vulnerabilities")? else {
        silent(intake);
        return Ok(());
    };
    let mut components = Components::default();
    vulnerabilities.each_element(|node| {
        let references: References = node.read().unwrap_or_default();
        for affected in references.affects.iter() {
            components.want(affected.reference.get().unwrap_or_default());
        }
    })?;
    let product = metadata.map(|metadata| metadata.member("component")).transpose()?.flatten();
    if let Some(product) = product {
        take(&product, &mut components, intake)?;
    }
    for name in ["components", "services"] {
        if let Some(list) = document.member(name)? {
            take_all(&list, &mut components, intake)?;
        }
    }
    vulnerabilities.each_element(|node| {
        if let Some(vulnerability) = node.item::<Vulnerability>(intake) {
            vulnerability.observe(&components, intake);
        }
    })
}

fn take_all(
    list: &Node<'_>,
    components: &mut Components,
    intake: &mut Intake<'_>,
) -> Result<(), Unreadable> {
    let mut outcome = Ok(());
    list.each_element(|node| {
        if outcome.is_ok() {
            outcome = take(&node, components, intake);
        }
    })?;
    outcome
}

/// The component and those nested in it; the depth is bounded by that of the document.
fn take(
    node: &Node<'_>,
    components: &mut Components,
    intake: &mut Intake<'_>,
) -> Result<(), Unreadable> {
    match node.read::<Component>() {
        Ok(component) => components.take(component),
        Err(_) => intake.remark("a component is not written as one and was passed over"),
    }
    if !node.is_object() {
        return Ok(());
    }
    for name in ["components", "services"] {
        if let Some(nested) = node.member(name)? {
            take_all(&nested, components, intake)?;
        }
    }
    Ok(())
}

/// `tools` is a list of tools, since 1.5 an object with components.
fn name_tool(metadata: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let Some(mut tools) = metadata.member("tools")? else { return Ok(()) };
    if tools.is_object() {
        let Some(components) = tools.member("components")? else { return Ok(()) };
        tools = components;
    }
    tools.each_element(|node| {
        let tool: Component = node.read().unwrap_or_default();
        intake.tool(tool.name.get(), tool.version.get());
    })
}
