//! From what a tool said to the band whose days count.
//!
//! The band goes by score, and where the score comes from is always said. A vector beats a stated
//! score, a stated score beats a label; where nothing is said at all the finding does not fall out
//! of the clock: it counts as high and is listed as unscored (`spec` "Findings", SLA matrix).

use std::fmt;

use super::cvss::{self, Version};
use super::{Observation, Severity};

/// What a deadline depends on. Greater is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Below 4.0; by the default matrix without a deadline.
    Low,
    /// 4.0–6.9.
    Medium,
    /// 7.0–8.9.
    High,
    /// 9.0 and above.
    Critical,
}

impl Band {
    /// Every band, worst first.
    pub const ALL: [Band; 4] = [Band::Critical, Band::High, Band::Medium, Band::Low];

    /// The band of a CVSS score, 0.0–10.0.
    pub fn of_score(score: f64) -> Band {
        if score >= 9.0 {
            Band::Critical
        } else if score >= 7.0 {
            Band::High
        } else if score >= 4.0 {
            Band::Medium
        } else {
            Band::Low
        }
    }

    /// The band a label stands for where a tool gives no score; `info` is below every deadline.
    pub fn of_label(label: Severity) -> Band {
        match label {
            Severity::Critical => Band::Critical,
            Severity::High => Band::High,
            Severity::Medium => Band::Medium,
            Severity::Low | Severity::Info => Band::Low,
        }
    }

    /// The word used in the API, in SQL and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Band::Critical => "critical",
            Band::High => "high",
            Band::Medium => "medium",
            Band::Low => "low",
        }
    }

    /// The band a word stands for.
    pub fn from_word(word: &str) -> Option<Band> {
        Band::ALL.into_iter().find(|band| band.word() == word)
    }
}

impl fmt::Display for Band {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// Where a band comes from. Greater prevails over lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScoreSource {
    /// The report says neither score nor label.
    Nothing,
    /// The tool's word for the severity.
    Label,
    /// A score that stands in the report without its vector.
    Stated,
    /// Computed from a vector.
    Vector(Version),
}

impl ScoreSource {
    /// Every source, the one that prevails first.
    pub const ALL: [ScoreSource; 7] = [
        ScoreSource::Vector(Version::V40),
        ScoreSource::Vector(Version::V31),
        ScoreSource::Vector(Version::V30),
        ScoreSource::Vector(Version::V2),
        ScoreSource::Stated,
        ScoreSource::Label,
        ScoreSource::Nothing,
    ];

    /// The word used in the API, in SQL and on pages.
    pub fn word(self) -> &'static str {
        match self {
            ScoreSource::Vector(Version::V40) => "cvss-4.0",
            ScoreSource::Vector(Version::V31) => "cvss-3.1",
            ScoreSource::Vector(Version::V30) => "cvss-3.0",
            ScoreSource::Vector(Version::V2) => "cvss-2.0",
            ScoreSource::Stated => "stated",
            ScoreSource::Label => "label",
            ScoreSource::Nothing => "none",
        }
    }

    /// The source a word stands for.
    pub fn from_word(word: &str) -> Option<ScoreSource> {
        ScoreSource::ALL.into_iter().find(|source| source.word() == word)
    }
}

/// How bad one observation is, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assessment {
    /// 0.0–10.0; none where only a label or nothing is known.
    pub score: Option<f64>,
    pub source: ScoreSource,
    pub band: Band,
}

impl Assessment {
    /// Neither score nor label: it counts as high and is listed as unscored.
    pub fn unscored(&self) -> bool {
        self.source == ScoreSource::Nothing
    }

    fn scored(score: f64, source: ScoreSource) -> Assessment {
        Assessment { score: Some(score), source, band: Band::of_score(score) }
    }

    fn rank(&self) -> (ScoreSource, Band, u64) {
        let tenths = self.score.map_or(0, |score| (score * 1000.0) as u64);
        (self.source, self.band, tenths)
    }
}

/// How bad one observation is.
///
/// A vector that is no vector is passed over, and so is a stated score outside 0–10, or one of 0
/// beside a label that says more (tools write 0 where they have none). A package with a known
/// vulnerability labelled `info` and nothing else is *unscored*: readers write `info` for words
/// like `unknown`, and an advisory without a rating is not harmless.
pub fn assess(observation: &Observation) -> Assessment {
    if let Some(Ok(scored)) = observation.vector.as_deref().map(cvss::score) {
        return Assessment::scored(scored.base_score, ScoreSource::Vector(scored.version));
    }
    let says_more = |score: f64| score > 0.0 || observation.severity == Severity::Info;
    if let Some(score) = observation.score
        && (0.0..=10.0).contains(&score)
        && says_more(score)
    {
        return Assessment::scored(score, ScoreSource::Stated);
    }
    let known_vulnerability = observation.package.is_some() && !observation.ids.is_empty();
    if observation.severity == Severity::Info && known_vulnerability {
        return Assessment { score: None, source: ScoreSource::Nothing, band: Band::High };
    }
    let band = Band::of_label(observation.severity);
    Assessment { score: None, source: ScoreSource::Label, band }
}

/// Which of several tools' assessments counts: the better source, and of equals the worse score.
pub fn prevailing(assessments: impl IntoIterator<Item = Assessment>) -> Option<Assessment> {
    assessments.into_iter().max_by_key(Assessment::rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Package;

    fn check(observation: &Observation, expected: &str) {
        let Assessment { score, source, band } = assess(observation);
        let score = score.map_or("-".to_owned(), |score| format!("{score:.1}"));
        assert_eq!(format!("{score} {} {band}", source.word()), expected);
    }

    fn saying(severity: Severity, score: Option<f64>, vector: Option<&str>) -> Observation {
        Observation { score, vector: vector.map(str::to_owned), ..Observation::new("t", severity) }
    }

    #[test]
    fn a_vector_beats_a_score_beats_a_label() {
        let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        check(&saying(Severity::Low, Some(5.0), Some(vector)), "9.8 cvss-3.1 critical");
        check(&saying(Severity::Low, Some(5.0), None), "5.0 stated medium");
        check(&saying(Severity::Low, Some(5.0), Some("nonsense")), "5.0 stated medium");
        check(&saying(Severity::Low, None, None), "- label low");
    }

    #[test]
    fn bands_begin_where_the_matrix_says() {
        for (score, band) in [
            (10.0, Band::Critical),
            (9.0, Band::Critical),
            (8.9, Band::High),
            (7.0, Band::High),
            (6.9, Band::Medium),
            (4.0, Band::Medium),
            (3.9, Band::Low),
            (0.0, Band::Low),
        ] {
            assert_eq!(Band::of_score(score), band, "{score}");
        }
    }

    #[test]
    fn a_score_that_says_nothing_gives_way_to_the_label() {
        check(&saying(Severity::High, Some(0.0), None), "- label high");
        check(&saying(Severity::High, Some(f64::NAN), None), "- label high");
        check(&saying(Severity::High, Some(1e9), None), "- label high");
        check(&saying(Severity::Info, Some(0.0), None), "0.0 stated low");
    }

    #[test]
    fn an_advisory_without_any_rating_counts_as_high_and_is_unscored() {
        let mut unrated = saying(Severity::Info, None, None);
        unrated.package = Some(Package { name: "left-pad".to_owned(), ..Package::default() });
        check(&unrated, "- label low");
        unrated.ids.push("GHSA-aaaa-bbbb-cccc".to_owned());
        check(&unrated, "- none high");
        assert!(assess(&unrated).unscored());
    }

    #[test]
    fn between_tools_the_better_source_prevails_and_then_the_worse_score() {
        let stated = Assessment::scored(9.9, ScoreSource::Stated);
        let older = Assessment::scored(9.8, ScoreSource::Vector(Version::V31));
        let newer = Assessment::scored(6.1, ScoreSource::Vector(Version::V40));
        let worse = Assessment::scored(6.2, ScoreSource::Vector(Version::V40));
        assert_eq!(prevailing([stated, worse, older, newer]), Some(worse));
        assert_eq!(prevailing([]), None);
    }

    #[test]
    fn words_and_values_are_one_to_one() {
        for source in ScoreSource::ALL {
            assert_eq!(ScoreSource::from_word(source.word()), Some(source));
        }
        for band in Band::ALL {
            assert_eq!(Band::from_word(band.word()), Some(band));
        }
    }
}
