//! Exceptions: what need not be done for a while, asked for by one person and granted by another.
//!
//! The rule to remember: an exception ends. At most 30 days after the decision where it covers a
//! critical finding, at most 365 otherwise; one that is longer than 30 days covers no critical
//! finding, also none that comes later. It stops the clock of what it covers, and moves no promise:
//! key results count as if there were none.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use thiserror::Error;

use crate::findings::{Band, normal_id};
use crate::people::PersonId;
use crate::policy::{civil_day, first_second, last_second};

/// The longest exception that covers critical findings, in days (spec "Findings": ≤ 30 for ≥ 9.0).
pub const LONGEST_CRITICAL: i32 = 30;
/// The longest exception, in days: what is longer is no exception.
pub const LONGEST: i32 = 365;
/// How many days before the end people are reminded.
pub const REMINDERS: [i32; 3] = [14, 7, 1];
/// The hour of the organisation's day at which reminders go out.
const REMINDER_HOUR: i64 = 9;
/// The longest text of a reason, a control or a note, in characters.
pub const TEXT_LENGTH: usize = 2_000;
/// The longest part of a scope, in characters.
pub const SCOPE_LENGTH: usize = 300;

/// Which findings an exception covers: all parts that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// One finding: `F-17`.
    pub finding: Option<String>,
    /// A CVE or any other identifier of the finding.
    pub identifier: Option<String>,
    /// A package's name without regard to case; `*` stands for any letters.
    pub package: Option<String>,
    pub service: Option<String>,
    /// The team that holds it.
    pub team: Option<String>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub scope: Scope,
    /// Why it cannot be done in time.
    pub reason: String,
    /// What protects meanwhile.
    pub control: String,
    /// The last day on which it holds, in the organisation's zone.
    pub until: Date,
}

/// How far an exception has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionState {
    Requested,
    Approved,
    Refused,
    Revoked,
    Expired,
}

impl ExceptionState {
    /// Every state.
    pub const ALL: [ExceptionState; 5] = [
        ExceptionState::Requested,
        ExceptionState::Approved,
        ExceptionState::Refused,
        ExceptionState::Revoked,
        ExceptionState::Expired,
    ];

    /// The word used in the API, on pages and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            ExceptionState::Requested => "requested",
            ExceptionState::Approved => "approved",
            ExceptionState::Refused => "refused",
            ExceptionState::Revoked => "revoked",
            ExceptionState::Expired => "expired",
        }
    }

    /// The state a word stands for.
    pub fn from_word(word: &str) -> Option<ExceptionState> {
        ExceptionState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// An exception with all that was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// `X-3`
    pub id: String,
    pub request: Request,
    pub state: ExceptionState,
    pub requester: String,
    pub requested_at: Timestamp,
    /// Who approved or refused it, when, and what they said.
    pub decider: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub note: Option<String>,
    /// When it expired or was revoked, and by whom; nobody when it expired.
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<String>,
    /// So many days before the end was the last reminder.
    pub reminded: Option<i32>,
}

/// What of a finding decides whether an exception covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub id: String,
    pub service: String,
    pub team: Option<String>,
    /// Every identifier.
    pub ids: Vec<String>,
    pub package: Option<String>,
    pub band: Band,
}

/// Why something about an exception cannot be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ExceptionRefused {
    #[error("finding: the scope is empty; name a finding, identifier, package, service or team")]
    Everything,
    #[error("package: `{0}` is every package; write some letters of its name")]
    EveryPackage(String),
    #[error("{field}: write 1 to {longest} characters")]
    Text { field: &'static str, longest: usize },
    #[error("until: {until} is not between today and {longest}")]
    Until { until: Date, longest: Date },
    #[error(
        "until: {until} is after {longest}; it covers {critical} critical findings, for which an \
         exception lasts at most {LONGEST_CRITICAL} days"
    )]
    Critical { until: Date, longest: Date, critical: u64 },
    #[error("{id} is {state}; only what is {wanted} can be {what}")]
    State { id: String, state: &'static str, wanted: &'static str, what: &'static str },
    #[error("{0} asked for it: another person decides")]
    SamePerson(String),
    #[error("`{0}` is not a person; an exception is asked for and decided by people")]
    NoPerson(String),
}

impl Scope {
    /// Without blanks around and empty parts.
    #[must_use]
    pub fn trimmed(self) -> Scope {
        let trim = |part: Option<String>| {
            part.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        Scope {
            finding: trim(self.finding),
            identifier: trim(self.identifier),
            package: trim(self.package),
            service: trim(self.service),
            team: trim(self.team),
        }
    }

    /// Whether all parts that are given hold for the finding.
    pub fn matches(&self, candidate: &Candidate) -> bool {
        let is =
            |part: &Option<String>, holds: &dyn Fn(&str) -> bool| part.as_deref().is_none_or(holds);
        let has_id = |wanted: &str| {
            let wanted = normal_id(wanted);
            candidate.ids.iter().any(|id| normal_id(id) == wanted)
        };
        is(&self.finding, &|id| candidate.id == id)
            && is(&self.service, &|service| candidate.service == service)
            && is(&self.team, &|team| candidate.team.as_deref() == Some(team))
            && is(&self.identifier, &has_id)
            && is(&self.package, &|pattern| {
                candidate.package.as_deref().is_some_and(|name| fits(pattern, name))
            })
    }

    /// In one line: `CVE-2026-1000 in ledger`.
    pub fn words(&self) -> String {
        let part = |before: &str, text: &Option<String>| {
            text.as_ref().map(|text| format!("{before}{text}"))
        };
        let parts = [
            part("", &self.finding),
            part("", &self.identifier),
            part("package ", &self.package),
            part("in ", &self.service),
            part("held by ", &self.team),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn check(&self) -> Result<(), ExceptionRefused> {
        let parts = [
            ("finding", &self.finding),
            ("identifier", &self.identifier),
            ("package", &self.package),
            ("service", &self.service),
            ("team", &self.team),
        ];
        if parts.iter().all(|(_, part)| part.is_none()) {
            return Err(ExceptionRefused::Everything);
        }
        let is_long = |part: &Option<String>| {
            part.as_ref().is_some_and(|text| text.chars().count() > SCOPE_LENGTH)
        };
        if let Some((field, _)) = parts.into_iter().find(|(_, part)| is_long(part)) {
            return Err(ExceptionRefused::Text { field, longest: SCOPE_LENGTH });
        }
        match &self.package {
            Some(pattern) if pattern.chars().all(|letter| letter == '*') => {
                Err(ExceptionRefused::EveryPackage(pattern.clone()))
            }
            _ => Ok(()),
        }
    }
}

/// Whether `name` is what `pattern` says, `*` standing for any letters. Takes as many steps as the
/// one has letters times the other, at most.
fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut at, mut seen) = (0, 0);
    // Where the last `*` stood, and how much of the name it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while seen < name.len() {
        match (pattern.get(at), star) {
            (Some('*'), _) => {
                star = Some((at, seen));
                at += 1;
            }
            (Some(letter), _) if *letter == name[seen] => {
                at += 1;
                seen += 1;
            }
            (_, Some((place, taken))) => {
                star = Some((place, taken + 1));
                at = place + 1;
                seen = taken + 1;
            }
            (_, None) => return false,
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

impl Request {
    /// Whether it can be asked for or granted today; `critical` = how many critical findings it
    /// covers.
    ///
    /// # Errors
    ///
    /// What must be written otherwise.
    pub fn check(&self, today: Date, critical: u64) -> Result<(), ExceptionRefused> {
        self.scope.check()?;
        for (field, text) in [("reason", &self.reason), ("control", &self.control)] {
            let length = text.trim().chars().count();
            if length == 0 || length > TEXT_LENGTH {
                return Err(ExceptionRefused::Text { field, longest: TEXT_LENGTH });
            }
        }
        let until = self.until;
        let longest = today.saturating_add(LONGEST.days());
        if until < today || until > longest {
            return Err(ExceptionRefused::Until { until, longest });
        }
        let longest = today.saturating_add(LONGEST_CRITICAL.days());
        if critical > 0 && until > longest {
            return Err(ExceptionRefused::Critical { until, longest, critical });
        }
        Ok(())
    }
}

impl Exception {
    /// The instant at which it ends by itself: the last second of its last day.
    pub fn ends_at(&self, zone: &TimeZone) -> Timestamp {
        last_second(self.request.until, zone)
    }

    /// Whether it covers the finding, once it is granted.
    pub fn covers(&self, candidate: &Candidate, zone: &TimeZone) -> bool {
        self.request.scope.matches(candidate) && self.may_cover(candidate.band, zone)
    }

    /// Whether it is short enough for findings of `band`.
    pub fn may_cover(&self, band: Band, zone: &TimeZone) -> bool {
        let from = civil_day(self.decided_at.unwrap_or(self.requested_at), zone);
        let is_short = self.request.until <= from.saturating_add(LONGEST_CRITICAL.days());
        band != Band::Critical || is_short
    }

    /// Whether this person may approve or refuse it now.
    ///
    /// # Errors
    ///
    /// When it is decided already, or they asked for it themselves.
    pub fn may_be_decided(&self, person: Option<&PersonId>) -> Result<(), ExceptionRefused> {
        self.must_be(ExceptionState::Requested, "decided")?;
        match person {
            None => Err(ExceptionRefused::NoPerson("operator".to_owned())),
            Some(person) if person.as_str() == self.requester => {
                Err(ExceptionRefused::SamePerson(person.to_string()))
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether it can be revoked.
    ///
    /// # Errors
    ///
    /// When it does not hold.
    pub fn may_be_revoked(&self) -> Result<(), ExceptionRefused> {
        self.must_be(ExceptionState::Approved, "revoked")
    }

    fn must_be(&self, wanted: ExceptionState, what: &'static str) -> Result<(), ExceptionRefused> {
        if self.state == wanted {
            return Ok(());
        }
        let (id, state) = (self.id.clone(), self.state.word());
        Err(ExceptionRefused::State { id, state, wanted: wanted.word(), what })
    }

    /// The reminder that has come and was not given: so many days before the end. After an outage
    /// only the nearest to the end.
    pub fn reminder(&self, now: Timestamp, zone: &TimeZone) -> Option<i32> {
        let is_due = |days: &i32| self.reminds_at(*days, zone).is_some_and(|at| at <= now);
        let is_news = |days: &i32| self.reminded.is_none_or(|reminded| *days < reminded);
        REMINDERS.into_iter().filter(is_due).filter(is_news).min()
    }

    /// The next reminder or the end, whichever comes first after `now`.
    pub fn next_at(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let reminders = REMINDERS.into_iter().filter_map(|days| self.reminds_at(days, zone));
        let next = reminders.filter(|at| *at > now).min();
        next.into_iter().chain([self.ends_at(zone)]).min().unwrap_or(now)
    }

    /// None where that was before it was granted.
    fn reminds_at(&self, days: i32, zone: &TimeZone) -> Option<Timestamp> {
        let day = self.request.until.saturating_sub(days.days());
        let hour = SignedDuration::from_hours(REMINDER_HOUR);
        let at = first_second(day, zone).checked_add(hour).ok()?;
        self.decided_at.filter(|decided| at >= *decided).map(|_| at)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn candidate(band: Band) -> Candidate {
        Candidate {
            id: "F-1".into(),
            service: "ledger".into(),
            team: Some("payments".into()),
            ids: vec!["CVE-2026-1000".into(), "GHSA-aaaa-bbbb-cccc".into()],
            package: Some("Lodash.Merge".into()),
            band,
        }
    }

    fn exception(until: Date) -> Exception {
        let scope = Scope { package: Some("lodash*".into()), ..Scope::default() };
        let request = Request { scope, reason: "vendor".into(), control: "firewall".into(), until };
        let at: Timestamp = "2026-03-02T08:00:00Z".parse().expect("an instant");
        Exception {
            id: "X-1".into(),
            request,
            state: ExceptionState::Approved,
            requester: "noor".into(),
            requested_at: at,
            decider: Some("mara".into()),
            decided_at: Some(at),
            note: None,
            ended_at: None,
            ended_by: None,
            reminded: None,
        }
    }

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, name) in [
            ("lodash*", "lodash"),
            ("*dash*", "Lodash.merge"),
            ("l*h*e", "lodash.merge"),
            ("a", "A"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("lodash", "lodash.merge"), ("l*x", "lodash"), ("", "a")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
        assert!(!fits("*a*a*a*a*b", &"a".repeat(5_000)));
    }

    #[test]
    fn all_parts_of_a_scope_must_hold() {
        let found = candidate(Band::High);
        let scope = |service: &str, identifier: &str| Scope {
            service: Some(service.into()),
            identifier: Some(identifier.into()),
            ..Scope::default()
        };
        assert!(scope("ledger", "cve-2026-1000").matches(&found));
        assert!(!scope("ledger", "CVE-2026-2000").matches(&found));
        assert!(!scope("checkout", "CVE-2026-1000").matches(&found));
        let team = Scope { team: Some("platform".into()), ..Scope::default() };
        assert!(!team.matches(&found));
    }

    #[test]
    fn what_covers_a_critical_finding_lasts_at_most_thirty_days() {
        let today = date(2026, 3, 2);
        let request = exception(date(2026, 4, 2)).request;
        assert_eq!(request.check(today, 0), Ok(()));
        assert!(matches!(request.check(today, 1), Err(ExceptionRefused::Critical { .. })));
        assert_eq!(exception(date(2026, 4, 1)).request.check(today, 1), Ok(()));
        for until in [date(2026, 3, 1), date(2027, 3, 3)] {
            let refused = exception(until).request.check(today, 0);
            assert!(matches!(refused, Err(ExceptionRefused::Until { .. })), "{refused:?}");
        }
        // One that comes later is not covered by what was granted for longer.
        let (long, short) = (exception(date(2026, 4, 2)), exception(date(2026, 4, 1)));
        let critical = candidate(Band::Critical);
        assert!(!long.covers(&critical, &TimeZone::UTC));
        assert!(long.covers(&candidate(Band::High), &TimeZone::UTC));
        assert!(short.covers(&critical, &TimeZone::UTC));
    }

    #[test]
    fn everything_is_no_scope() {
        let request = |package: &str| Request {
            scope: Scope { package: Some(package.into()), ..Scope::default() }.trimmed(),
            ..exception(date(2026, 3, 9)).request
        };
        let refused = |package| request(package).check(date(2026, 3, 2), 0).expect_err("refused");
        assert_eq!(refused("  "), ExceptionRefused::Everything);
        assert_eq!(refused("**"), ExceptionRefused::EveryPackage("**".into()));
    }

    #[test]
    fn nobody_decides_on_what_they_asked_for() {
        let person = |id: &str| PersonId::parse(id).expect("an id");
        let mut asked = exception(date(2026, 3, 9));
        asked.state = ExceptionState::Requested;
        assert_eq!(asked.may_be_decided(Some(&person("mara"))), Ok(()));
        let own = asked.may_be_decided(Some(&person("noor")));
        assert_eq!(own, Err(ExceptionRefused::SamePerson("noor".into())));
        assert!(asked.may_be_decided(None).is_err() && asked.may_be_revoked().is_err());
        asked.state = ExceptionState::Approved;
        assert!(asked.may_be_decided(Some(&person("mara"))).is_err());
    }

    #[test]
    fn a_reminder_comes_once_and_after_an_outage_only_the_last() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let mut granted = exception(date(2026, 3, 26));
        let zone = TimeZone::UTC;
        assert_eq!(granted.reminder(at("2026-03-12T08:59:59Z"), &zone), None);
        assert_eq!(granted.reminder(at("2026-03-12T09:00:00Z"), &zone), Some(14));
        assert_eq!(granted.reminder(at("2026-03-25T09:00:00Z"), &zone), Some(1));
        granted.reminded = Some(14);
        assert_eq!(granted.reminder(at("2026-03-19T08:00:00Z"), &zone), None);
        let next = granted.next_at(at("2026-03-19T08:00:00Z"), &zone);
        assert_eq!(next, at("2026-03-19T09:00:00Z"));
        assert_eq!(granted.next_at(at("2026-03-25T10:00:00Z"), &zone), at("2026-03-26T23:59:59Z"));
        // Granted for nine days: of the fourteenth day before nobody is reminded.
        let short = exception(date(2026, 3, 11));
        assert_eq!(short.reminder(at("2026-03-03T09:00:00Z"), &zone), None);
    }
}
