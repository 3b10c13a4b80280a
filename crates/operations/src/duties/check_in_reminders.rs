//! Reminds the owners of key results a day before a check-in is late.
//!
//! Once for each week: the notice's key names the week. Somebody who has checked in hears nothing.

use std::collections::BTreeSet;

use domain::access::{Actor, Operation};
use domain::objectives::{KeyResult, KeyResultId};
use domain::people::PersonId;
use jiff::Timestamp;
use jiff::civil::Date;
use store::objectives::Which;

use super::{BATCH, Doing, Done, Duty};
use crate::notices::{Message, to_person};
use crate::objectives::{Responsible, check_in_due};
use crate::{App, Change, Refusal};

pub(super) const DUTY: Duty = Duty {
    name: "check_in_reminders",
    words: "reminds owners a day before a check-in on their key result is late",
    run: |app| -> Doing<'_> { Box::pin(run(app)) },
};

async fn run(app: &App) -> Result<Done, Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let now = change.now;
    let due = store::objectives::to_remind(&mut change.transaction, now, BATCH).await?;
    let mut done = Done { more: due.len() == BATCH as usize, ..Done::default() };
    if due.is_empty() {
        return Ok(done);
    }
    for (id, due_at) in due {
        if let Some(line) = look(app, &mut change, &id, due_at).await? {
            done.lines.push(line);
        }
        done.count(due_at, now);
    }
    change.commit().await?;
    Ok(done)
}

/// Reminds of the week that ends soon, if its check-in is missing, and sets the next look.
async fn look(
    app: &App,
    change: &mut Change,
    id: &KeyResultId,
    due_at: Timestamp,
) -> Result<Option<String>, Refusal> {
    let (now, organisation) = (change.now, std::sync::Arc::clone(&change.organisation));
    let transaction = &mut change.transaction;
    let found = store::objectives::key_results(transaction, Which::One(id)).await?;
    let Some(key_result) = found.into_iter().next() else { return Ok(None) };
    let objective = store::objectives::one(transaction, &key_result.objective).await?;
    let responsible = Responsible::of(&organisation, &key_result, objective.as_ref());
    let (due, zone) = (check_in_due(&organisation), responsible.zone);
    let told = |error: domain::objectives::ObjectivesError| Refusal::invalid(error.to_string());
    let next = key_result.next_reminder(now, due, zone).map_err(told)?;
    if !store::objectives::claim_reminder(transaction, id, due_at, next).await? {
        return Ok(None);
    }
    let made = store::objectives::all_check_ins(transaction, Which::One(id)).await?;
    let made: BTreeSet<Date> = made.values().flatten().map(|check_in| check_in.week).collect();
    let missing = key_result.to_remind(&made, now, due, zone).map_err(told)?;
    let Some((week, late)) = missing else { return Ok(None) };
    let Some(person) = responsible.person else {
        return Ok(Some(format!("{id}: nobody answers for it; the check-in of {week} is missing")));
    };
    let local = late.to_zoned(zone.clone()).strftime("%A %-d %B, %H:%M").to_string();
    remind(app, change, &key_result, &person, (week, &local));
    Ok(Some(format!("{id}: {person} reminded of the week of {week}")))
}

fn remind(
    app: &App,
    change: &mut Change,
    key_result: &KeyResult,
    person: &PersonId,
    (week, late): (Date, &str),
) {
    let id = &key_result.id;
    let body = format!(
        "“{}” waits for its check-in for the week of {week}, until {late}.\n\n\
         It takes half a minute: {}/key-results/{id}/check-in\n",
        key_result.title,
        app.address()
    );
    let message = Message {
        key: &format!("check-in/{id}/{week}"),
        about: id.as_str(),
        subject: &format!("Check in by {late}: {}", key_result.title),
        body: &body,
    };
    let organisation = std::sync::Arc::clone(&change.organisation);
    for notice in to_person(&organisation, person, &message, change.now) {
        change.notice(notice);
    }
}
