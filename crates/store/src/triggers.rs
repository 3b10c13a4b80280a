//! Firings, and the marks of what the watch must look at again.
//!
//! One cause stands at most once: an index over the standing ones says so, whatever two nodes do at
//! the same instant.

use std::collections::BTreeMap;

use domain::escalations::Role;
use domain::metrics::Figure;
use domain::triggers::{Firing, Subject, TRIGGERS};
use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const COLUMNS: &str = "select id, cause_key, trigger_name, subject_kind, subject_id, title,
        sentence, figures, clears, loudness, first_to, team, service, engineer, dri, sla_due,
        raised_at, cleared_at
     from firings";
const RAISE: Sql =
    sql("insert into firings (id, cause_key, trigger_name, subject_kind, subject_id,
        title, sentence, figures, clears, loudness, first_to, team, service, engineer, dri,
        sla_due, raised_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     on conflict (cause_key) where cleared_at is null do nothing");
const REFRESH: Sql =
    sql("update firings set sentence = $2, figures = $3, clears = $4, sla_due = $5
     where cause_key = $1 and cleared_at is null");
const LOUDER: Sql = sql("update firings set loudness = $2
     where cause_key = $1 and cleared_at is null and loudness < $2");
const CLEAR: Sql = sql("update firings set cleared_at = $2
     where cause_key = $1 and cleared_at is null returning id");
const ONE: Sql = sql("select id, cause_key, trigger_name, subject_kind, subject_id, title,
        sentence, figures, clears, loudness, first_to, team, service, engineer, dri, sla_due,
        raised_at, cleared_at
     from firings where id = $1");
const STANDING_OF: Sql = sql("select id, cause_key, trigger_name, subject_kind, subject_id, title,
        sentence, figures, clears, loudness, first_to, team, service, engineer, dri, sla_due,
        raised_at, cleared_at
     from firings
     where subject_kind = $1 and subject_id = $2 and cleared_at is null order by raised_at, id");
const STANDING_OF_KIND: Sql = sql("select cause_key from firings
     where subject_kind = $1 and cleared_at is null order by cause_key");
const OF_SUBJECT: Sql = sql("select id, cause_key, trigger_name, subject_kind, subject_id, title,
        sentence, figures, clears, loudness, first_to, team, service, engineer, dri, sla_due,
        raised_at, cleared_at
     from firings where subject_kind = $1 and subject_id = $2
     order by raised_at desc, id desc limit $3");
const MARK: &str = "insert into watch_marks (name, due_at) values";
const MARK_WIDTH: usize = 2;
const EARLIER: &str = "on conflict (name) do update set
     due_at = case when excluded.due_at < watch_marks.due_at then excluded.due_at
        else watch_marks.due_at end";
const MARKS_DUE: Sql = sql("select name, due_at from watch_marks
     where due_at <= $1 and name <> 'unheard' order by due_at, name limit $2");
const MARK_OF: Sql = sql("select due_at from watch_marks where name = $1");
const REMARK: Sql = sql("update watch_marks set due_at = $3 where name = $1 and due_at = $2");
const UNMARK: Sql = sql("delete from watch_marks where name = $1 and due_at = $2");

/// A firing as it was kept, with what the resolution of roles needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Raised {
    /// `T-12` among firings: a name for the record.
    pub id: String,
    pub firing: Firing,
    /// What it is about, as people call it.
    pub title: String,
    pub service: Option<String>,
    /// The engineer assigned to the finding.
    pub engineer: Option<String>,
    /// Who is directly responsible for the key result.
    pub dri: Option<String>,
    pub raised_at: Timestamp,
    pub cleared_at: Option<Timestamp>,
}

/// Keeps a firing. `false` when its cause stands already.
pub async fn raise(session: &mut Session, raised: &Raised) -> Result<bool, StoreError> {
    let firing = &raised.firing;
    let first_to: Vec<&str> = firing.first_to.iter().map(|role| role.word()).collect();
    let values = Values::new()
        .and(&raised.id)
        .and(&firing.cause_key)
        .and(firing.trigger)
        .and(firing.subject.word())
        .and(firing.subject.id())
        .and(&raised.title)
        .and(&firing.sentence)
        .and(write_figures(&firing.figures))
        .and(&firing.clears)
        .and(firing.loudness)
        .and(first_to.join(" "))
        .and(firing.attributed_to.as_deref())
        .and(raised.service.as_deref())
        .and(raised.engineer.as_deref())
        .and(raised.dri.as_deref())
        .and(firing.sla_due)
        .and(raised.raised_at);
    Ok(session.run(&RAISE, values).await? == 1)
}

/// Gives a standing firing the words and numbers of now. Whether it is louder than it was.
pub async fn refresh(session: &mut Session, firing: &Firing) -> Result<bool, StoreError> {
    let values = Values::new()
        .and(&firing.cause_key)
        .and(&firing.sentence)
        .and(write_figures(&firing.figures))
        .and(&firing.clears)
        .and(firing.sla_due);
    session.run(&REFRESH, values).await?;
    let louder = Values::new().and(&firing.cause_key).and(firing.loudness);
    Ok(session.run(&LOUDER, louder).await? > 0)
}

/// Ends a standing firing. Answers its id, once.
pub async fn clear(
    session: &mut Session,
    cause_key: &str,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let row = session.one(&CLEAR, Values::new().and(cause_key).and(now)).await?;
    row.map(|row| row.text("id")).transpose()
}

pub async fn one(session: &mut Session, id: &str) -> Result<Option<Raised>, StoreError> {
    session.one(&ONE, Values::new().and(id)).await?.as_ref().map(read).transpose()
}

/// Those of `ids` that there are, in no order.
pub async fn several(session: &mut Session, ids: &[&str]) -> Result<Vec<Raised>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let values = Values::each(ids.iter().copied());
    session.all(&several_sql(ids.len()), values).await?.iter().map(read).collect()
}

pub(crate) fn several_sql(count: usize) -> Sql {
    Sql::listed(&format!("{COLUMNS} where id in"), count, "")
}

/// The firings that stand about each of `ids` of one kind, the first raised first.
pub async fn standing_of_each(
    session: &mut Session,
    kind: &str,
    ids: &[String],
) -> Result<BTreeMap<String, Vec<Raised>>, StoreError> {
    let mut standing: BTreeMap<String, Vec<Raised>> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(standing);
    }
    let values = Values::each(std::iter::once(kind).chain(ids.iter().map(String::as_str)));
    for row in session.all(&standing_sql(ids.len()), values).await? {
        standing.entry(row.text("subject_id")?).or_default().push(read(&row)?);
    }
    Ok(standing)
}

/// The first mark is the kind's.
pub(crate) fn standing_sql(count: usize) -> Sql {
    let marks: Vec<String> = (2..=count + 1).map(|mark| format!("${mark}")).collect();
    let marks = marks.join(", ");
    Sql::once(format!(
        "{COLUMNS} where subject_kind = $1 and subject_id in ({marks}) and cleared_at is null
         order by raised_at, id"
    ))
}

/// The firings that stand about one thing (`finding`, `F-17`).
pub async fn standing_of(
    session: &mut Session,
    kind: &str,
    id: &str,
) -> Result<Vec<Raised>, StoreError> {
    let values = Values::new().and(kind).and(id);
    session.all(&STANDING_OF, values).await?.iter().map(read).collect()
}

/// The cause keys that stand about things of one kind.
pub async fn standing_of_kind(
    session: &mut Session,
    kind: &str,
) -> Result<Vec<String>, StoreError> {
    let rows = session.all(&STANDING_OF_KIND, Values::new().and(kind)).await?;
    rows.iter().map(|row| row.text("cause_key")).collect()
}

/// What ever fired about one thing, newest first.
pub async fn of_subject(
    session: &mut Session,
    kind: &str,
    id: &str,
    limit: u32,
) -> Result<Vec<Raised>, StoreError> {
    let values = Values::new().and(kind).and(id).and(limit);
    session.all(&OF_SUBJECT, values).await?.iter().map(read).collect()
}

/// Asks the watch to look at `names` at `due_at`; a mark that is earlier stays.
pub async fn mark(
    session: &mut Session,
    names: &[String],
    due_at: Timestamp,
) -> Result<(), StoreError> {
    let mut rows = Values::new();
    for name in names {
        rows.push(name);
        rows.push(due_at);
    }
    session.run_rows(MARK, MARK_WIDTH, rows, EARLIER).await.map(|_| ())
}

/// When a mark is due, if it is there.
pub async fn mark_of(session: &mut Session, name: &str) -> Result<Option<Timestamp>, StoreError> {
    let row = session.one(&MARK_OF, Values::new().and(name)).await?;
    row.map(|row| row.instant("due_at")).transpose()
}

/// The marks of facts due by `now`, oldest first.
pub async fn marks_due(
    session: &mut Session,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    let rows = session.all(&MARKS_DUE, Values::new().and(now).and(limit)).await?;
    rows.iter().map(|row| Ok((row.text("name")?, row.instant("due_at")?))).collect()
}

/// Takes away those of `names` that are due by `now`. Answers which: what another node took in
/// between is not among them.
pub async fn take_marks(
    session: &mut Session,
    names: &[String],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = Values::each(names);
    values.push(now);
    let rows = session.all(&take_marks_sql(names.len()), values).await?;
    rows.iter().map(|row| row.text("name")).collect()
}

pub(crate) fn take_marks_sql(count: usize) -> Sql {
    let tail = format!("and due_at <= ${} returning name", count + 1);
    Sql::listed("delete from watch_marks where name in", count, &tail)
}

/// Moves a mark that was looked at to `next`, or takes it away. `false` when another node did.
pub async fn settle_mark(
    session: &mut Session,
    name: &str,
    due_at: Timestamp,
    next: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let values = Values::new().and(name).and(due_at);
    let touched = match next {
        Some(next) => session.run(&REMARK, values.and(next)).await?,
        None => session.run(&UNMARK, values).await?,
    };
    Ok(touched == 1)
}

/// One figure a line, the value first.
fn write_figures(figures: &[Figure]) -> String {
    let lines = figures.iter().map(|figure| {
        let name = figure.name.replace(['\n', '\r'], " ");
        format!("{} {name}", figure.value)
    });
    lines.collect::<Vec<String>>().join("\n")
}

fn read_figures(text: &str) -> Result<Vec<Figure>, StoreError> {
    let lines = text.lines().map(|line| {
        let (value, name) = line.split_once(' ')?;
        Some(Figure { name: name.to_owned(), value: value.parse().ok()? })
    });
    let figures: Option<Vec<Figure>> = lines.collect();
    figures.ok_or_else(|| StoreError::unreadable("figures of a firing", text))
}

fn read(row: &Row) -> Result<Raised, StoreError> {
    let trigger =
        row.word("trigger_name", |word| TRIGGERS.iter().find(|trigger| trigger.name == word))?;
    let id = row.text("subject_id")?;
    let subject = row.word("subject_kind", |kind| Subject::from_word(kind, id))?;
    let first_to = row.text("first_to")?;
    let first_to: Option<Vec<Role>> = first_to.split_whitespace().map(Role::from_word).collect();
    let firing = Firing {
        number: trigger.number,
        trigger: trigger.name,
        cause_key: row.text("cause_key")?,
        subject,
        figures: read_figures(&row.text("figures")?)?,
        sentence: row.text("sentence")?,
        attributed_to: row.text_or_none("team")?,
        first_to: first_to.ok_or_else(|| StoreError::unreadable("first_to", "unknown role"))?,
        clears: row.text("clears")?,
        loudness: u32::try_from(row.integer("loudness")?).unwrap_or(u32::MAX),
        sla_due: row.instant_or_none("sla_due")?,
    };
    Ok(Raised {
        id: row.text("id")?,
        firing,
        title: row.text("title")?,
        service: row.text_or_none("service")?,
        engineer: row.text_or_none("engineer")?,
        dri: row.text_or_none("dri")?,
        raised_at: row.instant("raised_at")?,
        cleared_at: row.instant_or_none("cleared_at")?,
    })
}
