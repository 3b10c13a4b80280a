//! Every statement of the sources, prepared on both engines.

use std::path::Path;

use domain::findings::{Band, State};

use crate::escalations::Shown;
use crate::findings::{Cursor, Filter, HeldBy, Scoped, Sort, States};
use crate::imports::ImportState;
use crate::sql::{Sql, sql};
use crate::testing::{NOW, databases};
use crate::{escalations, findings, imports, notices, sboms};

/// The texts of all `sql("…")` under `directory`.
fn constants(directory: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            constants(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let source = std::fs::read_to_string(&path).expect("a source");
            // This file asks for the marker itself.
            if name == "statements.rs" {
                continue;
            }
            for part in source.split("sql(\"").skip(1) {
                let text = part.split('"').next().unwrap_or_default().replace("\\\n", "");
                found.push((name.to_owned(), text.replace("\\'", "'")));
            }
        }
    }
}

/// What the builders assemble, in every shape that differs.
fn assembled() -> Vec<(String, Sql)> {
    let mut statements = vec![
        ("known".to_owned(), findings::known_sql()),
        ("due".to_owned(), findings::due_sql()),
        ("one".to_owned(), findings::one_sql()),
        ("import".to_owned(), imports::one_sql()),
        ("sbom".to_owned(), sboms::one_sql()),
        ("newest sbom".to_owned(), sboms::newest_sql()),
        ("sboms".to_owned(), sboms::list_sql(Some("ledger"), Some("B-1"), 10).0),
    ];
    statements
        .extend(sboms::projects::statements().into_iter().map(|sql| ("projects".to_owned(), sql)));
    for which in [Scoped::Running, Scoped::AlsoSetAside] {
        let in_scope = findings::in_scope_sql(which).into_iter().chain(findings::tally_sql());
        statements.extend(in_scope.map(|sql| (format!("{which:?} in scope"), sql)));
    }
    let everything = Filter {
        service: Some("ledger".into()),
        states: States::One(State::Open),
        band: Some(Band::High),
        holder: Some(HeldBy::Team("payments".into())),
        due_from: Some(NOW),
        due_before: Some(NOW),
        text: Some("words".into()),
    };
    let identifier = Filter {
        states: States::All,
        holder: Some(HeldBy::Nobody),
        text: Some("CVE-2021-44228".into()),
        ..Filter::default()
    };
    for filter in [Filter::default(), everything, identifier] {
        for sort in Sort::ALL {
            for after in [None, Cursor::parse("1.2")] {
                let name = format!("{filter:?} by {}", sort.word());
                statements.push((name, findings::list_sql(&filter, sort, after, 10).0));
            }
        }
    }
    for (service, state, before) in
        [(None, None, None), (Some("ledger"), Some(ImportState::Held), Some("I-1"))]
    {
        statements.push(("imports".into(), imports::page_sql(service, state, before, 10).0));
    }
    let outbox = notices::page_sql(Some(domain::notices::NoticeState::Queued), Some((NOW, "a")), 9);
    statements.push(("outbox".into(), outbox.0));
    for shown in [Shown::Open, Shown::Ended, Shown::All] {
        for before in [None, Some((NOW, "E-1"))] {
            let (sql, _) = escalations::page_sql(shown, before, 9);
            statements.push((format!("escalations {shown:?}"), sql));
        }
    }
    statements
}

#[tokio::test]
async fn every_statement_prepares_on_both_engines() {
    let mut constants_found = Vec::new();
    constants(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut constants_found);
    assert!(constants_found.len() > 50, "only {} statements found", constants_found.len());
    let constants = constants_found.into_iter().map(|(file, text)| (file, sql(text.leak())));
    let statements: Vec<(String, Sql)> = constants.chain(assembled()).collect();
    let (databases, _directory) = databases().await;
    let mut refused = Vec::new();
    for database in &databases {
        let mut transaction = database.begin().await.expect("a transaction");
        for (name, statement) in &statements {
            if let Err(error) = transaction.prepare(statement).await {
                let engine = database.engine_name();
                refused.push(format!("{engine}, {name}: {error}\n{}", statement.text()));
                // PostgreSQL takes no further statement in a transaction that failed.
                transaction = database.begin().await.expect("a transaction");
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
}
