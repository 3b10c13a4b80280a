//! The outbox: was everybody told?

use axum::Router;
use axum::routing::get;
use domain::notices::{Channel, NoticeState};
use operations::notices::{self, Queued};

use super::{Parameters, ROWS, address};
use crate::answer::{Answer, page};
use crate::pages::escalations::ViewLink;
use crate::pages::notices::{MessageRow, OutboxPage};
use crate::pages::{Link, Meaning, Paging, Room};
use crate::places::{Place, next};
use crate::server::Server;
use crate::visit::Visit;

/// The ways to look at the outbox: the address's word and what it is called.
const VIEWS: [(&str, &str); 4] =
    [("", "All"), ("queued", "Waiting"), ("accepted", "Accepted"), ("failed", "Given up")];

pub(super) fn routes() -> Router<Server> {
    Router::new().route("/outbox", get(outbox))
}

async fn outbox(visit: Visit, parameters: Parameters) -> Answer {
    let word = parameters.text("state");
    let state = NoticeState::from_word(word);
    let after = Place::read(parameters.get("after"))?;
    let (app, actor) = (&visit.app, &visit.actor);
    let mut listed = notices::page(app, actor, state, Place::parts(&after), ROWS + 1).await?;
    let place = |last: &Queued| Place::text(last.notice.created_at, &last.notice.key);
    let next = next(&mut listed, ROWS, place);
    let unreached = notices::page(app, actor, Some(NoticeState::Failed), None, 1).await?;
    let (meaning, sentence) = match unreached.first() {
        Some(last) => (
            Meaning::Broken,
            format!(
                "Not everybody: nobody took “{}” for {}.",
                last.notice.subject,
                visit.name_of(&last.notice.person)
            ),
        ),
        None => (Meaning::Holding, "Every message was taken, or is still on its way.".to_owned()),
    };
    let view = |(view, text): &(&str, &str)| ViewLink {
        link: Link::new(address("/outbox", [("state", *view)]), *text),
        chosen: *view == word,
    };
    page(&OutboxPage {
        frame: visit.frame(Room::Elsewhere),
        sentence,
        meaning,
        views: VIEWS.iter().map(view).collect(),
        rows: listed.iter().map(|queued| row(&visit, queued)).collect(),
        paging: Paging {
            previous: after.map(|_| parameters.with("/outbox", "after", "")),
            next: next.map(|next| parameters.with("/outbox", "after", &next)),
            words: format!("{} at a time, newest first", ROWS),
        },
    })
}

fn row(visit: &Visit, queued: &Queued) -> MessageRow {
    let (meaning, state) = match queued.state {
        NoticeState::Accepted => (Meaning::Holding, "accepted"),
        NoticeState::Queued => (Meaning::Bending, "waiting"),
        NoticeState::Failed => (Meaning::Broken, "given up"),
    };
    MessageRow {
        key: queued.notice.key.clone(),
        to: visit.name_of(&queued.notice.person),
        channel: match queued.notice.channel {
            Channel::Email => "email",
            Channel::Slack => "Slack",
        }
        .to_owned(),
        subject: queued.notice.subject.clone(),
        meaning,
        state: state.to_owned(),
        attempts: queued.attempts,
        at: queued.settled_at.or(queued.due_at).map(|at| visit.moment(at)),
        answer: queued.last_error.clone().unwrap_or_default(),
    }
}
