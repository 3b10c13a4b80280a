//! Lines of code by language, as `cloc --json` counts them.

use operations::dojo::{self, Language};
use serde_json::{Value, json};

use super::caller::Caller;
use super::listing::Listing;
use super::refused::Refused;
use super::sent::SentFile;
use super::{Outcome, created, ok};

/// The largest count of lines taken in, in bytes: a thousand languages are 200 kB.
const LARGEST: usize = 4 * 1024 * 1024;
/// What `cloc` writes beside the languages.
const BESIDE: [&str; 2] = ["header", "SUM"];

pub(super) async fn list(caller: Caller, listing: Listing) -> Outcome {
    let product = listing.number("product")?.ok_or_else(|| Refused::required("product"))?;
    let languages = dojo::languages(&caller.app, &caller.actor, product).await?;
    let (offset, limit) = (listing.window.offset as usize, listing.window.limit as usize);
    let page = languages.iter().skip(offset).take(limit);
    let page = page.map(|language| {
        json!({
            "product": product,
            "language": language.name,
            "files": language.files,
            "blank": language.blank,
            "comment": language.comment,
            "code": language.code,
        })
    });
    ok(listing.body(page.collect(), languages.len() as u64))
}

pub(super) async fn import(caller: Caller, SentFile(sent): SentFile) -> Outcome {
    let product = sent.number("product")?.ok_or_else(|| Refused::required("product"))?;
    let file = sent.file.as_deref().ok_or_else(|| Refused::required("file"))?;
    if file.len() > LARGEST {
        return Err(Refused::too_large(LARGEST));
    }
    let counts: Value = serde_json::from_slice(file)
        .map_err(|why| Refused::field("file", format!("It is not the JSON of cloc: {why}")))?;
    let languages = languages(&counts)?;
    dojo::replace_languages(&caller.app, &caller.actor, product, languages).await?;
    created(json!({ "product": product }))
}

fn languages(counts: &Value) -> Result<Vec<Language>, Refused> {
    let wrong = || Refused::field("file", "It is not the JSON of cloc: no object by language.");
    let languages = counts.as_object().ok_or_else(wrong)?.iter();
    let languages = languages.filter(|(name, _)| !BESIDE.contains(&name.as_str()));
    languages
        .map(|(name, counts)| {
            let counts = counts.as_object().ok_or_else(wrong)?;
            let count = |field: &str| counts.get(field).and_then(Value::as_u64).unwrap_or(0);
            Ok(Language {
                name: name.clone(),
                files: count("nFiles"),
                blank: count("blank"),
                comment: count("comment"),
                code: count("code"),
            })
        })
        .collect()
}
