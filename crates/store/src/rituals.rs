//! Rituals at rest: one record for each period of which something was said.

use domain::rituals::{Record, RitualId};

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const SINCE: Sql = sql("select ritual, period, scheduled_for, held_on, words, person, at
     from ritual_records where period >= $1 order by ritual, period");
const OF: Sql = sql("select ritual, period, scheduled_for, held_on, words, person, at
     from ritual_records where ritual = $1 order by period desc limit $2");
const SAVE: Sql = sql("insert into ritual_records
     (ritual, period, scheduled_for, held_on, words, person, at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (ritual, period) do update set scheduled_for = excluded.scheduled_for,
        held_on = excluded.held_on, words = excluded.words, person = excluded.person,
        at = excluded.at");

/// The records of all rituals whose period begins on `day` or later, by ritual and period.
pub async fn since(
    session: &mut Session,
    day: jiff::civil::Date,
) -> Result<Vec<Record>, StoreError> {
    session.all(&SINCE, Values::new().and(day.to_string())).await?.iter().map(read).collect()
}

/// The records of one ritual, the latest period first.
pub async fn of(
    session: &mut Session,
    ritual: &RitualId,
    limit: u32,
) -> Result<Vec<Record>, StoreError> {
    let values = Values::new().and(ritual.as_str()).and(limit);
    session.all(&OF, values).await?.iter().map(read).collect()
}

/// Keeps a record in the place of the one of the same period, if there was one.
pub async fn save(session: &mut Session, record: &Record) -> Result<(), StoreError> {
    let values = Values::new()
        .and(record.ritual.as_str())
        .and(record.period.to_string())
        .and(record.scheduled_for.map(|day| day.to_string()))
        .and(record.held_on.map(|day| day.to_string()))
        .and(&record.words)
        .and(&record.by)
        .and(record.at);
    session.run(&SAVE, values).await.map(|_| ())
}

fn read(row: &Row) -> Result<Record, StoreError> {
    let day = |column: &str| {
        let text = row.text_or_none(column)?;
        let day = text.map(|text| text.parse()).transpose();
        day.map_err(|error| StoreError::unreadable(column, error))
    };
    let ritual = row.text("ritual")?;
    Ok(Record {
        ritual: RitualId::parse(&ritual)
            .map_err(|error| StoreError::unreadable("ritual", error))?,
        period: day("period")?.ok_or_else(|| StoreError::unreadable("period", "it is missing"))?,
        scheduled_for: day("scheduled_for")?,
        held_on: day("held_on")?,
        words: row.text("words")?,
        by: row.text("person")?,
        at: row.instant("at")?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::testing::{NOW, databases};

    #[tokio::test]
    async fn a_record_is_read_back_as_it_was_kept_and_replaced_by_the_next_of_its_period() {
        let (databases, _directory) = databases().await;
        for database in &databases {
            let mut transaction = database.begin().await.expect("a transaction");
            let first = Record {
                ritual: RitualId::parse("pen-test").expect("an id"),
                period: date(2026, 8, 1),
                scheduled_for: Some(date(2026, 10, 12)),
                held_on: None,
                words: "with the vendor".into(),
                by: "mara.lind".into(),
                at: NOW,
            };
            let held = Record { held_on: Some(date(2026, 10, 13)), ..first.clone() };
            save(&mut transaction, &first).await.expect("kept");
            let all = since(&mut transaction, date(2026, 8, 1)).await.expect("read");
            assert_eq!(all, std::slice::from_ref(&first), "{}", database.engine_name());
            save(&mut transaction, &held).await.expect("kept");
            assert_eq!(of(&mut transaction, &first.ritual, 9).await.expect("read"), [held]);
            assert_eq!(since(&mut transaction, date(2026, 8, 2)).await.expect("read"), []);
        }
    }
}
