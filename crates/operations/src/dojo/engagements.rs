//! Engagements: what a client calls a pipeline or an assessment of a product.

use domain::access::{Actor, Operation};
use domain::record::Event;
use jiff::Timestamp;
use jiff::civil::Date;
use store::dojo::{Engagement, EngagementFilter, Product, Window};

use super::{
    ADDRESS_LENGTH, ENGAGEMENT_NAME_LENGTH, MARK_LENGTH, line, mark, no_such, prose, tags,
};
use crate::door::{Change, found};
use crate::{App, Refusal};

/// The states that an engagement can have; clients filter by them.
const STATUSES: [&str; 7] = [
    "Not Started",
    "Blocked",
    "Cancelled",
    "Completed",
    "In Progress",
    "On Hold",
    "Waiting for Resource",
];
const TYPES: [&str; 2] = ["Interactive", "CI/CD"];

/// An engagement to create.
#[derive(Clone, Debug)]
pub struct NewEngagement {
    pub product: i64,
    pub name: String,
    pub target_start: Date,
    pub target_end: Date,
    /// Everything else, as in a change of it.
    pub rest: EngagementEdit,
}

/// What is to be changed of an engagement; none = it stays, `Some(None)` = it is taken away.
#[derive(Clone, Debug, Default)]
pub struct EngagementEdit {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub engagement_type: Option<String>,
    pub status: Option<String>,
    pub target_start: Option<Date>,
    pub target_end: Option<Date>,
    pub version: Option<Option<String>>,
    pub build_id: Option<Option<String>>,
    pub commit_hash: Option<Option<String>>,
    pub branch_tag: Option<Option<String>>,
    pub source_code_management_uri: Option<Option<String>>,
    pub deduplication_on_engagement: Option<bool>,
    pub tags: Option<Vec<String>>,
}

/// A window of those that fit, and how many there are.
pub async fn engagements(
    app: &App,
    actor: &Actor,
    filter: &EngagementFilter,
    window: Window,
) -> Result<(Vec<Engagement>, u64), Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    Ok(Engagement::page(&mut view.session, filter, window).await?)
}

pub async fn engagement(app: &App, actor: &Actor, id: i64) -> Result<Engagement, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    found(Engagement::one(&mut view.session, id).await, "engagement", &id.to_string())
}

/// Keeps a new one. Its name may be another's too.
pub async fn create_engagement(
    app: &App,
    actor: &Actor,
    engagement: &NewEngagement,
) -> Result<Engagement, Refusal> {
    let mut change = app.change(actor, Operation::ImportReport).await?;
    let created = create_in(&mut change, engagement).await?;
    change.commit().await?;
    Ok(created)
}

pub(super) async fn create_in(
    change: &mut Change,
    engagement: &NewEngagement,
) -> Result<Engagement, Refusal> {
    let now = change.instant();
    if Product::one(&mut change.transaction, engagement.product).await?.is_none() {
        return Err(no_such("product", engagement.product));
    }
    let blank = blank(engagement, line("name", &engagement.name, ENGAGEMENT_NAME_LENGTH)?, now);
    let edited = edited(blank, &engagement.rest)?;
    let created = Engagement::create(&mut change.transaction, edited).await?;
    let subject = format!("engagement {}", created.id);
    change.event(Event::new("dojo", "engagement_created", subject, created.name.clone()));
    Ok(created)
}

fn blank(engagement: &NewEngagement, name: String, now: Timestamp) -> Engagement {
    Engagement {
        id: 0,
        product: engagement.product,
        name,
        description: None,
        engagement_type: "Interactive".to_owned(),
        status: "Not Started".to_owned(),
        target_start: engagement.target_start,
        target_end: engagement.target_end,
        version: None,
        build_id: None,
        commit_hash: None,
        branch_tag: None,
        source_code_management_uri: None,
        deduplication_on_engagement: false,
        tags: Vec::new(),
        created_at: now,
        updated_at: now,
    }
}

/// Changes what is said of an engagement, and nothing where nothing differs.
pub async fn change_engagement(
    app: &App,
    actor: &Actor,
    id: i64,
    edit: &EngagementEdit,
) -> Result<Engagement, Refusal> {
    let mut change = app.change(actor, Operation::ImportReport).await?;
    let before = Engagement::one(&mut change.transaction, id).await;
    let before = found(before, "engagement", &id.to_string())?;
    let after = edited(before.clone(), edit)?;
    if after == before {
        return Ok(before);
    }
    let after = Engagement { updated_at: change.instant(), ..after };
    after.save(&mut change.transaction).await?;
    let subject = format!("engagement {id}");
    change.event(Event::new("dojo", "engagement_changed", subject, after.name.clone()));
    change.commit().await?;
    Ok(after)
}

fn edited(mut engagement: Engagement, edit: &EngagementEdit) -> Result<Engagement, Refusal> {
    if let Some(name) = &edit.name {
        engagement.name = line("name", name, ENGAGEMENT_NAME_LENGTH)?;
    }
    if let Some(description) = &edit.description {
        let prose = description.as_deref().map(|text| prose("description", text));
        engagement.description = prose.transpose()?;
    }
    if let Some(kind) = &edit.engagement_type {
        engagement.engagement_type = choice("engagement_type", kind, &TYPES)?;
    }
    if let Some(status) = &edit.status {
        engagement.status = choice("status", status, &STATUSES)?;
    }
    engagement.target_start = edit.target_start.unwrap_or(engagement.target_start);
    engagement.target_end = edit.target_end.unwrap_or(engagement.target_end);
    if engagement.target_start > engagement.target_end {
        let why = "Your target start date exceeds your target end date";
        return Err(Refusal::invalid(why));
    }
    let marks = [
        ("version", &edit.version, &mut engagement.version, MARK_LENGTH),
        ("build_id", &edit.build_id, &mut engagement.build_id, MARK_LENGTH),
        ("commit_hash", &edit.commit_hash, &mut engagement.commit_hash, MARK_LENGTH),
        ("branch_tag", &edit.branch_tag, &mut engagement.branch_tag, MARK_LENGTH),
        (
            "source_code_management_uri",
            &edit.source_code_management_uri,
            &mut engagement.source_code_management_uri,
            ADDRESS_LENGTH,
        ),
    ];
    for (field, said, kept, longest) in marks {
        if let Some(said) = said {
            *kept = mark(field, said.as_deref(), longest)?;
        }
    }
    if let Some(only_here) = edit.deduplication_on_engagement {
        engagement.deduplication_on_engagement = only_here;
    }
    if let Some(given) = &edit.tags {
        engagement.tags = tags(given)?;
    }
    Ok(engagement)
}

fn choice(field: &str, given: &str, known: &[&str]) -> Result<String, Refusal> {
    if known.contains(&given) {
        return Ok(given.to_owned());
    }
    Err(Refusal::invalid(format!("{field}: \"{given}\" is not a valid choice.")))
}
