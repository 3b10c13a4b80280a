//! What stands around every page: the way between rooms, who is reading, how it looks.
//!
//! The rule to remember: every view has a field `frame`, and every form in it carries
//! `frame.csrf`. A page for someone who has not signed in has no `reader` and no rooms.

use super::assets;
use super::words::{Link, Meaning};

/// The rooms of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Room {
    Today,
    Objectives,
    Findings,
    Escalations,
    Imports,
    Services,
    /// A page that is in none of them: tokens, help, an error.
    #[default]
    Elsewhere,
}

/// The rooms in order, with their address, their name and the key after `g`.
const ROOMS: [(Room, &str, &str, &str); 6] = [
    (Room::Today, "/", "Today", "t"),
    (Room::Objectives, "/objectives", "Objectives", "o"),
    (Room::Findings, "/findings", "Findings", "f"),
    (Room::Escalations, "/escalations", "Escalations", "e"),
    (Room::Imports, "/imports", "Imports", "i"),
    (Room::Services, "/services", "Services", "s"),
];

/// One entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoomEntry {
    pub href: &'static str,
    pub name: &'static str,
    /// The key that follows `g`.
    pub key: &'static str,
    /// Whether the page is in this room.
    pub here: bool,
}

/// Light or dark, as chosen by the reader and remembered by the cookie `theme`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The value in the cookie, in the form and on the root element.
    pub fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// Reads the cookie or the form; anything unknown is the system's choice.
    pub fn from_name(name: &str) -> Theme {
        match name {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// How close rows stand, remembered by the cookie `density`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Density {
    #[default]
    Comfortable,
    Compact,
}

impl Density {
    /// The value in the cookie, in the form and on the root element.
    pub fn name(self) -> &'static str {
        match self {
            Density::Comfortable => "comfortable",
            Density::Compact => "compact",
        }
    }

    /// Reads the cookie or the form; anything unknown is comfortable.
    pub fn from_name(name: &str) -> Density {
        if name == "compact" { Density::Compact } else { Density::Comfortable }
    }
}

/// Whether single keys act, remembered by the cookie `keys`; they must be possible to turn
/// off for people who speak to their computer (WCAG 2.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Keys {
    #[default]
    On,
    Off,
}

impl Keys {
    /// The value in the cookie, in the form and on the root element.
    pub fn name(self) -> &'static str {
        match self {
            Keys::On => "on",
            Keys::Off => "off",
        }
    }

    /// Reads the cookie or the form; anything unknown is on.
    pub fn from_name(name: &str) -> Keys {
        if name == "off" { Keys::Off } else { Keys::On }
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub name: String,
    /// The role as the organisation calls it: `CISO`, `administrator`.
    pub role: String,
    /// Whether the menu leads to outgoing messages.
    pub reads_outbox: bool,
}

/// What the last action did, shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    pub meaning: Meaning,
    pub text: String,
    pub link: Option<Link>,
}

/// What every page is set in.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub room: Room,
    /// Nobody, on the pages before sign-in.
    pub reader: Option<Reader>,
    pub theme: Theme,
    pub density: Density,
    pub keys: Keys,
    /// The token each form sends back.
    pub csrf: String,
    /// Path and query of this page, where the display form returns to.
    pub here: String,
    pub flashes: Vec<Flash>,
    /// The product's version: `0.1.0`.
    pub version: String,
    /// The reader's time zone: `Europe/Berlin`.
    pub zone: String,
    /// When the page was made, exactly: `Mon 23 Nov 2026 09:40`.
    pub made_at: String,
}

impl Frame {
    /// The navigation in order.
    pub fn rooms(&self) -> impl Iterator<Item = RoomEntry> {
        let room = self.room;
        ROOMS.iter().map(move |(each, href, name, key)| RoomEntry {
            href,
            name,
            key,
            here: *each == room,
        })
    }

    /// The stylesheet's address, with its hash.
    pub fn stylesheet(&self) -> String {
        assets::stylesheet_path()
    }

    /// The script's address, with its hash.
    pub fn script(&self) -> String {
        assets::script_path()
    }

    /// The tab's mark.
    pub fn bell(&self) -> String {
        assets::bell_path()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_of_display_survive_their_cookie() {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            assert_eq!(Theme::from_name(theme.name()), theme);
        }
        for density in [Density::Comfortable, Density::Compact] {
            assert_eq!(Density::from_name(density.name()), density);
        }
        for keys in [Keys::On, Keys::Off] {
            assert_eq!(Keys::from_name(keys.name()), keys);
        }
        assert_eq!(Theme::from_name("\"><script>"), Theme::System);
    }

    #[test]
    fn one_room_at_most_is_here() {
        let frame = Frame { room: Room::Findings, ..Frame::default() };
        let here: Vec<_> = frame.rooms().filter(|entry| entry.here).collect();
        assert_eq!(here.len(), 1);
        assert_eq!(here[0].href, "/findings");
        assert_eq!(Frame::default().rooms().filter(|entry| entry.here).count(), 0);
    }
}
