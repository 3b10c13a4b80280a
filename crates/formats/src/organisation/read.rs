//! From the text of `ORG.toml` to an organisation, or to all of its mistakes.
//!
//! What cannot be read is replaced by something harmless and the walk goes on, so that one typing
//! error is one mistake and not a dozen that follow from it. The replacements are never seen: a
//! file with a mistake gives no organisation.

use std::collections::{BTreeMap, BTreeSet};

use domain::audits::{Audit, AuditId};
use domain::objectives::Cadence;
use domain::people::{
    self, Access, Channels, CheckInDue, EmailAddress, Organisation, Person, PersonId, Role,
    Signatory, SlaDays, SlaDeclaration, Team, TeamId, TeamKind,
};
use domain::rituals::{Ritual, RitualId};
use domain::services::{OwnershipRule, Pattern, PatternRefused, Service, ServiceName, Tier};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml_edit::Document;

use super::document::{Entry, Need, Text, Walk};
use super::{MAX_BYTES, Mistake};
use Need::{Optional, Required};

/// Reads the whole organisation, or tells every mistake in the order of the file.
pub fn read(text: &str) -> Result<Organisation, Vec<Mistake>> {
    let mut walk = Walk::default();
    if text.len() > MAX_BYTES {
        let found = text.len();
        walk.note(0, "", format!("the file has {found} bytes, at most {MAX_BYTES} are read"));
        return Err(walk.mistakes(""));
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(refusal) => {
            let at = refusal.span().map_or(0, |span| span.start);
            let message = refusal.message().lines().collect::<Vec<_>>().join(", ");
            walk.note(at, "", format!("this is not TOML: {message}"));
            return Err(walk.mistakes(text));
        }
    };
    let root = walk.root(&document);
    let organisation = organisation(&mut walk, &root);
    for mistake in people::check(&organisation) {
        walk.note_rule(mistake);
    }
    let mistakes = walk.mistakes(text);
    if mistakes.is_empty() { Ok(organisation) } else { Err(mistakes) }
}

fn organisation(walk: &mut Walk, root: &Entry<'_>) -> Organisation {
    let parts = ["organisation", "roles", "sla", "people", "teams", "services"];
    walk.only(root, &[parts.as_slice(), &["ownership", "rituals", "audits"]].concat());
    let mut organisation = Organisation::empty("unreadable");
    if let Some(entry) = walk.entry(root, "organisation", Required) {
        declarations(walk, &entry, &mut organisation);
    }
    if let Some(entry) = walk.entry(root, "roles", Optional) {
        organisation.roles = roles(walk, &entry);
    }
    for entry in walk.entries(root, "sla") {
        let before = organisation.sla.last().map(|declaration| declaration.effective_from);
        organisation.sla.push(sla(walk, &entry, before));
    }
    for mut entry in walk.entries(root, "people") {
        let person = person(walk, &mut entry, &organisation.zone);
        keep(walk, &entry, "id", &mut organisation.people, (person.id.clone(), person));
    }
    for mut entry in walk.entries(root, "teams") {
        let team = team(walk, &mut entry);
        keep(walk, &entry, "id", &mut organisation.teams, (team.id.clone(), team));
    }
    for mut entry in walk.entries(root, "services") {
        let service = service(walk, &mut entry);
        keep(walk, &entry, "name", &mut organisation.services, (service.name.clone(), service));
    }
    for entry in walk.entries(root, "ownership") {
        organisation.ownership.push(ownership(walk, &entry));
    }
    for mut entry in walk.entries(root, "rituals") {
        let ritual = ritual(walk, &mut entry);
        keep(walk, &entry, "id", &mut organisation.rituals, (ritual.id.clone(), ritual));
    }
    for mut entry in walk.entries(root, "audits") {
        let audit = audit(walk, &mut entry);
        keep(walk, &entry, "id", &mut organisation.audits, (audit.id.clone(), audit));
    }
    organisation
}

/// Keeps an entry under its name; the second of one name is a mistake.
fn keep<N: Ord + ToString, T>(
    walk: &mut Walk,
    entry: &Entry<'_>,
    key: &str,
    kept: &mut BTreeMap<N, T>,
    (name, one): (N, T),
) {
    if kept.contains_key(&name) {
        let what = format!("`{}` is there twice", name.to_string());
        walk.note_hint(entry.at(), entry.key(key), what, "remove or rename one".to_owned());
        return;
    }
    kept.insert(name, one);
}

fn declarations(walk: &mut Walk, entry: &Entry<'_>, organisation: &mut Organisation) {
    walk.only(entry, &["name", "zone", "fiscal_year_first_month", "check_in_due"]);
    if let Some(Text { text, .. }) = walk.text(entry, "name", Required) {
        organisation.name = text;
    }
    if let Some(zone) = walk.parsed(entry, "zone", Required, zone) {
        organisation.zone = zone;
    }
    if let Some(month) = walk.whole(entry, "fiscal_year_first_month", Optional, 1..=12) {
        organisation.fiscal_year_first_month = i8::try_from(month).unwrap_or(1);
    }
    if let Some(due) = walk.parsed(entry, "check_in_due", Optional, check_in_due) {
        organisation.check_in_due = due;
    }
}

fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text)
        .ok()
        .filter(|zone| zone.iana_name().is_some())
        .ok_or_else(|| format!("`{text}` is no time zone; use a name such as Europe/Copenhagen"))
}

fn check_in_due(text: &str) -> Result<CheckInDue, String> {
    CheckInDue::parse(text)
        .ok_or_else(|| format!("`{text}` is no moment of a week; write it as \"friday 17:00\""))
}

/// One of a fixed set of words, with the set in the refusal.
fn word<T>(text: &str, found: Option<T>, words: &[&str]) -> Result<T, String> {
    found.ok_or_else(|| {
        let known = words.join(", ");
        match people::nearest(&text.to_lowercase(), words.iter().copied()) {
            Some(near) => format!("`{text}` is not one of {known}; did you mean `{near}`?"),
            None => format!("`{text}` is not one of {known}"),
        }
    })
}

fn role(text: &str) -> Result<Role, String> {
    word(text, Role::from_word(text), &Role::ALL.map(Role::word))
}

fn access(text: &str) -> Result<Access, String> {
    word(text, Access::from_word(text), &Access::ALL.map(Access::word))
}

fn kind(text: &str) -> Result<TeamKind, String> {
    word(text, TeamKind::from_word(text), &TeamKind::ALL.map(TeamKind::word))
}

fn roles(walk: &mut Walk, entry: &Entry<'_>) -> BTreeMap<Role, PersonId> {
    walk.only(entry, &Role::ALL.map(Role::word));
    let mut roles = BTreeMap::new();
    for role in Role::ALL {
        if let Some(id) = walk.parsed(entry, role.word(), Optional, PersonId::parse) {
            roles.insert(role, id);
        }
    }
    roles
}

fn sla(walk: &mut Walk, entry: &Entry<'_>, before: Option<Date>) -> SlaDeclaration {
    walk.only(entry, &["effective_from", "days", "signatories"]);
    let effective_from = walk.date(entry, "effective_from", Required);
    let days = walk.entry(entry, "days", Required).and_then(|days| sla_days(walk, &days));
    let mut signatories = Vec::new();
    for signatory in walk.entries(entry, "signatories") {
        walk.only(&signatory, &["role", "name"]);
        let role = walk.parsed(&signatory, "role", Required, role);
        let name = walk.text(&signatory, "name", Required);
        let name = name.map_or_else(|| "unreadable".to_owned(), |name| name.text);
        signatories.push(Signatory { role: role.unwrap_or(Role::Ceo), name });
    }
    let next_day = || before.and_then(|date| date.tomorrow().ok()).unwrap_or(Date::MIN);
    SlaDeclaration {
        effective_from: effective_from.unwrap_or_else(next_day),
        days: days.unwrap_or(SlaDays { critical: 1, high: 1, medium: 1, low: None }),
        signatories,
    }
}

fn sla_days(walk: &mut Walk, entry: &Entry<'_>) -> Option<SlaDays> {
    walk.only(entry, &["critical", "high", "medium", "low"]);
    let mut days = |band: &str, need: Need| {
        let days = walk.whole(entry, band, need, 0..=i64::from(u16::MAX))?;
        u16::try_from(days).ok()
    };
    let (critical, high) = (days("critical", Required), days("high", Required));
    let (medium, low) = (days("medium", Required), days("low", Optional));
    Some(SlaDays { critical: critical?, high: high?, medium: medium?, low })
}

fn person(walk: &mut Walk, entry: &mut Entry<'_>, zone_of_all: &TimeZone) -> Person {
    let id = walk.parsed(entry, "id", Required, PersonId::parse);
    if let Some(id) = &id {
        walk.name(entry, "people", id.as_str());
    }
    walk.only(entry, &["id", "name", "email", "manager", "zone", "title", "access", "channels"]);
    let name = walk.text(entry, "name", Required);
    let email = walk.parsed(entry, "email", Required, EmailAddress::parse);
    let manager = walk.parsed(entry, "manager", Optional, PersonId::parse);
    let lives_in = walk.parsed(entry, "zone", Optional, zone);
    let title = walk.text(entry, "title", Optional).map(|title| title.text);
    let mut access = walk.parsed(entry, "access", Optional, access);
    if walk.refused(&entry.key("access")) {
        // Perhaps this was to be the administrator.
        access = Some(Access::Administrator);
    }
    Person {
        id: id.unwrap_or_else(|| stand_in(entry, PersonId::parse)),
        name: name.map_or_else(|| "unreadable".to_owned(), |name| name.text),
        email: email.unwrap_or_else(|| {
            stand_in(entry, |name| EmailAddress::parse(&format!("{name}@unreadable.invalid")))
        }),
        manager,
        zone: lives_in.unwrap_or_else(|| zone_of_all.clone()),
        title,
        access,
        channels: channels(walk, entry),
    }
}

/// A name that no file can hold twice, for an entry whose own cannot be read.
fn stand_in<N, E: std::fmt::Debug>(entry: &Entry<'_>, parse: impl Fn(&str) -> Result<N, E>) -> N {
    parse(&format!("unreadable-{}", entry.at())).expect("letters and digits are a name")
}

fn channels(walk: &mut Walk, entry: &Entry<'_>) -> Channels {
    let Some(entry) = walk.entry(entry, "channels", Optional) else {
        return Channels::default();
    };
    walk.only(&entry, &["email", "slack"]);
    Channels {
        email: walk.parsed(&entry, "email", Optional, EmailAddress::parse),
        slack: walk.parsed(&entry, "slack", Optional, webhook_name),
    }
}

/// The name of a webhook in the configuration file. An address is refused and not repeated:
/// messages end up in logs.
fn webhook_name(text: &str) -> Result<String, String> {
    if text.contains("://") || text.contains('/') {
        return Err("the address of a webhook is a secret; put it in the configuration file and \
                    write its name here"
            .to_owned());
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if text.len() > 64 || !text.chars().all(fits) {
        return Err(
            "a webhook's name has lower-case letters, digits, `-` and `_`, at most 64".to_owned()
        );
    }
    Ok(text.to_owned())
}

fn team(walk: &mut Walk, entry: &mut Entry<'_>) -> Team {
    let id = walk.parsed(entry, "id", Required, TeamId::parse);
    if let Some(id) = &id {
        walk.name(entry, "teams", id.as_str());
    }
    let known = &["id", "name", "kind", "parent", "manager", "product_manager", "members"];
    walk.only(entry, &[known.as_slice(), &["channels"]].concat());
    let name = walk.text(entry, "name", Required);
    let parent = walk.parsed(entry, "parent", Optional, TeamId::parse);
    let manager = walk.parsed(entry, "manager", Optional, PersonId::parse);
    let product_manager = walk.parsed(entry, "product_manager", Optional, PersonId::parse);
    Team {
        id: id.unwrap_or_else(|| stand_in(entry, TeamId::parse)),
        name: name.map_or_else(|| "unreadable".to_owned(), |name| name.text),
        kind: walk.parsed(entry, "kind", Required, kind).unwrap_or_else(|| guess(entry)),
        parent,
        manager,
        product_manager,
        members: members(walk, entry),
        channels: channels(walk, entry),
    }
}

/// What a team with an unreadable kind was most likely meant to be.
fn guess(entry: &Entry<'_>) -> TeamKind {
    let near =
        people::nearest(entry.glimpse("kind").unwrap_or(""), TeamKind::ALL.map(TeamKind::word));
    near.and_then(TeamKind::from_word).unwrap_or(match entry.glimpse("parent") {
        Some(_) => TeamKind::Group,
        None => TeamKind::Section,
    })
}

fn members(walk: &mut Walk, entry: &Entry<'_>) -> BTreeSet<PersonId> {
    let mut members = BTreeSet::new();
    for Text { text, at } in walk.texts(entry, "members") {
        let path = entry.key(&format!("members[{text}]"));
        match PersonId::parse(&text) {
            Ok(member) if members.contains(&member) => walk.note(at, path, "is listed twice"),
            Ok(member) => {
                walk.place(path, at);
                members.insert(member);
            }
            Err(refusal) => walk.note(at, path, refusal),
        }
    }
    members
}

fn service(walk: &mut Walk, entry: &mut Entry<'_>) -> Service {
    let name = walk.parsed(entry, "name", Required, ServiceName::parse);
    if let Some(name) = &name {
        walk.name(entry, "services", name.as_str());
    }
    walk.only(entry, &["name", "owner", "tier", "repository", "production"]);
    let tier = walk.whole(entry, "tier", Required, 1..=3).and_then(Tier::from_number);
    Service {
        owner: walk
            .parsed(entry, "owner", Required, TeamId::parse)
            .unwrap_or_else(|| stand_in(entry, TeamId::parse)),
        tier: tier.unwrap_or(Tier::Three),
        repository: walk.text(entry, "repository", Optional).map(|repository| repository.text),
        production: walk.yes_or_no(entry, "production", Required).unwrap_or(false),
        name: name.unwrap_or_else(|| stand_in(entry, ServiceName::parse)),
    }
}

fn ownership(walk: &mut Walk, entry: &Entry<'_>) -> OwnershipRule {
    walk.only(entry, &["service", "package", "path", "team"]);
    OwnershipRule {
        service: walk.parsed(entry, "service", Optional, ServiceName::parse),
        package: pattern(walk, entry, "package"),
        path: pattern(walk, entry, "path"),
        team: walk
            .parsed(entry, "team", Required, TeamId::parse)
            .unwrap_or_else(|| stand_in(entry, TeamId::parse)),
    }
}

/// The pattern at `key`; any text where it was refused, so that one mistake is told once.
fn pattern(walk: &mut Walk, entry: &Entry<'_>, key: &str) -> Option<Pattern> {
    let parse: fn(&str) -> Result<Pattern, PatternRefused> =
        if key == "path" { Pattern::of_path } else { Pattern::of_name };
    let read = walk.parsed(entry, key, Optional, parse);
    let refused = walk.refused(&entry.key(key));
    read.or_else(|| refused.then(|| Pattern::of_name("*").ok()).flatten())
}

fn cadence(text: &str) -> Result<Cadence, String> {
    word(text, Cadence::from_word(text).ok(), &Cadence::ALL.map(Cadence::word))
}

fn ritual(walk: &mut Walk, entry: &mut Entry<'_>) -> Ritual {
    let id = walk.parsed(entry, "id", Required, RitualId::parse);
    if let Some(id) = &id {
        walk.name(entry, "rituals", id.as_str());
    }
    walk.only(entry, &["id", "name", "owner", "cadence", "due_day", "starts"]);
    let name = walk.text(entry, "name", Required);
    let owner = walk.parsed(entry, "owner", Required, PersonId::parse);
    let due_day = walk.whole(entry, "due_day", Optional, 1..=i64::from(u16::MAX));
    Ritual {
        id: id.unwrap_or_else(|| stand_in(entry, RitualId::parse)),
        name: name.map_or_else(|| "unreadable".to_owned(), |name| name.text),
        owner: owner.unwrap_or_else(|| stand_in(entry, PersonId::parse)),
        cadence: walk.parsed(entry, "cadence", Required, cadence).unwrap_or(Cadence::Weekly),
        due_day: due_day.and_then(|day| u16::try_from(day).ok()),
        starts: walk.date(entry, "starts", Required).unwrap_or(Date::MIN),
    }
}

fn audit(walk: &mut Walk, entry: &mut Entry<'_>) -> Audit {
    let id = walk.parsed(entry, "id", Required, AuditId::parse);
    if let Some(id) = &id {
        walk.name(entry, "audits", id.as_str());
    }
    walk.only(entry, &["id", "name", "owner", "begins", "ends", "key_results", "services"]);
    let name = walk.text(entry, "name", Required);
    let owner = walk.parsed(entry, "owner", Required, PersonId::parse);
    let begins = walk.date(entry, "begins", Required);
    let ends = walk.date(entry, "ends", Required);
    let key_results = walk.texts(entry, "key_results").into_iter().map(|code| code.text);
    Audit {
        id: id.unwrap_or_else(|| stand_in(entry, AuditId::parse)),
        name: name.map_or_else(|| "unreadable".to_owned(), |name| name.text),
        owner: owner.unwrap_or_else(|| stand_in(entry, PersonId::parse)),
        begins: begins.or(ends).unwrap_or(Date::MIN),
        ends: ends.or(begins).unwrap_or(Date::MIN),
        key_results: key_results.collect(),
        services: covered(walk, entry),
    }
}

fn covered(walk: &mut Walk, entry: &Entry<'_>) -> BTreeSet<ServiceName> {
    let mut services = BTreeSet::new();
    for Text { text, at } in walk.texts(entry, "services") {
        let path = entry.key(&format!("services[{text}]"));
        match ServiceName::parse(&text) {
            Ok(service) => {
                walk.place(path, at);
                services.insert(service);
            }
            Err(refusal) => walk.note(at, path, refusal),
        }
    }
    services
}
