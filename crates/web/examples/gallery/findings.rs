//! Findings: a full list, filtered to nothing, before the first import, and three findings.

use std::error::Error;

use web::pages::custody::{CustodyForms, VendorForm};
use web::pages::drawing::{Holding as Held, SlaLine};
use web::pages::findings::{
    BandCount, Emptiness, Fact, FalsePositiveForm, Filters, FindingPage, FindingRow, FindingsPage,
    FixMergedForm, Holder, HolderShare, LedgerRow, Owner, Score, Sighting,
};
use web::pages::{Choice, Link, Meaning, Paging, Refusals, Room};

use super::{Gallery, flash, moment};

use Meaning::{Bending, Broken, Holding, Plain};

pub fn counts() -> Vec<BandCount> {
    let band = |band: &str, window: &str, in_time: u64, past: u64| BandCount {
        band: band.into(),
        window: window.into(),
        in_time,
        in_time_href: format!("/findings?band={}&sla=in-time", band.to_lowercase()),
        past,
        past_href: format!("/findings?band={}&sla=past", band.to_lowercase()),
    };
    vec![
        band("Critical", "14 days", 6, 1),
        band("High", "30 days", 83, 4),
        band("Medium", "60 days", 412, 0),
        band("Low", "none", 703, 0),
    ]
}

/// Code, identity, title, place, service, holder, band, score, state, due.
const ROWS: [[&str; 10]; 7] = [
    [
        "F-1031",
        "CVE-2026-21407",
        "Use after free in TLS session resumption",
        "openssl 3.0.2",
        "billing",
        "Payments",
        "Critical",
        "9.1",
        "past SLA",
        "2026-11-20T22:59:59Z",
    ],
    [
        "F-1042",
        "CVE-2026-31337",
        "Remote code execution in request parsing",
        "hyper-router 0.14.1",
        "core-api",
        "Core API",
        "Critical",
        "9.4",
        "warned",
        "2026-11-23T22:59:59Z",
    ],
    [
        "F-1057",
        "CVE-2026-30021",
        "Deserialisation of untrusted data",
        "jackson-databind 2.14.0",
        "core-api",
        "Core API",
        "Critical",
        "9.8",
        "fix merged",
        "2026-11-23T22:59:59Z",
    ],
    [
        "F-1063",
        "GHSA-7f3p-9x2q-m4wc",
        "Prototype pollution in merge",
        "lodash.merge 4.6.1",
        "web-shop",
        "Storefront",
        "High",
        "8.1",
        "open",
        "2026-12-02T22:59:59Z",
    ],
    [
        "F-1064",
        "python.lang.security.audit.eval-detected",
        "Use of eval on request data <script>alert(1)</script>",
        "reports/render.py:212",
        "reporting",
        "unassigned",
        "High",
        "–",
        "unscored",
        "2026-12-09T22:59:59Z",
    ],
    [
        "F-1071",
        "CVE-2025-48734",
        "Improper access control in bean introspection",
        "commons-beanutils 1.9.4",
        "reporting",
        "Data",
        "Medium",
        "6.5",
        "open",
        "2027-01-11T22:59:59Z",
    ],
    [
        "F-1080",
        "CVE-2024-12797",
        "Regular expression denial of service",
        "semver 5.7.1",
        "web-shop",
        "Storefront",
        "Low",
        "3.7",
        "open",
        "",
    ],
];

pub fn rows() -> Vec<FindingRow> {
    let row = |[code, identity, title, place, service, holder, band, score, state, due]: [&str;
                   10]| {
        FindingRow {
            href: format!("/findings/{code}"),
            identity: identity.into(),
            title: title.into(),
            place: place.into(),
            service: Link::new(format!("/services/{service}"), service),
            band: band.into(),
            score: score.into(),
            meaning: match state {
                "past SLA" => Broken,
                "warned" | "unscored" => Bending,
                "fix merged" => Holding,
                _ => Plain,
            },
            state: state.into(),
            due: (!due.is_empty()).then(|| moment(due)),
            holder: holder.into(),
        }
    };
    ROWS.into_iter().map(row).collect()
}

fn filters(words: &str) -> Filters {
    let any = |all: &str, names: &[(&str, &str)], chosen: &str| {
        let mut pairs = vec![("", all)];
        pairs.extend_from_slice(names);
        Choice::list(&pairs, chosen)
    };
    Filters {
        services: any(
            "all",
            &[("core-api", "core-api"), ("billing", "billing"), ("web-shop", "web-shop")],
            "",
        ),
        bands: any("all", &[("critical", "Critical"), ("high", "High"), ("medium", "Medium")], ""),
        states: any("open", &[("fixed", "fixed"), ("all", "all")], ""),
        teams: any("all", &[("core-api", "Core API"), ("unassigned", "unassigned")], ""),
        due_before: String::new(),
        text: words.into(),
        sorts: Choice::list(
            &[("deadline", "deadline"), ("severity", "severity"), ("newest", "newest")],
            "deadline",
        ),
        words: words.into(),
    }
}

fn list(gallery: &Gallery) -> FindingsPage {
    FindingsPage {
        frame: gallery.frame(Room::Findings, "/findings"),
        counts: counts(),
        filters: filters(""),
        total: "1,209 open findings".into(),
        rows: rows(),
        paging: Paging {
            previous: None,
            next: Some("/findings?after=F-1080".into()),
            words: "1 to 50 of 1,209".into(),
        },
        exports: ["CSV", "JSON", "SARIF", "OpenVEX", "CycloneDX VEX"]
            .map(|title| Link::new("/findings/export", title))
            .into(),
        emptiness: Emptiness::NothingMatches,
    }
}

fn ledger() -> Vec<LedgerRow> {
    let row = |at: &str, meaning: Meaning, words: [&str; 4]| {
        let [event, detail, deadline, by] = words.map(str::to_owned);
        LedgerRow { at: moment(at), meaning, event, detail, deadline, by }
    };
    vec![
        row(
            "2026-11-09T08:05:00Z",
            Plain,
            [
                "started",
                "first seen by Trivy in core-api, CVSS 9.4",
                "Mon 23 Nov 23:59",
                "import I-842",
            ],
        ),
        row(
            "2026-11-10T10:30:00Z",
            Plain,
            ["handed over", "from Platform to Core API by the component rule", "", "Ana Petrov"],
        ),
        row(
            "2026-11-16T08:00:00Z",
            Plain,
            ["seen again", "hyper-router 0.14.1, now by Grype too", "", "import I-860"],
        ),
        row(
            "2026-11-21T08:05:00Z",
            Bending,
            ["warned", "day 12 without a merged fix; escalation E-42 opened", "", "the watch"],
        ),
    ]
}

fn life() -> SlaLine {
    let held = |holder: &str, from: f64, until: f64| Held { holder: holder.into(), from, until };
    SlaLine {
        warning: Some(288.0),
        now: 336.6,
        due: 350.9,
        stopped: None,
        holdings: vec![held("Platform", 0.0, 26.4), held("Core API", 26.4, 336.6)],
        opened_words: "Opened Mon 9 Nov 09:05".into(),
        warning_words: "Warned Sat 21 Nov".into(),
        now_words: "Now, 14 h 19 min left".into(),
        due_words: "Due Mon 23 Nov 23:59".into(),
        meaning: Bending,
    }
}

fn owner() -> Owner {
    let person = |name: &str, role: &str| Holder { name: name.into(), role: role.into() };
    Owner {
        team: Some(Link::new("/findings?team=core-api", "Core API")),
        rule: "component rule crates/router/**".into(),
        people: vec![person("Jonas Weber", "engineer"), person("Ana Petrov", "manager")],
    }
}

fn sightings() -> Vec<Sighting> {
    let sighting = |tool: &str, looked: &str| Sighting {
        tool: tool.into(),
        place: "hyper-router 0.14.1 in Cargo.lock".into(),
        state: "sees it".into(),
        meaning: Meaning::Plain,
        last: Some(moment(looked)),
    };
    vec![
        sighting("Trivy 0.61", "2026-11-23T06:00:00Z"),
        sighting("Grype 0.92", "2026-11-23T05:00:00Z"),
    ]
}

fn finding(gallery: &Gallery) -> FindingPage {
    let share = |holder: &str, time: &str, share: &str| HolderShare {
        holder: holder.into(),
        time: time.into(),
        share: share.into(),
    };
    FindingPage {
        frame: gallery.frame(Room::Findings, "/findings/F-1042"),
        code: "F-1042".into(),
        title: "CVE-2026-31337, remote code execution in hyper-router".into(),
        service: Link::new("/services/core-api", "core-api"),
        meaning: Bending,
        state: "Open, due in 14 h 19 min".into(),
        sentence: "Core API holds it until Mon 23 Nov 23:59; no fix is merged yet.".into(),
        sla: Some(life()),
        owner: owner(),
        held: vec![share("Platform", "1 d 2 h", "8 %"), share("Core API", "12 d 22 h", "92 %")],
        score: Score {
            band: "Critical".into(),
            value: "9.4".into(),
            source: "CVSS 4.0 base score, from the vector reported by Trivy".into(),
            vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N".into(),
        },
        facts: vec![
            Fact::new("Package", "hyper-router 0.14.1"),
            Fact::new("Fixed in", "0.14.3"),
            Fact::new("Where", "Cargo.lock"),
        ],
        ids: vec![
            Link::new("https://nvd.nist.gov/vuln/detail/CVE-2026-31337", "CVE-2026-31337"),
            Link::new("", "GHSA-2xj4-77pq-c9vr"),
            Link::new("", "CWE-787"),
        ],
        description: vec![
            "A request with a doubled length header writes past the end of the parse buffer."
                .into(),
        ],
        ledger: ledger(),
        sightings: sightings(),
        escalation: Some(Link::new(
            "/escalations/E-42",
            "E-42 stands at level 1 and climbs when the SLA passes",
        )),
        fix_merged: Some(FixMergedForm {
            action: "/findings/F-1042/fix".into(),
            merge_request: String::new(),
        }),
        false_positive: Some(FalsePositiveForm {
            action: "/findings/F-1042/false-positive".into(),
            reason: String::new(),
        }),
        custody: custody(),
        refusals: Refusals::none(),
    }
}

fn custody() -> CustodyForms {
    let (action, vendor) = ("/findings/F-1042/vendor".into(), String::new());
    let vendor = Some(VendorForm { action, vendor, refused: false });
    CustodyForms { vendor, ..CustodyForms::default() }
}

fn past(gallery: &Gallery) -> FindingPage {
    let mut page = finding(gallery);
    page.frame.flashes = vec![flash(
        Bending,
        "Somebody imported a report while you read this.",
        Some(Link::new("/imports/I-881", "See I-881")),
    )];
    page.meaning = Broken;
    page.state = "Past SLA since 2 d 9 h".into();
    page.sla = Some(SlaLine {
        now: 408.0,
        holdings: vec![
            Held { holder: "Platform".into(), from: 0.0, until: 120.0 },
            Held { holder: "Vendor".into(), from: 120.0, until: 240.0 },
            Held { holder: "Core API".into(), from: 240.0, until: 408.0 },
        ],
        now_words: "Now, 2 d 9 h past".into(),
        meaning: Broken,
        ..life()
    });
    page.fix_merged =
        Some(FixMergedForm { action: "/findings/F-1042/fix".into(), merge_request: "done".into() });
    page.refusals = Refusals::none().and(
        "merge_request",
        "“done” is not an address; paste the merge request's address, beginning with https://",
    );
    page
}

fn unscored(gallery: &Gallery) -> FindingPage {
    let mut page = finding(gallery);
    page.title = "python.lang.security.audit.eval-detected in reports/render.py".into();
    page.state = "Open, no clock runs".into();
    page.meaning = Plain;
    page.sentence = "Nobody holds it. Its band has no SLA.".into();
    page.sla = None;
    page.owner =
        Owner { team: None, rule: "no rule names a team for reporting".into(), people: Vec::new() };
    page.held = Vec::new();
    page.score = Score {
        band: "Low".into(),
        value: "unscored".into(),
        source: "label “INFO” of Semgrep".into(),
        vector: String::new(),
    };
    page.escalation = None;
    page.fix_merged = None;
    page.false_positive = None;
    page.custody = CustodyForms::default();
    page
}

/// The findings pages.
pub fn write(gallery: &mut Gallery) -> Result<(), Box<dyn Error>> {
    gallery.write("findings", &list(gallery))?;
    let nothing = |emptiness, words: &str| FindingsPage {
        rows: Vec::new(),
        filters: filters(words),
        total: "0 findings".into(),
        paging: Paging::default(),
        emptiness,
        ..list(gallery)
    };
    let unmatched = nothing(Emptiness::NothingMatches, "log4j");
    let before = nothing(Emptiness::NothingImported, "");
    let mut clear = nothing(Emptiness::AllClear, "");
    clear.counts = Vec::new();
    gallery.write("findings-unmatched", &unmatched)?;
    gallery.write("findings-before", &before)?;
    gallery.write("findings-clear", &clear)?;
    gallery.write("finding", &finding(gallery))?;
    gallery.write("finding-past", &past(gallery))?;
    gallery.write("finding-unowned", &unscored(gallery))
}
