//! What people may say of a finding's holder and its clock, as forms of the finding's page.

use super::Choice;

/// The forms that this reader may use now; none of them needs a script.
#[derive(Clone, Debug, Default)]
pub struct CustodyForms {
    pub hand_over: Option<HandOverForm>,
    pub vendor: Option<VendorForm>,
    pub pause: Option<PauseForm>,
    /// Where to post, to let a paused clock go on.
    pub resume: Option<String>,
    pub judge: Option<JudgeForm>,
}

impl CustodyForms {
    /// Whether there is any.
    pub fn any(&self) -> bool {
        self.hand_over.is_some()
            || self.vendor.is_some()
            || self.pause.is_some()
            || self.resume.is_some()
            || self.judge.is_some()
    }
}

/// Posts `team` to `action`.
#[derive(Clone, Debug)]
pub struct HandOverForm {
    pub action: String,
    pub teams: Vec<Choice>,
    /// Whether it comes back refused, and is shown open.
    pub refused: bool,
}

/// Posts `vendor` to `action`.
#[derive(Clone, Debug)]
pub struct VendorForm {
    pub action: String,
    pub vendor: String,
    pub refused: bool,
}

/// Posts `pause_reason`, `until` (a day) and `note` to `action`.
#[derive(Clone, Debug)]
pub struct PauseForm {
    pub action: String,
    pub reasons: Vec<Choice>,
    pub until: String,
    pub earliest: String,
    pub latest: String,
    pub note: String,
    pub refused: bool,
}

/// Posts `cause` and `judgement` to `action`.
#[derive(Clone, Debug)]
pub struct JudgeForm {
    pub action: String,
    pub causes: Vec<Choice>,
    /// What it is put down to now: `nobody owned it`.
    pub present: String,
    pub judgement: String,
    pub refused: bool,
}
