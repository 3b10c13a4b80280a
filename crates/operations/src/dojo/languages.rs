//! Lines of code by language, as `cloc --json` counts them.

use domain::access::{Actor, Operation};
use domain::record::Event;
use store::dojo::{Language, Product};

use super::{NAME_LENGTH, line, no_such};
use crate::{App, Refusal};

/// Languages kept of one product; more than any counter of lines knows.
const LANGUAGES: usize = 1_000;

/// The languages of a product by name.
pub async fn languages(app: &App, actor: &Actor, product: i64) -> Result<Vec<Language>, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    Ok(store::dojo::languages(&mut view.session, product).await?)
}

/// Keeps `languages` in place of what was kept of that product; the same again changes nothing.
pub async fn replace_languages(
    app: &App,
    actor: &Actor,
    product: i64,
    mut languages: Vec<Language>,
) -> Result<(), Refusal> {
    if languages.len() > LANGUAGES {
        return Err(Refusal::invalid(format!("file: it has more than {LANGUAGES} languages")));
    }
    for language in &mut languages {
        language.name = line("file", &language.name, NAME_LENGTH)?;
    }
    languages.sort_by(|left, right| left.name.cmp(&right.name));
    languages.dedup_by(|left, right| left.name == right.name);
    let mut change = app.change(actor, Operation::ImportReport).await?;
    let kept = Product::one(&mut change.transaction, product).await?;
    let kept = kept.ok_or_else(|| no_such("product", product))?;
    // Engines differ in how they order letters.
    let mut before = store::dojo::languages(&mut change.transaction, product).await?;
    before.sort_by(|left, right| left.name.cmp(&right.name));
    if before == languages {
        return Ok(());
    }
    store::dojo::replace_languages(&mut change.transaction, product, &languages).await?;
    let detail = format!("{} languages of `{}`", languages.len(), kept.name);
    change.event(Event::new("dojo", "languages_replaced", format!("product {product}"), detail));
    change.commit().await
}
