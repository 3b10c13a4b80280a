//! Answers that handlers give: a page, a redirect, a word told on the next page.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::cookies::{self, FLASH, FLASH_SECONDS, Keep};
use crate::flash::Told;
use crate::problem::Problem;
use crate::server::Server;

/// What a page's handler answers.
pub(crate) type Answer = Result<Response, Problem>;

/// A page.
pub(crate) fn page(view: &impl Template) -> Answer {
    page_with(StatusCode::OK, view)
}

/// A page under another status: a form that came back, a problem.
pub(crate) fn page_with(status: StatusCode, view: &impl Template) -> Answer {
    let text = view.render().map_err(|why| Problem::failed(&why))?;
    Ok((status, Html(text)).into_response())
}

/// Sends the browser on after a form was taken; `path` is local.
pub(crate) fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Sends the browser on to `path`, where it reads what was done.
pub(crate) fn done(server: &Server, told: Told, path: &str) -> Response {
    let mut response = see_other(path);
    let keep = Keep::Seconds(FLASH_SECONDS);
    let cookie = cookies::set(FLASH, told.word(), keep, server.transport());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// `path` if it stays on this host, else the front page.
pub(crate) fn local(path: &str) -> &str {
    let stays = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 2_000
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if stays { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_address_never_leaves_this_host() {
        for good in ["/", "/findings?band=critical&sort=newest", "/key-results/O1.1"] {
            assert_eq!(local(good), good);
        }
        for bad in ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb"] {
            assert_eq!(local(bad), "/", "{bad:?}");
        }
    }
}
