//! The doors of the product: server-rendered pages and, later beside them, the API.
//!
//! The one rule to remember: a page is a plain struct that knows how to render itself.
//! It holds words, numbers and small enums, and nothing that can be asked for more.

pub mod pages;

/// Everything that is served.
pub fn router(_app: operations::App) -> axum::Router {
    axum::Router::new()
}
