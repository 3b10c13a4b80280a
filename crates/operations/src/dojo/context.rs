//! Where a report goes: product type, product, engagement and test, by number or by name.
//!
//! The rule to remember: numbers and names that are sent together must mean the same things. They
//! are resolved once and compared before anything is authorised or written; whoever sends a number
//! of one product and the name of another is refused, whichever of the two they may use.

use jiff::ToSpan;
use jiff::civil::Date;
use store::Session;
use store::dojo::{DojoTest, DojoTestFilter, Engagement, Product, ProductType};

use super::dojo_tests::{self, NewTest};
use super::engagements::{self, EngagementEdit, NewEngagement};
use super::products::{self, NewProduct};
use super::{Kind, ScanType, no_such, product_types};
use crate::Refusal;
use crate::door::Change;

/// How long a created engagement lasts that names no end.
const ENGAGEMENT_DAYS: i32 = 365;

/// Where a client says that its report goes.
#[derive(Clone, Debug, Default)]
pub struct Target {
    pub engagement: Option<i64>,
    pub test: Option<i64>,
    pub product_type_name: Option<String>,
    pub product_name: Option<String>,
    pub engagement_name: Option<String>,
    pub test_title: Option<String>,
    /// Create what is missing.
    pub auto_create: bool,
    /// Of a created engagement.
    pub engagement_end_date: Option<Date>,
    pub deduplication_on_engagement: bool,
    pub source_code_management_uri: Option<String>,
}

/// Where a report went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    pub product_type: ProductType,
    pub product: Product,
    pub engagement: Engagement,
    pub test: DojoTest,
}

/// What of it is there already.
#[derive(Clone, Debug, Default)]
pub(super) struct Resolved {
    product_type: Option<ProductType>,
    product: Option<Product>,
    engagement: Option<Engagement>,
    pub(super) test: Option<DojoTest>,
}

impl Resolved {
    /// What is meant by `target`, as far as it is there; refused where it contradicts itself or
    /// where something is missing that may not be created.
    pub(super) async fn new(
        session: &mut Session,
        target: &Target,
        kind: Kind,
        scan_type: &ScanType,
    ) -> Result<Resolved, Refusal> {
        let mut resolved = Resolved::default();
        resolved.by_number(session, target).await?;
        resolved.by_name(session, target).await?;
        resolved.agrees_with(target, scan_type)?;
        if let (None, Some(engagement)) = (&resolved.test, &resolved.engagement) {
            let filter = wanted_test(target, kind, scan_type, engagement.id);
            resolved.test = DojoTest::newest(session, &filter).await?;
        }
        resolved.is_enough(target, kind)?;
        Ok(resolved)
    }

    async fn by_number(&mut self, session: &mut Session, target: &Target) -> Result<(), Refusal> {
        if let Some(id) = target.test {
            let test = DojoTest::one(session, id).await?.ok_or_else(|| no_such("test", id))?;
            self.engagement = Engagement::one(session, test.engagement).await?;
            self.test = Some(test);
        }
        if let Some(id) = target.engagement {
            let engagement = Engagement::one(session, id).await?;
            let engagement = engagement.ok_or_else(|| no_such("engagement", id))?;
            if let Some(test) = self.test.as_ref().filter(|test| test.engagement != id) {
                let why = format!("test {} belongs to engagement {}", test.id, test.engagement);
                return Err(Refusal::invalid(format!("engagement: {why}, not {id}.")));
            }
            self.engagement = Some(engagement);
        }
        if let Some(engagement) = &self.engagement {
            self.product = Product::one(session, engagement.product).await?;
        }
        Ok(())
    }

    async fn by_name(&mut self, session: &mut Session, target: &Target) -> Result<(), Refusal> {
        if let (None, Some(name)) = (&self.product, &target.product_name) {
            self.product = Product::named(session, name).await?;
        }
        self.product_type = match (&self.product, &target.product_type_name) {
            (Some(product), _) => ProductType::one(session, product.product_type).await?,
            (None, Some(name)) => ProductType::named(session, name).await?,
            (None, None) => None,
        };
        if let (None, Some(product), Some(name)) =
            (&self.engagement, &self.product, &target.engagement_name)
        {
            self.engagement = Engagement::named(session, product.id, name).await?;
        }
        Ok(())
    }

    fn agrees_with(&self, target: &Target, scan_type: &ScanType) -> Result<(), Refusal> {
        let product_type = self.product_type.as_ref().map(|it| it.name.as_str());
        let product = self.product.as_ref().map(|it| it.name.as_str());
        let engagement = self.engagement.as_ref().map(|it| it.name.as_str());
        let test = self.test.as_ref().map(|it| it.title.as_deref().unwrap_or(&it.scan_type));
        let named = [
            ("product_type_name", &target.product_type_name, product_type),
            ("product_name", &target.product_name, product),
            ("engagement_name", &target.engagement_name, engagement),
            ("test_title", &target.test_title, test),
        ];
        for (field, said, is) in named {
            if let (Some(said), Some(is)) = (said, is)
                && said != is
            {
                let why = format!("\"{said}\" does not agree with the rest, which means \"{is}\".");
                return Err(Refusal::invalid(format!("{field}: {why}")));
            }
        }
        if let Some(test) = self.test.as_ref().filter(|test| test.scan_type != scan_type.name) {
            let why = format!(
                "test {} takes \"{}\", not \"{}\".",
                test.id, test.scan_type, scan_type.name
            );
            return Err(Refusal::invalid(format!("scan_type: {why}")));
        }
        Ok(())
    }

    /// Whether all is there, or may be created.
    fn is_enough(&self, target: &Target, kind: Kind) -> Result<(), Refusal> {
        let refused = |field: &str, why: String| Err(Refusal::invalid(format!("{field}: {why}")));
        if self.engagement.is_none() {
            let required = |field| refused(field, "This field is required.".to_owned());
            let Some(product) = &target.product_name else { return required("product_name") };
            let Some(engagement) = &target.engagement_name else {
                return required("engagement_name");
            };
            if !target.auto_create && self.product.is_none() {
                return refused("product_name", format!("Product \"{product}\" does not exist."));
            }
            if !target.auto_create {
                let why = format!("Engagement \"{engagement}\" does not exist in \"{product}\".");
                return refused("engagement_name", why);
            }
            if self.product.is_none() && target.product_type_name.is_none() {
                let why = format!(
                    "Product \"{product}\" does not exist; name its product type \
                    to create it."
                );
                return refused("product_type_name", why);
            }
        }
        if self.test.is_none() && kind == Kind::Reimport && !target.auto_create {
            return Err(Refusal::not_found("test", target.test_title.clone().unwrap_or_default()));
        }
        Ok(())
    }

    /// Creates what is missing.
    pub(super) async fn completed(
        self,
        change: &mut Change,
        target: &Target,
        scan_type: &ScanType,
        environment: Option<&str>,
    ) -> Result<Context, Refusal> {
        let today = change.now.to_zoned(change.organisation.zone.clone()).date();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let product_type = match self.product_type {
            Some(product_type) => product_type,
            None => product_types::create_in(change, &text(&target.product_type_name), "").await?,
        };
        let product = match self.product {
            Some(product) => product,
            None => {
                let product_type = product_type.id;
                let name = text(&target.product_name);
                let new = NewProduct { name, product_type, ..NewProduct::default() };
                products::create_in(change, &new).await?
            }
        };
        let engagement = match self.engagement {
            Some(engagement) => engagement,
            None => {
                let new = new_engagement(target, product.id, today);
                engagements::create_in(change, &new).await?
            }
        };
        let test = match self.test {
            Some(test) => test,
            None => {
                let at = today.to_datetime(jiff::civil::Time::midnight());
                let new = NewTest {
                    engagement: engagement.id,
                    test_type: scan_type.id,
                    title: target.test_title.clone(),
                    description: None,
                    environment: environment.map(str::to_owned),
                    target_start: at,
                    target_end: at,
                    version: None,
                    build_id: None,
                    commit_hash: None,
                    branch_tag: None,
                    tags: Vec::new(),
                };
                dojo_tests::create_in(change, &new).await?
            }
        };
        Ok(Context { product_type, product, engagement, test })
    }

    /// All of it, where all of it is there.
    pub(super) fn whole(&self) -> Option<Context> {
        Some(Context {
            product_type: self.product_type.clone()?,
            product: self.product.clone()?,
            engagement: self.engagement.clone()?,
            test: self.test.clone()?,
        })
    }

    /// The service whose imports must wait while something is created in it.
    pub(super) fn service(&self) -> Option<&str> {
        self.product.as_ref().map(|product| product.service.as_str())
    }
}

/// The test that a report goes to when no number says which: an import without a title to the one
/// without, a re-import to the newest of its kind.
fn wanted_test(
    target: &Target,
    kind: Kind,
    scan_type: &ScanType,
    engagement: i64,
) -> DojoTestFilter {
    DojoTestFilter {
        engagement: Some(engagement),
        scan_type: Some(scan_type.name.to_owned()),
        untitled: target.test_title.is_none() && kind == Kind::Import,
        title: target.test_title.clone(),
        ..DojoTestFilter::default()
    }
}

fn new_engagement(target: &Target, product: i64, today: Date) -> NewEngagement {
    let end = target
        .engagement_end_date
        .unwrap_or_else(|| today.checked_add(ENGAGEMENT_DAYS.days()).unwrap_or(Date::MAX));
    NewEngagement {
        product,
        name: target.engagement_name.clone().unwrap_or_default(),
        target_start: today.min(end),
        target_end: end,
        rest: EngagementEdit {
            engagement_type: Some("CI/CD".to_owned()),
            status: Some("In Progress".to_owned()),
            deduplication_on_engagement: Some(target.deduplication_on_engagement),
            source_code_management_uri: Some(target.source_code_management_uri.clone()),
            ..EngagementEdit::default()
        },
    }
}
