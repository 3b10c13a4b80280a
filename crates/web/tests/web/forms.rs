//! What forms do: a check-in, a merged fix, an upload, a display.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use testkit::Product;

use crate::browser::{Browser, REPORT, product};

#[tokio::test]
async fn a_refused_check_in_comes_back_with_what_was_typed() {
    let product = product().await;
    let browser = Browser::signed_in(&product, "mara.lind").await;
    let path = typed_key_result(&browser).await;
    let check_in = format!("{path}/check-in");
    assert_eq!(browser.get(&check_in).await.status, StatusCode::OK);
    let refused = browser.post_own(&check_in, "value=ninety&health=on_track&done=a+lot").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("is not a number") && refused.text.contains("a lot"));
    let kept = browser.post_own(&check_in, "value=12,5&health=on_track&done=a+lot").await;
    assert_eq!((kept.status, kept.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let page = browser.get(&path).await;
    assert!(page.text.contains("12.5") && page.text.contains("On track"));
}

/// The page of a key result whose value is typed and can be 12.5.
async fn typed_key_result(browser: &Browser) -> String {
    let reply = browser.get("/api/watchbell/v1/objectives").await.json();
    let objectives = reply["objectives"].as_array().expect("objectives");
    let typed = objectives
        .iter()
        .flat_map(|objective| objective["key_results"].as_array().expect("key results"))
        .find(|one| one["computed"] == false && one["unit"] == "%")
        .expect("a typed share");
    format!("/key-results/{}", typed["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_merged_fix_is_recorded_and_told_once() {
    let product = product().await;
    let mut browser = Browser::signed_in(&product, "mara.lind").await;
    let fix = "merge_request=https://git.example/merge/7";
    let done = browser.post_own("/findings/F-1/fix-merged", fix).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/findings/F-1"));
    assert!(done.header("set-cookie").starts_with("flash=fix-recorded;"));
    browser.cookies += "; flash=fix-recorded";
    let page = browser.get("/findings/F-1").await;
    assert!(page.text.contains("The merged fix is recorded."), "{}", page.text);
    assert!(page.header("set-cookie").starts_with("flash=; "), "forgotten");
}

async fn upload(browser: &Browser, csrf: &str, report: &str) -> crate::browser::Reply {
    let part = |name: &str, value: &str| {
        format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut body = part("csrf", csrf) + &part("service", "ledger");
    body += "--cut\r\nContent-Disposition: form-data; name=\"report\"; filename=\"r.json\"\r\n";
    body += "Content-Type: application/json\r\n\r\n";
    body += &format!("{report}\r\n--cut--\r\n");
    let request = browser
        .request(Method::POST, "/imports")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
        .body(Body::from(body))
        .expect("a request");
    browser.send(request).await
}

#[tokio::test]
async fn a_report_is_uploaded_with_its_token_and_not_without() {
    let product = product().await;
    let browser = Browser::signed_in(&product, "yuki.mori").await;
    let csrf = browser.get("/imports").await.csrf();
    let taken = upload(&browser, &csrf, REPORT).await;
    assert_eq!((taken.status, taken.location()), (StatusCode::SEE_OTHER, "/imports/I-2"));
    let page = browser.get("/imports/I-2").await;
    assert!(page.text.contains("keel 1.2.0") && page.text.contains("Yuki Mori"), "{}", page.text);
    assert_eq!(upload(&browser, "guess", REPORT).await.status, StatusCode::FORBIDDEN);
    let broken = upload(&browser, &csrf, &REPORT[..200]).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(broken.text.contains("This needs another look"));
    let reader = Browser::signed_in(&product, "ada.winther").await;
    let page = reader.get("/imports").await;
    assert!(!page.text.contains("Upload a report"));
    assert_eq!(upload(&reader, &page.csrf(), REPORT).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_import_is_undone_on_its_page_and_only_once() {
    let product = product().await;
    let member = Browser::signed_in(&product, "yuki.mori").await;
    let page = member.get("/imports/I-1").await;
    assert!(page.text.contains("/findings/F-1\">F-1</a>"), "{}", page.text);
    assert!(!page.text.contains("Undo this import"), "offered to whom it is refused");
    let path = "/imports/I-1/undoing";
    assert_eq!(member.post_own(path, "confirm=undo").await.status, StatusCode::FORBIDDEN);
    let browser = Browser::signed_in(&product, "mara.lind").await;
    assert!(browser.get("/imports/I-1").await.text.contains("Undo this import"));
    let done = browser.post_own(path, "confirm=undo").await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/imports/I-1"));
    let page = browser.get("/imports/I-1").await;
    assert!(page.text.contains("Report undone"), "{}", page.text);
    assert!(page.text.contains("Mara Lind took it back"), "{}", page.text);
    assert!(browser.get("/findings/F-1").await.text.contains("I-1 was undone"));
    let again = browser.post_own(path, "confirm=undo").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("was undone already"), "{}", again.text);
}

#[tokio::test]
async fn a_report_comes_back_as_it_came_and_findings_go_out_as_their_filters_say() {
    let product = product().await;
    let browser = Browser::signed_in(&product, "ada.winther").await;
    let report = browser.get("/imports/I-1/report").await;
    assert_eq!(report.text, REPORT);
    assert!(report.header("content-disposition").starts_with("attachment;"));
    let list = browser.get("/findings?band=critical").await;
    assert!(list.text.contains("/findings/export?band=critical&#38;format=sarif"), "{}", list.text);
    let all = browser.get("/findings/export?format=sarif").await;
    let results = all.json()["runs"][0]["results"].as_array().map_or(0, Vec::len);
    assert!(results > 0 && all.header("watchbell-findings") == results.to_string());
    let none = browser.get("/findings/export?format=sarif&text=nowhere").await;
    assert_eq!(none.header("watchbell-findings"), "0");
    assert_eq!(none.header("content-type"), "application/sarif+json");
    let page = browser.get("/reports/baseline").await;
    assert!(page.text.contains("By team") && page.text.contains(">ledger</a>"), "{}", page.text);
}

#[tokio::test]
async fn how_pages_look_is_remembered_and_returns_to_the_same_page() {
    let product = Product::with_organisation().await;
    let browser = Browser::signed_in(&product, "mara.lind").await;
    let form = "return_to=/people&theme=dark&density=compact&keys=off";
    let reply = browser.post_own("/display", form).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/people"));
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 3);
    let away = browser.post_own("/display", "return_to=//evil.example").await;
    assert_eq!(away.location(), "/");
}

#[tokio::test]
async fn words_of_a_report_stay_text_on_every_page() {
    let product = product().await;
    let browser = Browser::signed_in(&product, "mara.lind").await;
    for path in ["/findings", "/findings/F-1", "/findings/F-2", "/services/ledger"] {
        let page = browser.get(path).await;
        assert!(!page.text.contains("<b>used</b>"), "{path}");
    }
    let csv = browser.get("/findings.csv?service=ledger").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.text.lines().count(), 3, "{}", csv.text);
}

#[tokio::test]
async fn a_ritual_is_recorded_by_its_owner_and_a_refused_day_comes_back() {
    let product = product().await;
    let text = testkit::ORGANISATION.replace("starts = 2027-02-01", "starts = 2026-03-02");
    let actor = domain::access::Actor::Operator;
    operations::organisations::apply(&product.app, &actor, &text).await.expect("applied");
    let browser = Browser::signed_in(&product, "mara.lind").await;
    let page = browser.get("/rituals").await;
    assert!(page.text.contains("Penetration test") && page.text.contains("SOC 2 Type II"));
    let early = "ritual=pen-test&on=2026-03-01&words=report+7";
    let refused = browser.post_own("/rituals", early).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("lies before 2026-03-02") && refused.text.contains("report 7"));
    let kept = browser.post_own("/rituals", "ritual=pen-test&on=2026-04-20&words=vendor").await;
    assert_eq!((kept.status, kept.location()), (StatusCode::SEE_OTHER, "/rituals"));
    let page = browser.get("/rituals").await;
    assert!(page.text.contains("scheduled for Mon 20 Apr 2026"), "{}", page.text);
    let reader = Browser::signed_in(&product, "ada.winther").await;
    let page = reader.get("/rituals").await;
    assert!(page.text.contains("Penetration test") && !page.text.contains("Record it"));
}

#[tokio::test]
async fn a_finding_is_handed_over_paused_and_resumed_by_forms() {
    let product = product().await;
    let browser = Browser::signed_in(&product, "mara.lind").await;
    let over = browser.post_own("/findings/F-1/holder", "team=platform").await;
    assert_eq!((over.status, over.location()), (StatusCode::SEE_OTHER, "/findings/F-1"));
    let nobody = browser.post_own("/findings/F-1/holder", "team=nowhere").await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobody.text.contains("there is no team `nowhere`"), "{}", nobody.text);
    let vendor = browser.post_own("/findings/F-1/vendor", "vendor=Acme").await;
    assert_eq!(vendor.status, StatusCode::SEE_OTHER);
    assert!(browser.get("/findings/F-1").await.text.contains("It waits for Acme"));
    let refused = "pause_reason=access&until=2030-01-01&note=keys+first";
    let refused = browser.post_own("/findings/F-1/pause", refused).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("at most 30 days") && refused.text.contains("keys first"));
    let page = browser.get("/findings/F-1").await.text;
    let (_, rest) = page.split_once("name=\"until\" value=\"\" min=\"").expect("the form");
    let today = &rest[..10];
    let pause = format!("pause_reason=access&until={today}&note=keys+first");
    let paused = browser.post_own("/findings/F-1/pause", &pause).await;
    assert_eq!(paused.status, StatusCode::SEE_OTHER, "{}", paused.text);
    assert!(browser.get("/findings/F-1").await.text.contains("Let the clock go on"));
    let on = browser.post_own("/findings/F-1/resumption", "").await;
    assert_eq!(on.status, StatusCode::SEE_OTHER, "{}", on.text);
    let early = browser.post_own("/findings/F-1/cause", "cause=other&judgement=because").await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text);
}

#[tokio::test]
async fn a_breach_is_judged_by_a_form_and_told_in_the_report() {
    let product = product().await;
    product.clock.advance(jiff::SignedDuration::from_hours(20 * 24));
    let ticked = operations::duties::tick(&product.app, &domain::access::Actor::Watch).await;
    ticked.expect("a tick");
    let browser = Browser::signed_in(&product, "mara.lind").await;
    let judged = "cause=access_delay&judgement=keys+came+late";
    let judged = browser.post_own("/findings/F-1/cause", judged).await;
    assert_eq!(judged.status, StatusCode::SEE_OTHER, "{}", judged.text);
    let page = browser.get("/reports/breaches").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("access came late"), "{}", page.text);
    let csv = browser.get("/reports/breaches.csv").await.text;
    assert!(csv.lines().count() > 1 && csv.contains("\"access_delay\""), "{csv}");
    let json = browser.get("/api/watchbell/v1/breaches").await.json();
    let quarter = &json["quarters"][0];
    let counts = quarter["counts"].as_array().expect("counts").iter();
    let sum: u64 = counts.map(|count| count["breaches"].as_u64().expect("a number")).sum();
    assert_eq!(quarter["breaches"].as_u64(), Some(sum));
    assert_eq!(quarter["corrected"], 1);
    let reader = Browser::signed_in(&product, "ada.winther").await;
    assert!(!reader.get("/findings/F-1").await.text.contains("Judge the cause"));
    let refused = reader.post_own("/findings/F-1/cause", "cause=other&judgement=x").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
