//! Stories of key results that drift, on a whole product.

use domain::triggers::Subject;

use super::*;
use crate::testing::{person, product};
use crate::{duties, objectives};

#[tokio::test]
async fn a_skipped_check_in_fires_once_gets_louder_and_clears_when_it_is_made() {
    let product = product().await;
    let app = &product.app;
    objectives::load_playbook(app, &Actor::Operator, "ciso", None).await.expect("loaded");
    for day in ["2026-03-07T08:00:00Z", "2026-03-07T12:00:00Z", "2026-03-14T08:00:00Z"] {
        product.clock.set(day);
        duties::tick(app, &Actor::Watch).await.unwrap();
    }
    let page = escalations::list(app, &Actor::Operator, store::escalations::Shown::Open, None);
    let open = page.await.unwrap();
    let missed: Vec<_> =
        open.iter().filter(|it| it.firing.firing.trigger == "missed_cadence").collect();
    assert!(!missed.is_empty());
    assert!(missed.iter().all(|it| it.firing.firing.loudness == 2));
    let subject = missed[0].firing.firing.subject.clone();
    let Subject::KeyResult(id) = &subject else { panic!("not about a key result: {subject:?}") };
    let fired = about(app, &person("mara.lind"), &subject).await.unwrap();
    assert_eq!(fired.iter().filter(|it| it.firing.trigger == "missed_cadence").count(), 1, "{id}");
}
