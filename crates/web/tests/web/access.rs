//! Who may come in, and how.

use axum::http::{Method, StatusCode};
use domain::access::Actor;
use operations::access::first_link;
use testkit::{PASSWORD, Product};

use crate::browser::{Browser, client, product};

#[tokio::test]
async fn the_first_administrator_enters_by_the_one_time_link_and_only_once() {
    let product = Product::empty().await;
    let secret = first_link(&product.app).await.expect("no failure").expect("a link");
    let mut browser = Browser::of(&product);
    let path = format!("/sign-in/link/{secret}");
    let welcome = browser.get(&path).await;
    assert_eq!(welcome.status, StatusCode::OK);
    assert!(welcome.text.contains("first administrator"));
    let short = browser.post(&path, "name=Mara+Lind&email=mara@tide.example&password=short").await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("12 to 200 characters") && short.text.contains("Mara Lind"));
    let form = "name=Mara+Lind&email=mara@tide.example&password=a+long+enough+one";
    let entered = browser.post(&path, form).await;
    assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, "/"));
    let cookie = entered.header("set-cookie").to_owned();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    browser.cookies = cookie.split(';').next().expect("a pair").to_owned();
    let today = browser.get("/").await;
    assert_eq!(today.status, StatusCode::OK);
    assert!(today.text.contains("What breaks first?"), "{}", today.text);
    assert_eq!(Browser::of(&product).get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_read_alike() {
    let product = product().await;
    product.session("mara.lind").await;
    let browser = Browser::of(&product);
    let sign_in = |email: &str, password: &str| {
        format!("email={email}&password={}&return_to=/findings", password.replace(' ', "+"))
    };
    let mut refused = Vec::new();
    for email in ["mara@tidewater.example", "nobody@tidewater.example"] {
        let reply = browser.post("/sign-in", &sign_in(email, "wrong wrong wrong")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.push(reply.text.replace(email, ""));
    }
    assert_eq!(refused[0], refused[1]);
    let reply = browser.post("/sign-in", &sign_in("mara@tidewater.example", PASSWORD)).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/findings"));
}

#[tokio::test]
async fn one_address_that_tries_often_has_to_wait() {
    let product = Product::with_organisation().await;
    let browser = Browser::of(&product);
    let mut last = StatusCode::OK;
    for attempt in 0..21 {
        let form = format!("email=nobody{attempt}@tidewater.example&password=wrong");
        last = browser.post("/sign-in", &form).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn who_has_not_signed_in_is_shown_the_door_and_comes_back_to_where_they_wanted() {
    let product = Product::with_organisation().await;
    let browser = Browser::of(&product);
    let reply = browser.get("/findings?band=critical").await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.location(), "/sign-in?return_to=%2Ffindings%3Fband%3Dcritical");
    let page = browser.get(reply.location()).await;
    assert!(page.text.contains("value=\"/findings?band=critical\""), "{}", page.text);
}

#[tokio::test]
async fn a_form_without_the_session_s_token_changes_nothing() {
    let product = product().await;
    let browser = Browser::signed_in(&product, "mara.lind").await;
    for form in ["name=x&scope=read&days=7", "csrf=&name=x", "csrf=0000&name=x&scope=read&days=7"] {
        let reply = browser.post("/tokens", form).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{form}");
        assert!(reply.text.contains("present session"), "{}", reply.text);
    }
    assert!(browser.get("/tokens").await.text.contains("No token acts for you."));
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let product = product().await;
    let browser = Browser::signed_in(&product, "mara.lind").await;
    let out = browser.post_own("/sign-out", "").await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_token_is_shown_once_and_acts_only_within_its_scope() {
    let product = product().await;
    let reader = client(&product, "petra.novak", "read").await;
    let caller = reader.call(Method::GET, "/caller", "", "").await;
    assert_eq!(caller.json()["person"], "petra.novak");
    let tick = reader.call(Method::POST, "/ticks", "", "").await;
    assert_eq!(tick.status, StatusCode::FORBIDDEN);
    let tokens = reader.call(Method::GET, "/tokens", "", "").await;
    assert_eq!(tokens.status, StatusCode::FORBIDDEN);
}

/// Every page and form with who may: administrator, member, read-only.
const MATRIX: &[(&str, &str, [u16; 3])] = &[
    ("GET", "/", [200, 200, 200]),
    ("GET", "/objectives", [200, 200, 200]),
    ("GET", "/findings", [200, 200, 200]),
    ("GET", "/findings.csv", [200, 200, 200]),
    ("GET", "/findings/export?format=sarif", [200, 200, 200]),
    ("GET", "/findings/export?format=poem", [422, 422, 422]),
    ("GET", "/findings/F-1", [200, 200, 200]),
    ("GET", "/reports/baseline", [200, 200, 200]),
    ("GET", "/escalations", [200, 200, 200]),
    ("GET", "/imports", [200, 200, 200]),
    ("GET", "/imports/I-1", [200, 200, 200]),
    ("GET", "/imports/I-1/report", [200, 200, 200]),
    ("GET", "/services", [200, 200, 200]),
    ("GET", "/services/ledger", [200, 200, 200]),
    ("GET", "/people", [200, 200, 200]),
    ("GET", "/tokens", [200, 200, 200]),
    ("GET", "/help/keyboard", [200, 200, 200]),
    ("GET", "/outbox", [200, 403, 403]),
    ("GET", "/nowhere", [404, 404, 404]),
    ("GET", "/findings/F-999", [404, 404, 404]),
    ("POST", "/findings/F-999/fix-merged", [404, 404, 403]),
    ("POST", "/findings/F-999/holder", [404, 404, 403]),
    ("POST", "/findings/F-999/vendor", [404, 404, 403]),
    ("POST", "/findings/F-999/resumption", [404, 404, 403]),
    ("GET", "/reports/breaches", [200, 200, 200]),
    ("POST", "/imports/I-1/closing", [409, 403, 403]),
    ("POST", "/imports/I-1/undoing", [422, 422, 422]),
    ("POST", "/escalations/E-999/commitment", [404, 404, 404]),
    ("POST", "/findings", [405, 405, 405]),
];

#[tokio::test]
async fn each_page_answers_each_access_as_the_matrix_says() {
    let product = product().await;
    let mut wrong = Vec::new();
    for (place, person) in ["mara.lind", "yuki.mori", "ada.winther"].into_iter().enumerate() {
        let browser = Browser::signed_in(&product, person).await;
        for (method, path, expected) in MATRIX {
            let form = "confirm=close&merge_request=https://git.example/1&until=2026-03-04";
            let reply = match *method {
                "GET" => browser.get(path).await,
                _ => browser.post_own(path, form).await,
            };
            if reply.status.as_u16() != expected[place] {
                wrong.push(format!("{person}: {method} {path} answered {}", reply.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_answer_has_the_strict_policy_and_no_page_is_kept_by_others() {
    let product = Product::with_organisation().await;
    let browser = Browser::of(&product);
    for path in ["/sign-in", "/nowhere", "/livez", "/api/watchbell/v1/nowhere"] {
        let reply = browser.get(path).await;
        assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "private, no-store");
    }
    let asset = web::pages::assets::stylesheet_path();
    let style = browser.get(&asset).await;
    assert_eq!(style.status, StatusCode::OK);
    assert!(style.header("cache-control").contains("immutable"));
    assert_eq!(browser.get("/assets/0000000000000000/watchbell.css").await.status, 404);
    assert_eq!(browser.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_operator_may_do_what_people_may_not() {
    let product = product().await;
    assert!(operations::access::invite(&product.app, &Actor::Operator, "yuki.mori").await.is_ok());
}

#[tokio::test]
async fn a_session_that_nobody_used_ends_and_is_forgotten() {
    let product = product().await;
    let browser = Browser::signed_in(&product, "mara.lind").await;
    product.clock.advance(operations::access::SESSION_IDLE + jiff::SignedDuration::from_secs(1));
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
    let tick = operations::duties::tick(&product.app, &Actor::Watch).await.expect("a tick");
    let forgotten = tick.duties.iter().find(|(name, _)| *name == "forget").expect("the duty");
    assert_eq!(forgotten.1.advanced, 1);
}
