//! What people do in a simulated year, each looked at afterwards: what was answered is there, and
//! what was interrupted is there whole or not at all.

use domain::access::Actor;
use domain::findings::{Entry, Event};
use domain::objectives::{CheckIn, Health, KeyResult, Reading, Values};
use jiff::{SignedDuration, ToSpan};
use operations::objectives::CheckInInput;
use operations::{escalations, findings, objectives, organisations, rituals};
use rand::RngExt;
use store::escalations::Shown;
use store::objectives::Which;

use super::{Came, World};
use crate::script::Deed;

/// Events about one key result that are counted; more than a year makes.
const MOST_EVENTS: u32 = 100_000;

impl World {
    pub(super) async fn merge_a_fix(&mut self) -> Result<(), String> {
        let filter = findings::Filter::default();
        let sort = findings::Sort::Deadline;
        let page = self.read(
            store::findings::list(&mut self.session().await?, &filter, sort, None, 50).await,
        )?;
        if page.0.is_empty() {
            return Ok(());
        }
        let id = page.0[self.chance.random_range(0..page.0.len())].id.clone();
        let number = store::findings::number_of(&id).unwrap_or_default();
        let ledger = store::findings::ledger(&mut self.session().await?, number).await;
        let before = merges(&self.read(ledger)?);
        let actor = self.somebody();
        let (which, app) = self.node();
        let outcome = findings::fix_merged(&app, &actor, &id, "change 7").await;
        let what = format!("{} says the fix of {id} is merged", actor.name());
        let came = self.came(which, &what, outcome)?;
        let number = store::findings::number_of(&id).unwrap_or_default();
        let ledger = store::findings::ledger(&mut self.session().await?, number).await;
        let merges = merges(&self.read(ledger)?);
        if matches!(came, Came::Done(_)) && merges == 0 {
            return Err(format!("the merged fix of {id} was answered but is not there"));
        }
        if merges > before {
            self.took_effect(Deed::FixMerged { actor, finding: id });
        }
        Ok(())
    }

    pub(super) async fn check_in(&mut self) -> Result<(), String> {
        let actor = self.person("mara.lind")?;
        let overview = objectives::overview(&self.nodes.app(0), &actor).await;
        let overview = overview.map_err(|refusal| refusal.to_string())?;
        let key_results = overview.objectives.into_iter().flat_map(|it| it.key_results);
        let key_results: Vec<_> = key_results.map(|view| view.key_result).collect();
        if key_results.is_empty() {
            return Ok(());
        }
        let key_result = &key_results[self.chance.random_range(0..key_results.len())];
        let typed = matches!(key_result.values, Values::Typed);
        let value = typed.then(|| f64::from(self.chance.random_range(0..100_u32)));
        let health = Health::ALL[self.chance.random_range(0..Health::ALL.len())];
        let (done, next) = ("looked at it".to_owned(), String::new());
        let input = CheckInInput { week: None, value, health, done, next };
        let before = self.said_of(key_result).await?;
        let (which, app) = self.node();
        let id = key_result.id.as_str();
        let outcome = objectives::check_in(&app, &actor, id, input.clone()).await;
        let came = self.came(which, &format!("check-in on {id}: {value:?}"), outcome)?;
        let after = self.said_of(key_result).await?;
        if after == before {
            return match came {
                Came::Done(_) => Err(format!("the check-in on {id} was answered but is not there")),
                Came::Interrupted | Came::Declined => Ok(()),
            };
        }
        after.is_whole_after(&before, value).map_err(|why| format!("a check-in on {id}: {why}"))?;
        let key_result = id.to_owned();
        self.took_effect(Deed::CheckIn { actor, key_result, input });
        Ok(())
    }

    async fn said_of(&self, key_result: &KeyResult) -> Result<Said, String> {
        let mut session = self.session().await?;
        let (id, which) = (&key_result.id, Which::One(&key_result.id));
        let mut check_ins =
            self.read(store::objectives::all_check_ins(&mut session, which).await)?;
        let mut readings = self.read(store::objectives::all_readings(&mut session, which).await)?;
        let events = store::record::of_subject(&mut session, id.as_str(), 0, MOST_EVENTS).await;
        Ok(Said {
            check_ins: check_ins.remove(id).unwrap_or_default(),
            readings: readings.remove(id).unwrap_or_default(),
            events: self.read(events)?.len(),
        })
    }

    /// The owner of a ritual holds it, or finds a day for it.
    pub(super) async fn hold(&mut self) -> Result<(), String> {
        let all: Vec<_> = self.organisation.rituals.values().cloned().collect();
        if all.is_empty() {
            return Ok(());
        }
        let ritual = &all[self.chance.random_range(0..all.len())];
        let actor = self.person(ritual.owner.as_str())?;
        let ahead = self.chance.random_range(-2..4_i64).days();
        let on = self.now().to_zoned(jiff::tz::TimeZone::UTC).date().saturating_add(ahead);
        let records = store::rituals::of(&mut self.session().await?, &ritual.id, 200).await;
        let before = self.read(records)?;
        let (which, app) = self.node();
        let id = ritual.id.as_str();
        let outcome = rituals::record(&app, &actor, id, Some(on), "").await;
        let came = self.came(which, &format!("{id} on {on}"), outcome)?;
        let records = store::rituals::of(&mut self.session().await?, &ritual.id, 200).await;
        let after = self.read(records)?;
        let is_there =
            after.iter().any(|it| it.held_on == Some(on) || it.scheduled_for == Some(on));
        if matches!(came, Came::Done(_)) && !is_there {
            return Err(format!("the record of {id} was answered but is not there"));
        }
        if after != before {
            let ritual = id.to_owned();
            self.took_effect(Deed::Hold { actor, ritual, on });
        }
        Ok(())
    }

    pub(super) async fn promise(&mut self) -> Result<(), String> {
        let mut session = self.session().await?;
        let open = store::escalations::page(&mut session, Shown::Open, None, 50).await;
        let open = self.read(open)?;
        if open.is_empty() {
            return Ok(());
        }
        let id = open[self.chance.random_range(0..open.len())].escalation.id().to_owned();
        let told = self.read(store::escalations::told(&mut session, &id).await)?;
        drop(session);
        let actor = match told.is_empty() {
            true => self.somebody(),
            false => {
                let person = told[self.chance.random_range(0..told.len())].person.clone();
                self.person(&person)?
            }
        };
        let hours = self.chance.random_range(1..90_i64);
        let until = self.now().saturating_add(SignedDuration::from_hours(hours));
        let until = until.map_err(|error| error.to_string())?;
        let (which, app) = self.node();
        let outcome = escalations::commit(&app, &actor, &id, until, "we will").await;
        let what = format!("{} promises {id} until {until}", actor.name());
        if let Came::Done(_) = self.came(which, &what, outcome)? {
            let promises = store::escalations::promises(&mut self.session().await?, &id).await;
            if !self.read(promises)?.iter().any(|promise| promise.until == until) {
                return Err(format!("the promise on {id} was answered but is not there"));
            }
        }
        Ok(())
    }

    pub(super) async fn playbook(&mut self) -> Result<(), String> {
        let quarters = store::objectives::quarters(&mut self.session().await?).await;
        let before = self.read(quarters)?;
        let (which, app) = self.node();
        let outcome = objectives::load_playbook(&app, &Actor::Operator, "ciso", None).await;
        self.came(which, "the playbook is loaded", outcome)?;
        let quarters = store::objectives::quarters(&mut self.session().await?).await;
        if self.read(quarters)? != before {
            self.took_effect(Deed::Playbook);
        }
        Ok(())
    }

    /// A service changes hands.
    pub(super) async fn reorganise(&mut self) -> Result<(), String> {
        let owner = ["payments", "platform", "security"][self.chance.random_range(0..3)];
        let moved = format!("name = \"payouts\"\nowner = \"{owner}\"");
        let before = self.text.find("name = \"payouts\"").ok_or("payouts")?;
        let tier = self.text[before..].find("\ntier").ok_or("tier")? + before;
        let text = format!("{}{moved}{}", &self.text[..before], &self.text[tier..]);
        self.apply(&format!("payouts goes to {owner}"), text).await
    }

    /// The company signs a stricter SLA matrix, in force from some days ahead.
    pub(super) async fn change_policy(&mut self) -> Result<(), String> {
        let today = self.now().to_zoned(self.organisation.zone.clone()).date();
        let from = today.saturating_add(5.days());
        let matrix = format!(
            "\n[[sla]]\neffective_from = {from}\n\
             days = {{ critical = 7, high = 21, medium = 45 }}\n\
             signatories = [{{ role = \"cto\", name = \"Ines Falk\" }}]\n"
        );
        let text = format!("{}{matrix}", self.text);
        self.apply(&format!("another SLA matrix from {from}"), text.clone()).await?;
        if self.organisation.sla.len() > 1 {
            self.text = text;
        }
        Ok(())
    }

    async fn apply(&mut self, what: &str, text: String) -> Result<(), String> {
        let version = store::organisations::newest_version(&mut self.session().await?).await;
        let before = self.read(version)?;
        let (which, app) = self.node();
        let outcome = organisations::apply(&app, &Actor::Operator, &text).await;
        self.came(which, what, outcome)?;
        let newest = store::organisations::newest(&mut self.session().await?).await;
        let newest = self.read(newest)?.ok_or("the organisation is gone")?;
        if newest.version != before {
            let read = formats::organisation::read(&newest.document);
            self.organisation = read.map_err(|_| "the organisation that was kept")?;
            self.took_effect(Deed::Apply { text });
        }
        Ok(())
    }
}

/// Everything that a check-in touches.
#[derive(Debug, PartialEq)]
struct Said {
    check_ins: Vec<CheckIn>,
    readings: Vec<Reading>,
    events: usize,
}

impl Said {
    /// One check-in with its reading and its event is the whole difference to `before`.
    fn is_whole_after(&self, before: &Said, value: Option<f64>) -> Result<(), String> {
        let fresh = self.check_ins.iter().filter(|one| !before.check_ins.contains(one)).count();
        let has_reading =
            value.is_none_or(|value| self.readings.iter().any(|one| one.value == value));
        if fresh == 1 && has_reading && self.events == before.events + 1 {
            return Ok(());
        }
        Err(format!("it is there in part: {self:?}, before: {before:?}"))
    }
}

fn merges(ledger: &[Entry]) -> usize {
    ledger.iter().filter(|entry| matches!(entry.event, Event::FixMerged { .. })).count()
}
