//! Findings as clients of DefectDojo's interface list them: our numbers, our states.

use domain::access::{Actor, Operation};
use store::dojo::{DojoFinding, DojoTest, FindingFilter, Product, Window};

use crate::door::found;
use crate::{App, Refusal};

/// A window of those that fit, of `product` by its name and of `test` by its number where said.
pub async fn findings(
    app: &App,
    actor: &Actor,
    (product, test): (Option<&str>, Option<i64>),
    filter: &FindingFilter,
    window: Window,
) -> Result<(Vec<DojoFinding>, u64), Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let session = &mut view.session;
    let mut filter = filter.clone();
    if let Some(name) = product {
        let Some(product) = Product::named(session, name).await? else {
            return Ok((Vec::new(), 0));
        };
        filter.service = Some(product.service);
    }
    if let Some(id) = test {
        let Some((service, scope)) = stream_of(session, id).await? else {
            return Ok((Vec::new(), 0));
        };
        if filter.service.as_ref().is_some_and(|named| *named != service) {
            return Ok((Vec::new(), 0));
        }
        (filter.service, filter.scope) = (Some(service), Some(scope));
    }
    Ok(store::dojo::findings(session, &filter, window).await?)
}

/// One by its number: 17 is `F-17`.
pub async fn finding(app: &App, actor: &Actor, number: i64) -> Result<DojoFinding, Refusal> {
    let filter = FindingFilter { number: Some(number), ..FindingFilter::default() };
    let (page, _) = findings(app, actor, (None, None), &filter, Window::FIRST).await?;
    found(Ok(page.into_iter().next()), "finding", &number.to_string())
}

/// Service and scope of a test.
async fn stream_of(
    session: &mut store::Session,
    test: i64,
) -> Result<Option<(String, String)>, Refusal> {
    let Some(test) = DojoTest::one(session, test).await? else { return Ok(None) };
    let engagement = store::dojo::Engagement::one(session, test.engagement).await?;
    let Some(engagement) = engagement else { return Ok(None) };
    let product = Product::one(session, engagement.product).await?;
    Ok(product.map(|product| (product.service, test.scope)))
}
