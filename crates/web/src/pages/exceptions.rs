//! Exceptions: what need not be done for a while, and until when.

use askama::Template;

use super::{Choice, Frame, Meaning, Refusals};

/// `GET /exceptions`: "What need not be done for now?"
#[derive(Clone, Debug, Template)]
#[template(path = "exceptions/list.html")]
pub struct ExceptionsPage {
    pub frame: Frame,
    /// `Two hold, one waits for a decision.`
    pub sentence: String,
    pub rows: Vec<ExceptionRow>,
    /// Whether the reader may ask for one.
    pub may_request: bool,
    pub form: ExceptionForm,
    /// `It would cover 37 findings in 5 services.`; empty before somebody looked.
    pub coverage: String,
    pub refusals: Refusals,
}

/// One exception.
#[derive(Clone, Debug)]
pub struct ExceptionRow {
    /// `X-3`
    pub id: String,
    /// `CVE-2026-1000 in ledger`
    pub scope: String,
    pub meaning: Meaning,
    /// `holds`, `waits for a decision`
    pub state: String,
    pub until: String,
    /// `37 findings in 5 services`, `would cover …`
    pub covers: String,
    pub reason: String,
    pub control: String,
    /// Who asked, decided and ended it, in sentences.
    pub history: String,
    /// Where a decision is posted.
    pub action: String,
    pub may_decide: bool,
    pub may_revoke: bool,
}

/// The form as it was typed; the names are those of the fields.
#[derive(Clone, Debug, Default)]
pub struct ExceptionForm {
    pub finding: String,
    pub identifier: String,
    pub package: String,
    pub service: String,
    pub teams: Vec<Choice>,
    pub reason: String,
    pub control: String,
    pub until: String,
}
