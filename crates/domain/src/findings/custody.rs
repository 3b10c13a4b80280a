//! Who holds a finding's clock: every hour of it is booked to somebody.
//!
//! A clock is held by the team that owns the finding, by a vendor whose patch the team waits for,
//! or by nobody. Hand-overs are entries of the ledger, so that the hours of each holder follow from
//! it at any time. At the breach the holder and the cause are frozen; only a later entry can judge
//! the cause otherwise (spec "Findings", "Who holds it").

use jiff::{SignedDuration, Timestamp};

use super::clock::{Clock, LedgerRefused, Rules, State, apply, standing};
use super::ledger::{Entry, Event};

/// What the text of a vendor begins with; team ids have no colon.
const VENDOR: &str = "vendor:";

/// Who has a clock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// By its id.
    Team(String),
    /// Whose patch is waited for.
    Vendor(String),
}

impl Holder {
    /// `payments`, or `vendor:Acme`: what is kept.
    pub fn text(&self) -> String {
        match self {
            Holder::Team(team) => team.clone(),
            Holder::Vendor(vendor) => format!("{VENDOR}{vendor}"),
        }
    }

    /// The holder that a text stands for.
    pub fn from_text(text: &str) -> Holder {
        match text.strip_prefix(VENDOR) {
            Some(vendor) => Holder::Vendor(vendor.to_owned()),
            None => Holder::Team(text.to_owned()),
        }
    }
}

/// Why a clock was made to stand still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PauseReason {
    /// There is no patch to apply yet.
    VendorPatch,
    /// The team has no access to what it must change.
    Access,
    /// Changes are frozen.
    ChangeFreeze,
    Other,
}

impl PauseReason {
    /// Every reason.
    pub const ALL: [PauseReason; 4] = [
        PauseReason::VendorPatch,
        PauseReason::Access,
        PauseReason::ChangeFreeze,
        PauseReason::Other,
    ];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            PauseReason::VendorPatch => "vendor_patch",
            PauseReason::Access => "access",
            PauseReason::ChangeFreeze => "change_freeze",
            PauseReason::Other => "other",
        }
    }

    /// The reason a word stands for.
    pub fn from_word(word: &str) -> Option<PauseReason> {
        PauseReason::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// What a breach after such a pause is put down to.
    pub fn hindrance(self) -> Option<Cause> {
        match self {
            PauseReason::VendorPatch => Some(Cause::VendorPatchMissing),
            PauseReason::Access => Some(Cause::AccessDelay),
            PauseReason::ChangeFreeze => Some(Cause::ChangeFreeze),
            PauseReason::Other => None,
        }
    }
}

/// Why a deadline was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Nobody held it.
    Unowned,
    VendorPatchMissing,
    AccessDelay,
    ChangeFreeze,
    /// It came to its holder with less than a quarter of its time left.
    LateHandOver,
    /// A fix was merged, and no scan has verified it.
    FixNotVerified,
    /// A team held it all the time and did something else.
    Deprioritised,
    /// As a person judged.
    Other,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Cause; 8] = [
        Cause::Unowned,
        Cause::VendorPatchMissing,
        Cause::AccessDelay,
        Cause::ChangeFreeze,
        Cause::LateHandOver,
        Cause::FixNotVerified,
        Cause::Deprioritised,
        Cause::Other,
    ];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Cause::Unowned => "unowned",
            Cause::VendorPatchMissing => "vendor_patch_missing",
            Cause::AccessDelay => "access_delay",
            Cause::ChangeFreeze => "change_freeze",
            Cause::LateHandOver => "late_hand_over",
            Cause::FixNotVerified => "fix_not_verified",
            Cause::Deprioritised => "deprioritised",
            Cause::Other => "other",
        }
    }

    /// What a page says.
    pub fn title(self) -> &'static str {
        match self {
            Cause::Unowned => "nobody owned it",
            Cause::VendorPatchMissing => "no patch from the vendor",
            Cause::AccessDelay => "access came late",
            Cause::ChangeFreeze => "changes were frozen",
            Cause::LateHandOver => "handed over late",
            Cause::FixNotVerified => "fix merged, not verified",
            Cause::Deprioritised => "deprioritised in the sprint",
            Cause::Other => "other",
        }
    }

    /// The cause a word stands for.
    pub fn from_word(word: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.word() == word)
    }
}

/// Who owns something new, and by which rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owned {
    /// None = the unassigned queue.
    pub team: Option<String>,
    /// Such as `service` or `path: infra/**`; none where nobody owns it.
    pub rule: Option<String>,
}

/// Who has a finding now: what a breach freezes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Custody {
    /// The team that owns it, also while a vendor is waited for.
    pub team: Option<String>,
    pub vendor: Option<String>,
    /// Since when the holder has it; none = since the clock started.
    pub since: Option<Timestamp>,
    /// What an earlier pause was for.
    pub hindrance: Option<Cause>,
}

impl Custody {
    /// Whom the hours are booked to.
    pub fn holder(&self) -> Option<Holder> {
        let vendor = self.vendor.clone().map(Holder::Vendor);
        vendor.or_else(|| self.team.clone().map(Holder::Team))
    }

    /// After one more entry of the ledger.
    pub fn follow(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Started { holder, .. } => {
                *self = Custody::default();
                self.take(holder.clone());
            }
            Event::HandedOver { to, .. } => {
                self.take(to.clone());
                self.since = Some(entry.at);
            }
            Event::Paused { reason, .. } => {
                self.hindrance = reason.hindrance().or(self.hindrance);
            }
            _ => {}
        }
    }

    fn take(&mut self, holder: Option<Holder>) {
        match holder {
            Some(Holder::Vendor(vendor)) => self.vendor = Some(vendor),
            Some(Holder::Team(team)) => (self.team, self.vendor) = (Some(team), None),
            None => (self.team, self.vendor) = (None, None),
        }
    }

    /// Why a clock that is out of time now missed its deadline, as the rule judges.
    pub fn cause(&self, clock: &Clock) -> Cause {
        match self.holder() {
            None => Cause::Unowned,
            Some(Holder::Vendor(_)) => Cause::VendorPatchMissing,
            Some(Holder::Team(_)) if clock.state == State::FixMerged => Cause::FixNotVerified,
            Some(Holder::Team(_)) => self.hindrance.unwrap_or(match self.came_late(clock) {
                true => Cause::LateHandOver,
                false => Cause::Deprioritised,
            }),
        }
    }

    fn came_late(&self, clock: &Clock) -> bool {
        let (Some(since), Some(due)) = (self.since, clock.due_at) else { return false };
        let whole = due.duration_since(clock.counted_from);
        let left = due.duration_since(since);
        left.saturating_mul(4) < whole
    }
}

/// How long each had the present clock until `now`, in order of first holding; time in which it
/// stood still is nobody's.
///
/// # Errors
///
/// A ledger that [`apply`] refuses.
pub fn shares(
    entries: &[Entry],
    now: Timestamp,
    rules: &Rules,
) -> Result<Vec<(Option<Holder>, SignedDuration)>, LedgerRefused> {
    let mut booked = Vec::new();
    let mut custody = Custody::default();
    let mut clock: Option<Clock> = None;
    let mut booked_until = SignedDuration::ZERO;
    for entry in standing(entries) {
        if let Some(clock) = &clock {
            let used = clock.time_used(entry.at).saturating_sub(booked_until);
            book(&mut booked, custody.holder(), used);
        }
        let next = apply(clock, entry, rules)?;
        if clock.is_some_and(|before| before.opened_at != next.opened_at) {
            booked.clear();
        }
        booked_until = next.time_used(entry.at);
        clock = Some(next);
        custody.follow(entry);
    }
    if let Some(clock) = clock {
        let used = clock.time_used(now).saturating_sub(booked_until);
        book(&mut booked, custody.holder(), used);
    }
    Ok(booked)
}

fn book(
    booked: &mut Vec<(Option<Holder>, SignedDuration)>,
    holder: Option<Holder>,
    time: SignedDuration,
) {
    if time <= SignedDuration::ZERO {
        return;
    }
    match booked.iter_mut().find(|(known, _)| *known == holder) {
        Some((_, sum)) => *sum = sum.saturating_add(time),
        None => booked.push((holder, time)),
    }
}
