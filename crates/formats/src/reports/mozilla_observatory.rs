//! Mozilla HTTP Observatory: how a web site sets its headers.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "mozilla_observatory",
    title: "Mozilla HTTP Observatory (JSON)",
    how_to_get: "observatory HOST --format json > report.json",
    manual: "One finding for each of `tests` (also where they stand alone): title from \
        `score_description`, rule from `name`, severity from the points it costs \
        (`score_modifier`: up to 10 low, up to 25 medium, more high, none info). A test that \
        passed is fixed.",
    samples: &[("mozilla_observatory.json", include_bytes!("samples/mozilla_observatory.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("tests.*.score_modifier")
        || (beginning.has("*.score_modifier") && beginning.has("*.expectation"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Mozilla Observatory"), None);
    let document = Node::root(source.text);
    let tests = document.member("tests")?.unwrap_or(document);
    tests.each_member(|name, node| {
        item::look(&node, intake, |item, intake| intake.observe(observation(name, item)));
    })
}

fn observation(name: &str, item: Item<'_>) -> Observation {
    let said = item.first(&["score_description", "result"]).unwrap_or_else(|| name.to_owned());
    let word = match item.number("score_modifier").unwrap_or(0.0) {
        points if points < -25.0 => Severity::High,
        points if points < -10.0 => Severity::Medium,
        points if points < 0.0 => Severity::Low,
        _ => Severity::Info,
    };
    let mut observation = Observation::new(title(&said), word);
    observation.rule = item.text("name").or_else(|| Some(name.to_owned()));
    if item.is_true("pass") {
        observation.standing = Standing::Fixed;
    }
    let result = item.text("result").map(|result| format!("Result: {result}"));
    let expected = item.text("expectation").map(|result| format!("Expected: {result}"));
    observation.description =
        paragraphs([Some(said.as_str()), result.as_deref(), expected.as_deref()]);
    observation
}
