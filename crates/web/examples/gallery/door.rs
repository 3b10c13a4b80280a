//! The door, errors, the outbox and people.

use std::error::Error;

use web::pages::access::{NewToken, SignInPage, TokenRow, TokensPage, WelcomePage};
use web::pages::notices::{MessageRow, OutboxPage};
use web::pages::people::{PeoplePage, PersonRow};
use web::pages::problems::{KeyboardPage, ProblemPage};
use web::pages::{Choice, Meaning, Paging, Refusals, Room};

use super::{Gallery, moment, rooms::views};

use Meaning::{Bending, Broken, Holding};

fn write_door(gallery: &mut Gallery) -> Result<(), Box<dyn Error>> {
    let sign_in = |gallery: &Gallery| SignInPage {
        frame: gallery.outside("/sign-in"),
        email: String::new(),
        return_to: "/".into(),
        refusals: Refusals::none(),
    };
    gallery.write("sign-in", &sign_in(gallery))?;
    let refused = SignInPage {
        email: "marta@example.com".into(),
        refusals: Refusals::none().and(
            "password",
            "Email and password do not belong together; \
            check both, or ask an administrator for a new link",
        ),
        ..sign_in(gallery)
    };
    gallery.write("sign-in-refused", &refused)?;
    let welcome = WelcomePage {
        frame: gallery.outside("/sign-in/link/x"),
        action: "/sign-in/link/x".into(),
        invited: None,
        name: String::new(),
        email: String::new(),
        least_letters: 12,
        refusals: Refusals::none(),
    };
    gallery.write("welcome", &welcome)?;
    let invited = WelcomePage { invited: Some("mara.lind".into()), ..welcome };
    gallery.write("welcome-invited", &invited)?;
    write_tokens(gallery)
}

fn write_tokens(gallery: &mut Gallery) -> Result<(), Box<dyn Error>> {
    let token = |name: &str, scope: &str, used: Option<&str>| TokenRow {
        name: name.into(),
        prefix: "wbt_9f3a…".into(),
        scope: scope.into(),
        expires: moment("2027-02-21T08:40:00Z"),
        used: used.map(moment),
        revoke_action: format!("/tokens/{name}/revocation"),
    };
    let tokens = |gallery: &Gallery| TokensPage {
        frame: gallery.frame(Room::Elsewhere, "/tokens"),
        created: Some(NewToken {
            name: "import from CI".into(),
            secret: "wbt_9f3a6c1de2b84f70a5d9c3e8b1f24d60".into(),
        }),
        tokens: vec![
            token("import from CI", "import reports", None),
            token("digest", "read", Some("2026-11-22T05:00:00Z")),
        ],
        name: String::new(),
        scopes: Choice::list(
            &[("import", "import reports"), ("read", "read"), ("write", "read and write")],
            "import",
        ),
        lifetimes: Choice::list(&[("30", "30 days"), ("90", "90 days"), ("365", "a year")], "90"),
        refusals: Refusals::none(),
    };
    gallery.write("tokens", &tokens(gallery))?;
    let none = TokensPage { created: None, tokens: Vec::new(), ..tokens(gallery) };
    gallery.write("tokens-empty", &none)
}

fn write_problems(gallery: &mut Gallery) -> Result<(), Box<dyn Error>> {
    let frame = |gallery: &Gallery, here: &str| gallery.frame(Room::Elsewhere, here);
    let forbidden = ProblemPage::forbidden(
        frame(gallery, "/tokens"),
        "Creating tokens that write needs the role member; yours is read-only.",
    );
    gallery.write("problem-403", &forbidden)?;
    gallery.write("problem-404", &ProblemPage::not_found(frame(gallery, "/findings/F-9999")))?;
    let conflict = ProblemPage::conflict(
        frame(gallery, "/escalations/E-40"),
        "Omar Haddad committed to Wed 25 Nov 12 seconds ago.",
    );
    gallery.write("problem-409", &conflict)?;
    let unprocessable = ProblemPage::unprocessable(
        frame(gallery, "/imports"),
        "The report ends in the middle of a value, at line 8,204, column 17.",
        "Upload the whole file; it was probably cut off while it was written.",
    );
    gallery.write("problem-422", &unprocessable)?;
    gallery.write("problem-500", &ProblemPage::failed(frame(gallery, "/"), "7f3a-0c1d"))?;
    gallery.write("keyboard", &KeyboardPage { frame: frame(gallery, "/help/keyboard") })
}

fn outbox(gallery: &Gallery) -> OutboxPage {
    let row = |key: &str, state: (Meaning, &str), attempts: u32, answer: &str| MessageRow {
        key: key.into(),
        to: "Petra Novak".into(),
        channel: "email".into(),
        subject: "E-40 stands at level 2: billing, openssl".into(),
        meaning: state.0,
        state: state.1.into(),
        attempts,
        at: Some(moment("2026-11-20T23:00:01Z")),
        answer: answer.into(),
    };
    OutboxPage {
        frame: gallery.frame(Room::Elsewhere, "/outbox"),
        sentence: "One message waits: the mail server refuses marta@example.com.".into(),
        meaning: Bending,
        views: views(&["All", "Waiting 1", "Given up"]),
        rows: vec![
            row("escalation/E-40/L2/person-7/email", (Holding, "accepted"), 1, ""),
            row("escalation/E-40/L2/person-2/email", (Bending, "waiting"), 4, "450 mailbox busy"),
            row("digest/2026-11-20/person-9/email", (Broken, "given up"), 12, "550 no such user"),
        ],
        paging: Paging::default(),
    }
}

fn people(gallery: &Gallery) -> PeoplePage {
    let row = |name: &str, role: &str, team: &str, reach: (Meaning, &str)| PersonRow {
        name: name.into(),
        email: format!("{}@example.com", name.split(' ').next().unwrap_or("x").to_lowercase()),
        team: team.into(),
        role: role.into(),
        manager: "Petra Novak".into(),
        zone: "Europe/Berlin".into(),
        meaning: reach.0,
        reach: reach.1.into(),
    };
    PeoplePage {
        frame: gallery.frame(Room::Elsewhere, "/people"),
        sentence: "319 of 320 people can be told; one has no address.".into(),
        rows: vec![
            row("Marta Ruiz", "CISO", "Security", (Holding, "by email and Slack")),
            row("Petra Novak", "VP Engineering", "Engineering", (Holding, "by email")),
            row("Jonas Weber", "", "Core API", (Broken, "by nothing")),
        ],
        paging: Paging {
            previous: None,
            next: Some("/people?after=3".into()),
            words: "1 to 50 of 320".into(),
        },
    }
}

/// The door, the errors, the outbox and people.
pub fn write(gallery: &mut Gallery) -> Result<(), Box<dyn Error>> {
    write_door(gallery)?;
    write_problems(gallery)?;
    gallery.write("outbox", &outbox(gallery))?;
    gallery.write("people", &people(gallery))
}
