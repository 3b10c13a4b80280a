//! A quarter's objectives with their numbers, as of an instant.

use std::collections::{BTreeMap, BTreeSet};

use domain::calendar::Quarter;
use domain::metrics::objective::past_probability;
use domain::metrics::{
    Contribution, DRIVEN, History, ObjectiveScorecard, PastWeek, Scorecard, objective_scorecard,
    past_weeks, risk, scorecard,
};
use domain::objectives::{
    CheckIn, Health, KeyResult, KeyResultId, Objective, Reading, Standpoint, alignment_on, links,
    standpoint, with_upstream_odds,
};
use domain::people::Organisation;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::Session;
use store::objectives::Which;

use super::{answers_for, check_in_due, code, person_of, told, zone_of};
use crate::Refusal;

/// A key result with its numbers and what was said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyResultView {
    pub key_result: KeyResult,
    /// What people call it while the quarter is clear: `O1-KR1`.
    pub code: String,
    /// The name of the person who answers for it: its DRI, else the objective's.
    pub owner: Option<String>,
    /// Every metric with its why; the projection is the trajectory.
    pub scorecard: Scorecard,
    /// The readings as the metrics see them; `None` before the first, and without a target.
    pub history: Option<History>,
    /// Weeks since its start.
    pub now_week: f64,
    /// One entry a week since the start, for sparklines.
    pub past: Vec<PastWeek>,
    /// Earliest first.
    pub readings: Vec<Reading>,
    /// Earliest week first.
    pub check_ins: Vec<CheckIn>,
    /// The weeks for which a check-in is owed now, with the instant from which it is late.
    pub owes: Vec<(Date, Timestamp)>,
    /// How long the longest chain of key results is that wait for this one.
    pub dependents_depth: u32,
}

/// An objective with its row of metrics.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectiveView {
    pub objective: Objective,
    /// `O1`
    pub code: String,
    /// The DRI's name.
    pub owner: Option<String>,
    pub scorecard: ObjectiveScorecard,
    pub key_results: Vec<KeyResultView>,
    /// One entry a week since the start, for sparklines.
    pub past: Vec<PastWeekOfObjective>,
}

/// How an objective stood at the end of a week.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PastWeekOfObjective {
    pub velocity: Option<f64>,
    pub momentum: Option<f64>,
    pub alignment: Option<f64>,
    pub risk_index: Option<f64>,
    /// The weighted share of the way that was made, 0 to 1.
    pub progress: Option<f64>,
}

impl KeyResultView {
    /// What was said last, by whom and when.
    pub fn last_said(&self) -> Option<&CheckIn> {
        self.check_ins.last()
    }

    /// The last reading.
    pub fn last_reading(&self) -> Option<&Reading> {
        self.readings.last()
    }

    /// One value a week since the start, with gaps where nothing was read yet.
    pub fn sparkline(&self) -> Vec<Option<f64>> {
        self.past.iter().map(|week| week.value).collect()
    }

    fn contribution(&self) -> Contribution<'_> {
        Contribution {
            key_result: self.key_result.id.as_str(),
            title: &self.key_result.title,
            owner: self.owner.as_deref(),
            weight: self.key_result.weight,
            scorecard: &self.scorecard,
            history: self.history.as_ref(),
        }
    }
}

impl ObjectiveView {
    /// Its key results as the roll-up and the sentence for the board see them.
    pub fn contributions(&self) -> Vec<Contribution<'_>> {
        self.key_results.iter().map(KeyResultView::contribution).collect()
    }

    /// The gravest of what its owners said last, with who said it.
    pub fn health(&self) -> Option<&CheckIn> {
        let said = self.key_results.iter().filter_map(KeyResultView::last_said);
        let gravity =
            |check_in: &&CheckIn| -> (Health, Timestamp) { (check_in.health, check_in.at) };
        said.max_by_key(gravity)
    }
}

/// Everything stored about a quarter.
pub(super) struct Quarterly {
    pub objectives: Vec<Objective>,
    pub key_results: Vec<KeyResult>,
    pub readings: BTreeMap<KeyResultId, Vec<Reading>>,
    pub check_ins: BTreeMap<KeyResultId, Vec<CheckIn>>,
}

impl Quarterly {
    pub(super) async fn load(
        session: &mut Session,
        quarter: Quarter,
    ) -> Result<Quarterly, Refusal> {
        let which = Which::Quarter(quarter);
        Ok(Quarterly {
            objectives: store::objectives::of_quarter(session, quarter).await?,
            key_results: store::objectives::key_results(session, which).await?,
            readings: store::objectives::all_readings(session, which).await?,
            check_ins: store::objectives::all_check_ins(session, which).await?,
        })
    }

    /// The objective of a key result.
    pub(super) fn objective_of(&self, key_result: &KeyResult) -> Option<&Objective> {
        self.objectives.iter().find(|one| one.id == key_result.objective)
    }

    pub(super) fn readings_of(&self, key_result: &KeyResult) -> &[Reading] {
        self.readings.get(&key_result.id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn check_ins_of(&self, key_result: &KeyResult) -> &[CheckIn] {
        self.check_ins.get(&key_result.id).map_or(&[], Vec::as_slice)
    }

    /// The weeks for which a check-in was made.
    pub(super) fn made(&self, key_result: &KeyResult) -> BTreeSet<Date> {
        self.check_ins_of(key_result).iter().map(|check_in| check_in.week).collect()
    }

    /// Every key result with its numbers.
    pub(super) fn key_results(
        &self,
        organisation: &Organisation,
        now: Timestamp,
    ) -> Result<Vec<KeyResultView>, Refusal> {
        let odds = self.odds(organisation, now)?;
        let links = links(&self.key_results);
        let views = self.key_results.iter().map(|key_result| {
            let depth = risk::depth(key_result.id.as_str(), &links.key_results);
            let key_result = with_upstream_odds(key_result.clone(), &odds);
            self.key_result(organisation, key_result, depth, now)
        });
        views.collect()
    }

    /// The odds of each key result; they do not depend on inputs.
    pub(super) fn odds(
        &self,
        organisation: &Organisation,
        now: Timestamp,
    ) -> Result<BTreeMap<KeyResultId, f64>, Refusal> {
        let mut odds = BTreeMap::new();
        for key_result in &self.key_results {
            let health = self.check_ins_of(key_result).last().map(|said| said.health);
            let readings = self.readings_of(key_result);
            let standpoint =
                standpoint(key_result, readings, health, now, &organisation.zone).map_err(told)?;
            let situation = standpoint.situation(0, &DRIVEN);
            let measure = (domain::metrics::success_probability::METRIC.measure)(&situation);
            if let Some(value) = measure.value {
                odds.insert(key_result.id.clone(), value);
            }
        }
        Ok(odds)
    }

    fn key_result(
        &self,
        organisation: &Organisation,
        key_result: KeyResult,
        dependents_depth: u32,
        now: Timestamp,
    ) -> Result<KeyResultView, Refusal> {
        let (readings, check_ins) = (self.readings_of(&key_result), self.check_ins_of(&key_result));
        let health = check_ins.last().map(|said| said.health);
        let zone = &organisation.zone;
        let standpoint = standpoint(&key_result, readings, health, now, zone).map_err(told)?;
        let objective = self.objective_of(&key_result);
        let owner = objective.and_then(|objective| answers_for(&key_result, objective));
        let due_zone = zone_of(organisation, owner);
        let owes = key_result
            .owes(&self.made(&key_result), now, check_in_due(organisation), due_zone)
            .map_err(told)?;
        Ok(KeyResultView {
            code: code(key_result.id.as_str()),
            owner: owner.map(|owner| name_of(organisation, owner)),
            scorecard: scorecard(&standpoint.situation(dependents_depth, &DRIVEN)),
            past: past(&key_result, &standpoint, dependents_depth),
            now_week: standpoint.now_week,
            history: standpoint.history,
            readings: readings.to_vec(),
            check_ins: check_ins.to_vec(),
            owes,
            dependents_depth,
            key_result,
        })
    }

    /// The objectives that `wanted` asks for, with their rows.
    pub(super) fn view(
        &self,
        organisation: &Organisation,
        now: Timestamp,
        wanted: impl Fn(&Objective) -> bool,
    ) -> Result<Vec<ObjectiveView>, Refusal> {
        let mut key_results = self.key_results(organisation, now)?;
        let links = links(&self.key_results);
        let views = self.objectives.iter().filter(|one| wanted(one)).map(|objective| {
            let (own, others) =
                key_results.drain(..).partition(|one| one.key_result.objective == objective.id);
            key_results = others;
            let depth = risk::depth(objective.id.as_str(), &links.objectives);
            objective_view(organisation, objective, own, depth)
        });
        Ok(views.collect())
    }
}

fn objective_view(
    organisation: &Organisation,
    objective: &Objective,
    key_results: Vec<KeyResultView>,
    dependents_depth: u32,
) -> ObjectiveView {
    let contributions: Vec<_> = key_results.iter().map(KeyResultView::contribution).collect();
    let code = code(objective.id.as_str());
    let scorecard = objective_scorecard(
        objective.id.as_str(),
        objective.priority,
        &contributions,
        dependents_depth,
        &DRIVEN,
    );
    ObjectiveView {
        objective: objective.clone(),
        owner: objective.dri.as_deref().map(|dri| name_of(organisation, dri)),
        past: past_of(objective, &key_results, (scorecard.risk_index, dependents_depth)),
        code,
        scorecard,
        key_results,
    }
}

/// A key result's weeks with what its inputs and what waits for it made of them.
fn past(key_result: &KeyResult, standpoint: &Standpoint, depth: u32) -> Vec<PastWeek> {
    let weeks = past_weeks(standpoint.history.as_ref(), standpoint.now_week, &DRIVEN);
    let last = weeks.len();
    let then = weeks.into_iter().enumerate().map(|(nth, week)| {
        let days = if nth + 1 == last { standpoint.now_week * 7.0 } else { 7.0 * (nth + 1) as f64 };
        let day = key_result.starts.saturating_add((days as i64).days());
        PastWeek {
            alignment: alignment_on(key_result, day),
            risk_index: week.success_probability.map(|p| risk::execution_risk_index(p, depth)),
            ..week
        }
    });
    then.collect()
}

/// The risk at the end of each week, from what was read until then; the last one is today's.
fn past_risks(
    objective: &Objective,
    key_results: &[KeyResultView],
    (today, depth): (Option<f64>, u32),
    weeks: usize,
) -> Vec<Option<f64>> {
    let at = |week: usize| {
        let known = key_results.iter().filter_map(|one| {
            let until = one.history.as_ref()?.until(week as f64)?;
            Some((one.key_result.weight, until))
        });
        let parts: Vec<(f64, History)> = known.collect();
        let odds = past_probability(objective.id.as_str(), objective.priority, &parts, &DRIVEN);
        odds.map(|odds| risk::execution_risk_index(odds, depth))
    };
    (1..=weeks).map(|week| if week == weeks { today } else { at(week) }).collect()
}

fn past_of(
    objective: &Objective,
    key_results: &[KeyResultView],
    today: (Option<f64>, u32),
) -> Vec<PastWeekOfObjective> {
    let weeks = key_results.iter().map(|one| one.past.len()).max().unwrap_or(0);
    let risks = past_risks(objective, key_results, today, weeks);
    (0..weeks)
        .map(|week| {
            let mean = |value: fn(&PastWeek) -> Option<f64>| {
                let known = key_results
                    .iter()
                    .filter_map(|one| Some((one.key_result.weight, value(one.past.get(week)?)?)));
                let (sum, weights) = known.fold((0.0, 0.0), |(sum, weights), (weight, value)| {
                    (sum + weight * value, weights + weight)
                });
                (weights > 0.0).then(|| sum / weights)
            };
            PastWeekOfObjective {
                velocity: mean(|past| past.velocity.map(|velocity| velocity.clamp(-1.0, 1.2))),
                momentum: mean(|past| past.momentum),
                alignment: mean(|past| past.alignment),
                risk_index: risks[week],
                progress: mean(|past| past.progress),
            }
        })
        .collect()
}

/// A person as people call them; somebody who left keeps their identifier.
fn name_of(organisation: &Organisation, id: &str) -> String {
    person_of(organisation, id).map_or_else(|| id.to_owned(), |person| person.name.clone())
}
