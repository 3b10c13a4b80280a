//! CVSS vectors: which version, which score, or what is wrong with them.
//!
//! The score is computed from the vector, never taken from beside it. The equations are those of
//! the crate `cvss`; what is a vector at all is decided here, by one table per version, because a
//! vector that lacks a mandatory metric has no score and the message must name that metric. v2 and
//! v3 give the base score; v4 gives the score of the whole vector, as its specification has no
//! other. Metrics may come in any order; upper and lower case are told apart, as the
//! specifications do.

use std::fmt;

use cvss::Cvss;
use thiserror::Error;

/// Longest vector read, in bytes: all 32 metrics of v4 written out are under 200.
pub const LONGEST_VECTOR: usize = 512;

/// A version of CVSS, oldest first, so that a later version is the greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    V2,
    V30,
    V31,
    V40,
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Version; 4] = [Version::V2, Version::V30, Version::V31, Version::V40];

    /// The number as it stands in vectors: `2.0`, `3.0`, `3.1`, `4.0`.
    pub fn number(self) -> &'static str {
        match self {
            Version::V2 => "2.0",
            Version::V30 => "3.0",
            Version::V31 => "3.1",
            Version::V40 => "4.0",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.number())
    }
}

/// The qualitative rating that belongs to a score in the vector's own version.
///
/// v3 and v4: their specifications' scale (none 0, low to 3.9, medium to 6.9, high to 8.9,
/// critical). v2 has no scale of its own; the National Vulnerability Database's is used, which
/// ends at *high*. The SLA goes by score, not by this word: see [`super::Band`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    None,
    Low,
    Medium,
    High,
    Critical,
}

impl Rating {
    /// The word used in the API and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Rating::None => "none",
            Rating::Low => "low",
            Rating::Medium => "medium",
            Rating::High => "high",
            Rating::Critical => "critical",
        }
    }
}

impl From<cvss::Severity> for Rating {
    fn from(severity: cvss::Severity) -> Rating {
        match severity {
            cvss::Severity::None => Rating::None,
            cvss::Severity::Low => Rating::Low,
            cvss::Severity::Medium => Rating::Medium,
            cvss::Severity::High => Rating::High,
            cvss::Severity::Critical => Rating::Critical,
        }
    }
}

/// What a vector says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    pub version: Version,
    /// 0.0–10.0 with one decimal; for v4 the score of the whole vector.
    pub base_score: f64,
    pub severity: Rating,
}

/// Why a text is not a CVSS vector. Foreign text is quoted and cut to 40 characters.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VectorRefused {
    #[error("the vector is empty; one begins with CVSS:3.1/ or, for version 2, with AV:")]
    Empty,
    #[error("the vector has {0} bytes; the longest read is {LONGEST_VECTOR}")]
    TooLong(usize),
    #[error("{part} is not a metric with its value; they are written like AV:N")]
    Malformed { part: String },
    #[error("CVSS version {version} is not known; known are 2.0 (without prefix), 3.0, 3.1, 4.0")]
    UnknownVersion { version: String },
    #[error("CVSS {version} has no metric {metric}")]
    UnknownMetric { version: Version, metric: String },
    #[error("metric {metric} of CVSS {version} has no value {value}; it takes one of: {allowed}")]
    UnknownValue { version: Version, metric: &'static str, value: String, allowed: &'static str },
    #[error("metric {metric} is given twice")]
    Twice { metric: &'static str },
    #[error("mandatory metric {metric} of CVSS {version} is missing")]
    Missing { version: Version, metric: &'static str },
    #[error("the vector has no score: {0}")]
    Unscored(String),
}

/// Reads a vector and computes its score.
///
/// v3 and v4 need their prefix (`CVSS:3.1/…`); v2 has none, may stand in parentheses and may begin
/// with `CVSS2#`, as some scanners print it.
///
/// # Errors
///
/// Whatever is not a complete vector of a known version is refused, with the metric named.
pub fn score(vector: &str) -> Result<Scored, VectorRefused> {
    let vector = vector.trim();
    if vector.is_empty() {
        return Err(VectorRefused::Empty);
    }
    if vector.len() > LONGEST_VECTOR {
        return Err(VectorRefused::TooLong(vector.len()));
    }
    let (version, metrics) = split_version(vector)?;
    check_metrics(version, metrics)?;
    let canonical = match version {
        Version::V2 => metrics.to_owned(),
        _ => vector.to_owned(),
    };
    let parsed: Cvss = canonical
        .parse()
        .map_err(|error: cvss::Error| VectorRefused::Unscored(error.to_string()))?;
    let base_score = (parsed.score() * 10.0).round() / 10.0;
    Ok(Scored { version, base_score, severity: parsed.severity().into() })
}

/// The version a vector is of, and its metrics without prefix.
fn split_version(vector: &str) -> Result<(Version, &str), VectorRefused> {
    if let Some(rest) = vector.strip_prefix("CVSS:") {
        let (number, metrics) = rest.split_once('/').unwrap_or((rest, ""));
        let version = match number {
            "3.0" => Version::V30,
            "3.1" => Version::V31,
            "4.0" => Version::V40,
            _ => {
                return Err(VectorRefused::UnknownVersion { version: quoted(number) });
            }
        };
        return Ok((version, metrics));
    }
    let bare = vector.strip_prefix("CVSS2#").unwrap_or(vector);
    let bare = match bare.strip_prefix('(') {
        Some(inner) => inner
            .strip_suffix(')')
            .ok_or_else(|| VectorRefused::Malformed { part: quoted(bare) })?,
        None => bare,
    };
    Ok((Version::V2, bare))
}

/// Every metric known, with a known value, once; every mandatory one there.
fn check_metrics(version: Version, metrics: &str) -> Result<(), VectorRefused> {
    let table = match version {
        Version::V2 => VERSION_2,
        Version::V30 | Version::V31 => VERSION_3,
        Version::V40 => VERSION_4,
    };
    let mut seen = [false; 40];
    for part in metrics.split('/') {
        let (name, value) =
            part.split_once(':').ok_or_else(|| VectorRefused::Malformed { part: quoted(part) })?;
        let place = table
            .iter()
            .position(|metric| metric.name == name)
            .ok_or_else(|| VectorRefused::UnknownMetric { version, metric: quoted(name) })?;
        let metric = &table[place];
        if !metric.values.split(' ').any(|allowed| allowed == value) {
            return Err(VectorRefused::UnknownValue {
                version,
                metric: metric.name,
                value: quoted(value),
                allowed: metric.values,
            });
        }
        if std::mem::replace(&mut seen[place], true) {
            return Err(VectorRefused::Twice { metric: metric.name });
        }
    }
    match table.iter().zip(seen).find(|(metric, seen)| metric.mandatory && !seen) {
        Some((metric, _)) => Err(VectorRefused::Missing { version, metric: metric.name }),
        None => Ok(()),
    }
}

fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    format!("{short:?}")
}

/// One row of a version's table: the metric's name and the values it takes.
struct Metric {
    name: &'static str,
    values: &'static str,
    mandatory: bool,
}

const fn must(name: &'static str, values: &'static str) -> Metric {
    Metric { name, values, mandatory: true }
}

const fn may(name: &'static str, values: &'static str) -> Metric {
    Metric { name, values, mandatory: false }
}

/// CVSS v2 guide, 2.1 to 2.3.
const VERSION_2: &[Metric] = &[
    must("AV", "L A N"),
    must("AC", "H M L"),
    must("Au", "M S N"),
    must("C", "N P C"),
    must("I", "N P C"),
    must("A", "N P C"),
    may("E", "U POC F H ND"),
    may("RL", "OF TF W U ND"),
    may("RC", "UC UR C ND"),
    may("CDP", "N L LM MH H ND"),
    may("TD", "N L M H ND"),
    may("CR", "L M H ND"),
    may("IR", "L M H ND"),
    may("AR", "L M H ND"),
];

/// CVSS v3.1 specification, table 15 (v3.0 has the same metrics).
const VERSION_3: &[Metric] = &[
    must("AV", "N A L P"),
    must("AC", "L H"),
    must("PR", "N L H"),
    must("UI", "N R"),
    must("S", "U C"),
    must("C", "N L H"),
    must("I", "N L H"),
    must("A", "N L H"),
    may("E", "X U P F H"),
    may("RL", "X O T W U"),
    may("RC", "X U R C"),
    may("CR", "X L M H"),
    may("IR", "X L M H"),
    may("AR", "X L M H"),
    may("MAV", "X N A L P"),
    may("MAC", "X L H"),
    may("MPR", "X N L H"),
    may("MUI", "X N R"),
    may("MS", "X U C"),
    may("MC", "X N L H"),
    may("MI", "X N L H"),
    may("MA", "X N L H"),
];

/// CVSS v4.0 specification, table 23.
const VERSION_4: &[Metric] = &[
    must("AV", "N A L P"),
    must("AC", "L H"),
    must("AT", "N P"),
    must("PR", "N L H"),
    must("UI", "N P A"),
    must("VC", "H L N"),
    must("VI", "H L N"),
    must("VA", "H L N"),
    must("SC", "H L N"),
    must("SI", "H L N"),
    must("SA", "H L N"),
    may("E", "X A P U"),
    may("CR", "X H M L"),
    may("IR", "X H M L"),
    may("AR", "X H M L"),
    may("MAV", "X N A L P"),
    may("MAC", "X L H"),
    may("MAT", "X N P"),
    may("MPR", "X N L H"),
    may("MUI", "X N P A"),
    may("MVC", "X H L N"),
    may("MVI", "X H L N"),
    may("MVA", "X H L N"),
    may("MSC", "X H L N"),
    may("MSI", "X S H L N"),
    may("MSA", "X S H L N"),
    may("S", "X N P"),
    may("AU", "X N Y"),
    may("R", "X A U I"),
    may("V", "X D C"),
    may("RE", "X L M H"),
    may("U", "X Clear Green Amber Red"),
];

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests find the corpus by its variable, and say so loudly when it is absent"
)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn check(vector: &str, expected: &str) {
        let said = match score(vector) {
            Ok(scored) => {
                format!("{} {:.1} {}", scored.version, scored.base_score, scored.severity.word())
            }
            Err(refused) => refused.to_string(),
        };
        assert_eq!(said, expected, "{vector}");
    }

    #[test]
    fn a_vector_of_every_version_has_its_score() {
        check(
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "4.0 9.3 critical",
        );
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1 9.8 critical");
        check("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.0 0.0 none");
        check("AV:N/AC:L/Au:N/C:C/I:C/A:C", "2.0 10.0 high");
        check("(AV:N/AC:L/Au:N/C:P/I:P/A:P)", "2.0 7.5 high");
        check("CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P", "2.0 7.5 high");
    }

    #[test]
    fn threat_metrics_count_in_version_4_and_not_before() {
        check(
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U",
            "4.0 8.1 high",
        );
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U", "3.1 9.8 critical");
    }

    #[test]
    fn a_refusal_names_the_metric() {
        check(
            "CVSS:3.1/AV:N/AC:L/UI:N/S:U/C:H/I:H/A:H",
            "mandatory metric PR of CVSS 3.1 is missing",
        );
        check(
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
            "mandatory metric SA of CVSS 4.0 is missing",
        );
        check("AV:N/AC:L/C:P/I:P/A:P", "mandatory metric Au of CVSS 2.0 is missing");
        check(
            "CVSS:3.1/AV:W/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "metric AV of CVSS 3.1 has no value \"W\"; it takes one of: N A L P",
        );
        check("CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "metric AV is given twice");
        check("CVSS:3.1/AX:N", "CVSS 3.1 has no metric \"AX\"");
    }

    #[test]
    fn what_is_no_vector_is_refused() {
        check("", "the vector is empty; one begins with CVSS:3.1/ or, for version 2, with AV:");
        check("/", "\"\" is not a metric with its value; they are written like AV:N");
        check("9.8", "\"9.8\" is not a metric with its value; they are written like AV:N");
        check(
            "AV:N/AC:L/Au:N/C:P/I:P/A:P/",
            "\"\" is not a metric with its value; they are written like AV:N",
        );
        check(
            "CVSS:5.0/AV:N",
            "CVSS version \"5.0\" is not known; known are 2.0 (without prefix), 3.0, 3.1, 4.0",
        );
        check(&"AV:N/".repeat(200), "the vector has 1000 bytes; the longest read is 512");
        assert!(score("(AV:N/AC:L/Au:N/C:P/I:P/A:P").is_err());
        assert!(score("cvss:3.1/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:h/a:h").is_err());
        assert!(score("CVSS:3.1/AV:N:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").is_err());
    }

    fn corpus(name: &str) -> Option<String> {
        let Some(root) = std::env::var_os("WATCHBELL_CORPUS") else {
            eprintln!("CORPUS ABSENT: cvss/{name} not checked; set WATCHBELL_CORPUS");
            return None;
        };
        let path = PathBuf::from(root).join("cvss").join(name);
        Some(std::fs::read_to_string(&path).expect("the corpus file can be read"))
    }

    #[test]
    fn every_corpus_vector_has_exactly_its_score() {
        for name in ["v2.0", "v3.0", "v3.1", "v4.0"] {
            let Some(text) = corpus(&format!("{name}.tsv")) else {
                return;
            };
            let mut wrong = Vec::new();
            let mut right = 0;
            for line in text.lines().skip(1) {
                let fields: Vec<&str> = line.split('\t').collect();
                if fields[2] == "-" {
                    continue;
                }
                let expected: f64 = fields[2].parse().expect("a score");
                match score(fields[0]) {
                    Ok(scored) if scored.base_score == expected => right += 1,
                    other => wrong.push(format!("{line}: {other:?}")),
                }
            }
            eprintln!("cvss {name}: {right} exact, {} not", wrong.len());
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            assert!(right > 1000, "{name}: only {right} vectors");
        }
    }

    #[test]
    fn every_invalid_corpus_vector_is_refused() {
        let Some(text) = corpus("invalid.tsv") else {
            return;
        };
        let mut refused = 0;
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split('\t').collect();
            let error = score(fields[2]).expect_err(line);
            let mandatory = fields[1].contains("Mandatory");
            assert_eq!(mandatory, matches!(error, VectorRefused::Missing { .. }), "{line}");
            refused += 1;
        }
        eprintln!("cvss invalid: {refused} refused");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(
            text in ".{0,80}",
            metrics in "(CVSS:[34].[01]/)?([A-Z]{1,3}:[A-Z]/){0,12}",
        ) {
            let _ = score(&text);
            let _ = score(&metrics);
        }
    }
}
