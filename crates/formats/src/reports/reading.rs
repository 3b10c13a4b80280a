//! Reading a report: unpacked, recognised or named, handed over piece by piece.

use domain::findings::Observation;
use sha2::{Digest, Sha256};

use super::{
    Beginning, CATALOGUE, Intake, Limits, ReadReport, Report, Source, Unreadable, by_name, envelope,
};

/// Reads a report: undoes packing, recognises the format unless one is named, hands over each
/// observation.
///
/// Of a document that is truncated or malformed nothing is handed over. After an error the caller
/// keeps nothing that was handed over before it.
pub fn read(
    bytes: &[u8],
    named: Option<&str>,
    limits: &Limits,
    sink: &mut dyn FnMut(Observation),
) -> Result<ReadReport, Unreadable> {
    read_as(bytes, named.as_slice(), limits, sink)
}

/// Like [`read`], when the format is one of `named`: a single one is taken at its word, of several
/// the first that recognises the document; none = any.
pub fn read_as(
    bytes: &[u8],
    named: &[&str],
    limits: &Limits,
    sink: &mut dyn FnMut(Observation),
) -> Result<ReadReport, Unreadable> {
    let named = named.iter().map(|name| by_name(name).ok_or_else(|| unknown(name)));
    let named: Vec<&'static Report> = named.collect::<Result<_, _>>()?;
    let unpacked = envelope::unpack(bytes, limits)?;
    let text = envelope::decode(&unpacked)?;
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let (beginning, damage) = Beginning::of(&text, limits);
    let recognised = CATALOGUE.iter().copied().find(|report| (report.recognises)(&beginning));
    if let Some(damage) = damage {
        return Err(resembling(damage, recognised));
    }
    let report = chosen(&named, recognised, &beginning)?;
    let mut intake = Intake::new(limits, sink);
    (report.read)(&Source { text: &text, beginning: &beginning }, &mut intake)
        .map_err(|error| with_hint(error, report, recognised))?;
    if let Some(excess) = intake.excess() {
        return Err(excess);
    }
    Ok(ReadReport {
        format: report.name,
        remarks: intake.remarks(),
        tool: intake.tool,
        tool_version: intake.tool_version,
        observations: intake.observations,
        refused: intake.refused,
        whole: intake.refused == 0 && !intake.failed,
        refusals: intake.refusals,
        bytes: bytes.len() as u64,
        digest: digest(bytes),
    })
}

/// The format that reads the document: the only one named, or one of those named that recognises
/// it, or whichever does.
fn chosen(
    named: &[&'static Report],
    recognised: Option<&'static Report>,
    beginning: &Beginning,
) -> Result<&'static Report, Unreadable> {
    let found = match named {
        [] => recognised,
        [only] => Some(*only),
        several => several.iter().copied().find(|report| (report.recognises)(beginning)),
    };
    found.ok_or_else(|| match named {
        [] => unrecognised(beginning),
        several => Unreadable::Unrecognised {
            found: beginning.described(),
            known: several.iter().map(|report| report.name).collect::<Vec<_>>().join(", "),
        },
    })
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn names() -> String {
    let names: Vec<&str> = CATALOGUE.iter().map(|report| report.name).collect();
    names.join(", ")
}

fn unknown(name: &str) -> Unreadable {
    Unreadable::UnknownName { name: name.to_owned(), known: names() }
}

fn unrecognised(beginning: &Beginning) -> Unreadable {
    Unreadable::Unrecognised { found: beginning.described(), known: names() }
}

fn resembling(damage: Unreadable, recognised: Option<&'static Report>) -> Unreadable {
    match damage {
        Unreadable::Malformed { place, what, .. } => {
            let resembles = recognised.map(|report| report.name);
            Unreadable::Malformed { place, what, resembles }
        }
        other => other,
    }
}

/// Says which format to name instead when the named one does not fit.
fn with_hint(error: Unreadable, used: &Report, recognised: Option<&'static Report>) -> Unreadable {
    match (error, recognised) {
        (Unreadable::Shape { place, what, hint: None }, Some(better))
            if better.name != used.name =>
        {
            let hint = Some(format!("this looks like {}; use --format {0}", better.name));
            Unreadable::Shape { place, what: format!("not {}: {what}", used.name), hint }
        }
        (Unreadable::Shape { place, what, hint: None }, _) => {
            Unreadable::Shape { place, what: format!("not {}: {what}", used.name), hint: None }
        }
        (error, _) => error,
    }
}
