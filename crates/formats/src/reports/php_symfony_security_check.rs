//! The security checker of Symfony: PHP packages with known advisories.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "php_symfony_security_check",
    title: "Symfony security checker (JSON)",
    how_to_get: "symfony security:check --format=json > report.json; or \
        local-php-security-checker --format=json",
    manual: "One finding for each of `advisories` of each package: identifier from `cve`, title \
        from `title`, package from the member's name and `version` (the leading v is left out). \
        The report knows no severity: the label is info, and there is no score.",
    samples: &[(
        "php_symfony_security_check.json",
        include_bytes!("samples/php_symfony_security_check.json"),
    )],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("*.version") && beginning.has("*.advisories")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Symfony security checker"), None);
    let document = Node::root(source.text);
    if document.is_array() {
        return item::each(&document, intake, |_, intake| {
            intake.remark("an element of a list that should be empty was left out");
        });
    }
    document.each_member(|name, node| {
        item::look(&node, intake, |package, intake| {
            for advisory in package.list("advisories") {
                intake.observe(observation(name, package, advisory));
            }
        });
    })
}

fn observation(name: &str, package: Item<'_>, advisory: Item<'_>) -> Observation {
    let said = advisory.first(&["title", "cve"]).unwrap_or_default();
    let mut observation = Observation::new(title(&format!("{name}: {said}")), Severity::Info);
    observation.ids = advisory.texts("cve");
    observation.rule = advisory.text("link");
    let version = package.text("version");
    let version = version.map(|version| version.trim_start_matches('v').to_owned());
    observation.package = item::package(Some(name.to_owned()), version, None);
    observation.description = paragraphs([Some(said.as_str()), advisory.text("link").as_deref()]);
    observation
}
