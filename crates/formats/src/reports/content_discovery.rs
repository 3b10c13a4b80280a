//! Addresses that a web server answers, as dirsearch, ffuf and httpx list them.
//!
//! Such an answer is no weakness by itself; it is told so that what should not be there is seen.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item, one_item};
use super::json::Node;
use super::lines::each_value;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const DIRSEARCH: Report = Report {
    name: "dirsearch",
    title: "dirsearch (JSON)",
    how_to_get: "dirsearch -u URL -O json -o report.json",
    manual: "One finding of the severity info for each of `results`: title from status and \
        address, redirection, kind and length in the description.",
    samples: &[("dirsearch.json", include_bytes!("samples/dirsearch.json"))],
    recognises: |beginning| beginning.has("info.args") && beginning.has("results"),
    read: |source, intake| read_results(source, intake, "dirsearch"),
};

pub const FFUF: Report = Report {
    name: "ffuf",
    title: "ffuf (JSON)",
    how_to_get: "ffuf -u https://HOST/FUZZ -w WORDS -of json -o report.json",
    manual: "One finding of the severity info for each of `results`: title from status and \
        address, redirection, kind and length in the description.",
    samples: &[("ffuf.json", include_bytes!("samples/ffuf.json"))],
    recognises: |beginning| {
        beginning.has("commandline") && beginning.has("config") && beginning.has("results")
    },
    read: |source, intake| read_results(source, intake, "ffuf"),
};

pub const HTTPX: Report = Report {
    name: "httpx",
    title: "httpx (JSON Lines)",
    how_to_get: "httpx -list HOSTS -json -output report.json",
    manual: "One finding of the severity info for each answer: title from status and address, \
        the page's title, server, technologies and length in the description. Probes that failed \
        are none.",
    samples: &[("httpx.json", include_bytes!("samples/httpx.json"))],
    recognises: recognises_httpx,
    read: |source, intake| {
        intake.tool(Some("httpx"), None);
        each_value(source.text, |node| {
            one_item(&node, intake, &mut |item, intake| {
                if !item.is_true("failed") {
                    intake.observe(observation(item));
                }
            });
        })
    },
};

fn recognises_httpx(beginning: &Beginning) -> bool {
    let has = |above: &str| {
        ["url", "input", "status_code", "scheme"]
            .iter()
            .all(|name| beginning.has(&format!("{above}{name}")))
    };
    has("") || has("[].")
}

fn read_results(
    source: &Source<'_>,
    intake: &mut Intake<'_>,
    tool: &str,
) -> Result<(), Unreadable> {
    intake.tool(Some(tool), None);
    let Some(results) = Node::root(source.text).member("results")? else { return Ok(()) };
    each_item(&results, intake, &mut |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let url = item.first_of(&["url", "input"]).unwrap_or_else(|| "an address".to_owned());
    let title = match item.first_of(&["status", "status_code"]) {
        Some(status) => format!("HTTP {status}: {url}"),
        None => url.clone(),
    };
    let mut observation = Observation::new(title, Severity::Info);
    observation.location = Some(Location { url: Some(url), ..Location::default() });
    observation.description = item.told(&[
        ("Title", "title"),
        ("Server", "webserver"),
        ("Technologies", "tech"),
        ("Redirects to", "redirect"),
        ("Redirects to", "redirectlocation"),
        ("Redirects to", "location"),
        ("Kind", "content-type"),
        ("Kind", "content_type"),
        ("Length", "content-length"),
        ("Length", "content_length"),
        ("Length", "length"),
    ]);
    observation
}
