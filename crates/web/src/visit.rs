//! Who asks for a page, and what every page needs to know of them.
//!
//! [`Arrival`] is anybody; [`Visit`] is somebody who signed in, and a handler that takes one sends
//! everybody else to the door. The instant and the organisation are read once a request.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::access::{Access, Actor, Operation, Relation, may};
use domain::people::{Organisation, PersonId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use operations::{App, access, organisations};

use crate::cookies;
use crate::flash::Told;
use crate::pages::{Density, Frame, Keys, Moment, Reader, Room, Theme};
use crate::problem::Problem;
use crate::server::Server;

/// Anybody, signed in or not.
pub(crate) struct Arrival {
    pub(crate) server: Server,
    pub(crate) now: Timestamp,
    identity: Option<Identity>,
    frame: Frame,
}

/// Who a session belongs to.
struct Identity {
    actor: Actor,
    csrf: String,
    organisation: Arc<Organisation>,
}

/// Somebody who signed in.
pub(crate) struct Visit {
    pub(crate) server: Server,
    pub(crate) app: App,
    pub(crate) actor: Actor,
    pub(crate) now: Timestamp,
    pub(crate) organisation: Arc<Organisation>,
    /// The reader's own zone.
    pub(crate) zone: TimeZone,
    /// What each form carries.
    pub(crate) csrf: String,
    frame: Frame,
}

impl Arrival {
    pub(crate) async fn read(
        server: &Server,
        headers: &HeaderMap,
        uri: &Uri,
    ) -> Result<Arrival, Problem> {
        let now = server.app.now();
        let cookie = |name| cookies::read(headers, name).unwrap_or_default();
        let identity = match cookies::read(headers, cookies::SESSION) {
            Some(secret) => identify(&server.app, secret).await?,
            None => None,
        };
        let mut frame = Frame {
            theme: Theme::from_name(cookie(cookies::THEME)),
            density: Density::from_name(cookie(cookies::DENSITY)),
            keys: Keys::from_name(cookie(cookies::KEYS)),
            here: uri.path_and_query().map_or("/", |here| here.as_str()).to_owned(),
            flashes: Told::from_word(cookie(cookies::FLASH)).map(Told::flash).into_iter().collect(),
            version: server.settings.version.clone(),
            ..Frame::default()
        };
        if let Some(identity) = &identity {
            frame.csrf = identity.csrf.clone();
            frame.reader = Some(reader(&identity.actor, &identity.organisation));
            let zone = zone(&identity.actor, &identity.organisation);
            let at = now.to_zoned(zone.clone());
            frame.made_at = at.strftime("%a %-d %b %Y %H:%M").to_string();
            frame.zone = zone.iana_name().unwrap_or("UTC").to_owned();
        }
        Ok(Arrival { server: server.clone(), now, identity, frame })
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.identity.is_some()
    }

    /// The frame of a page in `room`.
    pub(crate) fn frame(&self, room: Room) -> Frame {
        Frame { room, ..self.frame.clone() }
    }

    pub(crate) fn signed_in(self) -> Result<Visit, Problem> {
        let Some(identity) = self.identity else {
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "sign in first"));
        };
        Ok(Visit {
            app: self.server.app.clone(),
            server: self.server,
            zone: zone(&identity.actor, &identity.organisation),
            actor: identity.actor,
            csrf: identity.csrf,
            organisation: identity.organisation,
            now: self.now,
            frame: self.frame,
        })
    }
}

impl Visit {
    /// The frame of a page in `room`.
    pub(crate) fn frame(&self, room: Room) -> Frame {
        Frame { room, ..self.frame.clone() }
    }

    /// `then` as the reader reads it.
    pub(crate) fn moment(&self, then: Timestamp) -> Moment {
        Moment::new(self.now, then, &self.zone)
    }

    /// What people call the person with this id.
    pub(crate) fn name_of(&self, id: &str) -> String {
        name_of(&self.organisation, id)
    }
}

/// What people call the person with this id; the id itself when nobody is called by it.
pub(crate) fn name_of(organisation: &Organisation, id: &str) -> String {
    let known = PersonId::parse(id).ok().and_then(|id| organisation.people.get(&id));
    known.map_or_else(|| id.to_owned(), |person| person.name.clone())
}

async fn identify(app: &App, secret: &str) -> Result<Option<Identity>, Problem> {
    let Some(found) = access::by_cookie(app, secret).await? else { return Ok(None) };
    let organisation = organisations::current(app, &found.actor).await?;
    let csrf = found.csrf.unwrap_or_default();
    Ok(Some(Identity { actor: found.actor, csrf, organisation }))
}

fn zone(actor: &Actor, organisation: &Organisation) -> TimeZone {
    let person = actor.person().and_then(|id| organisation.people.get(id));
    person.map_or_else(|| organisation.zone.clone(), |person| person.zone.clone())
}

fn reader(actor: &Actor, organisation: &Organisation) -> Reader {
    let id = actor.person();
    let mut roles = organisation.roles.iter().filter(|(_, holder)| Some(*holder) == id);
    let role = roles.next().map(|(role, _)| role.title());
    let role = role.unwrap_or(match actor {
        Actor::Person { access, .. } => access_words(*access),
        _ => "",
    });
    Reader {
        name: name_of(organisation, actor.name()),
        role: role.to_owned(),
        reads_outbox: may(actor, Operation::ReadOutbox, Relation::Foreign),
    }
}

/// How an access reads in a sentence.
pub(crate) fn access_words(access: Access) -> &'static str {
    match access {
        Access::Administrator => "administrator",
        Access::Member => "member",
        Access::ReadOnly => "read-only",
    }
}

/// The sign-in page that leads back to where somebody wanted to go.
pub(crate) fn sign_in_address(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |here| here.as_str());
    if wanted == "/" {
        return "/sign-in".to_owned();
    }
    format!("/sign-in?return_to={}", crate::rooms::encoded(wanted))
}

impl FromRequestParts<Server> for Arrival {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Arrival, Problem> {
        Arrival::read(server, &parts.headers, &parts.uri).await
    }
}

impl FromRequestParts<Server> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Visit, Problem> {
        Arrival::read(server, &parts.headers, &parts.uri).await?.signed_in()
    }
}
