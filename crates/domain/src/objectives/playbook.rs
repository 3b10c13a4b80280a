//! The starter playbook of a CISO: three objectives, seven key results, twelve bets.
//!
//! The words are ours, the numbers and reasons the source's: each key result keeps why its target
//! is that number and not another. Start values are the middle of what the source calls typical;
//! the first week's baseline replaces them. The alarms of SBOM coverage, phishing and Tier-1
//! findings are those of the source's trigger 4; the others, and which team provides which input,
//! are ours. Source: the CISO playbook, "The scorecard" and "Strategic bets".

use jiff::civil::Date;

use super::{
    Cadence, Computed, Input, InputKind, KeyResult, KeyResultId, Kind, Milestone, Objective,
    ObjectiveId, ObjectivesError, Priority, Promise, Values,
};
use crate::calendar::Quarter;
use crate::metrics::Bounds;

/// Where in time the playbook is put, and how its identifiers begin.
#[derive(Clone, Copy, Debug)]
pub struct Placement<'a> {
    pub quarter: Quarter,
    pub starts: Date,
    /// The last day.
    pub ends: Date,
    /// Put before `O1`, `O1-KR1` and so on, so that each quarter can have its own.
    pub prefix: &'a str,
}

/// The playbook's objectives with their key results, without owners: those are the organisation's.
pub fn ciso(placement: &Placement) -> Result<Vec<(Objective, Vec<KeyResult>)>, ObjectivesError> {
    OBJECTIVES.iter().map(|template| template.place(placement)).collect()
}

struct ObjectiveTemplate {
    reference: &'static str,
    title: &'static str,
    outcome: &'static str,
    key_results: &'static [KeyResultTemplate],
}

struct KeyResultTemplate {
    reference: &'static str,
    title: &'static str,
    kind: Kind,
    unit: &'static str,
    /// Start and target.
    way: (f64, f64),
    highest: Option<f64>,
    alarm: Option<f64>,
    benchmark: &'static str,
    reason: &'static str,
    cadence: Cadence,
    values: Values,
    /// The providing team, what is needed.
    inputs: &'static [(&'static str, &'static str)],
    /// Reference, title, owner.
    bets: &'static [(&'static str, &'static str, &'static str)],
}

const OBJECTIVES: [ObjectiveTemplate; 3] = [
    ObjectiveTemplate {
        reference: "O1",
        title: "Critical vulnerabilities never sit open past their SLA, in any production service",
        outcome: "Auditors and customers ask whether a critical vulnerability is open past its \
                  SLA, and the answer is no.",
        key_results: &[CRITICAL_IN_TIME, HIGH_IN_TIME, SBOM_COVERAGE],
    },
    ObjectiveTemplate {
        reference: "O2",
        title: "Audit readiness holds all the time, without a quarterly fire drill",
        outcome: "Auditors find only what our own monitoring already showed.",
        key_results: &[READINESS, TIER_1_FINDINGS],
    },
    ObjectiveTemplate {
        reference: "O3",
        title: "Security catches vulnerabilities at build time, not at release or after an incident",
        outcome: "The discipline is in the development process: a finding caught in the pipeline \
                  costs a fiftieth of one caught after release.",
        key_results: &[BUILD_TIME_SCANS, PHISHING],
    },
];

const CRITICAL_IN_TIME: KeyResultTemplate = KeyResultTemplate {
    reference: "O1-KR1",
    title: "100 % of critical vulnerabilities (CVSS 9.0 and above) fixed within 14 days",
    kind: Kind::ShareInSla,
    unit: "%",
    way: (70.0, 100.0),
    highest: Some(100.0),
    alarm: Some(80.0),
    benchmark: "60 to 80 % is typical",
    reason: "After 14 days the windows for exploits add up and an audit finding can no longer be \
             avoided; 100 %, because an SLA with exceptions is only an aspiration.",
    cadence: Cadence::Weekly,
    values: Values::Computed(Computed::CriticalFixedInTime),
    inputs: &[
        ("Engineering", "critical fixes within 14 days"),
        ("IT", "patches of company systems on schedule"),
    ],
    bets: &[
        (
            "1.1",
            "SLA matrix signed at the start of the fiscal year (14 days from CVSS 9.0, 30 from \
             7.0, 60 from 4.0) and tracked per engineering manager",
            "CTO + VP Eng",
        ),
        (
            "1.3",
            "Critical vulnerabilities enter the next sprint by themselves and are not negotiated; \
             high ones get 25 % of the capacity set aside for security",
            "VP Eng + Eng managers",
        ),
    ],
};

const HIGH_IN_TIME: KeyResultTemplate = KeyResultTemplate {
    reference: "O1-KR2",
    title: "100 % of high vulnerabilities (CVSS 7.0 to 8.9) fixed within 30 days",
    kind: Kind::ShareInSla,
    unit: "%",
    way: (60.0, 100.0),
    highest: Some(100.0),
    alarm: Some(70.0),
    benchmark: "50 to 70 % is typical",
    reason: "High-severity code runs on customers' infrastructure, and each longer cycle adds to \
             the surface at risk.",
    cadence: Cadence::Weekly,
    values: Values::Computed(Computed::HighFixedInTime),
    inputs: &[("Engineering", "high fixes within 30 days")],
    bets: &[(
        "1.4",
        "Quarterly review of the trend: which services collect the most vulnerabilities, and \
         whether the answer is structural or one more patch",
        "Internal",
    )],
};

const SBOM_COVERAGE: KeyResultTemplate = KeyResultTemplate {
    reference: "O1-KR3",
    title: "SBOMs for at least 95 % of production services, refreshed every week",
    kind: Kind::IncreaseTo,
    unit: "%",
    way: (50.0, 95.0),
    highest: Some(100.0),
    alarm: Some(90.0),
    benchmark: "40 to 60 % is typical",
    reason: "Below 90 % nobody can say within hours which services a critical vulnerability \
             touches; weekly, because new ones come out every day.",
    cadence: Cadence::Weekly,
    values: Values::Typed,
    inputs: &[("Engineering", "SBOM steps in the pipelines")],
    bets: &[(
        "1.2",
        "Every production service generates its SBOM in the pipeline, compared each week with the \
         vulnerability feeds",
        "Security Eng + Eng",
    )],
};

const READINESS: KeyResultTemplate = KeyResultTemplate {
    reference: "O2-KR1",
    title: "SOC 2 Type II audit readiness of at least 90 %",
    kind: Kind::IncreaseTo,
    unit: "%",
    way: (67.5, 90.0),
    highest: Some(100.0),
    alarm: Some(85.0),
    benchmark: "60 to 75 % is typical in the middle of a cycle",
    reason: "Below 90 % surprise findings become likely; monthly, because quarterly checks miss \
             controls that drift.",
    cadence: Cadence::Monthly,
    values: Values::Typed,
    inputs: &[
        ("IT", "access reviews on time"),
        ("Engineering", "evidence from the owners of controls"),
    ],
    bets: &[
        (
            "2.1",
            "Controls are monitored continuously, with every SOC 2 control automated where it can \
             be and manual evidence collected weekly",
            "GRC analyst",
        ),
        (
            "2.2",
            "Readiness is reviewed every month with CTO, VP Eng and CFO; below 90 % the cause is \
             sought instead of starting a panic project",
            "CFO + CTO",
        ),
    ],
};

const TIER_1_FINDINGS: KeyResultTemplate = KeyResultTemplate {
    reference: "O2-KR2",
    title: "No open Tier-1 audit finding older than 30 days",
    kind: Kind::DecreaseTo,
    unit: "findings",
    way: (5.0, 0.0),
    highest: None,
    alarm: Some(5.0),
    benchmark: "3 to 8 are typical",
    reason: "After 30 days a finding becomes a repeat finding, and repeat findings become material \
             weaknesses.",
    cadence: Cadence::Weekly,
    values: Values::Typed,
    inputs: &[("Engineering", "audit findings fixed within 30 days")],
    bets: &[
        (
            "2.3",
            "A mock audit every quarter finds 80 % of the issues before the auditor does; its \
             findings are fixed within 30 days",
            "External vendor",
        ),
        (
            "2.4",
            "Every audit finding is traced to the gap in a process or a control, not patched and \
             forgotten",
            "Internal",
        ),
    ],
};

const BUILD_TIME_SCANS: KeyResultTemplate = KeyResultTemplate {
    reference: "O3-KR1",
    title: "100 % of production releases pass SAST, DAST and SCA with blocking thresholds",
    kind: Kind::IncreaseTo,
    unit: "%",
    way: (50.0, 100.0),
    highest: Some(100.0),
    alarm: Some(60.0),
    benchmark: "about 40 to 60 % is typical",
    reason: "Partial coverage is enforced unevenly, and a scan that does not block becomes advice \
             that nobody takes.",
    cadence: Cadence::Weekly,
    values: Values::Typed,
    inputs: &[("Engineering", "blocking scans in the pipelines")],
    bets: &[
        (
            "3.1",
            "SAST, DAST and SCA run in every pipeline; those that only warn block by the end of \
             the fiscal year",
            "CTO + Security Eng",
        ),
        (
            "3.2",
            "Security review before a release within 2 business days at the 90th percentile, with \
             the capacity to keep that",
            "Security Eng + Eng managers",
        ),
        (
            "3.3",
            "The 200 questions that enterprise customers ask most are answered in advance and \
             refreshed every quarter",
            "CMO + CRO",
        ),
    ],
};

const PHISHING: KeyResultTemplate = KeyResultTemplate {
    reference: "O3-KR2",
    title: "Phishing simulations fail for fewer than 5 %, and all who fail are trained in 7 days",
    kind: Kind::DecreaseTo,
    unit: "%",
    way: (17.0, 5.0),
    highest: Some(100.0),
    alarm: Some(8.0),
    benchmark: "12 to 22 % fail typically",
    reason: "Under 5 % over four quarters awareness works by itself; training within 7 days, \
             because later people no longer remember what they fell for.",
    cadence: Cadence::Weekly,
    values: Values::Typed,
    inputs: &[("People and IT", "training of those who failed within 7 days")],
    bets: &[(
        "3.4",
        "A simulation every month, training within 7 days for those who fail, and managers see \
         their team's rate",
        "CHRO + IT",
    )],
};

impl ObjectiveTemplate {
    fn place(&self, placement: &Placement) -> Result<(Objective, Vec<KeyResult>), ObjectivesError> {
        let id = ObjectiveId::new(format!("{}{}", placement.prefix, self.reference))?;
        let objective = Objective {
            id: id.clone(),
            title: self.title.to_owned(),
            outcome: self.outcome.to_owned(),
            quarter: placement.quarter,
            dri: None,
            priority: Priority::P1,
            risk: None,
        };
        // Hundredths of a percent, the remainder to the first, so that the sum is exactly 100.
        let count = self.key_results.len();
        let each = (10_000 / count) as f64 / 100.0;
        let first = 100.0 - each * (count - 1) as f64;
        let placed = self.key_results.iter().enumerate().map(|(nth, template)| {
            template.place(&id, if nth == 0 { first } else { each }, placement)
        });
        Ok((objective, placed.collect::<Result<_, _>>()?))
    }
}

impl KeyResultTemplate {
    fn place(
        &self,
        objective: &ObjectiveId,
        weight: f64,
        placement: &Placement,
    ) -> Result<KeyResult, ObjectivesError> {
        let milestone = |&(reference, title, owner): &(&str, &str, &str)| Milestone {
            reference: reference.to_owned(),
            title: title.to_owned(),
            owner: owner.to_owned(),
            due: Some(placement.ends),
            done_on: None,
        };
        let input = |&(provider, what): &(&str, &str)| Input {
            team: provider.to_lowercase().replace(' ', "-"),
            provider: provider.to_owned(),
            what: what.to_owned(),
            weight: 1.0,
            kind: InputKind::Standing { weeks: Vec::new() },
            promise: Promise::Asked,
        };
        KeyResult {
            id: KeyResultId::new(format!("{}{}", placement.prefix, self.reference))?,
            objective: objective.clone(),
            title: self.title.to_owned(),
            kind: self.kind,
            unit: self.unit.to_owned(),
            bounds: Bounds { lowest: Some(0.0), highest: self.highest },
            start_value: Some(self.way.0),
            target: Some(self.way.1),
            benchmark: self.benchmark.to_owned(),
            alarm: self.alarm,
            reason: self.reason.to_owned(),
            starts: placement.starts,
            ends: placement.ends,
            cadence: self.cadence,
            dri: None,
            weight,
            values: self.values,
            inputs: self.inputs.iter().map(input).collect(),
            asked_on: None,
            milestones: self.bets.iter().map(milestone).collect(),
        }
        .checked()
    }
}
