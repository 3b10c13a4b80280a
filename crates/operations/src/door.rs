//! The doors to the store: one for reading, one for changing. Each asks first who may.

use std::sync::Arc;

use domain::access::{Actor, Operation, Relation, may};
use domain::notices::Notice;
use domain::people::{Organisation, PersonId};
use domain::record::Event;
use jiff::Timestamp;
use store::{Session, StoreError, Transaction};

use crate::{App, Refusal};

/// A reading operation in progress.
pub struct View {
    pub(crate) session: Session,
    pub(crate) now: Timestamp,
    pub(crate) organisation: Arc<Organisation>,
}

/// A changing operation in progress: dropped without [`Change::commit`] it leaves nothing behind.
pub struct Change {
    pub(crate) transaction: Transaction,
    pub(crate) now: Timestamp,
    pub(crate) actor: Actor,
    pub(crate) organisation: Arc<Organisation>,
    /// Where people reach the pages: goes into messages.
    pub(crate) address: Arc<str>,
    operation: Operation,
    /// Whether somebody asked for the relation of the actor to the thing. An operation that only
    /// its owner may do cannot commit without.
    asked: bool,
    events: Vec<Event>,
    notices: Vec<Notice>,
}

impl App {
    /// Opens the door for reading, if `actor` may.
    pub async fn view(&self, actor: &Actor, operation: Operation) -> Result<View, Refusal> {
        permitted(actor, operation, Relation::Own)?;
        let now = self.clock.now();
        let mut session = self.database.read().await?;
        let organisation = self.organisation(&mut session).await?;
        Ok(View { session, now, organisation })
    }

    /// Opens the door for changing, if `actor` may at least with their own; an operation on a
    /// particular thing then says whose it is with [`Change::of`].
    pub async fn change(&self, actor: &Actor, operation: Operation) -> Result<Change, Refusal> {
        permitted(actor, operation, Relation::Own)?;
        let mut transaction = self.database.begin().await?;
        let now = self.clock.now();
        let organisation = self.organisation(&mut transaction).await?;
        let asked = may(actor, operation, Relation::Foreign);
        let (events, notices) = (Vec::new(), Vec::new());
        let actor = actor.clone();
        let address = Arc::from(self.address());
        Ok(Change {
            transaction,
            now,
            actor,
            organisation,
            address,
            operation,
            asked,
            events,
            notices,
        })
    }
}

fn permitted(actor: &Actor, operation: Operation, relation: Relation) -> Result<(), Refusal> {
    match may(actor, operation, relation) {
        true => Ok(()),
        false if *actor == Actor::Visitor => Err(Refusal::SignedOut),
        false => Err(Refusal::Forbidden(operation)),
    }
}

impl Change {
    /// The present instant as it is kept: in whole microseconds.
    pub(crate) fn instant(&self) -> Timestamp {
        kept(self.now)
    }

    /// Goes on only if the actor may do this to a thing in `relation` to them.
    pub(crate) fn of(&mut self, relation: Relation) -> Result<(), Refusal> {
        permitted(&self.actor, self.operation, relation)?;
        self.asked = true;
        Ok(())
    }

    /// Goes on only if the actor may also do `operation`, e.g. force an import.
    pub(crate) fn also(&self, operation: Operation) -> Result<(), Refusal> {
        permitted(&self.actor, operation, Relation::Foreign)
    }

    /// Adds to the record.
    pub(crate) fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Queues a notice to be sent now.
    pub(crate) fn notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// Saves events and notices with the change itself, and makes all of it last.
    pub(crate) async fn commit(mut self) -> Result<(), Refusal> {
        if !self.asked {
            return Err(Refusal::Forbidden(self.operation));
        }
        let actor = self.actor.name();
        store::record::append(&mut self.transaction, &self.events, actor, self.now).await?;
        store::notices::queue(&mut self.transaction, &self.notices, self.now).await?;
        self.transaction.commit().await.map_err(Refusal::from)
    }
}

/// An instant as the store keeps it, in whole microseconds: what is read back is what was computed
/// with.
pub(crate) fn kept(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// The relation of `actor` to something that belongs to `owners`.
pub(crate) fn relation<'a>(
    actor: &Actor,
    owners: impl IntoIterator<Item = &'a PersonId>,
) -> Relation {
    let own = actor.person().is_some_and(|person| owners.into_iter().any(|it| it == person));
    if own { Relation::Own } else { Relation::Foreign }
}

/// A stored thing that must be there.
pub(crate) fn found<T>(
    thing: Result<Option<T>, StoreError>,
    what: &'static str,
    name: &str,
) -> Result<T, Refusal> {
    thing?.ok_or_else(|| Refusal::not_found(what, name))
}
