//! Writing findings: new ones, and what happened to known ones.

use domain::findings::{
    Assessment, Clock, Custody, Entry, EventColumns, Finding, Incoming, Sighting, Watching,
    next_due,
};

use super::columns::{
    CLOCK, CLOCK_WIDTH, CUSTODY, CUSTODY_WIDTH, TOLD, TOLD_WIDTH, Told, push_assessment,
    push_clock, push_custody, push_told,
};
use super::tallies::Moves;
use super::words::Index;
use super::{Stream, number_of};
use crate::sql::{Sql, Value, Values};
use crate::{Session, StoreError};

/// The columns before [`TOLD`], [`CLOCK`] and [`CUSTODY`].
const OWN_WIDTH: usize = 9;
const INSERT_WIDTH: usize = OWN_WIDTH + TOLD_WIDTH + CLOCK_WIDTH + CUSTODY_WIDTH;
/// Number, version, added entries, assessment (three), clock, custody.
const ADVANCE_WIDTH: usize = 6 + CLOCK_WIDTH + CUSTODY_WIDTH;
const NOTE: &str = "update findings set version = version + 1, entries = entries + v.column3,
     warned_at = v.column4, breached_at = v.column5, last_at = v.column6, watch_at = v.column7
     from (values";
const NOTE_WIDTH: usize = 7;
const DESCRIBE_WIDTH: usize = 1 + TOLD_WIDTH;
const LEDGER: &str = "insert into ledger (finding, seq, at, recorded_at, kind, band, score, reason,
     import, digest, party, note, until_at) values";
const LEDGER_WIDTH: usize = 13;
const SIGHT: &str = "insert into sightings (finding, tool, scope, present, score, score_source,
     band, digest, place, version) values";
const SIGHT_WIDTH: usize = 10;
const SIGHT_AGAIN: &str = "on conflict (finding, tool, scope) do update set
     present = excluded.present, score = excluded.score, score_source = excluded.score_source,
     band = excluded.band, digest = excluded.digest, place = excluded.place,
     version = excluded.version";

/// Sightings removed in one statement.
const UNSEEN_AT_A_TIME: usize = 500;

/// A finding that a report opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// Its id is `F-` and a number taken for it.
    pub finding: Finding,
    pub entries: Vec<Entry>,
    pub sighting: Sighting,
}

/// What happened to the clock of a known finding.
#[derive(Clone, Debug)]
pub struct Advance<'a> {
    pub number: i64,
    pub service: &'a str,
    /// As it was read; a save finds a conflict when it is another by then.
    pub version: i64,
    /// How many entries the ledger had.
    pub entries_before: i64,
    pub entries: &'a [Entry],
    pub before: Clock,
    pub clock: Clock,
    /// As it was read.
    pub assessed: Assessment,
    pub assessment: Assessment,
    /// Who held it, as it was read.
    pub held: &'a Custody,
    /// After the entries.
    pub custody: &'a Custody,
}

impl Advance<'_> {
    /// Whether at most a warning or a breach was noted: no list sorts or filters by those, so that
    /// most indexes need not be touched.
    fn is_only_noted(&self) -> bool {
        let Clock { warned_at, breached_at, last_at, .. } = self.clock;
        self.clock == Clock { warned_at, breached_at, last_at, ..self.before }
            && self.assessment == self.assessed
            && self.custody == self.held
    }
}

/// Keeps findings that a report of `stream` opened, with the first entries of their ledgers.
pub async fn create(
    session: &mut Session,
    stream: &Stream,
    additions: &[Addition],
    watching: &Watching<'_>,
) -> Result<(), StoreError> {
    let mut rows = Values::with_capacity(additions.len() * INSERT_WIDTH);
    let mut index = Index::default();
    let mut moves = Moves::default();
    let mut ledger = Ledger::default();
    let mut sightings = Vec::with_capacity(additions.len());
    for Addition { finding, entries, sighting } in additions {
        let number = number_of(&finding.id)
            .ok_or_else(|| StoreError::unreadable("a finding's id", &finding.id))?;
        push_finding((&mut rows, &mut index), number, finding, entries.len(), watching);
        moves.enter(&finding.service, &finding.clock);
        ledger.add(number, 0, entries);
        sightings.push((number, sighting));
    }
    let head = format!(
        "insert into findings (number, service, identity, owner_rule, entries, version, score,
         score_source, assessed_band, {TOLD}, {CLOCK}, {CUSTODY}) values"
    );
    session.run_rows(&head, INSERT_WIDTH, rows, "").await?;
    index.write(session).await?;
    ledger.write(session).await?;
    sight(session, stream, sightings).await?;
    moves.write(session).await
}

fn push_finding(
    (rows, index): (&mut Values, &mut Index),
    number: i64,
    finding: &Finding,
    entries: usize,
    watching: &Watching<'_>,
) {
    rows.push(number);
    rows.push(&finding.service);
    rows.push(finding.identity.as_str());
    rows.push(finding.owner_rule.clone());
    rows.push(entries as i64);
    rows.push(1_i64);
    push_assessment(rows, &finding.assessment);
    let told = Told {
        number,
        title: &finding.title,
        ids: &finding.ids,
        cwes: &finding.cwes,
        vector: finding.vector.as_deref(),
        package: finding.package.as_ref(),
        places: &finding.places,
        rule: finding.rule.as_deref(),
        description: finding.description.as_deref(),
    };
    push_told(rows, index, &told);
    push_clock(rows, &finding.clock, &finding.assessment, next_due(&finding.clock, watching));
    push_custody(rows, &finding.custody);
}

/// Saves clocks with the entries that moved them. All or none: a version that is another by now is
/// a conflict.
pub async fn advance(
    session: &mut Session,
    advances: &[Advance<'_>],
    watching: &Watching<'_>,
) -> Result<(), StoreError> {
    let mut moves = Moves::default();
    let mut ledger = Ledger::default();
    for advance in advances {
        moves.leave(advance.service, &advance.before);
        moves.enter(advance.service, &advance.clock);
        ledger.add(advance.number, advance.entries_before, advance.entries);
    }
    let (noted, moved): (Vec<_>, Vec<_>) =
        advances.iter().partition(|advance| advance.is_only_noted());
    note(session, &noted, watching).await?;
    change(session, &moved, watching).await?;
    ledger.write(session).await?;
    moves.write(session).await
}

/// Saves the few columns that a warning or a breach touches.
async fn note(
    session: &mut Session,
    noted: &[&Advance<'_>],
    watching: &Watching<'_>,
) -> Result<(), StoreError> {
    let mut rows = Values::with_capacity(noted.len() * NOTE_WIDTH);
    for advance in noted {
        rows.push(advance.number);
        rows.push(advance.version);
        rows.push(advance.entries.len() as i64);
        rows.push(advance.clock.warned_at);
        rows.push(advance.clock.breached_at);
        rows.push(advance.clock.last_at);
        rows.push(next_due(&advance.clock, watching));
    }
    let touched = session.run_rows(NOTE, NOTE_WIDTH, rows, ADVANCE_TAIL).await?;
    all_saved(touched, noted.len())
}

/// Saves whole clocks.
async fn change(
    session: &mut Session,
    moved: &[&Advance<'_>],
    watching: &Watching<'_>,
) -> Result<(), StoreError> {
    let mut rows = Values::with_capacity(moved.len() * ADVANCE_WIDTH);
    for advance in moved {
        rows.push(advance.number);
        rows.push(advance.version);
        rows.push(advance.entries.len() as i64);
        push_assessment(&mut rows, &advance.assessment);
        let watch_at = next_due(&advance.clock, watching);
        push_clock(&mut rows, &advance.clock, &advance.assessment, watch_at);
        push_custody(&mut rows, advance.custody);
    }
    let touched = session.run_rows(&advance_head(), ADVANCE_WIDTH, rows, ADVANCE_TAIL).await?;
    all_saved(touched, moved.len())
}

fn all_saved(touched: u64, meant: usize) -> Result<(), StoreError> {
    if touched == meant as u64 {
        return Ok(());
    }
    Err(StoreError::Conflict { what: "a finding".into() })
}

/// Both engines call the columns of a bare list of values `column1`, `column2` ….
const ADVANCE_TAIL: &str = ") as v where findings.number = v.column1
     and findings.version = v.column2";

fn advance_head() -> String {
    let mut head = "update findings set version = version + 1, entries = entries + v.column3,
         score = v.column4, score_source = v.column5, assessed_band = v.column6"
        .to_owned();
    head.push_str(&assignments(CLOCK, 7));
    head.push_str(&assignments(CUSTODY, 7 + CLOCK_WIDTH));
    head.push_str(" from (values");
    head
}

/// Takes over what a report tells of known findings.
pub async fn describe(
    session: &mut Session,
    described: impl IntoIterator<Item = (i64, &Incoming)>,
) -> Result<(), StoreError> {
    let (mut rows, mut index) = (Values::new(), Index::default());
    for (number, incoming) in described {
        let told = &incoming.observation;
        rows.push(number);
        let told = Told {
            number,
            title: &told.title,
            ids: &told.ids,
            cwes: &told.cwes,
            vector: told.vector.as_deref(),
            package: told.package.as_ref(),
            places: &incoming.places,
            rule: told.rule.as_deref(),
            description: told.description.as_deref(),
        };
        push_told(&mut rows, &mut index, &told);
    }
    let head =
        format!("update findings set version = version{} from (values", assignments(TOLD, 2));
    let tail = ") as v where findings.number = v.column1";
    session.run_rows(&head, DESCRIBE_WIDTH, rows, tail).await?;
    index.write(session).await
}

/// `, state = v.column7, band = v.column8 …`
fn assignments(columns: &str, first: usize) -> String {
    let columns = columns.split(',').map(str::trim).zip(first..);
    columns.map(|(column, place)| format!(", {column} = v.column{place}")).collect()
}

/// Keeps what `stream` says of findings now.
pub async fn sight(
    session: &mut Session,
    stream: &Stream,
    sightings: impl IntoIterator<Item = (i64, &Sighting)>,
) -> Result<(), StoreError> {
    let mut rows = Values::new();
    for (number, sighting) in sightings {
        rows.push(number);
        rows.push(&stream.tool);
        rows.push(&stream.scope);
        rows.push(sighting.present);
        push_assessment(&mut rows, &sighting.assessment);
        rows.push(&sighting.digest);
        rows.push(sighting.place.clone());
        rows.push(sighting.version.clone());
    }
    session.run_rows(SIGHT, SIGHT_WIDTH, rows, SIGHT_AGAIN).await.map(|_| ())
}

/// Removes what `stream` said of findings, as if it had never spoken of them.
pub async fn unsight(
    session: &mut Session,
    stream: &Stream,
    numbers: &[i64],
) -> Result<(), StoreError> {
    for some in numbers.chunks(UNSEEN_AT_A_TIME) {
        let values = Values::each(some.iter().copied()).and(&stream.tool).and(&stream.scope);
        session.run(&unsight_sql(some.len()), values).await?;
    }
    Ok(())
}

pub(crate) fn unsight_sql(count: usize) -> Sql {
    let stream = format!("and tool = ${} and scope = ${}", count + 1, count + 2);
    Sql::listed("delete from sightings where finding in", count, &stream)
}

/// Rows of ledgers being gathered.
#[derive(Default)]
struct Ledger(Values);

impl Ledger {
    fn add(&mut self, finding: i64, before: i64, entries: &[Entry]) {
        for (entry, seq) in entries.iter().zip(before + 1..) {
            let columns = EventColumns::from(&entry.event);
            let row: [Value; LEDGER_WIDTH] = [
                finding.into(),
                seq.into(),
                entry.at.into(),
                entry.recorded_at.into(),
                columns.kind.into(),
                columns.band.into(),
                columns.score.into(),
                columns.reason.into(),
                entry.import.clone().or(columns.import).into(),
                columns.digest.into(),
                columns.party.into(),
                columns.note.into(),
                columns.until.into(),
            ];
            self.0.0.extend(row);
        }
    }

    async fn write(self, session: &mut Session) -> Result<(), StoreError> {
        session.run_rows(LEDGER, LEDGER_WIDTH, self.0, "").await.map(|_| ())
    }
}
