//! Lines of code by language, as the newest report of a product has them.

use crate::sql::{Sql, Values, sql};
use crate::{Session, StoreError};

const REMOVE: Sql = sql("delete from dojo_languages where product = $1");
const INSERT: &str =
    "insert into dojo_languages (product, language, files, blank, comment, code) values";
const WIDTH: usize = 6;
const OF_PRODUCT: Sql = sql("select language, files, blank, comment, code from dojo_languages
     where product = $1 order by language");

/// How much of a product is written in one language: counts of files and lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    pub name: String,
    pub files: u64,
    pub blank: u64,
    pub comment: u64,
    pub code: u64,
}

/// Keeps `languages`, each name once, in place of what was kept of that product.
pub async fn replace_languages(
    session: &mut Session,
    product: i64,
    languages: &[Language],
) -> Result<(), StoreError> {
    session.run(&REMOVE, Values::new().and(product)).await?;
    let mut rows = Values::new();
    for language in languages {
        rows.push(product);
        rows.push(&language.name);
        for count in [language.files, language.blank, language.comment, language.code] {
            rows.push(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }
    session.run_rows(INSERT, WIDTH, rows, "").await.map(|_| ())
}

/// The languages of a product by name.
pub async fn languages(session: &mut Session, product: i64) -> Result<Vec<Language>, StoreError> {
    let rows = session.all(&OF_PRODUCT, Values::new().and(product)).await?;
    rows.iter()
        .map(|row| {
            Ok(Language {
                name: row.text("language")?,
                files: row.count("files")?,
                blank: row.count("blank")?,
                comment: row.count("comment")?,
                code: row.count("code")?,
            })
        })
        .collect()
}
