//! One finding of the two generic formats, which differ only in how they write it down.
//!
//! The names are those of the generic import that other products know, so that what people have
//! already written for them can be given here unchanged.

use domain::findings::{Location, Observation, Package, Severity, Standing};
use serde::Deserialize;

use super::json::{List, Text};
use super::table::plain;
use super::vocabulary::{Rating, cwes, paragraphs, push_new, severity, title};

/// A finding as people and their scripts write it; only the title must be there.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Entry {
    pub title: Text,
    severity: Text,
    description: Text,
    mitigation: Text,
    impact: Text,
    steps_to_reproduce: Text,
    references: Text,
    cve: Text,
    vulnerability_ids: List<Text>,
    cwe: Text,
    cwes: List<Text>,
    cvssv3: Text,
    cvssv3_score: Text,
    cvssv4: Text,
    cvssv4_score: Text,
    component_name: Text,
    component_version: Text,
    fix_version: Text,
    purl: Text,
    file_path: Text,
    line: Text,
    endpoints: List<Endpoint>,
    vuln_id_from_tool: Text,
    unique_id_from_tool: Text,
    false_p: Text,
    is_mitigated: Text,
}

/// Names that belong to the formats and say nothing that is taken.
const LEFT_OUT: [&str; 11] = [
    "date",
    "active",
    "verified",
    "duplicate",
    "tags",
    "files",
    "mitigateddate",
    "numericalseverity",
    "epssscore",
    "epsspercentile",
    "knownexploited",
];

/// Whether these are the names of a finding here and not of one of some other tool, which may
/// well have a title and a severity, too: more than half of them are ours.
pub fn are_names_of_a_finding<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let (mut ours, mut all) = (0_usize, 0_usize);
    for name in names.map(plain) {
        all += 1;
        ours += usize::from(LEFT_OUT.contains(&name.as_str()) || Entry::default().put(&name, ""));
    }
    ours * 2 > all
}

/// An address, or its parts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Endpoint {
    Address(String),
    Parts(Parts),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parts {
    protocol: Text,
    host: Text,
    port: Text,
    path: Text,
}

impl Entry {
    /// Puts the cell of a table where it belongs; false where no part of a finding has that name.
    ///
    /// `column` is [`plain`].
    pub fn put(&mut self, column: &str, cell: &str) -> bool {
        let place = match column {
            "title" => &mut self.title,
            "severity" => &mut self.severity,
            "description" => &mut self.description,
            "mitigation" => &mut self.mitigation,
            "impact" => &mut self.impact,
            "stepstoreproduce" => &mut self.steps_to_reproduce,
            "references" => &mut self.references,
            "cwe" | "cweid" => &mut self.cwe,
            "cvssv3" => &mut self.cvssv3,
            "cvssv3score" => &mut self.cvssv3_score,
            "cvssv4" => &mut self.cvssv4,
            "cvssv4score" => &mut self.cvssv4_score,
            "componentname" => &mut self.component_name,
            "componentversion" => &mut self.component_version,
            "fixversion" => &mut self.fix_version,
            "purl" => &mut self.purl,
            "filepath" => &mut self.file_path,
            "line" => &mut self.line,
            "vulnidfromtool" => &mut self.vuln_id_from_tool,
            "uniqueidfromtool" => &mut self.unique_id_from_tool,
            "falsepositive" | "falsep" => &mut self.false_p,
            "ismitigated" => &mut self.is_mitigated,
            "cve" | "vulnerabilityid" | "vulnerabilityids" => {
                self.vulnerability_ids.0.extend(words(cell).map(Text::from));
                return true;
            }
            "url" | "endpoints" => {
                self.endpoints.0.extend(words(cell).map(|one| Endpoint::Address(one.to_owned())));
                return true;
            }
            "cwes" => {
                self.cwes.0.extend(words(cell).map(Text::from));
                return true;
            }
            _ => return false,
        };
        *place = Text::from(cell);
        true
    }

    /// The observation, or nothing where there is no title.
    pub fn observation(&self) -> Option<Observation> {
        let name = title(self.title.get()?);
        let word = self.severity.get().and_then(severity).unwrap_or(Severity::Info);
        let mut observation = Observation::new(name, word);
        let mut rating = Rating::default();
        rating.offer(self.cvssv4.get(), self.cvssv4_score.number());
        rating.offer(self.cvssv3.get(), self.cvssv3_score.number());
        observation.vector = rating.vector();
        observation.score = rating.score();
        for id in self.cve.get().into_iter().chain(self.vulnerability_ids.texts()) {
            push_new(&mut observation.ids, id.to_owned());
        }
        for number in self.cwe.get().into_iter().chain(self.cwes.texts()).flat_map(cwes) {
            push_new(&mut observation.cwes, number);
        }
        observation.package = self.package();
        observation.location = self.location();
        observation.rule = self.vuln_id_from_tool.owned();
        observation.fingerprint = self.unique_id_from_tool.owned();
        observation.standing = match () {
            () if self.false_p.is_true() => Standing::FalsePositive,
            () if self.is_mitigated.is_true() => Standing::Fixed,
            () => Standing::Present,
        };
        observation.description = paragraphs([
            self.description.get(),
            self.impact.get(),
            self.steps_to_reproduce.get(),
            self.mitigation.get(),
            self.references.get(),
        ]);
        Some(observation)
    }

    fn package(&self) -> Option<Package> {
        Some(Package {
            name: self.component_name.owned().or(self.purl.owned())?,
            version: self.component_version.owned(),
            fixed: self.fix_version.owned(),
            purl: self.purl.owned(),
        })
    }

    fn location(&self) -> Option<Location> {
        let location = Location {
            path: self.file_path.owned(),
            line: self.line.line(),
            url: self.endpoints.iter().find_map(Endpoint::address),
        };
        (location != Location::default()).then_some(location)
    }
}

impl Endpoint {
    fn address(&self) -> Option<String> {
        let parts = match self {
            Endpoint::Address(address) => {
                return Some(address.trim().to_owned()).filter(|address| !address.is_empty());
            }
            Endpoint::Parts(parts) => parts,
        };
        let mut address = parts.host.owned()?;
        if let Some(protocol) = parts.protocol.get() {
            address = format!("{protocol}://{address}");
        }
        if let Some(port) = parts.port.get() {
            address = format!("{address}:{port}");
        }
        if let Some(path) = parts.path.get() {
            address = format!("{address}/{}", path.trim_start_matches('/'));
        }
        Some(address)
    }
}

/// The words of a cell that holds several.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([',', ';', ' ', '\n']).map(str::trim).filter(|word| !word.is_empty())
}
