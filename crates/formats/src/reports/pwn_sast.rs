//! PWN SAST: lines of code that match the patterns of its modules.

use domain::findings::{Observation, Severity};

use super::folding::Folding;
use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "pwn_sast",
    title: "PWN SAST (JSON)",
    how_to_get: "pwn_sast --dir-path DIRECTORY --report-name report",
    manual: "One finding, info, for each line of `line_no_and_contents` of each of `data`; a line \
        told twice counts once. Title from `security_references.section` and the module, rule \
        from `sast_module`, CWE number from `cwe_id`, place from `filename.entry` and `line_no`, \
        source text from `contents`.",
    samples: &[("pwn_sast.json", include_bytes!("samples/pwn_sast.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("data[].security_references.sast_module");
    let nothing = beginning.has("report_name")
        && beginning.has("data")
        && !beginning.has("data[]")
        && beginning.members("").len() == 2;
    found || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("PWN"), None);
    let list = Node::root(source.text).required("data")?;
    let mut folding = Folding::default();
    item::each(&list, intake, |entry, _| {
        for line in entry.list("line_no_and_contents") {
            let module = entry.text("security_references/sast_module").unwrap_or_default();
            let file = entry.text("filename/entry").unwrap_or_default();
            let number = line.text("line_no").unwrap_or_default();
            folding.add(&[&module, &file, &number], observation(entry, line, &module));
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(entry: Item<'_>, line: Item<'_>, module: &str) -> Observation {
    let section = entry.text("security_references/section");
    let named = section.map_or(module.to_owned(), |section| format!("{section}: {module}"));
    let mut observation = Observation::new(title(&named), Severity::Info);
    observation.rule = Some(module.to_owned());
    observation.cwes = entry.cwes("security_references/cwe_id");
    observation.location = item::in_file(entry.text("filename/entry"), line.line("line_no"));
    observation.snippet = line.text("contents");
    observation.description =
        paragraphs([entry.text("security_references/nist_800_53_uri").as_deref()]);
    observation
}
