//! What every handler is given: the product, and what this installation decided about its doors.

use std::sync::Arc;

use axum::extract::FromRef;
use operations::App;

use crate::attempts::Attempts;
use crate::cookies::Transport;

/// The largest form of a page that is not an upload, in bytes: generous for typed text.
pub(crate) const FORM_LIMIT: usize = 64 * 1024;
/// The largest body of the API that is not an upload, in bytes: the largest organisation file.
pub(crate) const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// The largest report taken in unless the installation says otherwise, in bytes.
const UPLOAD_LIMIT: usize = 200 * 1024 * 1024;

/// What an installation decides about its doors.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The largest report taken in, in bytes, as it arrives.
    pub upload_limit: usize,
    /// The version shown at the foot of each page.
    pub version: String,
    /// The version that the Dependency-Track interface says it is.
    pub track_version: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            upload_limit: UPLOAD_LIMIT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            track_version: crate::track::VERSION.to_owned(),
        }
    }
}

/// The state of the router; cheap to clone.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) settings: Arc<Settings>,
    pub(crate) attempts: Arc<Attempts>,
}

impl Server {
    pub(crate) fn new(app: App, settings: Settings) -> Server {
        Server { app, settings: Arc::new(settings), attempts: Arc::new(Attempts::default()) }
    }

    /// How people reach the pages, so that cookies may ask for it.
    pub(crate) fn transport(&self) -> Transport {
        let secure = self.app.address().starts_with("https://");
        if secure { Transport::Https } else { Transport::Http }
    }
}

impl FromRef<Server> for App {
    fn from_ref(server: &Server) -> App {
        server.app.clone()
    }
}
