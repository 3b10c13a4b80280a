//! A browser without script, and a client with a token, against the router in this process.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use testkit::Product;
use tower::ServiceExt;
use web::{Settings, router};

/// A report that opens two findings in `core-api`, as SARIF.
pub const REPORT: &str = include_str!("report.sarif.json");

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn location(&self) -> &str {
        self.header("location")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|why| panic!("{why}: {}", self.text))
    }

    /// The token that the forms of this page carry.
    pub fn csrf(&self) -> String {
        let (_, rest) = self.text.split_once("name=\"csrf\" value=\"").expect("a form");
        rest.split('"').next().expect("a value").to_owned()
    }
}

/// Somebody who asks.
pub struct Browser {
    router: Router,
    /// The session's cookie, and others.
    pub cookies: String,
    /// An API token.
    pub token: String,
}

impl Browser {
    pub fn of(product: &Product) -> Browser {
        Browser {
            router: router(product.app.clone(), Settings::default()),
            cookies: String::new(),
            token: String::new(),
        }
    }

    /// A browser in which `person` is signed in.
    pub async fn signed_in(product: &Product, person: &str) -> Browser {
        let cookies = format!("watchbell={}", product.session(person).await);
        Browser { cookies, ..Browser::of(product) }
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 16 << 20).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status, headers: parts.headers, text }
    }

    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path).header("host", "here");
        if !self.cookies.is_empty() {
            request = request.header(header::COOKIE, &self.cookies);
        }
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        request
    }

    pub async fn get(&self, path: &str) -> Reply {
        let request = self.request(Method::GET, path).body(Body::empty()).expect("a request");
        self.send(request).await
    }

    /// Posts a form as a browser does.
    pub async fn post(&self, path: &str, form: &str) -> Reply {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("origin", "http://here")
            .body(Body::from(form.to_owned()))
            .expect("a request");
        self.send(request).await
    }

    /// Posts a form with the session's csrf.
    pub async fn post_own(&self, path: &str, form: &str) -> Reply {
        let csrf = self.get("/help/keyboard").await.csrf();
        self.post(path, &format!("csrf={csrf}&{form}")).await
    }

    /// Sends JSON, or another body, to the API.
    pub async fn call(&self, method: Method, path: &str, kind: &str, body: &str) -> Reply {
        self.call_under(method, path, (kind, body), None).await
    }

    pub async fn call_under(
        &self,
        method: Method,
        path: &str,
        (kind, body): (&str, &str),
        key: Option<&str>,
    ) -> Reply {
        let path = format!("/api/watchbell/v1{path}");
        let mut request = self.request(method, &path).header(header::CONTENT_TYPE, kind);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }
}

/// A product with the example organisation, the playbook and one report in.
pub async fn product() -> Product {
    use domain::access::Actor;
    use operations::imports::{ImportRequest, import};
    let product = Product::with_organisation().await;
    let loaded =
        operations::objectives::load_playbook(&product.app, &Actor::Operator, "ciso", None);
    loaded.await.expect("the playbook");
    let request = ImportRequest {
        bytes: REPORT.as_bytes().to_vec(),
        service: "ledger".to_owned(),
        create_service: true,
        ..ImportRequest::default()
    };
    import(&product.app, &Actor::Operator, request).await.expect("an import");
    product
}

/// A browser that has a token of `person` with `scope`.
pub async fn client(product: &Product, person: &str, scope: &str) -> Browser {
    let browser = Browser::signed_in(product, person).await;
    let made = browser.post_own("/tokens", &format!("name=test&scope={scope}&days=7")).await;
    let (_, rest) = made.text.split_once("class=\"secret\">").expect("a secret");
    let token = rest.split('<').next().expect("a secret").to_owned();
    Browser { token, ..Browser::of(product) }
}
