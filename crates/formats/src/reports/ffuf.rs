//! ffuf's JSON: requests that a web server answers as was asked for.

use super::content_discovery::read_results;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "ffuf",
    title: "ffuf (JSON)",
    how_to_get: "ffuf -u https://HOST/FUZZ -w WORDS -of json -o report.json",
    manual: "One finding of the severity info for each of `results`: title from status and \
        address, redirection, kind and length in the description.",
    samples: &[("ffuf.json", include_bytes!("samples/ffuf.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("commandline") && beginning.has("config") && beginning.has("results")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("ffuf"), None);
    read_results(source, intake)
}
