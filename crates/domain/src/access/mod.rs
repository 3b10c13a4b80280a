//! Who may do what: one table, deny by default, one door.
//!
//! Every use case names its [`Operation`]; `operations` can reach the store only through a door
//! that asks [`permits`]. A new operation without a line in the table does not compile. Finer rules
//! (team roles, embargoed incidents) join the same table later.

use std::fmt;

pub use crate::people::Access;
use crate::people::PersonId;

/// What an API token may be used for; it never adds to what its owner may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Everything,
    /// Reading only.
    Read,
    /// Uploading reports and reading their outcome: what a pipeline needs.
    Import,
}

impl Scope {
    pub const ALL: [Scope; 3] = [Scope::Everything, Scope::Read, Scope::Import];

    pub fn word(self) -> &'static str {
        match self {
            Scope::Everything => "everything",
            Scope::Read => "read",
            Scope::Import => "import",
        }
    }

    pub fn from_word(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person of the organisation, signed in or by token.
    Person { id: PersonId, access: Access, scope: Scope },
    /// The watch: what the clock causes.
    Watch,
    /// Whoever can open the database from the shell.
    Operator,
    /// Nobody yet: signing in.
    Visitor,
}

impl Actor {
    /// How the record names the actor.
    pub fn name(&self) -> &str {
        match self {
            Actor::Person { id, .. } => id.as_str(),
            Actor::Watch => "watch",
            Actor::Operator => "operator",
            Actor::Visitor => "visitor",
        }
    }

    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Actor::Person { id, .. } => Some(id),
            _ => None,
        }
    }
}

/// Whether the thing acted on is the actor's own: their key result, their team's finding, an
/// escalation that they were told of, their token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Own,
    Foreign,
}

impl Relation {
    pub const ALL: [Relation; 2] = [Relation::Own, Relation::Foreign];
}

/// Every use case of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    SignIn,
    ReadToday,
    ReadOrganisation,
    ApplyOrganisation,
    ReadFindings,
    MarkFixMerged,
    HandOverFinding,
    PauseClock,
    ResumeClock,
    JudgeCause,
    MergeFindings,
    RequestException,
    DecideException,
    UndoImport,
    LoadExploited,
    ReportMergedChange,
    ReadImports,
    ImportReport,
    ForceImport,
    CreateService,
    ReadObjectives,
    LoadPlaybook,
    CheckIn,
    RecordRitual,
    ReadEscalations,
    CommitToDate,
    ManageOwnAccount,
    ManageAccounts,
    ReadOutbox,
    ReadRecord,
    RunDuties,
}

/// How an operation is granted.
enum Grant {
    /// Before signing in too.
    Anyone,
    Readers,
    /// Administrators anywhere, members where it is their own.
    OwnForMembers,
    /// Administrators and members.
    Members,
    /// Everyone on what is their own only, whatever the access.
    OwnForAll,
    Administrators,
}

impl Operation {
    pub const ALL: [Operation; 31] = [
        Operation::SignIn,
        Operation::ReadToday,
        Operation::ReadOrganisation,
        Operation::ApplyOrganisation,
        Operation::ReadFindings,
        Operation::MarkFixMerged,
        Operation::HandOverFinding,
        Operation::PauseClock,
        Operation::ResumeClock,
        Operation::JudgeCause,
        Operation::MergeFindings,
        Operation::RequestException,
        Operation::DecideException,
        Operation::UndoImport,
        Operation::LoadExploited,
        Operation::ReportMergedChange,
        Operation::ReadImports,
        Operation::ImportReport,
        Operation::ForceImport,
        Operation::CreateService,
        Operation::ReadObjectives,
        Operation::LoadPlaybook,
        Operation::CheckIn,
        Operation::RecordRitual,
        Operation::ReadEscalations,
        Operation::CommitToDate,
        Operation::ManageOwnAccount,
        Operation::ManageAccounts,
        Operation::ReadOutbox,
        Operation::ReadRecord,
        Operation::RunDuties,
    ];

    /// What the operation is, as the end of "you may not …".
    pub fn words(self) -> &'static str {
        match self {
            Operation::SignIn => "sign in",
            Operation::ReadToday => "read the front page",
            Operation::ReadOrganisation => "read the organisation",
            Operation::ApplyOrganisation => "change the organisation",
            Operation::ReadFindings => "read findings",
            Operation::MarkFixMerged => "say that a fix is merged",
            Operation::HandOverFinding => "hand a finding over",
            Operation::PauseClock => "pause a clock",
            Operation::ResumeClock => "resume a clock",
            Operation::JudgeCause => "judge the cause of a breach",
            Operation::MergeFindings => "merge or part findings",
            Operation::RequestException => "ask for an exception",
            Operation::DecideException => "decide on an exception",
            Operation::UndoImport => "undo an import",
            Operation::LoadExploited => "load the list of exploited vulnerabilities",
            Operation::ReportMergedChange => "report a merged change",
            Operation::ReadImports => "read imports",
            Operation::ImportReport => "import a report",
            Operation::ForceImport => "let an import close most findings",
            Operation::CreateService => "create a service",
            Operation::ReadObjectives => "read objectives",
            Operation::LoadPlaybook => "load a playbook",
            Operation::CheckIn => "check in on this key result",
            Operation::RecordRitual => "record this ritual",
            Operation::ReadEscalations => "read escalations",
            Operation::CommitToDate => "commit to a date on this escalation",
            Operation::ManageOwnAccount => "change this account",
            Operation::ManageAccounts => "change other people's accounts",
            Operation::ReadOutbox => "read outgoing messages",
            Operation::ReadRecord => "read the record",
            Operation::RunDuties => "run the watch's duties",
        }
    }

    fn grant(self) -> Grant {
        match self {
            Operation::SignIn => Grant::Anyone,
            Operation::ReadToday
            | Operation::ReadOrganisation
            | Operation::ReadFindings
            | Operation::ReadImports
            | Operation::ReadObjectives
            | Operation::ReadEscalations => Grant::Readers,
            Operation::ImportReport
            | Operation::RequestException
            | Operation::ReportMergedChange => Grant::Members,
            Operation::MarkFixMerged
            | Operation::HandOverFinding
            | Operation::ResumeClock
            | Operation::RecordRitual
            | Operation::CheckIn
            | Operation::CommitToDate => Grant::OwnForMembers,
            Operation::ManageOwnAccount => Grant::OwnForAll,
            Operation::ApplyOrganisation
            | Operation::PauseClock
            | Operation::JudgeCause
            | Operation::MergeFindings
            | Operation::DecideException
            | Operation::UndoImport
            | Operation::LoadExploited
            | Operation::ForceImport
            | Operation::CreateService
            | Operation::LoadPlaybook
            | Operation::ManageAccounts
            | Operation::ReadOutbox
            | Operation::ReadRecord
            | Operation::RunDuties => Grant::Administrators,
        }
    }

    fn reads(self) -> bool {
        matches!(self.grant(), Grant::Readers)
            || matches!(self, Operation::ReadOutbox | Operation::ReadRecord)
    }

    fn imports(self) -> bool {
        matches!(self, Operation::ImportReport | Operation::ReadImports | Operation::ReadFindings)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self:?}")
    }
}

/// May a person with `access` do `operation` to a thing in `relation` to them?
pub fn permits(access: Access, operation: Operation, relation: Relation) -> bool {
    match operation.grant() {
        Grant::Anyone | Grant::Readers => true,
        Grant::Members => access != Access::ReadOnly,
        Grant::OwnForMembers => match access {
            Access::Administrator => true,
            Access::Member => relation == Relation::Own,
            Access::ReadOnly => false,
        },
        Grant::OwnForAll => relation == Relation::Own,
        Grant::Administrators => access == Access::Administrator,
    }
}

/// May `actor` do `operation` to a thing in `relation` to them? The watch and the operator at the
/// shell may do everything; a visitor may only sign in; a token only what its scope leaves.
pub fn may(actor: &Actor, operation: Operation, relation: Relation) -> bool {
    match actor {
        Actor::Watch | Actor::Operator => true,
        Actor::Visitor => matches!(operation.grant(), Grant::Anyone),
        Actor::Person { access, scope, .. } => {
            let in_scope = match scope {
                Scope::Everything => true,
                Scope::Read => operation.reads(),
                Scope::Import => operation.imports(),
            };
            in_scope && permits(*access, operation, relation)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(text: &str) -> PersonId {
        PersonId::parse(text).expect("an id")
    }

    #[test]
    fn the_access_matrix_is_the_one_that_was_agreed() {
        let mut table = String::new();
        for operation in Operation::ALL {
            for relation in Relation::ALL {
                let row: Vec<_> = Access::ALL
                    .into_iter()
                    .filter(|access| permits(*access, operation, relation))
                    .map(Access::word)
                    .collect();
                table += &format!("{operation:?} {relation:?}: {}\n", row.join(" "));
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn a_visitor_may_only_sign_in() {
        for operation in Operation::ALL {
            for relation in Relation::ALL {
                let allowed = may(&Actor::Visitor, operation, relation);
                assert_eq!(allowed, operation == Operation::SignIn, "{operation:?}");
            }
        }
    }

    #[test]
    fn a_token_never_adds_to_what_its_owner_may() {
        for operation in Operation::ALL {
            for relation in Relation::ALL {
                for access in Access::ALL {
                    for scope in Scope::ALL {
                        let actor = Actor::Person { id: person("a"), access, scope };
                        let by_token = may(&actor, operation, relation);
                        assert!(!by_token || permits(access, operation, relation));
                    }
                }
            }
        }
    }

    #[test]
    fn an_import_token_cannot_check_in_or_read_objectives() {
        let pipeline =
            Actor::Person { id: person("ci"), access: Access::Administrator, scope: Scope::Import };
        assert!(may(&pipeline, Operation::ImportReport, Relation::Foreign));
        assert!(!may(&pipeline, Operation::CheckIn, Relation::Own));
        assert!(!may(&pipeline, Operation::ReadObjectives, Relation::Own));
        assert!(!may(&pipeline, Operation::ForceImport, Relation::Own));
    }
}
