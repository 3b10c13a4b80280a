//! Reports in: `import-scan` and `reimport-scan`.

use axum::extract::State;
use operations::dojo::{self, Kind, Scan, ScanType, Taken, Target};
use operations::imports::ImportState;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::findings::severity_of;
use super::refused::Refused;
use super::sent::{Sent, SentFile};
use super::{Outcome, created, statistics};
use crate::server::Server;

pub(super) async fn import(
    State(server): State<Server>,
    caller: Caller,
    SentFile(sent): SentFile,
) -> Outcome {
    take(&server, &caller, sent, Kind::Import).await
}

pub(super) async fn reimport(
    State(server): State<Server>,
    caller: Caller,
    SentFile(sent): SentFile,
) -> Outcome {
    take(&server, &caller, sent, Kind::Reimport).await
}

async fn take(server: &Server, caller: &Caller, mut sent: Sent, kind: Kind) -> Outcome {
    let scan = scan(&mut sent, kind)?;
    let echo = echo(&sent, &scan)?;
    let taken = dojo::take_scan(&caller.app, &caller.actor, scan).await;
    let taken = taken.map_err(|refusal| {
        let refused = Refused::from(refusal);
        match refused.is_not_found() {
            true => Refused::missing("A test could not be found!"),
            false => refused,
        }
    })?;
    let mut body = echo;
    let object = json!({
        "test": taken.context.test.id,
        "test_id": taken.context.test.id,
        "engagement_id": taken.context.engagement.id,
        "product_id": taken.context.product.id,
        "product_type_id": taken.context.product_type.id,
        "statistics": statistics::told(&taken.statistics, kind),
        "deduplication_complete": true,
    });
    body.extend(object.as_object().cloned().unwrap_or_default());
    body.entry("scan_date").or_insert_with(|| {
        json!(taken.import.at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
    });
    let message = message(server, &sent, &taken)?;
    if !message.is_empty() {
        body.insert("message".to_owned(), json!(message));
    }
    created(Value::Object(body))
}

/// What the fields say, each checked.
fn scan(sent: &mut Sent, kind: Kind) -> Result<Scan, Refused> {
    let name = sent.needed("scan_type")?;
    let scan_type = ScanType::named(name).ok_or_else(|| not_a_choice("scan_type", name))?;
    let least = sent.get("minimum_severity").unwrap_or("Info");
    let minimum_severity =
        severity_of(least).ok_or_else(|| not_a_choice("minimum_severity", least))?;
    let target = Target {
        engagement: sent.number("engagement")?,
        test: sent.number("test")?,
        product_type_name: sent.owned("product_type_name"),
        product_name: sent.owned("product_name"),
        engagement_name: sent.owned("engagement_name"),
        test_title: sent.owned("test_title"),
        auto_create: sent.flag("auto_create_context")?.unwrap_or(false),
        engagement_end_date: sent.date("engagement_end_date")?,
        deduplication_on_engagement: sent.flag("deduplication_on_engagement")?.unwrap_or(false),
        source_code_management_uri: sent.owned("source_code_management_uri"),
    };
    let required = || format!("Uploading a Report File is required for {}", scan_type.name);
    let bytes = sent.file.take().ok_or_else(|| Refused::whole(required()))?;
    Ok(Scan {
        bytes,
        kind,
        scan_type,
        target,
        scan_date: sent.date("scan_date")?,
        minimum_severity,
        close_old_findings: sent.flag("close_old_findings")?.unwrap_or(kind == Kind::Reimport),
        service: sent.owned("service"),
        environment: sent.owned("environment"),
        version: sent.owned("version"),
        build_id: sent.owned("build_id"),
        commit_hash: sent.owned("commit_hash"),
        branch_tag: sent.owned("branch_tag"),
        tags: sent.list("tags"),
    })
}

fn not_a_choice(field: &str, value: &str) -> Refused {
    Refused::field(field, format!("\"{value}\" is not a valid choice."))
}

/// The fields as they were understood, with their defaults.
fn echo(sent: &Sent, scan: &Scan) -> Result<Map<String, Value>, Refused> {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    for name in ECHOED {
        if let Some(text) = sent.get(name) {
            put(name, json!(text));
        }
    }
    for (name, default) in FLAGS {
        if let Some(flag) = sent.flag(name)?.or(default) {
            put(name, json!(flag));
        }
    }
    for name in ["endpoint_to_add", "lead", "api_scan_configuration"] {
        put(name, json!(sent.number(name)?));
    }
    put("minimum_severity", json!(sent.get("minimum_severity").unwrap_or("Info")));
    put("scan_type", json!(scan.scan_type.name));
    put("close_old_findings", json!(scan.close_old_findings));
    if let Some(tags) = &scan.tags {
        put("tags", json!(tags));
    }
    if let (Kind::Import, Some(engagement)) = (scan.kind, scan.target.engagement) {
        put("engagement", json!(engagement));
    }
    if scan.kind == Kind::Reimport {
        put("do_not_reactivate", json!(sent.flag("do_not_reactivate")?.unwrap_or(false)));
    }
    Ok(body)
}

/// Text fields that are told as they were sent.
const ECHOED: [&str; 14] = [
    "scan_date",
    "product_type_name",
    "product_name",
    "engagement_name",
    "engagement_end_date",
    "test_title",
    "source_code_management_uri",
    "environment",
    "version",
    "build_id",
    "branch_tag",
    "commit_hash",
    "service",
    "group_by",
];

/// Fields of yes and no, with what they are when they are not sent; none = then they are not told.
const FLAGS: [(&str, Option<bool>); 9] = [
    ("active", None),
    ("verified", None),
    ("deduplication_on_engagement", None),
    ("apply_tags_to_findings", None),
    ("apply_tags_to_endpoints", None),
    ("auto_create_context", Some(false)),
    ("push_to_jira", Some(false)),
    ("create_finding_groups_for_all_findings", Some(true)),
    ("close_old_findings_product_scope", Some(false)),
];

/// What a person should know of this import: why it waits, and what was not done as asked.
fn message(server: &Server, sent: &Sent, taken: &Taken) -> Result<String, Refused> {
    let mut told = Vec::new();
    let import = &taken.import;
    if let (ImportState::Held, Some((vanished, open))) = (import.state, import.vanished) {
        told.push(format!(
            "The report lacks {vanished} of {open} open findings; nothing was changed. An \
             administrator can let it close them: {}/imports/{}",
            server.app.address(),
            import.id
        ));
    }
    if import.counts.refused > 0 {
        told.push(format!(
            "Entries of the report that could not be used: {}; so that absence closed nothing.",
            import.counts.refused
        ));
    }
    if sent.flag("active")? == Some(false) {
        told.push("active=false is not done: what a report shows is on its clock.".to_owned());
    }
    if sent.flag("do_not_reactivate")? == Some(true) {
        let what = "do_not_reactivate is not done: what a report shows again is open again.";
        told.push(what.to_owned());
    }
    if sent.flag("close_old_findings_product_scope")? == Some(true) {
        let what = "close_old_findings_product_scope is not done: absence closes within a test.";
        told.push(what.to_owned());
    }
    Ok(told.join(" "))
}
