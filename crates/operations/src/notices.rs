//! Notices to people: one message becomes a notice on every channel on which the person is reached.
//!
//! The rule to remember: a notice's key is the thing's, then the person's, then the channel's
//! (`check-in/O1-KR1/2026-11-23/mara.lind/email`), so that the same message queued again has no
//! further effect.

use domain::access::{Actor, Operation};
use domain::notices::{Channel, Notice, NoticeState};
use domain::people::{Organisation, PersonId};
use jiff::Timestamp;
pub use store::notices::Queued;

use crate::{App, Refusal};

/// The most notices a page of the outbox may have.
pub const PAGE: u32 = 500;

/// A page of the outbox, newest first, after the notice created at an instant under a key.
pub async fn page(
    app: &App,
    actor: &Actor,
    state: Option<NoticeState>,
    before: Option<(Timestamp, &str)>,
    limit: u32,
) -> Result<Vec<Queued>, Refusal> {
    let mut view = app.view(actor, Operation::ReadOutbox).await?;
    Ok(store::notices::page(&mut view.session, state, before, limit.min(PAGE)).await?)
}

/// Notices that were settled at exactly `now` or wait to be sent by then: what a tick as of that
/// instant has sent or would send.
pub async fn sent_at(app: &App, actor: &Actor, now: Timestamp) -> Result<Vec<Queued>, Refusal> {
    let mut view = app.view(actor, Operation::ReadOutbox).await?;
    Ok(store::notices::settled_at(&mut view.session, now, PAGE).await?)
}

/// One message, before it is known on which channels it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    /// Names the thing: `escalation/E-42/L2`. Person and channel are added.
    pub key: &'a str,
    /// What it is about: `E-42`.
    pub about: &'a str,
    /// Plain text, one line.
    pub subject: &'a str,
    /// Plain text.
    pub body: &'a str,
}

/// The notices that bring `message` to `person`: by mail always, and by Slack where the
/// organisation names a webhook for them. Empty when the organisation does not know the person.
pub(crate) fn to_person(
    organisation: &Organisation,
    person: &PersonId,
    message: &Message,
    now: Timestamp,
) -> Vec<Notice> {
    let Some(person) = organisation.people.get(person) else { return Vec::new() };
    let mail = (Channel::Email, person.mail_to().as_str());
    let slack = person.channels.slack.as_deref().map(|webhook| (Channel::Slack, webhook));
    let notice = |(channel, address): (Channel, &str)| Notice {
        key: format!("{}/{}/{}", message.key, person.id, channel.word()),
        about: message.about.to_owned(),
        person: person.id.to_string(),
        channel,
        address: address.to_owned(),
        subject: message.subject.to_owned(),
        body: message.body.to_owned(),
        created_at: now,
    };
    [Some(mail), slack].into_iter().flatten().map(notice).collect()
}

#[cfg(test)]
mod tests {
    use domain::people::{Channels, EmailAddress, Person};

    use super::*;

    #[test]
    fn a_person_with_a_webhook_hears_it_by_mail_and_by_slack_under_two_keys() {
        let mut organisation = Organisation::empty("Tidewater");
        let id = PersonId::parse("mara.lind").unwrap();
        let mail = |text| EmailAddress::parse(text).unwrap();
        let channels = Channels {
            email: Some(mail("pager@tidewater.example")),
            slack: Some("security-leads".to_owned()),
        };
        let mara = Person {
            id: id.clone(),
            name: "Mara Lind".to_owned(),
            email: mail("mara@tidewater.example"),
            manager: None,
            zone: jiff::tz::TimeZone::UTC,
            title: None,
            access: None,
            channels,
        };
        organisation.people.insert(id.clone(), mara);
        let message =
            Message { key: "escalation/E-42/L2", about: "E-42", subject: "E-42", body: "now" };
        let told = to_person(&organisation, &id, &message, Timestamp::UNIX_EPOCH);
        let told: Vec<_> =
            told.iter().map(|one| (one.key.as_str(), one.address.as_str())).collect();
        let mail = ("escalation/E-42/L2/mara.lind/email", "pager@tidewater.example");
        assert_eq!(told, [mail, ("escalation/E-42/L2/mara.lind/slack", "security-leads")]);
        let nobody = PersonId::parse("nobody").unwrap();
        assert!(to_person(&organisation, &nobody, &message, Timestamp::UNIX_EPOCH).is_empty());
    }
}
