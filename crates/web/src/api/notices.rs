//! The outbox.

use axum::Json;
use domain::notices::NoticeState;
use operations::notices::{self, Queued};
use wire::notices::{Notice, Notices};
use wire::problems::Problem as Document;

use super::caller::Caller;
use super::{BASE, Outcome};
use crate::places::{Place, next};
use crate::problem::Problem;
use crate::rooms::Parameters;

/// Messages on their way out, newest first.
#[utoipa::path(get, path = "/outbox", tag = "notices", operation_id = "list_outbox",
    params(
        ("state" = Option<String>, Query, description = "`queued`, `accepted` or `failed`"),
        ("after" = Option<String>, Query, description = "where a page goes on, from `next`"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 100 if not said"),
    ),
    responses((status = 200, body = Notices), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn list(caller: Caller, parameters: Parameters) -> Outcome<Notices> {
    let state = parameters.get("state").map(|word| {
        let unknown = || Problem::invalid(format!("state: `{word}` is no state of a notice"));
        NoticeState::from_word(word).ok_or_else(unknown)
    });
    let (state, after) = (state.transpose()?, Place::read(parameters.get("after"))?);
    let (app, actor, limit) = (&caller.app, &caller.actor, parameters.limit()?);
    let mut page = notices::page(app, actor, state, Place::parts(&after), limit + 1).await?;
    let place = |last: &Queued| Place::text(last.notice.created_at, &last.notice.key);
    let next = next(&mut page, limit, place);
    let path = format!("{BASE}/outbox");
    let next = next.map(|next| parameters.with(&path, "after", &next));
    Ok(Json(Notices { notices: page.iter().map(notice).collect(), next }))
}

fn notice(queued: &Queued) -> Notice {
    Notice {
        key: queued.notice.key.clone(),
        about: queued.notice.about.clone(),
        person: queued.notice.person.clone(),
        channel: queued.notice.channel.word().to_owned(),
        subject: queued.notice.subject.clone(),
        body: queued.notice.body.clone(),
        state: queued.state.word().to_owned(),
        attempts: queued.attempts,
        created_at: queued.notice.created_at.to_string(),
        due_at: queued.due_at.map(|at| at.to_string()),
        settled_at: queued.settled_at.map(|at| at.to_string()),
        last_error: queued.last_error.clone(),
    }
}
