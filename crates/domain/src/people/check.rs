//! Whether an organisation agrees with itself: every mistake at once, each with its place.
//!
//! The names are well formed already (their types see to that); here people, teams, services and
//! numbers are held against each other. A mistake names its place as `people[mara.lind].manager`,
//! entries of a nameless list count from 0.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::organisation::{MAX_PEOPLE, MAX_SLA_DECLARATIONS, MAX_TEAMS};
use super::{Access, Organisation, Person, PersonId, SlaDeclaration, Team, TeamId};
use crate::audits::{Audit, MAX_AUDITS};
use crate::objectives::Cadence;
use crate::rituals::{MAX_RITUALS, Ritual};
use crate::services::{MAX_OWNERSHIP_RULES, MAX_SERVICES, OwnershipRule};

/// The nearest name is looked for at most so often: it costs a walk over all names, and nobody
/// reads the hundredth hint.
const MAX_NEAREST: usize = 100;

/// The longest promise an SLA matrix may make, in days: ten years.
const MAX_SLA_DAYS: u16 = 3_650;

/// One thing that cannot be as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The place, such as `services[core-api].owner`.
    pub path: String,
    /// What was found and why it cannot be.
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path, self.what)?;
        match &self.hint {
            Some(hint) => write!(out, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// Every contradiction in `organisation`, in the order of its parts; empty when it can be applied.
pub fn check(organisation: &Organisation) -> Vec<Mistake> {
    let mut examination = Examination { organisation, mistakes: Vec::new(), hints: MAX_NEAREST };
    examination.sizes();
    examination.numbers();
    examination.roles();
    examination.sla();
    examination.people();
    examination.circles();
    examination.teams();
    examination.services();
    for (index, rule) in organisation.ownership.iter().enumerate() {
        examination.ownership(index, rule);
    }
    organisation.rituals.values().for_each(|ritual| examination.ritual(ritual));
    organisation.audits.values().for_each(|audit| examination.audit(audit));
    examination.mistakes
}

struct Examination<'a> {
    organisation: &'a Organisation,
    mistakes: Vec<Mistake>,
    /// How many hints may still be looked for.
    hints: usize,
}

impl Examination<'_> {
    fn add(&mut self, path: impl Into<String>, what: impl Into<String>, hint: Option<String>) {
        self.mistakes.push(Mistake { path: path.into(), what: what.into(), hint });
    }

    fn sizes(&mut self) {
        let sizes = [
            ("people", self.organisation.people.len(), MAX_PEOPLE),
            ("teams", self.organisation.teams.len(), MAX_TEAMS),
            ("services", self.organisation.services.len(), MAX_SERVICES),
            ("sla", self.organisation.sla.len(), MAX_SLA_DECLARATIONS),
            ("ownership", self.organisation.ownership.len(), MAX_OWNERSHIP_RULES),
            ("rituals", self.organisation.rituals.len(), MAX_RITUALS),
            ("audits", self.organisation.audits.len(), MAX_AUDITS),
        ];
        for (path, found, limit) in sizes {
            if found > limit {
                self.add(path, format!("at most {limit} can be kept, there are {found}"), None);
            }
        }
    }

    fn numbers(&mut self) {
        let month = self.organisation.fiscal_year_first_month;
        if !(1..=12).contains(&month) {
            let what = format!("a year has months 1 to 12, not {month}");
            self.add("organisation.fiscal_year_first_month", what, None);
        }
    }

    fn roles(&mut self) {
        for (role, id) in &self.organisation.roles {
            self.known_person(format!("roles.{}", role.word()), id);
        }
    }

    fn sla(&mut self) {
        for (index, declaration) in self.organisation.sla.iter().enumerate() {
            self.sla_days(index, declaration);
            if declaration.signatories.is_empty() {
                let hint = "name the CTO, the VP Engineering and the CISO who signed".to_owned();
                let what = "an SLA matrix without signatories binds nobody";
                self.add(format!("sla[{index}].signatories"), what, Some(hint));
            }
        }
        for (index, pair) in self.organisation.sla.windows(2).enumerate() {
            let (before, date) = (pair[0].effective_from, pair[1].effective_from);
            if date <= before {
                let path = format!("sla[{}].effective_from", index + 1);
                let what = format!("{date} does not come after {before} of the matrix before it");
                self.add(path, what, Some("list the matrices by ascending date".to_owned()));
            }
        }
    }

    fn sla_days(&mut self, index: usize, declaration: &SlaDeclaration) {
        let days = declaration.days;
        let bands = [
            ("critical", Some(days.critical)),
            ("high", Some(days.high)),
            ("medium", Some(days.medium)),
            ("low", days.low),
        ];
        let bands = bands.into_iter().filter_map(|(band, days)| days.map(|days| (band, days)));
        let mut worse: Option<(&str, u16)> = None;
        for (band, days) in bands {
            let path = format!("sla[{index}].days.{band}");
            if !(1..=MAX_SLA_DAYS).contains(&days) {
                let what = format!("{days} days cannot be promised; use 1 to {MAX_SLA_DAYS}");
                self.add(path, what, None);
                continue;
            }
            if let Some((name, fewer)) = worse.filter(|(_, fewer)| *fewer > days) {
                let what = format!("{days} days for {band} is stricter than {fewer} for {name}");
                self.add(path, what, Some("a worse band may not have more time".to_owned()));
            }
            worse = Some((band, days));
        }
    }

    fn people(&mut self) {
        let people = &self.organisation.people;
        let mut mailboxes: BTreeMap<String, &PersonId> = BTreeMap::new();
        for person in people.values() {
            if let Some(manager) = &person.manager {
                self.known_person(format!("people[{}].manager", person.id), manager);
            }
            if let Some(first) = mailboxes.get(&person.email.folded()) {
                let path = format!("people[{}].email", person.id);
                let what = format!("{} is already the address of `{first}`", person.email);
                self.add(path, what, Some("give each person their own".to_owned()));
            } else {
                mailboxes.insert(person.email.folded(), &person.id);
            }
        }
        let administers = |person: &Person| person.access == Some(Access::Administrator);
        if !people.values().any(administers) {
            let hint = "give one person access = \"administrator\"".to_owned();
            self.add("people", "nobody is an administrator", Some(hint));
        }
    }

    /// People who, through their managers, report to themselves. Each circle is told once, at
    /// the member whose id sorts first.
    fn circles(&mut self) {
        let mut settled: BTreeSet<&PersonId> = BTreeSet::new();
        for start in self.organisation.people.keys() {
            let mut path: Vec<&PersonId> = Vec::new();
            let mut on_path: BTreeSet<&PersonId> = BTreeSet::new();
            let mut next = Some(start);
            while let Some(person) = next.and_then(|id| self.organisation.people.get(id)) {
                if settled.contains(&person.id) || !on_path.insert(&person.id) {
                    break;
                }
                path.push(&person.id);
                next = person.manager.as_ref();
            }
            let closes = next.filter(|id| on_path.contains(id));
            if let Some(place) = closes.and_then(|end| path.iter().position(|seen| *seen == end)) {
                self.circle(&path[place..]);
            }
            settled.extend(path);
        }
    }

    fn circle(&mut self, members: &[&PersonId]) {
        let first = (0..members.len()).min_by_key(|index| members[*index]).unwrap_or(0);
        let chain = members[first..].iter().chain(&members[..first]);
        // A circle of a thousand is shown by its beginning.
        let mut shown: Vec<&str> = chain.take(8).map(|id| id.as_str()).collect();
        if shown.len() < members.len() {
            shown.push("…");
        }
        shown.push(members[first].as_str());
        let what = format!("reports to themselves: {}", shown.join(" → "));
        let hint = "the person at the top has no manager".to_owned();
        self.add(format!("people[{}].manager", members[first]), what, Some(hint));
    }

    fn teams(&mut self) {
        let teams = &self.organisation.teams;
        for team in teams.values() {
            let path = format!("teams[{}]", team.id);
            self.nesting(&path, team);
            for (key, person) in
                [("manager", &team.manager), ("product_manager", &team.product_manager)]
            {
                if let Some(person) = person {
                    self.known_person(format!("{path}.{key}"), person);
                }
            }
            for member in &team.members {
                self.known_person(format!("{path}.members[{member}]"), member);
            }
        }
    }

    fn nesting(&mut self, path: &str, team: &Team) {
        let path = format!("{path}.parent");
        match (team.kind.lies_in(), &team.parent) {
            (None, None) => {}
            (None, Some(parent)) => {
                let what = format!("a section lies in nothing, this one in `{parent}`");
                self.add(path, what, Some("leave the parent out".to_owned()));
            }
            (Some(wanted), None) => {
                let what =
                    format!("a {} lies in a {}, none is named", team.kind.word(), wanted.word());
                self.add(path, what, Some(format!("name its {} as parent", wanted.word())));
            }
            (Some(wanted), Some(parent)) => {
                if !self.known_team(&path, parent) {
                    return;
                }
                let found = self.organisation.teams[parent].kind;
                if found != wanted {
                    let (kind, wanted) = (team.kind.word(), wanted.word());
                    let what = format!(
                        "a {kind} lies in a {wanted}, but `{parent}` is a {}",
                        found.word()
                    );
                    self.add(path, what, Some("sections hold stages, stages groups".to_owned()));
                }
            }
        }
    }

    fn services(&mut self) {
        for service in self.organisation.services.values() {
            self.known_team(&format!("services[{}].owner", service.name), &service.owner);
        }
    }

    fn ownership(&mut self, index: usize, rule: &OwnershipRule) {
        let path = format!("ownership[{index}]");
        self.known_team(&format!("{path}.team"), &rule.team);
        if rule.package.is_none() && rule.path.is_none() {
            let hint = "the owner of a whole service stands in its [[services]]".to_owned();
            let what = "names neither a package nor a path";
            self.add(path.clone(), what, Some(hint));
        }
        let services = &self.organisation.services;
        if let Some(service) = rule.service.as_ref().filter(|name| !services.contains_key(*name)) {
            let names = services.keys().map(|name| name.as_str());
            let hint = self.hint(service.as_str(), names);
            self.add(format!("{path}.service"), format!("there is no service `{service}`"), hint);
        }
    }

    fn ritual(&mut self, ritual: &Ritual) {
        let path = format!("rituals[{}]", ritual.id);
        self.known_person(format!("{path}.owner"), &ritual.owner);
        let most = match ritual.cadence {
            Cadence::Weekly => 7,
            Cadence::Monthly => 28,
            Cadence::Quarterly => 89,
        };
        if let Some(day) = ritual.due_day.filter(|day| !(1..=most).contains(day)) {
            let (cadence, path) = (ritual.cadence.word(), format!("{path}.due_day"));
            let what = format!("{day} is no day that every period of a {cadence} ritual has");
            self.add(path, what, Some(format!("use 1 to {most}, or leave it out")));
        }
    }

    fn audit(&mut self, audit: &Audit) {
        let path = format!("audits[{}]", audit.id);
        self.known_person(format!("{path}.owner"), &audit.owner);
        if audit.ends < audit.begins {
            let what = format!("{} comes before its first day, {}", audit.ends, audit.begins);
            self.add(format!("{path}.ends"), what, None);
        }
        let services = &self.organisation.services;
        for service in audit.services.iter().filter(|name| !services.contains_key(*name)) {
            let names = services.keys().map(|name| name.as_str());
            let hint = self.hint(service.as_str(), names);
            let path = format!("{path}.services[{service}]");
            self.add(path, format!("there is no service `{service}`"), hint);
        }
    }

    fn known_person(&mut self, path: String, id: &PersonId) {
        let people = &self.organisation.people;
        if people.contains_key(id) {
            return;
        }
        let hint = self.hint(id.as_str(), people.keys().map(PersonId::as_str));
        self.add(path, format!("nobody has the id `{id}`"), hint);
    }

    fn known_team(&mut self, path: &str, team: &TeamId) -> bool {
        let teams = &self.organisation.teams;
        if teams.contains_key(team) {
            return true;
        }
        let hint = self.hint(team.as_str(), teams.keys().map(TeamId::as_str));
        self.add(path, format!("there is no team `{team}`"), hint);
        false
    }

    fn hint<'n>(&mut self, name: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
        self.hints = self.hints.checked_sub(1)?;
        nearest(name, names).map(|near| format!("did you mean `{near}`?"))
    }
}

/// The one of `names` that `name` was most likely meant to be: few letters differ, the first of
/// equals wins. `None` when nothing comes near.
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    let tolerance = (length / 3).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for candidate in names {
        if candidate.chars().count().abs_diff(length) > tolerance {
            continue;
        }
        let distance = edits(name, candidate);
        if distance <= tolerance && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string
/// alignment distance).
fn edits(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let replaced = above[j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            let swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if swapped {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[to.len()]
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::super::organisation::sample::{declaration, organisation, person_id, service, team};
    use super::super::{EmailAddress, TeamKind};
    use super::*;

    fn told(organisation: &Organisation) -> Vec<String> {
        check(organisation).iter().map(Mistake::to_string).collect()
    }

    #[test]
    fn an_organisation_that_agrees_with_itself_has_no_mistakes() {
        assert_eq!(told(&organisation()), Vec::<String>::new());
    }

    #[test]
    fn every_mistake_is_told_at_once_with_its_place() {
        let mut wrong = organisation();
        wrong.people.get_mut(&person_id("noor")).unwrap().manager = Some(person_id("tomsa"));
        wrong.people.get_mut(&person_id("tomas")).unwrap().email =
            EmailAddress::parse("INES@tidewater.example").unwrap();
        wrong.people.get_mut(&person_id("ines")).unwrap().access = None;
        wrong.services.get_mut(&service("ledger")).unwrap().owner = team("payment");
        wrong.teams.get_mut(&team("payments")).unwrap().parent = Some(team("engineering"));
        wrong.teams.get_mut(&team("product")).unwrap().parent = None;
        wrong.teams.get_mut(&team("payments")).unwrap().members.insert(person_id("zzz"));
        wrong.sla.push(declaration(Date::constant(2026, 2, 1), 45));
        wrong.sla[0].signatories.clear();
        wrong.fiscal_year_first_month = 13;
        assert_eq!(
            told(&wrong),
            [
                "organisation.fiscal_year_first_month: a year has months 1 to 12, not 13",
                "sla[0].signatories: an SLA matrix without signatories binds nobody; \
                 name the CTO, the VP Engineering and the CISO who signed",
                "sla[1].days.high: 30 days for high is stricter than 45 for critical; \
                 a worse band may not have more time",
                "sla[1].effective_from: 2026-02-01 does not come after 2026-02-01 of the matrix \
                 before it; list the matrices by ascending date",
                "people[noor].manager: nobody has the id `tomsa`; did you mean `tomas`?",
                "people[tomas].email: INES@tidewater.example is already the address of `ines`; \
                 give each person their own",
                "people: nobody is an administrator; \
                 give one person access = \"administrator\"",
                "teams[payments].parent: a group lies in a stage, but `engineering` is a section; \
                 sections hold stages, stages groups",
                "teams[payments].members[zzz]: nobody has the id `zzz`",
                "teams[product].parent: a stage lies in a section, none is named; \
                 name its section as parent",
                "services[ledger].owner: there is no team `payment`; did you mean `payments`?",
            ]
        );
    }

    #[test]
    fn a_circle_of_managers_is_told_once() {
        let mut wrong = organisation();
        wrong.people.get_mut(&person_id("ines")).unwrap().manager = Some(person_id("tomas"));
        assert_eq!(
            told(&wrong),
            ["people[ines].manager: reports to themselves: ines → tomas → ines; \
              the person at the top has no manager"]
        );
        wrong.people.get_mut(&person_id("ines")).unwrap().manager = Some(person_id("ines"));
        let told = told(&wrong);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("ines → ines"), "{told:?}");
    }

    #[test]
    fn teams_that_lie_in_each_other_are_wrongly_nested() {
        let mut wrong = organisation();
        let engineering = wrong.teams.get_mut(&team("engineering")).unwrap();
        engineering.kind = TeamKind::Stage;
        engineering.parent = Some(team("product"));
        let places: Vec<String> = check(&wrong).into_iter().map(|m| m.path).collect();
        assert_eq!(places, ["teams[engineering].parent", "teams[product].parent"]);
    }

    #[test]
    fn a_promise_of_no_days_is_refused() {
        let mut wrong = organisation();
        wrong.sla[0].days.critical = 0;
        assert_eq!(
            told(&wrong),
            ["sla[0].days.critical: 0 days cannot be promised; use 1 to 3650"]
        );
    }

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["critical", "high", "medium", "low"];
        assert_eq!(nearest("critcal", names), Some("critical"));
        assert_eq!(nearest("hihg", names), Some("high"));
        assert_eq!(nearest("severe", names), None);
        assert_eq!(nearest("", names), None);
    }
}
