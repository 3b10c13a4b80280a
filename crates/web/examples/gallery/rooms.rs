//! Escalations, imports and services.

use std::error::Error;

use web::pages::escalations::{
    CommitForm, CommitmentRow, EscalationPage, EscalationRow, EscalationsPage, NextLevel, Rung,
    Telling, ViewLink,
};
use web::pages::findings::Fact;
use web::pages::imports::{
    Change, Held, ImportPage, ImportRow, ImportsPage, RefusedEntry, UploadForm,
};
use web::pages::services::{ServicePage, ServiceRow, ServicesPage};
use web::pages::{Choice, Link, Meaning, Paging, Refusals, Room};

use super::{Gallery, findings, moment};

use Meaning::{Bending, Broken, Holding, Plain};

/// Views of a list, the first one chosen.
pub fn views(names: &[&str]) -> Vec<ViewLink> {
    names
        .iter()
        .enumerate()
        .map(|(place, name)| ViewLink { link: Link::new("?view", *name), chosen: place == 0 })
        .collect()
}

fn escalations(gallery: &Gallery) -> EscalationsPage {
    let row = |code: &str,
               what: &str,
               level: &str,
               state: (Meaning, &str),
               next: Option<(&str, &str)>| EscalationRow {
        code: code.into(),
        href: format!("/escalations/{code}"),
        what: what.into(),
        trigger: "6 Dependency SLA breach".into(),
        level: level.into(),
        meaning: state.0,
        state: state.1.into(),
        told: "Petra Novak, Marta Ruiz".into(),
        turn: "Payments".into(),
        next: next.map(|(level, at)| NextLevel { level: level.into(), at: moment(at) }),
    };
    EscalationsPage {
        frame: gallery.frame(Room::Escalations, "/escalations"),
        sentence: "Three are open; E-40 reaches the CTO tomorrow at 14:00.".into(),
        views: views(&["Open 3", "Ended 11"]),
        rows: vec![
            row(
                "E-40",
                "CVE-2026-21407 in billing is past its SLA",
                "L2 Peer flag",
                (Broken, "climbing"),
                Some(("L3", "2026-11-24T13:00:00Z")),
            ),
            row(
                "E-42",
                "CVE-2026-31337 in core-api has no merged fix",
                "L1 Auto-nudge",
                (Bending, "climbing"),
                Some(("L2", "2026-11-23T22:59:59Z")),
            ),
            row(
                "E-39",
                "Readiness projects to 82 % at the audit window",
                "L2 Peer flag",
                (Plain, "paused until Thu 26 Nov"),
                None,
            ),
        ],
        paging: Paging::default(),
    }
}

fn telling(
    person: &str,
    role: &str,
    channel: &str,
    state: (Meaning, &str),
    at: Option<&str>,
) -> Telling {
    Telling {
        person: person.into(),
        role: role.into(),
        channel: channel.into(),
        meaning: state.0,
        state: state.1.into(),
        at: at.map(moment),
    }
}

fn rung(level: &str, name: &str, state: (Meaning, &str), at: &str) -> Rung {
    Rung {
        level: level.into(),
        name: name.into(),
        meaning: state.0,
        state: state.1.into(),
        at: Some(moment(at)),
        here: level == "L2",
        told: Vec::new(),
    }
}

fn rungs() -> Vec<Rung> {
    let accepted = (Holding, "accepted");
    let refused = (Bending, "refused by the server, tried again");
    let nudged = vec![
        telling(
            "Lena Fuchs",
            "engineer of Payments",
            "Slack",
            accepted,
            Some("2026-11-18T22:00:02Z"),
        ),
        telling(
            "Omar Haddad",
            "manager of Payments",
            "email",
            accepted,
            Some("2026-11-18T22:00:04Z"),
        ),
    ];
    let flagged = vec![
        telling("Petra Novak", "VP Engineering", "email", accepted, Some("2026-11-20T23:00:01Z")),
        telling("Marta Ruiz", "CISO", "email", refused, None),
    ];
    let told = (Holding, "told");
    vec![
        Rung { told: nudged, ..rung("L1", "Auto-nudge", told, "2026-11-18T22:00:00Z") },
        Rung { told: flagged, ..rung("L2", "Peer flag", told, "2026-11-20T22:59:59Z") },
        rung("L3", "CTO review", (Bending, "rings"), "2026-11-24T13:00:00Z"),
    ]
}

fn escalation(gallery: &Gallery) -> EscalationPage {
    EscalationPage {
        frame: gallery.frame(Room::Escalations, "/escalations/E-40"),
        code: "E-40".into(),
        title: "CVE-2026-21407 in billing is past its SLA".into(),
        cause: Link::new("/findings/F-1031", "F-1031, openssl 3.0.2 in billing"),
        trigger: "6 Dependency SLA breach".into(),
        meaning: Broken,
        state: "Climbing, level 3 in 28 h 20 min".into(),
        sentence: "It is Payments' move: merge the fix, or commit to a date.".into(),
        saw: vec![
            "CVSS 9.1, open 16 days, no fix merged".into(),
            "held by Payments since day \
            1"
            .into(),
        ],
        rungs: rungs(),
        commitments: vec![CommitmentRow {
            person: "Omar Haddad".into(),
            level: "L1".into(),
            until: moment("2026-11-20T22:59:59Z"),
            meaning: Broken,
            state: "broken".into(),
            words: "Fix goes into Friday's release.".into(),
        }],
        commit: Some(CommitForm {
            action: "/escalations/E-40/commitments".into(),
            until: "2026-11-25".into(),
            earliest: "2026-11-23".into(),
            latest: "2026-11-26".into(),
            latest_words: "Thu 26 Nov".into(),
            words: String::new(),
        }),
        clears: vec![
            "A later scan of billing no longer sees it.".into(),
            "An exception is \
            approved; at most 30 days for CVSS 9.0 and above."
                .into(),
        ],
        policy: "Runs under the SLA matrix of 1 Apr 2026, signed by CTO, VP Engineering and \
            CISO, frozen when it opened."
            .into(),
        refusals: Refusals::none(),
    }
}

fn upload() -> UploadForm {
    UploadForm {
        services: Choice::list(&[("core-api", "core-api"), ("billing", "billing")], "core-api"),
        may_create: true,
        formats: Choice::list(
            &[
                ("", "recognise it by its content"),
                ("trivy", "Trivy (JSON)"),
                ("sarif", "SARIF 2.1.0"),
            ],
            "",
        ),
        scope: String::new(),
        limit: "up to 256 MB, also gzip".into(),
    }
}

fn imports(gallery: &Gallery) -> ImportsPage {
    let row = |code: &str, at: &str, service: &str, state: (Meaning, &str), counts: [&str; 5]| {
        let [created, closed, reopened, unchanged, refused] = counts.map(str::to_owned);
        ImportRow {
            href: format!("/imports/{code}"),
            code: code.into(),
            at: moment(at),
            service: Link::new(format!("/services/{service}"), service),
            format: "Trivy (JSON)".into(),
            meaning: state.0,
            state: state.1.into(),
            created,
            closed,
            reopened,
            unchanged,
            refused,
            by: "token ci-main".into(),
        }
    };
    ImportsPage {
        frame: gallery.frame(Room::Imports, "/imports"),
        rows: vec![
            row(
                "I-881",
                "2026-11-23T06:00:00Z",
                "core-api",
                (Holding, "taken"),
                ["3", "5", "0", "114", "0"],
            ),
            row(
                "I-880",
                "2026-11-23T05:58:00Z",
                "identity",
                (Holding, "taken"),
                ["0", "0", "1", "1,204", "2"],
            ),
            row(
                "I-879",
                "2026-11-23T05:40:00Z",
                "web-shop",
                (Bending, "held"),
                ["0", "0", "0", "13", "0"],
            ),
            row(
                "I-878",
                "2026-11-22T21:00:00Z",
                "billing",
                (Broken, "refused"),
                ["0", "0", "0", "0", "0"],
            ),
        ],
        paging: Paging {
            previous: Some("/imports?before=I-900".into()),
            next: None,
            words: "51 to 54 of 54".into(),
        },
        upload: Some(upload()),
        refusals: Refusals::none(),
    }
}

fn import(gallery: &Gallery) -> ImportPage {
    let change = |name: &str, count: &str, href: &str| Change {
        name: name.into(),
        count: count.into(),
        href: href.into(),
    };
    ImportPage {
        frame: gallery.frame(Room::Imports, "/imports/I-879"),
        code: "I-879".into(),
        meaning: Bending,
        state: "Held".into(),
        sentence: "It waits for you: nothing was closed.".into(),
        at: moment("2026-11-23T05:40:00Z"),
        service: Link::new("/services/web-shop", "web-shop"),
        format: "Trivy (JSON)".into(),
        scope: "main".into(),
        tool: "Trivy 0.57".into(),
        size: "1.4 MB".into(),
        digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        by: "token ci-main".into(),
        changes: vec![
            change("Created", "0", ""),
            change("Closed", "0", ""),
            change("Reopened", "0", ""),
            change("Unchanged", "13", "/findings?import=I-879"),
            change("Refused", "2", ""),
        ],
        held: Some(Held {
            would_close: 38,
            open: 51,
            close_action: Some("/imports/I-879/closing".into()),
            listed_href: "/findings?import=I-879&would=close".into(),
        }),
        refused: vec![
            RefusedEntry {
                place: "Results[2].Vulnerabilities[17]".into(),
                why: "the score 11.2 is above 10; its vector gives none".into(),
            },
            RefusedEntry {
                place: "Results[4].Vulnerabilities[0]".into(),
                why: "it names no vulnerability and no package".into(),
            },
        ],
        remarks: vec!["The report says its database is 41 days old.".into()],
        deeds: Vec::new(),
        report_href: "/imports/I-879/report".into(),
        undo_action: None,
        refusals: Refusals::none(),
    }
}

fn services(gallery: &Gallery) -> ServicesPage {
    let row = |name: &str,
               team: &str,
               counts: [&str; 4],
               state: (Meaning, &str),
               scanned: Option<&str>| {
        let [critical, high, medium, past] = counts.map(str::to_owned);
        ServiceRow {
            href: format!("/services/{name}"),
            name: name.into(),
            team: team.into(),
            tier: "1".into(),
            stage: "production".into(),
            critical,
            high,
            medium,
            past,
            meaning: state.0,
            state: state.1.into(),
            scanned: scanned.map(moment),
        }
    };
    ServicesPage {
        frame: gallery.frame(Room::Services, "/services"),
        rows: vec![
            row(
                "billing",
                "Payments",
                ["1", "9", "40", "3"],
                (Broken, "3 past SLA"),
                Some("2026-11-22T21:00:00Z"),
            ),
            row(
                "core-api",
                "Core API",
                ["4", "31", "118", "0"],
                (Bending, "2 due today"),
                Some("2026-11-23T06:00:00Z"),
            ),
            row(
                "identity",
                "Identity",
                ["0", "4", "22", "0"],
                (Holding, "in time"),
                Some("2026-11-23T05:58:00Z"),
            ),
            row("reporting", "unowned", ["0", "0", "0", "0"], (Plain, "never scanned"), None),
        ],
        paging: Paging::default(),
    }
}

fn service(gallery: &Gallery) -> ServicePage {
    ServicePage {
        frame: gallery.frame(Room::Services, "/services/core-api"),
        name: "core-api".into(),
        meaning: Bending,
        state: "Two due today".into(),
        sentence: "Core API owns it; it is in production and tier 1.".into(),
        facts: vec![
            Fact::new("Tier", "1, production"),
            Fact::new("Repository", "git.example.com/core/api"),
            Fact::new("Last scan", "2 h 40 min ago, Trivy"),
        ],
        counts: findings::counts(),
        next_due: findings::rows().into_iter().take(3).collect(),
        findings_href: "/findings?service=core-api".into(),
        imports_href: "/imports?service=core-api".into(),
        sboms_href: "/sboms?service=core-api".into(),
        sboms: "3, the last 2 days ago".into(),
        team: Some(Link::new("/findings?team=core-api", "Core API")),
    }
}

/// The pages of these three rooms.
pub fn write(gallery: &mut Gallery) -> Result<(), Box<dyn Error>> {
    gallery.write("escalations", &escalations(gallery))?;
    let quiet = EscalationsPage {
        rows: Vec::new(),
        sentence: "Nothing climbs.".into(),
        ..escalations(gallery)
    };
    gallery.write("escalations-empty", &quiet)?;
    gallery.write("escalation", &escalation(gallery))?;
    gallery.write("imports", &imports(gallery))?;
    let refused = ImportsPage {
        rows: Vec::new(),
        paging: Paging::default(),
        refusals: Refusals::none().and(
            "report",
            "no reader recognises notes.txt; choose its format, or a JSON, XML or CSV report",
        ),
        ..imports(gallery)
    };
    gallery.write("imports-refused", &refused)?;
    gallery.write("import", &import(gallery))?;
    gallery.write("services", &services(gallery))?;
    gallery.write("services-empty", &ServicesPage { rows: Vec::new(), ..services(gallery) })?;
    gallery.write("service", &service(gallery))
}
