//! Lists of findings: filtered, sorted, page by page.
//!
//! Every sort has its index, with and without service, team and band, over the running findings;
//! a page asks for what comes after the last row of the page before, so that any page costs the
//! same. Searching for an identifier uses its index; for searching words see `words`.

use domain::findings::{Assessment, Band, Clock, Location, Package, State, canonical_id};
use jiff::Timestamp;

use super::columns::{
    CLOCK_READ, from_json, read_assessment, read_clock, read_package, read_places,
};
use super::{name_of, words};
use crate::sql::{Sql, Value, Values};
use crate::{Row, Session, StoreError};

/// Which findings a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub service: Option<String>,
    pub states: States,
    pub band: Option<Band>,
    pub holder: Option<HeldBy>,
    /// Only those whose deadline is before this instant.
    pub due_before: Option<Timestamp>,
    /// Only those whose deadline is at this instant or later.
    pub due_from: Option<Timestamp>,
    /// An identifier, or beginnings of words: of the title, a package, a rule or an identifier.
    pub text: Option<String>,
}

/// Which states a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum States {
    /// Open or with a fix merged: the clock runs.
    #[default]
    Running,
    All,
    One(State),
}

/// Whose findings a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldBy {
    Nobody,
    Team(String),
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The earliest deadline first; those without one last.
    #[default]
    Deadline,
    /// The worst band and score first.
    Severity,
    /// The last opened first.
    Newest,
}

impl Sort {
    pub const ALL: [Sort; 3] = [Sort::Deadline, Sort::Severity, Sort::Newest];

    /// The word used in the API.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Deadline => "deadline",
            Sort::Severity => "severity",
            Sort::Newest => "newest",
        }
    }

    pub fn from_word(word: &str) -> Option<Sort> {
        Sort::ALL.into_iter().find(|sort| sort.word() == word)
    }

    fn column(self) -> &'static str {
        match self {
            Sort::Deadline => "f.deadline_order",
            Sort::Severity => "f.severity_order",
            Sort::Newest => "f.number",
        }
    }
}

/// The last row of a page: the next one begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    key: i64,
    number: i64,
}

impl Cursor {
    /// The text in addresses and answers.
    pub fn text(self) -> String {
        format!("{}.{}", self.key, self.number)
    }

    pub fn parse(text: &str) -> Option<Cursor> {
        let (key, number) = text.split_once('.')?;
        Some(Cursor { key: key.parse().ok()?, number: number.parse().ok()? })
    }
}

/// A finding as a list shows it: without its description and further places.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub id: String,
    pub service: String,
    pub title: String,
    pub ids: Vec<String>,
    pub package: Option<Package>,
    /// The first place.
    pub place: Option<Location>,
    pub rule: Option<String>,
    pub assessment: Assessment,
    pub clock: Clock,
    /// None = the unassigned queue.
    pub holder: Option<String>,
}

/// One page, and where the next begins; none = this was the last.
pub async fn list(
    session: &mut Session,
    filter: &Filter,
    sort: Sort,
    after: Option<Cursor>,
    limit: u32,
) -> Result<(Vec<Listed>, Option<Cursor>), StoreError> {
    let search = Search::of(session, filter.text.as_deref().unwrap_or_default()).await?;
    let (sql, values) = list_sql((filter, &search), sort, after, limit.saturating_add(1));
    let rows = session.all(&sql, values).await?;
    let shown = rows.len().min(limit as usize);
    let next = match rows.get(shown.wrapping_sub(1)).filter(|_| rows.len() > shown) {
        Some(last) => Some(Cursor { key: last.integer("key")?, number: last.integer("number")? }),
        None => None,
    };
    let page = rows[..shown].iter().map(listed).collect::<Result<_, _>>()?;
    Ok((page, next))
}

/// What the text of a filter asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    Everything,
    /// An identifier in its canonical form.
    Weakness(String),
    /// All of these words, at best among so many numbers.
    Words(Vec<String>, Option<Vec<i64>>),
}

impl Search {
    async fn of(session: &mut Session, text: &str) -> Result<Search, StoreError> {
        if text.trim().is_empty() {
            return Ok(Search::Everything);
        }
        let weakness = canonical_id(&[text.trim().to_owned()], &|_| None).unwrap_or_default();
        if names_a_weakness(&weakness) {
            return Ok(Search::Weakness(weakness));
        }
        let words = words::asked(text);
        let among = match words.is_empty() {
            true => Some(Vec::new()),
            false => words::candidates(session, &words).await?,
        };
        Ok(Search::Words(words, among))
    }
}

pub(crate) fn list_sql(
    (filter, search): (&Filter, &Search),
    sort: Sort,
    after: Option<Cursor>,
    limit: u32,
) -> (Sql, Values) {
    let key = sort.column();
    let mut query = Query {
        text: format!(
            "select {key} as key, f.number, f.service, f.title, f.ids, f.package_name,
             f.package_version, f.package_fixed, f.package_purl, f.places, f.rule, f.owner_team,
             {CLOCK_READ} from "
        ),
        values: Values::new().and(limit),
    };
    let among = query.search(search);
    query.filter(filter);
    if let Some(Cursor { key: last, number }) = after {
        match sort {
            Sort::Newest => query.and(&[" and f.number < "], number),
            Sort::Deadline | Sort::Severity => {
                query.and(&[" and (", key, ", f.number) > ("], last);
                query.and(&[", "], number);
                query.text += ")";
            }
        }
    }
    query.text += match sort {
        Sort::Deadline => " order by f.deadline_order, f.number limit $1",
        Sort::Severity => " order by f.severity_order, f.number limit $1",
        Sort::Newest => " order by f.number desc limit $1",
    };
    // Each number of candidates is a statement of its own, hardly ever asked for again.
    let sql = if among { Sql::once(query.text) } else { Sql::assembled(query.text) };
    (sql, query.values)
}

/// A statement being put together from constant pieces.
struct Query {
    text: String,
    values: Values,
}

impl Query {
    /// Adds `pieces` and the mark of `value`.
    fn and(&mut self, pieces: &[&'static str], value: impl Into<Value>) {
        self.values.push(value);
        self.text.extend(pieces.iter().copied());
        self.text += &format!("${}", self.values.len());
    }

    fn filter(&mut self, filter: &Filter) {
        match filter.states {
            States::Running => self.text += " and f.running = 1",
            States::All => {}
            States::One(state) => self.and(&[" and f.state = "], state.word()),
        }
        if let Some(service) = &filter.service {
            self.and(&[" and f.service = "], service);
        }
        if let Some(band) = filter.band {
            self.and(&[" and f.band = "], band.word());
        }
        match &filter.holder {
            Some(HeldBy::Nobody) => self.text += " and f.owner_team is null",
            Some(HeldBy::Team(team)) => self.and(&[" and f.owner_team = "], team),
            None => {}
        }
        if let Some(due) = filter.due_before {
            self.and(&[" and f.deadline_order < "], due);
        }
        if let Some(due) = filter.due_from {
            self.and(&[" and f.deadline_order >= "], due);
        }
    }

    /// Adds where rows come from, and the search; true where candidates are named.
    fn search(&mut self, search: &Search) -> bool {
        let mut among = None;
        if let Search::Words(_, Some(numbers)) = search {
            among = Some(numbers);
        }
        match among {
            // The crossing keeps SQLite from walking an order to find a few that are named.
            Some(numbers) => {
                self.text += "findings c cross join findings f where c.number in (";
                let mut mark = "";
                for number in numbers {
                    self.and(&[mark], *number);
                    mark = ", ";
                }
                self.text += if numbers.is_empty() { "0" } else { "" };
                self.text += ") and f.number = c.number";
            }
            None => self.text += "findings f where 1 = 1",
        }
        match search {
            Search::Everything => {}
            Search::Weakness(weakness) => {
                let found = " and f.number in (select number from findings where weakness in (";
                self.and(&[found], weakness);
                self.and(&[", (select canonical from aliases where alias = "], weakness);
                self.text += ")))";
            }
            Search::Words(words, _) => {
                for word in words {
                    self.and(&[" and f.words like "], format!("% {word}%"));
                }
            }
        }
        among.is_some()
    }
}

/// `CVE-2021-44228`, `GHSA-…`, `RUSTSEC-2024-0001`: a word of capitals, a dash, and no space.
fn names_a_weakness(text: &str) -> bool {
    let Some((catalogue, number)) = text.split_once('-') else { return false };
    let is_catalogue =
        !catalogue.is_empty() && catalogue.bytes().all(|byte| byte.is_ascii_uppercase());
    let has_digits = number.bytes().any(|byte| byte.is_ascii_digit());
    is_catalogue && has_digits && number.contains('-') && !number.contains(char::is_whitespace)
}

/// The characters that `like` would read as patterns are meant as they are.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn listed(row: &Row) -> Result<Listed, StoreError> {
    Ok(Listed {
        id: name_of(row.integer("number")?),
        service: row.text("service")?,
        title: row.text("title")?,
        ids: from_json(row, "ids")?,
        package: read_package(row)?,
        place: read_places(row)?.into_iter().next(),
        rule: row.text_or_none("rule")?,
        assessment: read_assessment(row)?,
        clock: read_clock(row)?,
        holder: row.text_or_none("owner_team")?,
    })
}
