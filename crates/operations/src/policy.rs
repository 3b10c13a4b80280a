//! The organisation's numbers as the rules of findings read them.

use domain::findings::{Band, Rules, Watching};
use domain::people::Organisation;
use domain::policy::{BandDays, Signatory, SlaMatrices, SlaMatrix};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::Refusal;

/// When trigger 6 warns: the playbook's numbers until the organisation declares its own.
pub(crate) const WARNING: BandDays = BandDays::PLAYBOOK_WARNING;

/// The signed matrices and the zone in which days end.
pub(crate) struct SlaRules {
    policies: SlaMatrices,
    zone: TimeZone,
}

impl SlaRules {
    /// Of `organisation`; the playbook's matrix, signed by nobody, where it declares none.
    pub(crate) fn of(organisation: &Organisation) -> Result<SlaRules, Refusal> {
        let versions: Vec<SlaMatrix> = organisation
            .sla
            .iter()
            .map(|declared| SlaMatrix {
                effective_from: declared.effective_from,
                days: BandDays {
                    critical: Some(declared.days.critical),
                    high: Some(declared.days.high),
                    medium: Some(declared.days.medium),
                    low: declared.days.low,
                },
                signatories: declared
                    .signatories
                    .iter()
                    .map(|signatory| Signatory {
                        role: signatory.role.title().to_owned(),
                        name: signatory.name.clone(),
                    })
                    .collect(),
            })
            .collect();
        let policies = if versions.is_empty() {
            SlaMatrices::default()
        } else {
            SlaMatrices::new(versions).map_err(|refused| {
                Refusal::Conflict(format!("the organisation's SLA cannot be used: {refused}"))
            })?
        };
        Ok(SlaRules { policies, zone: organisation.zone.clone() })
    }

    /// The days that the matrix in force on `today` gives a band; `None` for bands without any.
    pub(crate) fn days(&self, band: Band, today: Date) -> Option<u16> {
        self.policies.on(today).days.of(band)
    }

    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules { policies: &self.policies, zone: &self.zone }
    }

    pub(crate) fn watching(&self) -> Watching<'_> {
        Watching { warning: &WARNING, rules: self.rules() }
    }
}
