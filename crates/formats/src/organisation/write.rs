//! From an organisation to the one text that stands for it.

use domain::audits::Audit;
use domain::people::{Channels, Organisation, Person, SlaDeclaration, Team};
use domain::rituals::Ritual;
use domain::services::{OwnershipRule, Service};
use jiff::tz::TimeZone;
use toml_edit::Value;

/// Lists longer than this, in characters, are written one item a line.
const LIST_WIDTH: usize = 80;

/// The organisation as canonical TOML: parts in a fixed order, entries by name, absent values left
/// out, a person's zone only where it is not the organisation's.
pub fn write(organisation: &Organisation) -> String {
    let mut page = Page::default();
    page.heading("[organisation]");
    page.text("name", &organisation.name);
    page.text("zone", zone_name(&organisation.zone));
    page.line("fiscal_year_first_month", organisation.fiscal_year_first_month);
    page.text("check_in_due", &organisation.check_in_due.to_string());
    if !organisation.roles.is_empty() {
        page.heading("[roles]");
        for (role, id) in &organisation.roles {
            page.text(role.word(), id.as_str());
        }
    }
    for declaration in &organisation.sla {
        page.sla(declaration);
    }
    for person in organisation.people.values() {
        page.person(person, &organisation.zone);
    }
    for team in organisation.teams.values() {
        page.team(team);
    }
    for service in organisation.services.values() {
        page.service(service);
    }
    for rule in &organisation.ownership {
        page.ownership(rule);
    }
    for ritual in organisation.rituals.values() {
        page.ritual(ritual);
    }
    for audit in organisation.audits.values() {
        page.audit(audit);
    }
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn heading(&mut self, heading: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(heading);
        self.text.push('\n');
    }

    fn line(&mut self, key: &str, value: impl std::fmt::Display) {
        self.text.push_str(&format!("{key} = {value}\n"));
    }

    fn text(&mut self, key: &str, text: &str) {
        self.line(key, quoted(text));
    }

    fn text_if_any(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// A list in one line where it fits, else one item a line.
    fn list(&mut self, key: &str, items: &[String]) {
        let in_one_line = items.join(", ");
        if in_one_line.chars().count() <= LIST_WIDTH {
            return self.line(key, format!("[{in_one_line}]"));
        }
        let lines: Vec<String> = items.iter().map(|item| format!("    {item},\n")).collect();
        self.line(key, format!("[\n{}]", lines.concat()));
    }

    fn sla(&mut self, declaration: &SlaDeclaration) {
        self.heading("[[sla]]");
        self.line("effective_from", declaration.effective_from);
        let days = declaration.days;
        let low = days.low.map_or_else(String::new, |low| format!(", low = {low}"));
        let (critical, high, medium) = (days.critical, days.high, days.medium);
        let worse = format!("critical = {critical}, high = {high}, medium = {medium}");
        self.line("days", format!("{{ {worse}{low} }}"));
        let signatories = declaration.signatories.iter().map(|signatory| {
            let (role, name) = (quoted(signatory.role.word()), quoted(&signatory.name));
            format!("{{ role = {role}, name = {name} }}")
        });
        self.list("signatories", &signatories.collect::<Vec<_>>());
    }

    fn person(&mut self, person: &Person, zone_of_all: &TimeZone) {
        self.heading("[[people]]");
        self.text("id", person.id.as_str());
        self.text("name", &person.name);
        self.text("email", person.email.as_str());
        self.text_if_any("manager", person.manager.as_ref().map(|manager| manager.as_str()));
        let (zone, usual) = (zone_name(&person.zone), zone_name(zone_of_all));
        self.text_if_any("zone", Some(zone).filter(|zone| *zone != usual));
        self.text_if_any("title", person.title.as_deref());
        self.text_if_any("access", person.access.map(|access| access.word()));
        self.channels(&person.channels);
    }

    fn team(&mut self, team: &Team) {
        self.heading("[[teams]]");
        self.text("id", team.id.as_str());
        self.text("name", &team.name);
        self.text("kind", team.kind.word());
        self.text_if_any("parent", team.parent.as_ref().map(|parent| parent.as_str()));
        self.text_if_any("manager", team.manager.as_ref().map(|manager| manager.as_str()));
        let product_manager = team.product_manager.as_ref();
        self.text_if_any("product_manager", product_manager.map(|manager| manager.as_str()));
        if !team.members.is_empty() {
            let members = team.members.iter().map(|member| quoted(member.as_str()));
            self.list("members", &members.collect::<Vec<_>>());
        }
        self.channels(&team.channels);
    }

    fn service(&mut self, service: &Service) {
        self.heading("[[services]]");
        self.text("name", service.name.as_str());
        self.text("owner", service.owner.as_str());
        self.line("tier", service.tier.number());
        self.text_if_any("repository", service.repository.as_deref());
        self.line("production", service.production);
    }

    fn ownership(&mut self, rule: &OwnershipRule) {
        self.heading("[[ownership]]");
        self.text_if_any("service", rule.service.as_ref().map(|service| service.as_str()));
        self.text_if_any("package", rule.package.as_ref().map(|pattern| pattern.text()));
        self.text_if_any("path", rule.path.as_ref().map(|pattern| pattern.text()));
        self.text("team", rule.team.as_str());
    }

    fn ritual(&mut self, ritual: &Ritual) {
        self.heading("[[rituals]]");
        self.text("id", ritual.id.as_str());
        self.text("name", &ritual.name);
        self.text("owner", ritual.owner.as_str());
        self.text("cadence", ritual.cadence.word());
        if let Some(day) = ritual.due_day {
            self.line("due_day", day);
        }
        self.line("starts", ritual.starts);
    }

    fn audit(&mut self, audit: &Audit) {
        self.heading("[[audits]]");
        self.text("id", audit.id.as_str());
        self.text("name", &audit.name);
        self.text("owner", audit.owner.as_str());
        self.line("begins", audit.begins);
        self.line("ends", audit.ends);
        if !audit.key_results.is_empty() {
            let codes = audit.key_results.iter().map(|code| quoted(code));
            self.list("key_results", &codes.collect::<Vec<_>>());
        }
        if !audit.services.is_empty() {
            let services = audit.services.iter().map(|service| quoted(service.as_str()));
            self.list("services", &services.collect::<Vec<_>>());
        }
    }

    fn channels(&mut self, channels: &Channels) {
        let email = channels.email.as_ref().map(|email| ("email", email.as_str()));
        let slack = channels.slack.as_deref().map(|slack| ("slack", slack));
        let set: Vec<String> = [email, slack]
            .into_iter()
            .flatten()
            .map(|(key, value)| format!("{key} = {}", quoted(value)))
            .collect();
        if !set.is_empty() {
            self.line("channels", format!("{{ {} }}", set.join(", ")));
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// An organisation's zones come from names; one that has none is written as UTC.
fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}
