//! Stories of reports that come in one after another, in a world that keeps what plans say.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::findings::{Observation, Severity, fold, replay};
use crate::policy::SlaMatrices;

/// What a store keeps of one service.
#[derive(Clone, Debug, Default, PartialEq)]
struct World {
    findings: BTreeMap<Identity, (Finding, Vec<Entry>)>,
    sightings: BTreeMap<(Identity, String), Sighting>,
    latest: BTreeMap<String, Timestamp>,
}

/// A report: who made it when, and what is in it.
struct Report {
    scope: String,
    at: Timestamp,
    complete: bool,
    opens_from: Option<Severity>,
    force: bool,
    observations: Vec<Observation>,
}

impl World {
    fn known(&self, scope: &str) -> Vec<Known> {
        let found = self.findings.iter().rev();
        found.map(|(identity, (finding, _))| self.known_of(identity, finding, scope)).collect()
    }

    fn known_of(&self, identity: &Identity, finding: &Finding, scope: &str) -> Known {
        let others = self
            .sightings
            .iter()
            .filter(|((of, by), seen)| of == identity && by != scope && seen.present);
        Known {
            finding: finding.id.clone(),
            identity: identity.clone(),
            clock: finding.clock,
            assessment: finding.assessment,
            custody: finding.custody.clone(),
            sighting: self.sightings.get(&(identity.clone(), scope.to_owned())).cloned(),
            elsewhere: prevailing(others.map(|(_, seen)| seen.assessment)),
        }
    }

    fn import(&mut self, report: &Report) -> Plan {
        let incoming = fold(report.observations.clone(), &|_| None);
        let import = Import {
            import: format!("{} {}", report.scope, report.at),
            digest: "d".to_owned(),
            at: report.at,
            recorded_at: report.at,
            latest: self.latest.get(&report.scope).copied(),
            complete: report.complete,
            opens_from: report.opens_from,
            force: report.force,
        };
        let (policies, zone) = (SlaMatrices::default(), TimeZone::UTC);
        let rules = Rules { policies: &policies, zone: &zone };
        let known = self.known(&report.scope);
        let plan = reconcile(&import, &incoming, known, &nobody, &rules).expect("clocks are sound");
        self.keep(&plan, &incoming, report);
        for (finding, entries) in self.findings.values() {
            assert_eq!(replay(entries, &rules), Ok(finding.clock), "ledger and clock differ");
            assert!(
                !finding.clock.state.is_running() || finding.clock.band == finding.assessment.band
            );
        }
        plan
    }

    fn keep(&mut self, plan: &Plan, incoming: &[Incoming], report: &Report) {
        if plan.held.is_some() {
            return;
        }
        for created in &plan.created {
            let told = &incoming[created.incoming];
            let finding = Finding::created(told.identity.as_str(), "api", told, created.clock);
            let kept = (finding, created.entries.clone());
            assert!(self.findings.insert(told.identity.clone(), kept).is_none());
            let seen = (told.identity.clone(), report.scope.clone());
            self.sightings.insert(seen, created.sighting.clone());
        }
        for changed in &plan.changed {
            let identity = Identity::kept(changed.finding.clone());
            let (finding, entries) = self.findings.get_mut(&identity).expect("it is known");
            finding.clock = changed.clock;
            finding.assessment = changed.assessment;
            if let Some(place) = changed.describe {
                finding.describe(&incoming[place]);
            }
            entries.extend(changed.entries.iter().cloned());
            self.sightings.insert((identity, report.scope.clone()), changed.sighting.clone());
        }
        let latest = self.latest.entry(report.scope.clone()).or_insert(report.at);
        *latest = report.at.max(*latest);
    }
}

/// Nobody owns what is new.
fn nobody(_: &Incoming) -> Owned {
    Owned::default()
}

/// Reads `DAY SCOPE [partial] [force] [SEVERITY]: ITEM, ITEM, …`; nothing below the severity is
/// opened. An item is `NUMBER SCORE`, followed by any of `fixed`, `false`, `unaffected`, `low`,
/// `vVERSION`, `"title`; `1..30 7.5` is thirty of them.
fn read_report(line: &str) -> Report {
    let (head, items) = line.split_once(':').expect("a head and items");
    let words: Vec<&str> = head.split_whitespace().collect();
    let at = format!("{}T10:00:00Z", words[0]).parse().expect("an instant");
    let items = items.split(',').map(str::trim).filter(|item| !item.is_empty());
    Report {
        scope: words[1].to_owned(),
        at,
        complete: !words.contains(&"partial"),
        opens_from: words.iter().find_map(|word| Severity::from_word(word)),
        force: words.contains(&"force"),
        observations: items.flat_map(read_item).collect(),
    }
}

fn read_item(item: &str) -> Vec<Observation> {
    let words: Vec<&str> = item.split_whitespace().collect();
    let (first, last) = words[0].split_once("..").unwrap_or((words[0], words[0]));
    let number = |text: &str| text.parse::<u32>().expect("a number");
    (number(first)..=number(last)).map(|number| read_one(number, &words[1..])).collect()
}

fn read_one(number: u32, words: &[&str]) -> Observation {
    let mut seen = Observation::new("title", Severity::High);
    seen.ids = vec![format!("CVE-2026-{number:04}")];
    seen.score = words[0].parse().ok();
    let mut package = Package { name: "lodash".to_owned(), ..Package::default() };
    for &word in &words[1..] {
        match word {
            "fixed" => seen.standing = Standing::Fixed,
            "false" => seen.standing = Standing::FalsePositive,
            "unaffected" => seen.standing = Standing::NotAffected,
            "low" => seen.severity = Severity::Low,
            _ if word.starts_with('v') => package.version = Some(word[1..].to_owned()),
            _ => seen.title = word.to_owned(),
        }
    }
    seen.package = Some(package);
    seen
}

fn describe_plan(plan: &Plan) -> String {
    if let Some(Held { vanished, open }) = plan.held {
        return format!("held: {vanished} of {open}");
    }
    let Counts { created, reopened, rebanded, refreshed, seen, closed, unchanged, passed_over } =
        plan.counts;
    let named = [
        (created, "created"),
        (reopened, "reopened"),
        (rebanded, "rebanded"),
        (refreshed, "refreshed"),
        (seen, "seen"),
        (closed, "closed"),
        (unchanged, "unchanged"),
        (passed_over, "passed over"),
    ];
    let said: Vec<String> = named
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    if said.is_empty() { "nothing".to_owned() } else { said.join(", ") }
}

/// Takes in one report per line, then says what each did (`/` between them) and, where there are
/// few findings, where each stands.
fn check(story: &str, expected: &str) {
    let mut world = World::default();
    let mut said: Vec<String> = Vec::new();
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once(" by hand ") {
            Some((day, deed)) => by_hand(&mut world, day, deed),
            None => said.push(describe_plan(&world.import(&read_report(line)))),
        }
    }
    let mut said = said.join(" / ");
    for (finding, _) in world.findings.values().take(if world.findings.len() > 4 { 0 } else { 4 }) {
        let number = finding.ids[0].trim_start_matches("CVE-2026-000");
        let due = finding.clock.due_at.map(|due| due.strftime("%m-%d").to_string());
        let (state, due) = (finding.clock.state.word(), due.unwrap_or("-".to_owned()));
        said.push_str(&format!("\n{number} {} {state} {due}", finding.clock.band));
    }
    let expected: Vec<&str> = expected.lines().map(str::trim).collect();
    assert_eq!(said, expected.join("\n"), "{story}");
}

/// Somebody stops the first finding: `false` or `fixed`.
fn by_hand(world: &mut World, day: &str, deed: &str) {
    let (policies, zone) = (SlaMatrices::default(), TimeZone::UTC);
    let rules = Rules { policies: &policies, zone: &zone };
    let at = format!("{day}T10:00:00Z").parse().expect("an instant");
    let reason =
        if deed == "false" { StopReason::FalsePositive } else { StopReason::VerifiedFixed };
    let grounds = Grounds::Person { person: "ada".to_owned(), note: "n".to_owned() };
    let entry = Entry::new(at, at, Event::Stopped { reason, grounds });
    let (finding, entries) = world.findings.values_mut().next().expect("a finding");
    finding.clock = apply(Some(finding.clock), &entry, &rules).expect("it is open");
    entries.push(entry);
}

#[test]
fn what_is_below_the_asked_severity_is_not_opened_but_what_is_known_is_kept_up() {
    check(
        "2026-01-01 main: 1 3.0 low, 2 9.8 low
         2026-01-02 main high: 1 3.0 low, 2 9.8 low, 3 3.0 low, 4 9.8 low
         2026-01-03 main high: 2 9.8 low, 3 3.0 low, 4 9.8 low
         2026-01-04 main high: 1 3.0 low, 2 9.8 low, 4 9.8 low",
        "2 created / 1 created, 2 unchanged, 1 passed over / 1 closed, 2 unchanged, 1 passed over \
         / 1 reopened, 2 unchanged
         1 low open -
         2 critical open 01-15
         4 critical open 01-16",
    );
}

#[test]
fn the_same_report_twice_changes_nothing() {
    check(
        "2026-01-01 trivy: 1 9.8, 2 7.5, 3 2.0 fixed
         2026-01-01 trivy: 1 9.8, 2 7.5, 3 2.0 fixed
         2026-01-20 trivy: 1 9.8, 2 7.5, 3 2.0 fixed",
        "2 created, 1 passed over / 2 unchanged, 1 passed over / 2 unchanged, 1 passed over
         1 critical open 01-15
         2 high open 01-31",
    );
}

#[test]
fn a_version_bump_and_an_edited_text_keep_the_clock() {
    check(
        "2026-01-01 trivy: 1 9.8 v1.0
         2026-01-08 trivy: 1 9.8 v1.1
         2026-01-09 trivy: 1 9.8 v1.1 edited
         2026-01-10 trivy: 1 9.6 v1.1 edited",
        "1 created / 1 refreshed / 1 refreshed / 1 refreshed
         1 critical open 01-15",
    );
}

#[test]
fn a_rescoring_moves_the_deadline_as_the_clock_says() {
    check(
        "2026-01-01 trivy: 1 5.0, 2 9.8
         2026-01-08 trivy: 1 9.8, 2 7.0",
        "2 created / 2 rebanded
         1 critical open 01-22
         2 high open 01-31",
    );
}

#[test]
fn absence_closes_within_tool_and_scope_only() {
    check(
        "2026-01-01 trivy: 1 9.8, 2 9.8
         2026-01-02 grype: 2 9.8
         2026-01-03 grype:
         2026-01-04 trivy: 2 9.8",
        "2 created / 1 seen / 1 seen / 1 closed, 1 unchanged
         1 critical fixed 01-15
         2 critical open 01-15",
    );
}

#[test]
fn what_another_tool_still_sees_stays_open() {
    check(
        "2026-01-01 trivy: 1 9.8
         2026-01-02 grype: 1 9.8
         2026-01-03 trivy:
         2026-01-04 grype:",
        "1 created / 1 seen / 1 seen / 1 closed
         1 critical fixed 01-15",
    );
}

#[test]
fn of_two_tools_the_worse_score_of_equal_source_counts_while_it_is_seen() {
    check(
        "2026-01-01 trivy: 1 7.5
         2026-01-02 grype: 1 9.8
         2026-01-03 trivy: 1 7.5
         2026-01-04 grype:",
        "1 created / 1 rebanded / 1 unchanged / 1 rebanded
         1 high open 01-31",
    );
}

#[test]
fn a_partial_report_closes_nothing_but_what_it_says_is_over() {
    check(
        "2026-01-01 trivy: 1 9.8, 2 9.8, 3 9.8
         2026-01-02 trivy partial: 2 9.8, 3 9.8 fixed",
        "3 created / 1 closed, 1 unchanged
         1 critical open 01-15
         2 critical open 01-15
         3 critical fixed 01-15",
    );
}

#[test]
fn a_report_that_lost_more_than_half_waits_whole() {
    check(
        "2026-01-01 trivy: 1..20 9.8
         2026-01-02 trivy: 1..9 9.8, 21 9.8
         2026-01-03 trivy: 1..10 9.8, 21 9.8
         2026-01-04 trivy force: 21 9.8",
        "20 created / held: 11 of 20 / 1 created, 10 closed, 10 unchanged / 10 closed, 1 unchanged",
    );
    check(
        "2026-01-01 trivy: 1..19 9.8
         2026-01-02 trivy:",
        "19 created / 19 closed",
    );
    check(
        "2026-01-01 trivy: 1..40 9.8
         2026-01-02 trivy partial:",
        "40 created / nothing",
    );
    check(
        "2026-01-01 trivy: 1..40 9.8
         2026-01-02 trivy force:
         2026-01-03 trivy:",
        "40 created / 40 closed / nothing",
    );
}

#[test]
fn what_comes_back_is_reopened_with_its_time() {
    check(
        "2026-01-01 trivy: 1 9.8
         2026-01-06 trivy:
         2026-01-16 trivy: 1 9.8",
        "1 created / 1 closed / 1 reopened
         1 critical open 01-25",
    );
    check(
        "2026-01-01 trivy: 1 9.8
         2026-01-06 trivy:
         2026-01-16 trivy: 1 7.5",
        "1 created / 1 closed / 1 reopened
         1 high open 02-10",
    );
}

#[test]
fn a_persons_false_positive_stands_and_a_tools_does_not() {
    check(
        "2026-01-01 trivy: 1 9.8
         2026-01-02 by hand false
         2026-01-03 trivy: 1 9.8
         2026-01-04 trivy: 1 9.8 edited",
        "1 created / 1 unchanged / 1 refreshed
         1 critical false_positive 01-15",
    );
    check(
        "2026-01-01 trivy: 1 9.8
         2026-01-02 trivy: 1 9.8 false
         2026-01-02 trivy: 1 9.8 false
         2026-01-03 trivy: 1 9.8",
        "1 created / 1 closed / 1 unchanged / 1 reopened
         1 critical open 01-16",
    );
    check(
        "2026-01-01 trivy: 1 9.8
         2026-01-02 by hand fixed
         2026-01-03 trivy: 1 9.8",
        "1 created / 1 reopened
         1 critical open 01-16",
    );
}

#[test]
fn one_tools_false_positive_does_not_close_what_another_sees() {
    check(
        "2026-01-01 trivy: 1 9.8
         2026-01-02 grype: 1 9.8
         2026-01-03 grype: 1 9.8 false
         2026-01-03 grype: 1 9.8 false",
        "1 created / 1 seen / 1 seen / 1 unchanged
         1 critical open 01-15",
    );
}

#[test]
fn an_older_report_closes_and_changes_nothing() {
    check(
        "2026-01-10 trivy: 1 9.8
         2026-01-05 trivy: 2 9.8
         2026-01-06 trivy: 1 2.0
         2026-01-10 trivy: 1 9.8",
        "1 created / 1 created / 1 unchanged / 1 closed, 1 unchanged
         1 critical open 01-24
         2 critical fixed 01-19",
    );
}

#[test]
fn a_scan_from_before_the_closing_does_not_reopen() {
    check(
        "2026-01-01 trivy: 1 9.8
         2026-01-10 trivy:
         2026-01-05 grype: 1 9.8",
        "1 created / 1 closed / 1 unchanged
         1 critical fixed 01-15",
    );
}

#[test]
fn a_breach_nobody_noted_is_noted_before_the_closing() {
    let mut world = World::default();
    world.import(&read_report("2026-01-01 trivy: 1 9.8"));
    let holder = |world: &mut World| {
        for (finding, _) in world.findings.values_mut() {
            finding.custody.team = Some("payments".to_owned());
        }
    };
    holder(&mut world);
    let plan = world.import(&read_report("2026-02-01 trivy:"));
    let events: Vec<String> = plan.changed[0]
        .entries
        .iter()
        .map(|entry| format!("{} {}", entry.at, entry.event.word()))
        .collect();
    assert_eq!(events, ["2026-01-16T00:00:00Z breached", "2026-02-01T10:00:00Z stopped"]);
    let Event::Breached { holder, .. } = &plan.changed[0].entries[0].event else {
        panic!("the first entry is the breach");
    };
    assert_eq!(*holder, Some(Holder::Team("payments".to_owned())));
    assert_eq!(plan.changed[0].clock.closed_in_time(), Some(false));
}

/// A report of one of two tools, whole or not: number, score, version, standing of each item.
type AnyReport = (bool, bool, Vec<(u8, u8, u8, u8)>);

fn reports() -> impl Strategy<Value = Vec<AnyReport>> {
    let item = (0_u8..6, 0_u8..4, 0_u8..2, 0_u8..8);
    let items = prop::collection::vec(item, 0..8);
    prop::collection::vec((any::<bool>(), prop::bool::weighted(0.8), items), 1..8)
}

fn made(day: usize, (tool, complete, items): &AnyReport) -> Report {
    let start: Timestamp = "2026-01-01T10:00:00Z".parse().expect("an instant");
    let hours = jiff::SignedDuration::from_hours(24 * 6 * day as i64);
    let scores = ["9.8", "7.5", "5.0", "2.0"];
    let standing = |kind| ["fixed", "false", "unaffected"].get(usize::from(kind)).copied();
    let observations = items.iter().map(|&(number, score, version, kind)| {
        let version = format!("v{version}");
        let words = [scores[usize::from(score)], &version, standing(kind).unwrap_or("title")];
        read_one(u32::from(number), &words)
    });
    Report {
        scope: if *tool { "trivy" } else { "grype" }.to_owned(),
        at: start.checked_add(hours).expect("in range"),
        complete: *complete,
        opens_from: None,
        force: false,
        observations: observations.collect(),
    }
}

proptest! {
    #[test]
    fn importing_again_is_no_change_and_order_is_no_matter(
        reports in reports(),
        turn in 0_usize..8,
    ) {
        let mut world = World::default();
        let mut turned = World::default();
        for (day, report) in reports.iter().enumerate() {
            let mut report = made(day, report);
            let plan = world.import(&report);
            let before = world.clone();
            let again = world.import(&report);
            prop_assert_eq!(&before, &world);
            prop_assert!(again.created.is_empty() && again.changed.is_empty(), "{:?}", again);
            report.observations.reverse();
            let length = report.observations.len();
            report.observations.rotate_left(turn.min(length));
            prop_assert_eq!(plan, turned.import(&report));
            prop_assert_eq!(&world, &turned);
        }
    }

    #[test]
    fn every_finding_of_the_report_meets_one_fate(reports in reports()) {
        let mut world = World::default();
        for (day, report) in reports.iter().enumerate() {
            let report = made(day, report);
            let incoming = fold(report.observations.clone(), &|_| None);
            let plan = world.import(&report);
            let counts = plan.counts;
            let changed = counts.reopened + counts.rebanded + counts.refreshed + counts.seen;
            prop_assert_eq!(plan.changed.len(), changed + counts.closed);
            let met = plan.changed.len() + counts.created + counts.unchanged + counts.passed_over;
            prop_assert!(met >= incoming.len());
            for told in &incoming {
                let is_open = |(finding, _): &(Finding, _)| finding.clock.state.is_running();
                let is_present = told.observation.standing == Standing::Present;
                prop_assert!(!is_present || is_open(&world.findings[&told.identity]));
            }
        }
    }
}

#[test]
fn a_hundred_thousand_findings_take_one_pass() {
    // Not timed: a comparison of all with all would make this test never end.
    let observations: Vec<Observation> = (0..100_000)
        .map(|number| {
            let mut seen = Observation::new(format!("finding {number}"), Severity::High);
            seen.rule = Some(format!("rule-{}", number % 200));
            seen.snippet = Some("eval(request.args)".to_owned());
            let path = Some(format!("src/module_{}/file.py", number % 1000));
            seen.location = Some(Location { path, line: Some(number / 10), url: None });
            seen
        })
        .collect();
    let incoming = fold(observations, &|_| None);
    assert_eq!(incoming.len(), 100_000);
    let at: Timestamp = "2026-01-01T10:00:00Z".parse().expect("an instant");
    let import = Import {
        import: "I-1".to_owned(),
        digest: "d".to_owned(),
        at,
        recorded_at: at,
        latest: None,
        complete: true,
        opens_from: None,
        force: false,
    };
    let (policies, zone) = (SlaMatrices::default(), TimeZone::UTC);
    let rules = Rules { policies: &policies, zone: &zone };
    let plan = reconcile(&import, &incoming, [], &nobody, &rules).expect("a plan");
    assert_eq!(plan.counts.created, 100_000);
    let known = plan.created.into_iter().map(|created| Known {
        finding: String::new(),
        identity: incoming[created.incoming].identity.clone(),
        clock: created.clock,
        assessment: incoming[created.incoming].assessment,
        custody: Custody::default(),
        sighting: Some(created.sighting),
        elsewhere: None,
    });
    let again = reconcile(&import, &incoming, known, &nobody, &rules).expect("a plan");
    assert_eq!(again.counts, Counts { unchanged: 100_000, ..Counts::default() });
}
