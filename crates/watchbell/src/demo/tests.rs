//! The demo shows what the playbook shows.

use std::sync::Arc;

use super::*;

async fn built() -> (App, Arc<DemoClock>, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("watchbell.db");
    let clock = Arc::new(DemoClock::standing(beginning()));
    let app = crate::wiring::demo_app(&path, "http://127.0.0.1:8420", clock.clone());
    let app = app.await.unwrap_or_else(|failure| panic!("{failure}"));
    build(&app, &clock).await.unwrap();
    (app, clock, directory)
}

#[tokio::test]
async fn the_front_page_shows_the_three_rows_of_the_playbook() {
    let (app, clock, _directory) = built().await;
    let overview = objectives::overview(&app, &Actor::Operator).await.unwrap();
    let rows = [
        (0.62, 54.0, 58.0, 62.0, 0.41),
        (0.78, 68.0, 74.0, 42.0, 0.58),
        (0.85, 75.0, 80.0, 32.0, 0.70),
    ];
    let near = |found: Option<f64>, expected: f64, within: f64, what: &str| {
        let found = found.unwrap();
        assert!((found - expected).abs() <= within, "{what}: {found}, expected {expected}");
    };
    for (view, (velocity, momentum, alignment, risk, probability)) in
        overview.objectives.iter().zip(rows)
    {
        let card = &view.scorecard;
        near(card.velocity, velocity, 0.02, "velocity");
        near(card.momentum, momentum, 2.0, "momentum");
        near(card.alignment, alignment, 2.0, "alignment");
        near(card.risk_index, risk, 2.0, "risk");
        near(card.success_probability, probability, 0.02, "probability");
    }
    assert_eq!((overview.week, overview.quarter.to_string()), (6, "FY26-Q3".to_owned()));
    let sentence = overview.sentence.unwrap();
    assert!(sentence.text.contains("room in the sprint"), "{}", sentence.text);
    let owed = objectives::owed_by_all(&app, &Actor::Operator).await.unwrap();
    let owed: Vec<&str> = owed.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(owed, ["O1-KR1", "O1-KR2"]);
    the_example_finding_is_past_its_date(&app).await;
    assert!(invitation(&app).await.is_ok());
    clock.start();
    assert!(app.now() >= today());
}

/// Of twelve critical findings due since the quarter began one was not fixed in time: the
/// playbook's, logged on a Monday sixteen days ago. Two more are past their twelfth day.
async fn the_example_finding_is_past_its_date(app: &App) {
    let mut session = app.database().read().await.unwrap();
    let (from, critical) = (at(quarters::RUNNING.1, 0), domain::findings::Band::Critical);
    let shares = store::findings::shares(&mut session, critical, from, app.now()).await;
    assert_eq!(shares.unwrap(), (11, 12));
    let soon = at(date(2026, 8, 16), 0);
    let filter = operations::findings::Filter {
        band: Some(critical),
        due_before: Some(soon),
        ..operations::findings::Filter::default()
    };
    let sort = (operations::findings::Sort::Deadline, None);
    let page = operations::findings::list(app, &Actor::Operator, &filter, sort, 100).await.unwrap();
    let services: Vec<&str> = page.findings.iter().map(|one| one.service.as_str()).collect();
    assert_eq!(services, ["core-api", "billing", "secrets"]);
}
