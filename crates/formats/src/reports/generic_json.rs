//! A plain list of findings in JSON, for tools of one's own.

use super::generic::{Entry, are_names_of_a_finding};
use super::json::Node;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "generic_json",
    title: "Generic findings (JSON)",
    how_to_get: "write it yourself: {\"findings\": [{\"title\": …, \"severity\": …}]}",
    manual: "An object with `findings`, an array of objects. Each needs a `title`; all else may \
        be missing: `severity` (critical, high, medium, low, info), `description`, `mitigation`, \
        `impact`, `steps_to_reproduce`, `references`, `cve`, `vulnerability_ids`, `cwe`, `cwes`, \
        `cvssv3` and `cvssv4` (vectors) with `cvssv3_score` and `cvssv4_score`, \
        `component_name`, `component_version`, `fix_version`, `purl`, `file_path`, `line`, \
        `endpoints` (addresses, or objects with `protocol`, `host`, `port`, `path`), \
        `vuln_id_from_tool` (the rule), `unique_id_from_tool` (the fingerprint), `false_p` and \
        `is_mitigated`. Other members are left out; where they are half of all in the first \
        finding, the format must be named. The tool is `type`, else `name`, with `version`.",
    samples: &[("generic.json", include_bytes!("samples/generic.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let nothing = beginning.members("") == ["findings"] && !beginning.has("findings[]");
    let found = beginning.text("findings[].title").is_some()
        && beginning.has("findings[].severity")
        && are_names_of_a_finding(beginning.members("findings[]").into_iter());
    nothing || found
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    let beginning = source.beginning;
    intake.tool(beginning.text("type").or(beginning.text("name")), beginning.text("version"));
    document.required("findings")?.each_element(|node| {
        let Some(entry) = node.item::<Entry>(intake) else { return };
        match entry.observation() {
            Some(observation) => intake.observe(observation),
            None => {
                let place = || node.place().to_string();
                intake.refuse(|| (place(), "there is no title; give the finding one".to_owned()));
            }
        }
    })
}
