//! `watchbell findings`: the list, the earliest deadline first.

use std::sync::Arc;

use domain::access::Actor;
use domain::findings::State;
use operations::App;
use operations::findings::{self, Filter, Format, Listed, Sort, States};
use serde_json::{Value, json};

use crate::cli::{Common, Findings};
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Lists findings, page after page until the limit.
pub async fn findings(common: &Common, asked: &Findings) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let filter = Filter {
        service: asked.service.clone(),
        states: states(asked.state.as_deref())?,
        due_before: asked.due_before,
        ..Filter::default()
    };
    if let Some(word) = &asked.export {
        return export(&app, &filter, word).await;
    }
    let mut list = Vec::new();
    let mut after = None;
    loop {
        let left = asked.limit.saturating_sub(u32::try_from(list.len()).unwrap_or(u32::MAX));
        let limit = left.min(findings::PAGE_MAX);
        if limit == 0 {
            break;
        }
        let sort = (Sort::Deadline, after);
        let page = findings::list(&app, &Actor::Operator, &filter, sort, limit).await?;
        list.extend(page.findings);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if common.json {
        let documents: Vec<Value> = list.iter().map(document).collect();
        let next = after.map(|cursor| cursor.text());
        return present::json(&json!({"findings": documents, "next": next}));
    }
    if list.is_empty() {
        return present::line(
            "no finding matches; take a report in with `watchbell import report.json --service NAME`",
        );
    }
    let rows = list.iter().map(row).collect();
    present::line(&present::table(
        &["id", "band", "score", "due", "held by", "what", "service"],
        rows,
    ))
}

/// Prints the document; what is not in it is told beside it.
async fn export(app: &App, filter: &Filter, word: &str) -> Result<(), Failure> {
    let format = Format::from_word(word).ok_or_else(|| {
        let known = Format::ALL.map(Format::word).join(", ");
        Failure::Input(format!("--export: `{word}` is none of {known}"))
    })?;
    let actor = &Actor::Operator;
    let export = findings::export(app, actor, filter, Sort::Deadline, format).await?;
    present::line(export.document.text.trim_end())?;
    if export.is_cut_off {
        let most = findings::EXPORT_MAX;
        present::aside(&format!("only the first {most} findings; ask for less with --service"));
    }
    if export.document.left_out > 0 {
        let (left_out, title) = (export.document.left_out, format.title());
        present::aside(&format!(
            "{left_out} findings are not in it: {title} tells only of what has an identifier"
        ));
    }
    Ok(())
}

fn states(word: Option<&str>) -> Result<States, Failure> {
    match word {
        None => Ok(States::Running),
        Some("all") => Ok(States::All),
        Some(word) => State::from_word(word).map(States::One).ok_or_else(|| {
            let known: Vec<_> = State::ALL.into_iter().map(State::word).collect();
            let known = known.join(", ");
            Failure::Input(format!("--state: `{word}` is none of {known}, all"))
        }),
    }
}

fn document(finding: &Listed) -> Value {
    let clock = &finding.clock;
    let package = finding.package.as_ref().map(
        |it| json!({"name": it.name, "version": it.version, "fixed": it.fixed, "purl": it.purl}),
    );
    let place =
        finding.place.as_ref().map(|it| json!({"path": it.path, "line": it.line, "url": it.url}));
    json!({
        "id": finding.id,
        "service": finding.service,
        "title": finding.title,
        "state": clock.state.word(),
        "band": clock.band.word(),
        "score": finding.assessment.score,
        "score_source": finding.assessment.source.word(),
        "unscored": finding.assessment.unscored(),
        "ids": finding.ids,
        "package": package,
        "location": place,
        "rule": finding.rule,
        "owner": finding.holder,
        "opened_at": clock.opened_at.to_string(),
        "due_at": clock.due_at.map(|at| at.to_string()),
        "breached_at": clock.breached_at.map(|at| at.to_string()),
        "fix_merged_at": clock.fix_merged_at.map(|at| at.to_string()),
        "closed_at": clock.closed_at.map(|at| at.to_string()),
        "recurrence": clock.recurrence,
    })
}

fn row(finding: &Listed) -> Vec<String> {
    let clock = &finding.clock;
    let due = match (clock.breached_at, clock.due_at) {
        (Some(at), _) => format!("missed {}", at.strftime("%Y-%m-%d")),
        (None, Some(at)) => at.strftime("%Y-%m-%d %H:%MZ").to_string(),
        (None, None) => "–".into(),
    };
    vec![
        finding.id.clone(),
        clock.band.word().into(),
        finding.assessment.score.map_or_else(|| "–".into(), |score| format!("{score:.1}")),
        due,
        finding.holder.clone().unwrap_or_else(|| "nobody".into()),
        finding.title.clone(),
        finding.service.clone(),
    ]
}
