//! How pages look to one reader, and the page of the keys.

use axum::Router;
use axum::http::header;
use axum::response::Response;
use axum::routing::{get, post};

use crate::answer::{Answer, local, page, see_other};
use crate::cookies::{self, DENSITY, DISPLAY_SECONDS, KEYS, Keep, THEME};
use crate::pages::problems::KeyboardPage;
use crate::pages::{Density, Keys, Room, Theme};
use crate::posted::Posted;
use crate::server::Server;
use crate::visit::Arrival;

pub(super) fn routes() -> Router<Server> {
    Router::new().route("/display", post(display)).route("/help/keyboard", get(keyboard))
}

async fn display(Posted { visit, fields }: Posted) -> Response {
    let mut response = see_other(local(fields.text("return_to")));
    let choices = [
        (THEME, Theme::from_name(fields.text("theme")).name()),
        (DENSITY, Density::from_name(fields.text("density")).name()),
        (KEYS, Keys::from_name(fields.text("keys")).name()),
    ];
    for (name, value) in choices {
        let keep = Keep::Seconds(DISPLAY_SECONDS);
        let cookie = cookies::set(name, value, keep, visit.server.transport());
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn keyboard(arrival: Arrival) -> Answer {
    page(&KeyboardPage { frame: arrival.frame(Room::Elsewhere) })
}
