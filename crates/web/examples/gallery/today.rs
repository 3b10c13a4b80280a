//! The front page: a Monday in week 6, an empty house, and a day when nobody could be told.

use std::error::Error;

use web::pages::today::{Kept, LargestRisk, Owed, Ring, Step, TodayPage, Untold};
use web::pages::{Choice, Meaning, Room};

use super::{Gallery, flash, moment, objectives};

use Meaning::{Bending, Broken, Plain};

fn ring(at: &str, hours: f64, words: [&str; 2], meaning: Meaning, href: &str) -> Ring {
    let [what, whom] = words.map(str::to_owned);
    Ring { at: moment(at), hours, what, whom, meaning, href: href.into() }
}

fn rings() -> Vec<Ring> {
    vec![
        ring(
            "2026-11-23T16:00:00Z",
            7.3,
            ["Check-in of O2.1 is due", "Ines Okafor"],
            Plain,
            "/key-results/O2.1",
        ),
        ring(
            "2026-11-23T22:59:59Z",
            14.3,
            ["F-1042 in core-api passes its SLA; level 2 hears it", "VP Engineering and CISO"],
            Bending,
            "/findings/F-1042",
        ),
        ring(
            "2026-11-23T22:59:59Z",
            14.3,
            ["F-1057 in core-api passes its SLA; level 2 hears it", "VP Engineering and CISO"],
            Bending,
            "/findings/F-1057",
        ),
        ring(
            "2026-11-24T13:00:00Z",
            28.3,
            ["E-40 climbs to level 3", "CTO asks VP Engineering"],
            Broken,
            "/escalations/E-40",
        ),
    ]
}

fn owed() -> Vec<Owed> {
    let healths =
        [("on-track", "On track"), ("needs-attention", "Needs attention"), ("at-risk", "At risk")];
    vec![
        Owed {
            what: "O1.3 SBOM coverage of production services".into(),
            href: "/key-results/O1.3".into(),
            why: "weekly check-in".into(),
            due: moment("2026-11-23T16:00:00Z"),
            meaning: Plain,
            step: Step::CheckIn {
                action: "/key-results/O1.3/check-ins".into(),
                unit: "%".into(),
                last: "64".into(),
                healths: Choice::list(&healths, "needs-attention"),
            },
        },
        Owed {
            what: "F-1031 in billing, openssl".into(),
            href: "/escalations/E-40".into(),
            why: "level 2 of E-40".into(),
            due: moment("2026-11-24T13:00:00Z"),
            meaning: Broken,
            step: Step::Commit {
                action: "/escalations/E-40/commitments".into(),
                suggested: "2026-11-25".into(),
                earliest: "2026-11-23".into(),
                latest: "2026-11-26".into(),
                latest_words: "Thu 26 Nov".into(),
            },
        },
        Owed {
            what: "Import I-879 for web-shop waits".into(),
            href: "/imports/I-879".into(),
            why: "it would close 38 of 51".into(),
            due: moment("2026-11-24T07:00:00Z"),
            meaning: Bending,
            step: Step::Visit { href: "/imports/I-879".into(), verb: "Decide".into() },
        },
    ]
}

fn kept(what: &str, by: &str, at: &str) -> Kept {
    Kept { what: what.into(), href: "/findings/F-1019".into(), by: by.into(), at: moment(at) }
}

fn page(gallery: &Gallery) -> TodayPage {
    TodayPage {
        frame: gallery.frame(Room::Today, "/"),
        day: "Monday 23 November 2026".into(),
        period: "Week 6 of 13, Q3".into(),
        risk: Some(LargestRisk {
            meaning: Broken,
            sentence:
                "O1 lands with 41 %: two critical findings in core-api pass their date tonight."
                    .into(),
            turn: "It is Engineering's move: the sprint allocation is not confirmed.".into(),
            href: "/objectives/O1".into(),
        }),
        untold: Vec::new(),
        objectives: objectives::rows(),
        rings: rings(),
        ring_labels: vec![(0.0, "now".into()), (14.3, "Tue".into()), (38.3, "Wed".into())],
        owed: owed(),
        kept: vec![
            kept("F-1019 in identity fixed 3 days early", "Identity", "2026-11-20T14:20:00Z"),
            kept("E-38: date committed to and kept", "Jonas Weber", "2026-11-19T16:00:00Z"),
            kept("O3.1 checked in six weeks running", "Tom Lindqvist", "2026-11-20T08:00:00Z"),
        ],
        unassigned: 7,
    }
}

/// The front pages.
pub fn write(gallery: &mut Gallery) -> Result<(), Box<dyn Error>> {
    gallery.write("today", &page(gallery))?;
    let empty = TodayPage {
        risk: None,
        objectives: Vec::new(),
        rings: Vec::new(),
        owed: Vec::new(),
        kept: Vec::new(),
        unassigned: 0,
        ..page(gallery)
    };
    gallery.write("today-empty", &empty)?;
    let mut untold = page(gallery);
    untold.untold = vec![Untold {
        what: "E-42, level 2".into(),
        why: "Nobody holds the role VP Engineering and its manager has no address. Name someone \
            in your organisation's file."
            .into(),
        href: "/escalations/E-42".into(),
    }];
    untold.frame.flashes = vec![flash(Meaning::Holding, "You checked in O2.1 with 84.5 %.", None)];
    gallery.write("today-untold", &untold)
}
