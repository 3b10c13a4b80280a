//! Notices: messages to people, on their way out.
//!
//! A notice is a row of the outbox, written in the transaction that caused it. Its key names the
//! thing (`escalation/E-42/L2/mara.lind/email`), not the attempt, so that it has its effect once.
//! After an outage a person gets one digest per channel, not a storm ([`gather`]).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

/// How many waiting notices to one person on one channel become one digest.
pub const DIGEST_OVER: usize = 3;
/// How long one attempt may take before another node may try: longer than any channel's timeout.
pub const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// Waiting time before the second, third … attempt; the last one repeats.
const RETRIES: [SignedDuration; 7] = [
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(3),
    SignedDuration::from_hours(6),
];
/// After this time without acceptance a notice has failed and a person must look.
pub const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(72);

/// A way to reach a person. One catalogue file each joins as channels grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    Email,
    /// An incoming webhook of Slack.
    Slack,
}

impl Channel {
    pub const ALL: [Channel; 2] = [Channel::Email, Channel::Slack];

    pub fn word(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Slack => "slack",
        }
    }

    pub fn from_word(word: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.word() == word)
    }
}

/// Where a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    /// Waiting for its time or for another attempt.
    Queued,
    /// The channel took it; what the reader does with it is another matter.
    Accepted,
    /// No channel took it in [`GIVE_UP_AFTER`], or the address is impossible.
    Failed,
}

impl NoticeState {
    pub const ALL: [NoticeState; 3] =
        [NoticeState::Queued, NoticeState::Accepted, NoticeState::Failed];

    pub fn word(self) -> &'static str {
        match self {
            NoticeState::Queued => "queued",
            NoticeState::Accepted => "accepted",
            NoticeState::Failed => "failed",
        }
    }

    pub fn from_word(word: &str) -> Option<NoticeState> {
        NoticeState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// One message to one person on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Names the thing: the same key is never queued twice.
    pub key: String,
    /// What it is about: `E-42`, `KR O1.1`.
    pub about: String,
    pub person: String,
    pub channel: Channel,
    /// A mail address, or the configured name of a webhook.
    pub address: String,
    /// Plain text, one line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    pub created_at: Timestamp,
}

/// What is sent at once: one notice, or several to one person as a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// The idempotency key given to the channel.
    pub key: String,
    pub channel: Channel,
    pub address: String,
    pub subject: String,
    pub body: String,
    /// The keys of the notices in it.
    pub notices: Vec<String>,
}

/// Groups what is due: more than [`DIGEST_OVER`] notices to one person on one channel become one
/// digest, everything else goes by itself. Notices that were assigned to a parcel before keep it
/// (`assigned`), so that a repeated attempt has the same key.
pub fn gather(due: &[(Notice, Option<String>)]) -> Vec<Parcel> {
    let mut before: BTreeMap<&str, Vec<&Notice>> = BTreeMap::new();
    let mut fresh: BTreeMap<(&str, Channel, &str), Vec<&Notice>> = BTreeMap::new();
    for (notice, assigned) in due {
        match assigned {
            Some(parcel) => before.entry(parcel).or_default().push(notice),
            None => {
                let to = (notice.person.as_str(), notice.channel, notice.address.as_str());
                fresh.entry(to).or_default().push(notice);
            }
        }
    }
    let mut parcels: Vec<Parcel> =
        before.into_iter().map(|(key, notices)| parcel(key.to_owned(), &notices)).collect();
    for ((person, channel, _), notices) in fresh {
        if notices.len() > DIGEST_OVER {
            let first = notices.iter().map(|notice| notice.key.as_str()).min().unwrap_or_default();
            let key = format!("digest/{person}/{}/{first}", channel.word());
            parcels.push(parcel(key, &notices));
        } else {
            parcels.extend(notices.iter().map(|notice| parcel(notice.key.clone(), &[notice])));
        }
    }
    parcels
}

fn parcel(key: String, notices: &[&Notice]) -> Parcel {
    let mut notices: Vec<&Notice> = notices.to_vec();
    notices.sort_by(|a, b| (a.created_at, &a.key).cmp(&(b.created_at, &b.key)));
    let first = notices[0];
    let (subject, body) = match notices.as_slice() {
        [only] => (only.subject.clone(), only.body.clone()),
        many => digest(many),
    };
    Parcel {
        key,
        channel: first.channel,
        address: first.address.clone(),
        subject,
        body,
        notices: notices.iter().map(|notice| notice.key.clone()).collect(),
    }
}

/// One message that tells where things stand: newest word on each matter first in its line.
fn digest(notices: &[&Notice]) -> (String, String) {
    let mut latest: BTreeMap<&str, &Notice> = BTreeMap::new();
    for notice in notices {
        latest.insert(&notice.about, notice);
    }
    let subject = format!("{} matters are waiting for you", latest.len());
    let mut body = String::from(
        "Several notices waited for you at once. This is where each matter stands now.\n",
    );
    for notice in latest.values() {
        body.push_str(&format!("\n== {}\n{}\n", notice.subject, notice.body.trim_end()));
    }
    (subject, body)
}

/// When to try again after attempt number `attempts` (1 = the first) failed at `now`, or `None`
/// when the notice has failed for good.
pub fn retry_at(created_at: Timestamp, attempts: u32, now: Timestamp) -> Option<Timestamp> {
    let index = (attempts.max(1) as usize - 1).min(RETRIES.len() - 1);
    let next = now.checked_add(RETRIES[index]).ok()?;
    let end = created_at.checked_add(GIVE_UP_AFTER).ok()?;
    (next <= end).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(key: &str, about: &str, person: &str, minute: i64) -> Notice {
        Notice {
            key: key.into(),
            about: about.into(),
            person: person.into(),
            channel: Channel::Email,
            address: format!("{person}@example.org"),
            subject: format!("{about} needs a date"),
            body: format!("told as {key}"),
            created_at: Timestamp::from_second(minute * 60).expect("small"),
        }
    }

    #[test]
    fn three_notices_go_by_themselves_and_four_become_one_digest() {
        let few: Vec<_> =
            (0..3).map(|n| (notice(&format!("k{n}"), "E-1", "ann", n), None)).collect();
        assert_eq!(gather(&few).len(), 3);
        let many: Vec<_> =
            (0..4).map(|n| (notice(&format!("k{n}"), &format!("E-{n}"), "ann", n), None)).collect();
        let parcels = gather(&many);
        assert_eq!(parcels.len(), 1);
        assert_eq!(parcels[0].notices, ["k0", "k1", "k2", "k3"]);
        assert_eq!(parcels[0].key, "digest/ann/email/k0");
        assert_eq!(parcels[0].subject, "4 matters are waiting for you");
    }

    #[test]
    fn a_digest_tells_only_the_latest_word_on_each_matter() {
        let due: Vec<_> = (1..=5)
            .map(|level| (notice(&format!("escalation/E-1/L{level}"), "E-1", "ann", level), None))
            .collect();
        let body = &gather(&due)[0].body;
        assert!(body.contains("told as escalation/E-1/L5"));
        assert!(!body.contains("told as escalation/E-1/L4"));
    }

    #[test]
    fn a_repeated_attempt_keeps_the_parcel_of_the_first() {
        let mut due: Vec<_> = (0..4)
            .map(|n| (notice(&format!("k{n}"), "E-1", "ann", n), Some("digest/x".to_owned())))
            .collect();
        due.push((notice("k9", "E-9", "ann", 9), None));
        let keys: Vec<_> = gather(&due).into_iter().map(|parcel| parcel.key).collect();
        assert_eq!(keys, ["digest/x", "k9"]);
    }

    #[test]
    fn retries_slow_down_and_end_after_three_days() {
        let start = Timestamp::UNIX_EPOCH;
        assert_eq!(retry_at(start, 1, start), Some(start + SignedDuration::from_secs(30)));
        assert_eq!(retry_at(start, 99, start), Some(start + SignedDuration::from_hours(6)));
        let late = start + SignedDuration::from_hours(71);
        assert_eq!(retry_at(start, 9, late), None);
    }
}
