//! Moving in from another product.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::access::Actor;
use formats::dojo::{self as given, Listed, PageRefused};
use operations::dojo::{Moved, MovedIn, move_in};
use serde_json::json;
use transport::{Dojo, PrivateAddresses, Secret, Unreached};

use crate::cli::{Common, Defectdojo};
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Things on a page: as many as the other side gives at once.
const ROWS: u32 = 250;
/// Pages of one list that are read: two and a half million findings of one product.
const PAGES: usize = 10_000;

/// Moves every product of a DefectDojo in, one after another.
pub async fn defectdojo(common: &Common, from: &Defectdojo) -> Result<(), Failure> {
    let private = match from.allow_private_address {
        true => PrivateAddresses::Allowed,
        false => PrivateAddresses::Refused,
    };
    let source = Source { dojo: Dojo::new(&from.url, Secret::new(from.token.clone()), private)? };
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let types = source.all::<given::ProductType>("product_types/?").await?.0;
    let types: BTreeMap<i64, given::ProductType> =
        types.into_iter().map(|it| (it.id, it)).collect();
    let products = source.all::<given::Product>("products/?").await?.0;
    let wanted =
        |product: &given::Product| from.product.as_ref().is_none_or(|name| *name == product.name);
    let products: Vec<given::Product> = products.into_iter().filter(wanted).collect();
    if products.is_empty() {
        let what = from.product.as_deref().map_or("no product".into(), |it| format!("no `{it}`"));
        return Err(Failure::Input(format!("there is {what} at {}", from.url)));
    }
    let mut moved = Vec::with_capacity(products.len());
    for product in products {
        let product = source.product(product, &types).await?;
        let done = move_in(&app, &Actor::Operator, product).await?;
        if !common.json {
            told(&done).iter().try_for_each(|line| present::line(line))?;
        }
        moved.push(done);
    }
    if common.json {
        return present::json(
            &json!({ "products": moved.iter().map(document).collect::<Vec<_>>() }),
        );
    }
    Ok(())
}

fn told(done: &MovedIn) -> Vec<String> {
    let MovedIn { product, open, closed, known, duplicates, .. } = done;
    let mut lines = vec![format!(
        "{product}: {open} open and {closed} closed moved in, {known} known, {duplicates} \
         duplicates left"
    )];
    if done.service != *product {
        lines.push(format!("  it is the service `{}`", done.service));
    }
    if done.risk_accepted > 0 {
        let count = done.risk_accepted;
        lines.push(format!("  {count} open here had an accepted risk there"));
    }
    if !done.renumbered.is_empty() {
        let numbers = done.renumbered.join(", ");
        lines.push(format!("  other numbers here, because these were taken: {numbers}"));
    }
    lines
}

fn document(done: &MovedIn) -> serde_json::Value {
    json!({
        "product": done.product,
        "service": done.service,
        "open": done.open,
        "closed": done.closed,
        "known": done.known,
        "duplicates": done.duplicates,
        "risk_accepted": done.risk_accepted,
        "renumbered": done.renumbered,
    })
}

/// The other product's API.
struct Source {
    dojo: Dojo,
}

impl Source {
    /// Every thing of a list, and its pages as they were answered, a line each.
    async fn all<T: Listed>(&self, path: &str) -> Result<(Vec<T>, Vec<u8>), Failure> {
        let mut bytes = self.dojo.list(&format!("{path}limit={ROWS}")).await?;
        let (mut things, mut source) = (Vec::new(), Vec::new());
        for _ in 0..PAGES {
            let page = given::page::<T>(&bytes).map_err(|why| unreadable(path, &why))?;
            source.append(&mut bytes);
            source.push(b'\n');
            things.extend(page.results);
            match page.next {
                Some(next) => bytes = self.dojo.next(&next).await?,
                None => return Ok((things, source)),
            }
        }
        Err(Failure::Failed(format!("{path}: it goes on after {PAGES} pages")))
    }

    /// A product with all that belongs to it.
    async fn product(
        &self,
        product: given::Product,
        types: &BTreeMap<i64, given::ProductType>,
    ) -> Result<Moved, Failure> {
        let id = product.id;
        let product_type = types.get(&product.product_type).cloned();
        let product_type = product_type.ok_or_else(|| {
            let name = &product.name;
            Failure::Failed(format!("the product type of `{name}` is not listed"))
        })?;
        let engagements = self.all(&format!("engagements/?product={id}&")).await?.0;
        let tests = self.all(&format!("tests/?engagement__product={id}&")).await?.0;
        let findings = format!("findings/?test__engagement__product={id}&");
        let (findings, source) = self.all(&findings).await?;
        Ok(Moved { product_type, product, engagements, tests, findings, source })
    }
}

fn unreadable(path: &str, why: &PageRefused) -> Failure {
    Failure::Failed(format!("{path}: {why}; is it a DefectDojo of version 2?"))
}

impl From<Unreached> for Failure {
    fn from(why: Unreached) -> Failure {
        match why {
            Unreached::Address { .. } | Unreached::Private { .. } => {
                Failure::Input(why.to_string())
            }
            other => Failure::Failed(other.to_string()),
        }
    }
}
