//! Words by which findings are found: those of title, package, rule and identifier.
//!
//! The rule to remember: a finding keeps its words as one text, which decides; beside it an index
//! tells in which blocks of 64 numbers a word occurs, by its first eight bytes. Where a search
//! leaves few candidates those alone are read, and where it leaves many the list is walked in its
//! order, because a page of them is soon full. A word is found by its beginning. Bits of words that
//! a title lost stay: the text decides.

use std::collections::{BTreeMap, BTreeSet};

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

/// Words of one finding; hostile titles have hundreds.
const WORDS: usize = 64;
/// Numbers of one block: the bits of an integer.
const BLOCK: i64 = 64;
/// Candidates that are read one by one; a walk meets more than these soon.
const FEW: usize = 8_000;
/// Rows of the index that one search reads; a word with more of them is no help.
const ROWS: usize = 40_000;
/// Findings indexed at a time when a database is brought to the version that has words.
const BATCH: i64 = 2_000;

const INSERT: &str = "insert into words (word, block, since, bits) values";
const WIDTH: usize = 4;
const AGAIN: &str = "on conflict (word, block, since) do update set
     bits = words.bits | excluded.bits";
const BLOCKS: Sql = sql("select block, bits from words where word >= $1 and word <= $2 limit $3");
const UNINDEXED: Sql = sql("select number, title, package_name, rule, weakness from findings
     where number > $1 order by number limit $2");
const KEEP: &str = "update findings set words = v.column2 from (values";
const KEPT: &str = ") as v where findings.number = v.column1";

/// The words of `texts` in small letters, each once, with a blank before each.
pub(super) fn kept<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let words: BTreeSet<String> = texts.into_iter().flatten().flat_map(split).take(WORDS).collect();
    let mut kept = String::with_capacity(words.iter().map(|word| word.len() + 1).sum());
    for word in &words {
        kept.push(' ');
        kept.push_str(word);
    }
    kept
}

/// Everything but letters and digits separates words.
fn split(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// The words that somebody searches for, the longest first: it leaves the fewest.
pub(super) fn asked(text: &str) -> Vec<String> {
    let words: BTreeSet<String> = split(text).take(WORDS).collect();
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// The first and the last key of words that begin so: eight bytes in their order.
fn keys(beginning: &str) -> (i64, i64) {
    let key = |filler: u8| {
        let mut bytes = [filler; 8];
        for (byte, letter) in bytes.iter_mut().zip(beginning.bytes()) {
            *byte = letter;
        }
        // The lowest bytes are the lowest integer.
        (u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed()
    };
    (key(0), key(0xff))
}

/// Entries of the index being gathered: word, block → lowest number, bits.
#[derive(Default)]
pub(super) struct Index(BTreeMap<(i64, i64), (i64, i64)>);

impl Index {
    /// Adds what [`kept`] made of the finding `number`.
    pub(super) fn add(&mut self, number: i64, words: &str) {
        for word in words.split_ascii_whitespace() {
            let place = (keys(word).0, number.div_euclid(BLOCK));
            let (since, bits) = self.0.entry(place).or_insert((number, 0));
            *since = (*since).min(number);
            *bits |= 1 << number.rem_euclid(BLOCK);
        }
    }

    /// `since` keeps transactions apart: no other one has these findings.
    pub(super) async fn write(self, session: &mut Session) -> Result<(), StoreError> {
        let mut rows = Values::with_capacity(self.0.len() * WIDTH);
        for ((word, block), (since, bits)) in self.0 {
            rows.push(word);
            rows.push(block);
            rows.push(since);
            rows.push(bits);
        }
        session.run_rows(INSERT, WIDTH, rows, AGAIN).await.map(|_| ())
    }
}

/// The numbers of findings that may have all of `words`, the newest first; none where they are so
/// many that it is quicker to walk.
pub(super) async fn candidates(
    session: &mut Session,
    words: &[String],
) -> Result<Option<Vec<i64>>, StoreError> {
    let mut left: Option<BTreeMap<i64, i64>> = None;
    let mut budget = ROWS;
    for word in words {
        let Some(blocks) = blocks(session, word, &mut budget).await? else { break };
        left = Some(match left {
            Some(left) => both(&left, &blocks),
            None => blocks,
        });
        if left.as_ref().is_some_and(|left| count(left) <= FEW) {
            break;
        }
    }
    Ok(left.filter(|left| count(left) <= FEW).map(|left| numbers(&left)))
}

/// Where words that begin so occur; none where that is not worth reading.
async fn blocks(
    session: &mut Session,
    beginning: &str,
    budget: &mut usize,
) -> Result<Option<BTreeMap<i64, i64>>, StoreError> {
    let (first, last) = keys(beginning);
    let limit = i64::try_from(*budget).unwrap_or(i64::MAX);
    let mut blocks = BTreeMap::<i64, i64>::new();
    let mut read = 0;
    let take = |row: &Row| {
        *blocks.entry(row.integer("block")?).or_default() |= row.integer("bits")?;
        read += 1;
        Ok(())
    };
    session.each(&BLOCKS, Values::new().and(first).and(last).and(limit), take).await?;
    let is_whole = read < *budget;
    *budget = budget.saturating_sub(read);
    Ok(is_whole.then_some(blocks))
}

fn both(one: &BTreeMap<i64, i64>, other: &BTreeMap<i64, i64>) -> BTreeMap<i64, i64> {
    let common = one.iter().filter_map(|(block, bits)| Some((*block, bits & other.get(block)?)));
    common.collect()
}

fn count(blocks: &BTreeMap<i64, i64>) -> usize {
    blocks.values().map(|bits| bits.count_ones() as usize).sum()
}

fn numbers(blocks: &BTreeMap<i64, i64>) -> Vec<i64> {
    let of_block = |(block, bits): (&i64, &i64)| {
        let (first, bits) = (block * BLOCK, *bits);
        (0..BLOCK).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| first + bit)
    };
    blocks.iter().flat_map(of_block).collect()
}

/// Gives their words to findings that were stored before there were any.
pub(crate) async fn index_all(session: &mut Session) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let rows = session.all(&UNINDEXED, Values::new().and(after).and(BATCH)).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.integer("number")?;
        let (mut values, mut index) = (Values::new(), Index::default());
        for row in &rows {
            let mut texts = Vec::new();
            for column in ["title", "package_name", "rule", "weakness"] {
                texts.push(row.text_or_none(column)?);
            }
            let words = kept(texts.iter().map(Option::as_deref));
            let number = row.integer("number")?;
            index.add(number, &words);
            values.push(number);
            values.push(words);
        }
        session.run_rows(KEEP, 2, values, KEPT).await?;
        index.write(session).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_once_in_small_letters() {
        let kept = kept([Some("SQL injection: sql in Größe_2"), None, Some("pkg")]);
        assert_eq!(kept, " 2 größe in injection pkg sql");
        assert_eq!(asked(" 100% (in) "), ["100", "in"]);
    }

    #[test]
    fn keys_are_in_the_order_of_words_and_hold_what_begins_so() {
        let within = |word: &str, beginning: &str| {
            let (first, last) = keys(beginning);
            (first..=last).contains(&keys(word).0)
        };
        assert!(within("overflow", "over") && within("over", "over"));
        assert!(!within("ove", "over") && !within("oves", "over") && !within("a", "b"));
        // What eight bytes do not tell apart, the text does.
        assert!(within("überlaufend", "überlaufe") && within("injectable", "injectaby"));
    }

    #[test]
    fn candidates_are_the_numbers_that_are_in_both() {
        let mut index = Index::default();
        for number in [1, 63, 64, 200] {
            index.add(number, " a");
        }
        let blocks: BTreeMap<i64, i64> =
            index.0.iter().map(|((_, block), (_, bits))| (*block, *bits)).collect();
        assert_eq!(numbers(&blocks), [1, 63, 64, 200]);
        let other = BTreeMap::from([(0, 1 << 63), (3, 1 << 8)]);
        assert_eq!(numbers(&both(&blocks, &other)), [63, 200]);
        assert_eq!(count(&blocks), 4);
    }
}
