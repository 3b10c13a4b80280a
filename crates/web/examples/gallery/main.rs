//! Writes every page with believable sample data, to be looked at and checked by axe.
//!
//! `cargo run -p web --example gallery -- FOLDER` writes each page as `NAME.html` (light),
//! `NAME.dark.html`, the assets, and an `index.html`. The company is the playbook's at week 6
//! of its third quarter; nothing here is used by the product.

mod door;
mod findings;
mod objectives;
mod rooms;
mod today;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use web::pages::{Flash, Frame, Link, Meaning, Moment, Reader, Room, Theme, assets};

/// When the sample pages are read: Monday of week 6, 09:40 in Berlin.
const NOW: &str = "2026-11-23T08:40:00Z";

/// The most bytes a page may have, as the look says.
const PAGE_LIMIT: usize = 150_000;

/// Where the pages go, in which theme.
pub struct Gallery {
    folder: PathBuf,
    theme: Theme,
    written: Vec<String>,
}

impl Gallery {
    /// A frame in `room` for the page at `here`.
    pub fn frame(&self, room: Room, here: &str) -> Frame {
        Frame {
            room,
            reader: Some(Reader {
                name: "Marta Ruiz".into(),
                role: "CISO".into(),
                reads_outbox: true,
            }),
            theme: self.theme,
            csrf: "c5a1f0".into(),
            here: here.into(),
            version: "0.1.0".into(),
            zone: "Europe/Berlin".into(),
            made_at: "Mon 23 Nov 2026 09:40".into(),
            ..Frame::default()
        }
    }

    /// A frame for somebody who has not signed in.
    pub fn outside(&self, here: &str) -> Frame {
        Frame { reader: None, ..self.frame(Room::Elsewhere, here) }
    }

    /// Renders and writes one page.
    pub fn write(&mut self, name: &str, page: &impl Template) -> Result<(), Box<dyn Error>> {
        let file = match self.theme {
            Theme::Dark => format!("{name}.dark.html"),
            _ => format!("{name}.html"),
        };
        let text = page.render()?.replace("=\"/assets/", "=\"assets/");
        if text.len() > PAGE_LIMIT {
            return Err(format!("{file} has {} bytes, more than {PAGE_LIMIT}", text.len()).into());
        }
        fs::write(self.folder.join(&file), text)?;
        self.written.push(file);
        Ok(())
    }
}

/// The instant `text`, as read at [`NOW`] in Berlin.
pub fn moment(text: &str) -> Moment {
    let read = |text: &str| text.parse::<Timestamp>().unwrap_or_default();
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    Moment::new(read(NOW), read(text), &zone)
}

/// A flash as after an action.
pub fn flash(meaning: Meaning, text: &str, link: Option<Link>) -> Flash {
    Flash { meaning, text: text.into(), link }
}

fn write_assets(folder: &Path) -> Result<(), Box<dyn Error>> {
    for asset in assets::ALL {
        let home = folder.join("assets").join(asset.hash());
        fs::create_dir_all(&home)?;
        fs::write(home.join(asset.name), asset.content)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("say which FOLDER to write to")?);
    write_assets(&folder)?;
    let mut index = String::from("<!doctype html><title>Gallery</title><ul>");
    for theme in [Theme::Light, Theme::Dark] {
        let mut gallery = Gallery { folder: folder.clone(), theme, written: Vec::new() };
        today::write(&mut gallery)?;
        objectives::write(&mut gallery)?;
        findings::write(&mut gallery)?;
        rooms::write(&mut gallery)?;
        door::write(&mut gallery)?;
        for file in &gallery.written {
            index.push_str(&format!("<li><a href=\"{file}\">{file}</a></li>"));
        }
    }
    fs::write(folder.join("index.html"), index)?;
    Ok(())
}
