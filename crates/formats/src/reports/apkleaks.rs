//! APKLeaks' JSON: secrets and addresses inside an Android package.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item, listed};
use super::json::Node;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "apkleaks",
    title: "APKLeaks (JSON)",
    how_to_get: "apkleaks --file APP.apk --json --output report.json",
    manual: "One medium finding for each pattern in `results`: rule and title from its name, the \
        package as the place. How many matches there are is in the description; the matches \
        themselves, which may be secrets, are left out.",
    samples: &[("apkleaks.json", include_bytes!("samples/apkleaks.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let nothing = beginning.members("") == ["package", "results"] && !beginning.has("results[]");
    (beginning.has("package") && beginning.has("results[].matches")) || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("APKLeaks"), None);
    let package = source.beginning.text("package");
    each_item(&listed(&Node::root(source.text), "results")?, intake, &mut |item, intake| {
        intake.observe(observation(item, package));
    })
}

fn observation(item: Item<'_>, package: Option<&str>) -> Observation {
    let name = item.field("name").unwrap_or_else(|| "Pattern without a name".to_owned());
    let title = match package {
        Some(package) => format!("{name} in {package}"),
        None => name.clone(),
    };
    let mut observation = Observation::new(title, Severity::Medium);
    observation.rule = Some(name);
    observation.location =
        package.map(|path| Location { path: Some(path.to_owned()), ..Location::default() });
    let matches = item.items("matches").len();
    observation.description = Some(format!("Matches: {matches}"));
    observation
}
