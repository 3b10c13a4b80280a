//! The doors of the product: server-rendered pages, and beside them the API.
//!
//! The one rule to remember: a handler parses, calls one operation and fills a view. A page is a
//! plain struct that knows how to render itself; a body of the API is a plain struct of `wire`.
//! Every refusal, wherever it arises, becomes a page or a problem document in one place
//! ([`problem`]). Nothing here sees the store or a foreign document.

pub mod api;
pub mod pages;

mod answer;
mod attempts;
mod cookies;
mod dojo;
mod flash;
mod places;
mod posted;
mod problem;
mod rooms;
mod router;
mod server;
mod track;
mod visit;

pub use router::router;
pub use server::Settings;
