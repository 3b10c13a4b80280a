//! dirsearch's JSON: paths that a web server answers.

use super::content_discovery::read_results;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "dirsearch",
    title: "dirsearch (JSON)",
    how_to_get: "dirsearch -u URL -O json -o report.json",
    manual: "One finding of the severity info for each of `results`: title from status and \
        address, redirection, kind and length in the description.",
    samples: &[("dirsearch.json", include_bytes!("samples/dirsearch.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("info.args") && beginning.has("results")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("dirsearch"), None);
    read_results(source, intake)
}
