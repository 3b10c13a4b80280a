//! Every statement of the sources, prepared on both engines.

use std::path::Path;

use domain::exceptions::Scope;
use domain::findings::{Band, State};

use crate::escalations::Shown;
use crate::findings::{Cursor, Filter, HeldBy, Scoped, Search, Sort, States};
use crate::imports::ImportState;
use crate::sql::{Sql, sql};
use crate::testing::{NOW, databases};
use crate::{escalations, exceptions, findings, imports, notices, sboms, triggers};

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

/// A statement that takes so many values at once.
type Many = fn(usize) -> Sql;

/// What is asked of several things at once.
fn of_several(count: usize) -> Vec<(String, Sql)> {
    let statements: [(&str, Many); 11] = [
        ("scans", imports::last_scans_sql),
        ("messages", notices::about_sql),
        ("escalations", escalations::several_sql),
        ("tellings", escalations::told_sql),
        ("promises", escalations::promises_sql),
        ("firings", triggers::several_sql),
        ("standing", triggers::standing_sql),
        ("marks", triggers::take_marks_sql),
        ("findings", findings::several_sql),
        ("ledgers", findings::ledgers_sql),
        ("unseen", findings::unsight_sql),
    ];
    statements.into_iter().map(|(name, sql)| (name.to_owned(), sql(count))).collect()
}

/// What is asked of versions of services: their SBOMs, projects, findings.
fn of_versions() -> Vec<(String, Sql)> {
    let mut statements = vec![
        ("sbom".to_owned(), sboms::one_sql()),
        ("newest sbom".to_owned(), sboms::newest_sql()),
        ("sboms".to_owned(), sboms::list_sql(Some("ledger"), Some("B-1"), 10).0),
    ];
    let projects = sboms::projects::statements().into_iter();
    statements.extend(projects.map(|sql| ("projects".to_owned(), sql)));
    for which in [Scoped::Running, Scoped::AlsoSetAside] {
        let in_scope = findings::in_scope_sql(which).into_iter().chain(findings::tally_sql());
        statements.extend(in_scope.map(|sql| (format!("{which:?} in scope"), sql)));
    }
    statements
}

fn of_exceptions() -> Vec<(String, Sql)> {
    let everything = Scope {
        finding: Some("F-1".into()),
        service: Some("ledger".into()),
        team: Some("payments".into()),
        ..Scope::default()
    };
    let statements = [
        exceptions::one_sql(),
        exceptions::list_sql(),
        exceptions::due_sql(),
        exceptions::accepted_sql(),
        exceptions::critical_sql(),
        exceptions::candidates_sql(&everything),
        exceptions::candidates_sql(&Scope::default()),
    ];
    statements.into_iter().map(|sql| ("exceptions".to_owned(), sql)).collect()
}

/// What the builders assemble in one shape only.
fn of_one_shape() -> Vec<(String, Sql)> {
    vec![
        ("known".to_owned(), findings::known_sql()),
        ("due".to_owned(), findings::due_sql()),
        ("one".to_owned(), findings::one_sql()),
        ("running of".to_owned(), findings::running_of_sql()),
        ("held by service".to_owned(), findings::held_by_service_sql()),
        ("meant".to_owned(), findings::aliases::meant_sql(3)),
        ("known as".to_owned(), findings::aliases::known_as_sql(3)),
        ("of identity".to_owned(), findings::aliases::of_identity_sql()),
        ("import".to_owned(), imports::one_sql()),
        ("imports in force".to_owned(), imports::in_force_sql()),
    ]
}

/// What the builders assemble, in every shape that differs.
fn assembled() -> Vec<(String, Sql)> {
    let mut statements = of_one_shape();
    statements.extend(of_versions());
    let everything = Filter {
        service: Some("ledger".into()),
        states: States::One(State::Open),
        band: Some(Band::High),
        holder: Some(HeldBy::Team("payments".into())),
        due_from: Some(NOW),
        due_before: Some(NOW),
        text: None,
    };
    let identifier =
        Filter { states: States::All, holder: Some(HeldBy::Nobody), ..Filter::default() };
    let words = || vec!["buffer".to_owned(), "overflow".to_owned()];
    let searches = [
        (Filter::default(), Search::Everything),
        (everything.clone(), Search::Words(words(), None)),
        (everything, Search::Words(words(), Some(vec![1, 2]))),
        (Filter::default(), Search::Words(Vec::new(), Some(Vec::new()))),
        (identifier, Search::Weakness("CVE-2021-44228".into())),
    ];
    for (filter, search) in searches {
        for sort in Sort::ALL {
            for after in [None, Cursor::parse("1.2")] {
                let name = format!("{filter:?}, {search:?} by {}", sort.word());
                let (sql, _) = findings::list_sql((&filter, &search), sort, after, 10);
                statements.push((name, sql));
            }
        }
    }
    for (service, state, before) in
        [(None, None, None), (Some("ledger"), Some(ImportState::Held), Some("I-1"))]
    {
        statements.push(("imports".into(), imports::page_sql(service, state, before, 10).0));
    }
    statements.extend([1, 3].into_iter().flat_map(of_several));
    let outbox = notices::page_sql(Some(domain::notices::NoticeState::Queued), Some((NOW, "a")), 9);
    statements.push(("outbox".into(), outbox.0));
    for shown in [Shown::Open, Shown::Ended, Shown::All] {
        for before in [None, Some((NOW, "E-1"))] {
            let (sql, _) = escalations::page_sql(shown, before, 9);
            statements.push((format!("escalations {shown:?}"), sql));
        }
    }
    statements.extend(crate::dojo::assembled().into_iter().chain(of_exceptions()));
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
