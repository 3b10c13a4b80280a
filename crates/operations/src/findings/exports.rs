//! Findings out of the house, as one document.

use domain::access::{Actor, Operation};
use formats::exports::Exported;
use store::findings::{Filter, Listed, Sort};

pub use formats::exports::{Document, Format};

use super::PAGE_MAX;
use crate::{App, Refusal};

/// The most findings in one document; more is asked for by filters.
pub const EXPORT_MAX: usize = 100_000;

/// A document of findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub document: Document,
    /// Whether more than [`EXPORT_MAX`] findings match: the rest is not in it.
    pub is_cut_off: bool,
}

/// Writes what `filter` finds, in the order of `sort`, in `format`.
pub async fn export(
    app: &App,
    actor: &Actor,
    filter: &Filter,
    sort: Sort,
    format: Format,
) -> Result<Export, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let mut findings = Vec::new();
    let mut after = None;
    loop {
        let page = store::findings::list(&mut view.session, filter, sort, after, PAGE_MAX).await?;
        findings.extend(page.0.into_iter().map(exported));
        after = page.1;
        if after.is_none() || findings.len() >= EXPORT_MAX {
            break;
        }
    }
    let (now, is_cut_off) = (view.now, after.is_some());
    drop(view);
    let writing = tokio::task::spawn_blocking(move || format.write(&findings, now, !is_cut_off));
    let failed = |_| Refusal::invalid("the document could not be written; please report it");
    Ok(Export { document: writing.await.map_err(failed)?, is_cut_off })
}

fn exported(listed: Listed) -> Exported {
    Exported {
        id: listed.id,
        service: listed.service,
        title: listed.title,
        ids: listed.ids,
        package: listed.package,
        place: listed.place,
        rule: listed.rule,
        assessment: listed.assessment,
        clock: listed.clock,
        holder: listed.holder,
    }
}
