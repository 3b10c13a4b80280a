//! Stories, one event per line, and the invariants of the chain.
//!
//! In a story the watch calls `advance` at every due instant and channels accept notices at once,
//! until a line switches one of them `off`. `d12 09:00` is day 12 since the finding was logged.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

const MONDAY: &str = "2026-08-03T00:00:00Z";

/// A chain in a small world.
struct World {
    escalation: Option<Escalation>,
    watch: bool,
    channels: bool,
    log: Vec<String>,
}

impl World {
    fn new() -> World {
        World { escalation: None, watch: true, channels: true, log: Vec::new() }
    }

    fn tell(&mut self, at: Timestamp, outcome: Outcome) {
        for event in &outcome.events {
            self.log.push(format!("{} {}", shown(at), said(event)));
        }
        let roles: Vec<&str> = outcome.notices.iter().map(|notice| notice.role.word()).collect();
        if !roles.is_empty() {
            self.log.push(format!("{} → {}", shown(at), roles.join(", ")));
        }
        self.escalation = Some(outcome.escalation);
        self.deliver(at);
    }

    fn deliver(&mut self, at: Timestamp) {
        let Some(escalation) = self.escalation.clone() else {
            return;
        };
        let waits = matches!(escalation.state(), State::Telling { .. } | State::Unheard { .. });
        if self.channels && waits {
            let level = escalation.level();
            let outcome = escalation.accepted(level, at).unwrap();
            self.tell(at, outcome);
        }
    }

    /// Lets the watch run until `now`.
    fn run(&mut self, now: Timestamp) {
        while let Some(escalation) = self.escalation.clone().filter(|_| self.watch) {
            match escalation.due() {
                Some(due) if due <= now => self.tell(due, escalation.advance(due)),
                _ => break,
            }
        }
    }

    fn line(&mut self, line: &str) {
        let mut words = line.split_whitespace();
        let now = instant(&mut words);
        self.run(now);
        let action = words.next().unwrap();
        let act = |world: &mut World, change: &dyn Fn(Escalation) -> Result<Outcome, Refusal>| {
            match change(world.escalation.clone().unwrap()) {
                Ok(outcome) => world.tell(now, outcome),
                Err(refusal) => world.log.push(format!("{} refused: {refusal}", shown(now))),
            }
        };
        match action {
            "raise" => {
                let sla_due = words.next().map(|_| instant(&mut words));
                self.tell(now, Escalation::raise(raise(sla_due), now));
            }
            "channels" => {
                self.channels = words.next() == Some("on");
                self.deliver(now);
            }
            "watch" => {
                self.watch = words.next() == Some("on");
                if self.watch {
                    let late = self.escalation.clone().unwrap().advance(now);
                    self.tell(now, late);
                }
            }
            "acknowledge" => act(self, &|one| one.acknowledge("ada", now)),
            "commit" => {
                let until = instant(&mut words);
                act(self, &|one| one.commit("ada", until, now));
            }
            "merged" => act(self, &|one| Ok(one.fix_merged(now))),
            "sla" => {
                let to = instant(&mut words);
                act(self, &|one| Ok(one.sla_moved(Some(to), now)));
            }
            "verified" => act(self, &|one| Ok(one.resolve(Resolution::RemediationVerified, now))),
            "cleared" => act(self, &|one| Ok(one.resolve(Resolution::FactsCleared, now))),
            "look" => {
                let escalation = self.escalation.as_ref().unwrap();
                let (level, state) = (escalation.level(), escalation.state().word());
                let due = escalation
                    .due()
                    .map_or("nothing due".to_owned(), |due| format!("due {}", shown(due)));
                self.log.push(format!("{} {level} {state}, {due}", shown(now)));
            }
            other => panic!("no such event: {other}"),
        }
    }
}

fn raise(sla_due: Option<Timestamp>) -> Raise {
    Raise {
        id: "E-1".into(),
        cause_key: "dependency_sla_breach/F-1".into(),
        first_to: vec![Role::OwningEngineer, Role::EngineeringManager],
        sla_due,
        policy: Policy::default(),
    }
}

fn instant<'a>(words: &mut impl Iterator<Item = &'a str>) -> Timestamp {
    let day: i64 = words.next().unwrap().strip_prefix('d').unwrap().parse().unwrap();
    let (hours, minutes) = words.next().unwrap().split_once(':').unwrap();
    let (hours, minutes): (i64, i64) = (hours.parse().unwrap(), minutes.parse().unwrap());
    let start: Timestamp = MONDAY.parse().unwrap();
    start + SignedDuration::from_mins((day * 24 + hours) * 60 + minutes)
}

fn shown(at: Timestamp) -> String {
    let start: Timestamp = MONDAY.parse().unwrap();
    let minutes = at.duration_since(start).as_mins();
    format!("d{} {:02}:{:02}", minutes / 1440, minutes / 60 % 24, minutes % 60)
}

fn said(event: &Event) -> String {
    match event {
        Event::Raised { level, .. } => format!("raised {level}"),
        Event::Heard { level, .. } => format!("heard {level}"),
        Event::Climbed { to, .. } => format!("climbed {to}"),
        Event::Committed { until, .. } => format!("committed until {}", shown(*until)),
        Event::Resolved { by, .. } => format!("resolved: {}", by.word()),
        other => other.word().to_owned(),
    }
}

/// The only place that touches the transitions.
fn check(story: &str, expected: &str) {
    let mut world = World::new();
    story.lines().map(str::trim).filter(|line| !line.is_empty()).for_each(|line| world.line(line));
    let expected: Vec<&str> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(world.log, expected, "\n{}", world.log.join("\n"));
}

#[test]
fn the_story_of_the_source_day_12_day_14_day_16() {
    check(
        "d12 09:00 raise sla d14 23:59
         d20 00:00 look",
        "d12 09:00 raised L1
         d12 09:00 → owning_engineer, engineering_manager
         d12 09:00 heard L1
         d14 09:00 climbed L2
         d14 09:00 → vp_engineering, ciso
         d14 09:00 heard L2
         d16 23:59 climbed L3
         d16 23:59 → cto
         d16 23:59 heard L3
         d20 00:00 L3 waiting, nothing due",
    );
}

#[test]
fn a_high_finding_climbs_on_days_27_and_32() {
    check(
        "d25 09:00 raise sla d30 09:00
         d40 00:00 verified",
        "d25 09:00 raised L1
         d25 09:00 → owning_engineer, engineering_manager
         d25 09:00 heard L1
         d27 09:00 climbed L2
         d27 09:00 → vp_engineering, ciso
         d27 09:00 heard L2
         d32 09:00 climbed L3
         d32 09:00 → cto
         d32 09:00 heard L3
         d40 00:00 resolved: remediation_verified
         d40 00:00 → owning_engineer, engineering_manager, vp_engineering, ciso, cto",
    );
}

#[test]
fn without_an_sla_date_each_level_follows_after_48_hours() {
    check(
        "d1 00:00 raise
         d3 00:00 look
         d4 00:00 cleared",
        "d1 00:00 raised L1
         d1 00:00 → owning_engineer, engineering_manager
         d1 00:00 heard L1
         d3 00:00 climbed L2
         d3 00:00 → vp_engineering, ciso
         d3 00:00 heard L2
         d3 00:00 L2 waiting, due d5 00:00
         d4 00:00 resolved: facts_cleared
         d4 00:00 → owning_engineer, engineering_manager, vp_engineering, ciso",
    );
}

#[test]
fn an_sla_that_is_past_at_detection_raises_two_levels_at_once() {
    check(
        "d20 09:00 raise sla d14 23:59
         d22 09:00 look",
        "d20 09:00 raised L1
         d20 09:00 climbed L2
         d20 09:00 → owning_engineer, engineering_manager, vp_engineering, ciso
         d20 09:00 heard L2
         d22 09:00 climbed L3
         d22 09:00 → cto
         d22 09:00 heard L3
         d22 09:00 L3 waiting, nothing due",
    );
}

#[test]
fn acknowledging_does_not_stop_the_clock() {
    check(
        "d12 09:00 raise sla d14 23:59
         d12 10:00 acknowledge
         d14 09:00 look",
        "d12 09:00 raised L1
         d12 09:00 → owning_engineer, engineering_manager
         d12 09:00 heard L1
         d12 10:00 acknowledged
         d14 09:00 climbed L2
         d14 09:00 → vp_engineering, ciso
         d14 09:00 heard L2
         d14 09:00 L2 waiting, due d16 23:59",
    );
}

#[test]
fn a_broken_commitment_fires_the_next_level_at_once() {
    check(
        "d12 09:00 raise sla d14 23:59
         d13 09:00 commit d16 09:01
         d13 09:00 commit d15 12:00
         d13 10:00 commit d14 12:00
         d15 12:00 look",
        "d12 09:00 raised L1
         d12 09:00 → owning_engineer, engineering_manager
         d12 09:00 heard L1
         d13 09:00 refused: a commitment to 2026-08-19T09:01:00Z is too late; this level allows \
         2026-08-19T09:00:00Z at the latest
         d13 09:00 committed until d15 12:00
         d13 10:00 refused: ada already committed to 2026-08-18T12:00:00Z at level L1; one \
         commitment a level is allowed
         d15 12:00 commitment_broken
         d15 12:00 climbed L2
         d15 12:00 → vp_engineering, ciso
         d15 12:00 heard L2
         d15 12:00 L2 waiting, due d17 12:00",
    );
}

#[test]
fn each_level_allows_a_commitment_of_its_own_and_a_kept_one_is_quiet() {
    check(
        "d12 09:00 raise sla d14 23:59
         d12 12:00 commit d14 12:00
         d14 13:00 commit d18 00:00
         d17 20:00 verified",
        "d12 09:00 raised L1
         d12 09:00 → owning_engineer, engineering_manager
         d12 09:00 heard L1
         d12 12:00 committed until d14 12:00
         d14 12:00 commitment_broken
         d14 12:00 climbed L2
         d14 12:00 → vp_engineering, ciso
         d14 12:00 heard L2
         d14 13:00 committed until d18 00:00
         d17 20:00 resolved: remediation_verified
         d17 20:00 → owning_engineer, engineering_manager, vp_engineering, ciso",
    );
}

#[test]
fn the_top_level_records_a_commitment_and_its_breaking() {
    check(
        "d1 00:00 raise
         d5 00:00 commit d8 00:00
         d9 00:00 look",
        "d1 00:00 raised L1
         d1 00:00 → owning_engineer, engineering_manager
         d1 00:00 heard L1
         d3 00:00 climbed L2
         d3 00:00 → vp_engineering, ciso
         d3 00:00 heard L2
         d5 00:00 climbed L3
         d5 00:00 → cto
         d5 00:00 heard L3
         d5 00:00 committed until d8 00:00
         d8 00:00 commitment_broken
         d9 00:00 L3 waiting, nothing due",
    );
}

#[test]
fn a_merged_fix_pauses_until_the_sla_date_and_not_longer() {
    check(
        "d25 09:00 raise sla d30 09:00
         d26 09:00 merged
         d29 00:00 look
         d30 09:00 look",
        "d25 09:00 raised L1
         d25 09:00 → owning_engineer, engineering_manager
         d25 09:00 heard L1
         d26 09:00 fix_merged
         d29 00:00 L1 fix_merged, due d30 09:00
         d30 09:00 pause_ended
         d30 09:00 climbed L2
         d30 09:00 → vp_engineering, ciso
         d30 09:00 heard L2
         d30 09:00 L2 waiting, due d32 09:00",
    );
}

#[test]
fn a_fix_merged_after_the_sla_date_pauses_nothing() {
    check(
        "d12 09:00 raise sla d14 09:00
         d15 00:00 merged
         d16 09:00 look",
        "d12 09:00 raised L1
         d12 09:00 → owning_engineer, engineering_manager
         d12 09:00 heard L1
         d14 09:00 climbed L2
         d14 09:00 → vp_engineering, ciso
         d14 09:00 heard L2
         d15 00:00 fix_merged
         d16 09:00 climbed L3
         d16 09:00 → cto
         d16 09:00 heard L3
         d16 09:00 L3 waiting, nothing due",
    );
}

#[test]
fn a_window_starts_when_a_channel_accepted_the_notice() {
    check(
        "d1 00:00 channels off
         d1 00:00 raise
         d2 00:00 look
         d2 12:00 channels on
         d4 12:00 look",
        "d1 00:00 raised L1
         d1 00:00 → owning_engineer, engineering_manager
         d1 01:00 nobody_could_be_told
         d2 00:00 L1 unheard, nothing due
         d2 12:00 heard L1
         d4 12:00 climbed L2
         d4 12:00 → vp_engineering, ciso
         d4 12:00 heard L2
         d4 12:00 L2 waiting, due d6 12:00",
    );
}

#[test]
fn after_an_outage_of_the_watch_the_chain_climbs_one_level_only() {
    check(
        "d12 09:00 raise sla d14 23:59
         d13 00:00 watch off
         d40 00:00 watch on
         d41 00:00 look",
        "d12 09:00 raised L1
         d12 09:00 → owning_engineer, engineering_manager
         d12 09:00 heard L1
         d40 00:00 climbed L2
         d40 00:00 → vp_engineering, ciso
         d40 00:00 heard L2
         d41 00:00 L2 waiting, due d42 00:00",
    );
}

#[test]
fn an_earlier_sla_date_brings_the_next_level_nearer() {
    check(
        "d12 09:00 raise sla d30 00:00
         d12 10:00 sla d13 00:00
         d13 00:00 look",
        "d12 09:00 raised L1
         d12 09:00 → owning_engineer, engineering_manager
         d12 09:00 heard L1
         d12 10:00 sla_moved
         d13 00:00 climbed L2
         d13 00:00 → vp_engineering, ciso
         d13 00:00 heard L2
         d13 00:00 L2 waiting, due d15 00:00",
    );
}

#[test]
fn the_outlook_says_what_happens_if_nothing_happens() {
    let at = |text: &str| instant(&mut text.split_whitespace());
    let raised = Escalation::raise(raise(Some(at("d14 23:59"))), at("d12 09:00")).escalation;
    let steps = [(at("d14 09:00"), Level::L2), (at("d16 23:59"), Level::L3)];
    assert_eq!(raised.outlook(), steps);
}

#[test]
fn a_notices_key_names_the_thing_and_not_the_attempt() {
    let notice = Notice { level: Level::L2, role: Role::Ciso, kind: NoticeKind::Flag };
    let key = idempotency_key("E-42", &notice, "person-7", "email");
    assert_eq!(key, "escalation/E-42/L2/person-7/email");
    let over = Notice { kind: NoticeKind::StandDown, ..notice };
    let key = idempotency_key("E-42", &over, "person-7", "email");
    assert_eq!(key, "escalation/E-42/resolved/person-7/email");
}

#[test]
fn a_row_that_contradicts_itself_is_refused() {
    let raised = Escalation::raise(raise(None), MONDAY.parse().unwrap()).escalation;
    let parts = raised.into_parts();
    let waiting = Parts { state: "waiting".into(), ..parts.clone() };
    let refused = Escalation::from_parts(waiting).unwrap_err().to_string();
    assert_eq!(refused, "escalation E-1 is waiting but has no heard_at; the row is incomplete");
    assert!(Escalation::from_parts(Parts { level: 9, ..parts.clone() }).is_err());
    assert!(Escalation::from_parts(Parts { state: "asleep".into(), ..parts }).is_err());
}

/// A small organisation: `core` belongs to team `api`, below `platform`.
#[derive(Clone)]
struct Company {
    people: Vec<(&'static str, Option<&'static str>, bool)>,
    managers: Vec<(&'static str, Option<&'static str>, Option<&'static str>)>,
    holders: Vec<(Role, &'static str)>,
}

impl Company {
    fn full() -> Company {
        Company {
            people: vec![
                ("eng", Some("lead"), true),
                ("lead", Some("vp"), true),
                ("director", Some("vp"), true),
                ("vp", Some("cto"), true),
                ("cto", Some("ceo"), true),
                ("ciso", Some("ceo"), true),
                ("ceo", None, true),
            ],
            managers: vec![
                ("api", Some("lead"), Some("platform")),
                ("platform", Some("director"), None),
            ],
            holders: vec![
                (Role::VpEngineering, "vp"),
                (Role::Ciso, "ciso"),
                (Role::Cto, "cto"),
                (Role::Ceo, "ceo"),
            ],
        }
    }

    fn without(mut self, person: &str) -> Company {
        self.people.iter_mut().filter(|one| one.0 == person).for_each(|one| one.2 = false);
        self
    }
}

impl Directory for Company {
    fn person(&self, id: &str) -> Option<Person> {
        self.people.iter().find(|one| one.0 == id).map(|&(id, manager, active)| Person {
            id: id.into(),
            manager: manager.map(str::to_owned),
            active,
        })
    }

    fn team(&self, id: &str) -> Option<Team> {
        self.managers.iter().find(|one| one.0 == id).map(|&(id, manager, parent)| Team {
            id: id.into(),
            manager: manager.map(str::to_owned),
            parent: parent.map(str::to_owned),
        })
    }

    fn owner_of(&self, service: &str) -> Option<String> {
        (service == "core").then(|| "api".to_owned())
    }

    fn holder(&self, role: Role) -> Option<String> {
        self.holders.iter().find(|one| one.0 == role).map(|one| one.1.to_owned())
    }
}

const CORE: Matter =
    Matter { service: Some("core"), team: None, engineer: Some("eng"), dri: Some("eng") };

fn told_whom(role: Role, company: &Company) -> String {
    match resolve(role, &CORE, company) {
        Some(Addressee { person, note: None, .. }) => person,
        Some(Addressee { person, note: Some(note), .. }) => format!("{person} ({note})"),
        None => "nobody".to_owned(),
    }
}

#[test]
fn every_role_finds_its_person() {
    let found: Vec<String> =
        Role::ALL.into_iter().map(|role| told_whom(role, &Company::full())).collect();
    assert_eq!(found, ["eng", "lead", "vp", "ciso", "cto", "ceo", "eng", "lead"]);
}

#[test]
fn a_vacant_role_falls_to_the_next_one_up_and_says_so() {
    let mut company = Company::full().without("eng");
    assert_eq!(
        told_whom(Role::OwningEngineer, &company),
        "lead (the owning engineer is vacant; this went to the engineering manager)"
    );
    company = company.without("lead");
    assert_eq!(
        told_whom(Role::EngineeringManager, &company),
        "director (team api has no manager; this went to the manager of platform)"
    );
    company.holders.retain(|(role, _)| *role != Role::VpEngineering);
    assert_eq!(
        told_whom(Role::VpEngineering, &company),
        "cto (the VP Engineering is vacant; this went to the CTO)"
    );
    company = company.without("ciso");
    assert_eq!(
        told_whom(Role::Ciso, &company),
        "ceo (the CISO has left; this went to their manager)"
    );
}

#[test]
fn an_empty_organisation_has_nobody_and_that_is_said() {
    let mut company = Company::full();
    company.people.clear();
    let (people, unfilled) = addressees(&[Role::Ciso, Role::Cto], &CORE, &company);
    assert_eq!((people, unfilled), (vec![], vec![Role::Ciso, Role::Cto]));
}

#[test]
fn a_person_in_two_roles_is_told_once() {
    let mut company = Company::full();
    company.holders = vec![(Role::VpEngineering, "cto"), (Role::Ciso, "cto")];
    let (people, unfilled) = addressees(&[Role::VpEngineering, Role::Ciso], &CORE, &company);
    assert_eq!((people.len(), people[0].person.as_str(), unfilled.len()), (1, "cto", 0));
}

#[test]
fn a_circle_of_managers_ends() {
    let mut company = Company::full();
    company.people = vec![("eng", Some("lead"), false), ("lead", Some("eng"), false)];
    company.managers = vec![("api", None, Some("api"))];
    company.holders.clear();
    assert_eq!(told_whom(Role::OwningEngineer, &company), "nobody");
}

/// What the world can do to a chain.
#[derive(Clone, Debug)]
enum Step {
    Advance,
    Accept,
    Acknowledge,
    Commit(i64),
    Merge,
    MoveSla(i64),
    Resolve,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Advance),
        4 => Just(Step::Accept),
        1 => Just(Step::Acknowledge),
        2 => (1i64..120).prop_map(Step::Commit),
        1 => Just(Step::Merge),
        1 => (-200i64..400).prop_map(Step::MoveSla),
        1 => Just(Step::Resolve),
    ]
}

fn take(escalation: Escalation, step: &Step, now: Timestamp) -> Outcome {
    let hours = SignedDuration::from_hours;
    let kept = Outcome::unchanged(escalation.clone());
    match step {
        Step::Advance => escalation.advance(now),
        Step::Accept => {
            let level = escalation.level();
            escalation.accepted(level, now).unwrap_or(kept)
        }
        Step::Acknowledge => escalation.acknowledge("ada", now).unwrap_or(kept),
        Step::Commit(ahead) => escalation.commit("ada", now + hours(*ahead), now).unwrap_or(kept),
        Step::Merge => escalation.fix_merged(now),
        Step::MoveSla(ahead) => escalation.sla_moved(Some(now + hours(*ahead)), now),
        Step::Resolve => escalation.resolve(Resolution::FactsCleared, now),
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_chain_keeps_its_promises(
        sla in proptest::option::of(-100i64..500),
        steps in proptest::collection::vec((step(), 0i64..60), 0..40),
    ) {
        let start: Timestamp = MONDAY.parse().unwrap();
        let mut now = start;
        let sla = sla.map(|hours| start + SignedDuration::from_hours(hours));
        let mut escalation = Escalation::raise(raise(sla), start).escalation;
        for (step, hours) in steps {
            now += SignedDuration::from_hours(hours);
            let (level, before) = (escalation.level(), escalation.clone());
            let outcome = take(escalation, &step, now);
            escalation = outcome.escalation.clone();
            // Levels never fall, and rise one at a time, by time alone.
            let climbed = escalation.level().number() - level.number();
            prop_assert!(climbed == 0 || (climbed == 1 && matches!(step, Step::Advance)));
            // A level is never left before it was heard.
            let unheard = matches!(before.state(), State::Telling { .. } | State::Unheard { .. });
            prop_assert!(climbed == 0 || !unheard);
            // Advancing again at the same instant changes nothing.
            if matches!(step, Step::Advance) {
                let again = escalation.clone().advance(now);
                prop_assert!(!again.changed());
                prop_assert_eq!(&again.escalation, &escalation);
            }
            // Something is always due, or it is over, at the top, or waits to be heard.
            let quiet = match escalation.state() {
                State::Resolved { .. } | State::Unheard { .. } => true,
                State::Waiting { .. } => escalation.level() == Level::L3,
                _ => false,
            };
            prop_assert_eq!(escalation.due().is_none(), quiet);
            // Nothing happens before it is due.
            if let Some(due) = escalation.due() {
                let early = due - SignedDuration::from_micros(1);
                prop_assert!(!escalation.clone().advance(early).changed());
            }
            // What is kept is what is read; what is over stays over.
            let read = Escalation::from_parts(escalation.clone().into_parts());
            prop_assert_eq!(read, Ok(escalation.clone()));
            prop_assert!(!before.is_resolved() || escalation == before);
        }
    }
}
