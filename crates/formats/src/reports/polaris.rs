//! Fairwinds Polaris: how workloads of Kubernetes are configured.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "polaris",
    title: "Polaris (JSON)",
    how_to_get: "polaris audit --audit-path DIRECTORY --format json --output-file report.json",
    manual: "One finding for each check that did not succeed, of the workload (`Results`), its \
        pod (`PodResult`) and its containers (`ContainerResults`): rule from `ID`, title from \
        `Message`, severity from `Severity` (danger is high, warning medium), place from \
        `SourceName`; the workload is in the title.",
    samples: &[("polaris.json", include_bytes!("samples/polaris.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("PolarisOutputVersion")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Polaris"), None);
    let file = source.beginning.text("SourceName").map(str::to_owned);
    let list = Node::root(source.text).required("Results")?;
    item::each(&list, intake, |workload, intake| {
        let parts = [workload.text("Namespace"), workload.text("Kind"), workload.text("Name")];
        let name = parts.into_iter().flatten().collect::<Vec<String>>().join("/");
        let pod = workload.get("PodResult");
        let containers = pod.map(|pod| pod.list("ContainerResults")).unwrap_or_default();
        let whole = [Some(workload), pod].into_iter().flatten().map(|part| (name.clone(), part));
        let inside = containers.into_iter().map(|part| {
            let container = part.text("Name").unwrap_or_default();
            (format!("{name}/{container}"), part)
        });
        for (name, part) in whole.chain(inside) {
            for (_, check) in part.members("Results") {
                if check.text("Success").as_deref() == Some("false") {
                    intake.observe(observation(check, &name, file.clone()));
                }
            }
        }
    })
}

fn observation(check: Item<'_>, name: &str, file: Option<String>) -> Observation {
    let said = check.first(&["Message", "ID"]).unwrap_or_default();
    let word = match check.text("Severity").as_deref() {
        Some("danger" | "error") => Severity::High,
        Some("warning") => Severity::Medium,
        _ => Severity::Low,
    };
    let mut observation = Observation::new(title(&format!("{name}: {said}")), word);
    observation.rule = check.text("ID");
    observation.location = item::in_file(file, None);
    let details = check.texts("Details").join("\n");
    observation.description =
        paragraphs([check.text("Category").as_deref(), Some(details.as_str())]);
    observation
}
