//! Exceptions on their page and in the API.

use axum::http::StatusCode;

use crate::browser::{Browser, product};

const ASKED: &str = "finding=&identifier=&package=&service=ledger&team=&reason=no+release%3Cb%3E&\
    control=egress+closed&until=2026-03-13";

#[tokio::test]
async fn the_form_first_shows_what_it_would_cover_and_another_person_decides() {
    let product = product().await;
    let asker = Browser::signed_in(&product, "noor.haddad").await;
    let page = asker.get("/exceptions?service=ledger").await;
    assert!(page.text.contains("No exceptions.") && page.text.contains("value=\"ledger\""));
    let look = asker.post_own("/exceptions", &format!("{ASKED}&step=look")).await;
    assert_eq!(look.status, StatusCode::OK);
    assert!(look.text.contains("It would cover 2 findings in 1 service."), "{}", look.text);
    assert!(!look.text.contains("<b>") && look.text.contains("Ask for it"));
    let late = ASKED.replace("2026-03-13", "2028-01-01");
    let refused = asker.post_own("/exceptions", &format!("{late}&step=ask")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("2028-01-01 is not between"), "{}", refused.text);
    let kept = asker.post_own("/exceptions", &format!("{ASKED}&step=ask")).await;
    assert_eq!((kept.status, kept.location()), (StatusCode::SEE_OTHER, "/exceptions"));
    let page = asker.get("/exceptions").await;
    assert!(page.text.contains("One waits for a decision."), "{}", page.text);
    assert!(!page.text.contains("Approve X-1"));

    let administrator = Browser::signed_in(&product, "mara.lind").await;
    let page = administrator.get("/exceptions").await;
    assert!(page.text.contains("Approve X-1") && page.text.contains("would cover 2 findings"));
    let decision = "/exceptions/X-1/decision";
    let own = asker.post_own(decision, "decision=approve&note=").await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    let granted = administrator.post_own(decision, "decision=approve&note=fine").await;
    assert_eq!(granted.status, StatusCode::SEE_OTHER);
    let page = administrator.get("/exceptions").await;
    assert!(page.text.contains("One exception holds.") && page.text.contains("Revoke X-1"));
    let again = administrator.post_own(decision, "decision=approve&note=").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("only what is requested can be decided"), "{}", again.text);
    let api = administrator.get("/api/watchbell/v1/exceptions?state=approved").await;
    let document: serde_json::Value = serde_json::from_str(&api.text).expect("JSON");
    assert_eq!(document["exceptions"][0]["findings"], 2);
    assert_eq!(document["exceptions"][0]["decider"], "mara.lind");
}
