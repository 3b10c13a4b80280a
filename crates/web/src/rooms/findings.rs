//! Findings: the list with its filters, one finding with its clock, the same as CSV.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::findings::{Band, Event, Holder as Held, State};
use domain::people::TeamId;
use domain::triggers::Subject;
use operations::escalations;
use operations::findings::{
    self, Cursor, Export, Filter, FindingView, Format, HeldBy, SeenBy, Sort, States, Tally,
};
use operations::imports;

use super::clocks::{
    self, band_counts, band_words, location_words, place_words, service_link, source_words,
    standing, state_words, team_words,
};
use super::custody;
use super::ledgers::{holder_words, ledger_row};
use super::{Parameters, ROWS, encoded, refusals};
use crate::answer::{Answer, done, page, page_with};
use crate::flash::Told;
use crate::pages::findings::{
    Emptiness, Fact, Filters, FindingPage, FindingsPage, FixMergedForm, Holder, HolderShare, Owner,
    Score, Sighting,
};
use crate::pages::{Choice, Link, Meaning, Paging, Refusals, Room, exact, thousands};
use crate::posted::{Fields, Posted};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::Visit;

/// What stands for the queue of nobody in addresses.
const UNASSIGNED: &str = "unassigned";

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/findings", get(list))
        .route("/findings.csv", get(csv))
        .route("/findings/export", get(export))
        .route("/findings/{id}", get(one))
        .route("/findings/{id}/fix-merged", post(fix_merged))
}

/// What an address asks of the list; shared with the API.
pub(crate) struct Wanted {
    pub(crate) filter: Filter,
    pub(crate) sort: Sort,
    pub(crate) after: Option<Cursor>,
}

impl Wanted {
    /// Reads the parameters; `zone` says where a date begins.
    pub(crate) fn read(
        parameters: &Parameters,
        zone: &jiff::tz::TimeZone,
    ) -> Result<Wanted, Problem> {
        let refused = |name: &str, found: &str, allowed: &str| {
            Problem::invalid(format!("{name}: `{found}` is not one of {allowed}"))
        };
        let owned = |name: &str| parameters.get(name).map(str::to_owned);
        let band = parameters.get("band").map(|word| {
            Band::from_word(word)
                .ok_or_else(|| refused("band", word, "critical, high, medium, low"))
        });
        let states = match parameters.get("state") {
            None | Some("running") => States::Running,
            Some("all") => States::All,
            Some(word) => {
                let known = "running, all, open, fix_merged, fixed, false_positive, not_affected";
                let state = State::from_word(word);
                States::One(state.ok_or_else(|| refused("state", word, known))?)
            }
        };
        let sort = parameters.get("sort").map(|word| {
            let known = "deadline, severity, newest";
            Sort::from_word(word).ok_or_else(|| refused("sort", word, known))
        });
        let due_before = parameters.get("due_before").map(|text| due_before(text, zone));
        let after = parameters.get("after").map(|text| {
            let refused = || Problem::invalid("after: this is no place in the list; begin anew");
            Cursor::parse(text).ok_or_else(refused)
        });
        let filter = Filter {
            service: owned("service"),
            states,
            band: band.transpose()?,
            holder: parameters.get("team").map(|team| match team {
                UNASSIGNED => HeldBy::Nobody,
                team => HeldBy::Team(team.to_owned()),
            }),
            due_before: due_before.transpose()?,
            due_from: None,
            text: owned("text"),
        };
        let sort = sort.transpose()?.unwrap_or_default();
        Ok(Wanted { filter, sort, after: after.transpose()? })
    }
}

/// A civil date means its beginning in `zone`; an instant is taken as it is.
fn due_before(text: &str, zone: &jiff::tz::TimeZone) -> Result<jiff::Timestamp, Problem> {
    let day = text.parse::<jiff::civil::Date>().ok();
    let midnight = day.and_then(|day| day.to_zoned(zone.clone()).ok()).map(|at| at.timestamp());
    midnight.or_else(|| text.parse().ok()).ok_or_else(|| {
        Problem::invalid(format!("due_before: `{text}` is no date such as 2026-11-23"))
    })
}

async fn list(visit: Visit, parameters: Parameters) -> Answer {
    let wanted = Wanted::read(&parameters, &visit.organisation.zone)?;
    let (app, actor) = (&visit.app, &visit.actor);
    let order = (wanted.sort, wanted.after);
    let listed = findings::list(app, actor, &wanted.filter, order, ROWS).await?;
    let tallies = findings::tallies(app, actor).await?;
    let services = findings::services(app, actor).await?;
    let filters = filters(&visit, &parameters, services.iter().map(|it| it.name.as_str()));
    let is_first = wanted.after.is_none();
    let emptiness = if !listed.findings.is_empty() || !filters.words.is_empty() {
        Emptiness::NothingMatches
    } else if imports::list(app, actor, (None, None), None, 1).await?.is_empty() {
        Emptiness::NothingImported
    } else {
        Emptiness::AllClear
    };
    let next = listed.next.map(|next| parameters.with("/findings", "after", &next.text()));
    let rows = listed.findings.len() as u64;
    page(&FindingsPage {
        frame: visit.frame(Room::Findings),
        counts: band_counts(&visit, &tallies, ""),
        total: total(&tallies, &wanted.filter, rows, is_first && next.is_none()),
        filters,
        rows: listed.findings.iter().map(|row| clocks::row(&visit, row)).collect(),
        paging: Paging {
            previous: (!is_first).then(|| parameters.with("/findings", "after", "")),
            next,
            words: format!("{rows} on this page"),
        },
        exports: export_links(&parameters),
        emptiness,
    })
}

/// The same list in each format.
fn export_links(parameters: &Parameters) -> Vec<Link> {
    let whole = parameters.without("after");
    let link = |format: Format| {
        Link::new(whole.with("/findings/export", "format", format.word()), format.title())
    };
    Format::ALL.into_iter().map(link).collect()
}

/// How many there are, as far as it is known without counting rows.
fn total(tallies: &[Tally], filter: &Filter, rows: u64, is_all: bool) -> String {
    let narrowed = Filter { band: None, ..filter.clone() } != Filter::default();
    let known = if is_all {
        rows
    } else if narrowed {
        return format!("more than {} findings", thousands(rows));
    } else {
        let in_band = |tally: &&Tally| filter.band.is_none_or(|band| tally.band == band);
        tallies.iter().filter(in_band).map(|tally| tally.findings).sum()
    };
    if known == 1 { "1 finding".to_owned() } else { format!("{} findings", thousands(known)) }
}

fn filters<'a>(
    visit: &Visit,
    parameters: &Parameters,
    services: impl Iterator<Item = &'a str>,
) -> Filters {
    let any = |label: &'static str| ("", label);
    let chosen = |name: &str| parameters.text(name);
    let services: Vec<(&str, &str)> =
        [any("all services")].into_iter().chain(services.map(|name| (name, name))).collect();
    let bands: Vec<(&str, &str)> = [any("all bands")]
        .into_iter()
        .chain(Band::ALL.map(|band| (band.word(), band_words(band))))
        .collect();
    let states: Vec<(&str, &str)> = [any("open and fix merged"), ("all", "all, also closed")]
        .into_iter()
        .chain(State::ALL.map(|state| (state.word(), state_words(state))))
        .filter(|(word, _)| *word != State::Accepted.word())
        .collect();
    let teams: Vec<(&str, &str)> = [any("anybody"), (UNASSIGNED, "nobody yet")]
        .into_iter()
        .chain(visit.organisation.teams.values().map(|it| (it.id.as_str(), it.name.as_str())))
        .collect();
    let sorts = [("", "due first"), ("severity", "worst first"), ("newest", "newest first")];
    let sort = if chosen("sort") == "deadline" { "" } else { chosen("sort") };
    let words: Vec<&str> = ["service", "band", "state", "team", "due_before", "text"]
        .into_iter()
        .filter_map(|name| parameters.get(name))
        .collect();
    Filters {
        services: Choice::list(&services, chosen("service")),
        bands: Choice::list(&bands, chosen("band")),
        states: Choice::list(&states, chosen("state")),
        teams: Choice::list(&teams, chosen("team")),
        due_before: chosen("due_before").get(..10).unwrap_or_default().to_owned(),
        text: chosen("text").to_owned(),
        sorts: Choice::list(&sorts, sort),
        words: words.join(", "),
    }
}

async fn csv(visit: Visit, parameters: Parameters) -> Answer {
    exported(&visit, &parameters, Format::Csv).await
}

async fn export(visit: Visit, parameters: Parameters) -> Answer {
    let format = wanted_format(&parameters)?;
    exported(&visit, &parameters, format).await
}

async fn exported(visit: &Visit, parameters: &Parameters, format: Format) -> Answer {
    let wanted = Wanted::read(parameters, &visit.organisation.zone)?;
    let (app, actor) = (&visit.app, &visit.actor);
    let export = findings::export(app, actor, &wanted.filter, wanted.sort, format).await?;
    Ok(document(format, export))
}

/// The format that an address asks for.
pub(crate) fn wanted_format(parameters: &Parameters) -> Result<Format, Problem> {
    let word = parameters.text("format");
    Format::from_word(word).ok_or_else(|| {
        let known = Format::ALL.map(Format::word).join(", ");
        Problem::invalid(format!("format: `{word}` is none of {known}"))
    })
}

/// An export as a file; its headers tell how much is in it, and what is not.
pub(crate) fn document(format: Format, export: Export) -> Response {
    let Export { document, is_cut_off } = export;
    let name = format!("attachment; filename=\"{}\"", format.file_name());
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (HeaderName::from_static("watchbell-findings"), document.written.to_string()),
        (HeaderName::from_static("watchbell-left-out"), document.left_out.to_string()),
        (HeaderName::from_static("watchbell-complete"), (!is_cut_off).to_string()),
    ];
    (headers, document.text).into_response()
}

/// Quoted (RFC 4180), and never a formula to a spreadsheet.
pub(super) fn csv_cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer {
    page(&finding_page(&visit, &id, &Fields::default(), Refusals::none()).await?)
}

async fn fix_merged(Path(id): Path<String>, Posted { visit, fields }: Posted) -> Answer {
    let reference = fields.text("merge_request");
    match findings::fix_merged(&visit.app, &visit.actor, &id, reference).await {
        Ok(_) => Ok(done(&visit.server, Told::FixRecorded, &format!("/findings/{}", encoded(&id)))),
        Err(refusal) => {
            let status = Problem::from(&refusal).status;
            let mut refusals = refusals(refusal, "merge_request")?;
            for refused in &mut refusals.0 {
                refused.field = "merge_request".to_owned();
            }
            let view = finding_page(&visit, &id, &fields, refusals).await?;
            page_with(status, &view)
        }
    }
}

pub(super) async fn finding_page(
    visit: &Visit,
    id: &str,
    fields: &Fields,
    refusals: Refusals,
) -> Result<FindingPage, Problem> {
    let view = findings::one(&visit.app, &visit.actor, id).await?;
    let subject = Subject::Finding(id.to_owned());
    let raised = escalations::about(&visit.app, &visit.actor, &subject).await?;
    let escalation = raised.first().map(|raised| {
        let (id, level) = (raised.escalation.id(), raised.escalation.level());
        Link::new(format!("/escalations/{}", encoded(id)), format!("Escalation {id} at {level}"))
    });
    let finding = &view.finding;
    let (meaning, state) = standing(&finding.clock, visit.now);
    let holder = team_words(&visit.organisation, finding.custody.team.as_deref());
    let team = finding.custody.team.as_deref();
    let may = findings::may_mark_fix(&visit.organisation, &visit.actor, team);
    let action = format!("/findings/{}/fix-merged", encoded(id));
    let merge_request = fields.text("merge_request").to_owned();
    let fix_merged = (may && finding.clock.state == State::Open)
        .then_some(FixMergedForm { action, merge_request });
    let custody = custody::forms(visit, &view, (fields, &refusals));
    let title = match finding.ids.first() {
        Some(first) => format!("{first}: {}", finding.title),
        None => finding.title.clone(),
    };
    Ok(FindingPage {
        frame: visit.frame(Room::Findings),
        code: finding.id.clone(),
        title,
        service: service_link(&finding.service),
        meaning,
        state: capital(&state),
        sentence: sentence(visit, &view, &holder),
        sla: clocks::line(visit, &finding.clock, &holder),
        owner: owner(visit, &view),
        held: shares(visit, &view),
        score: Score {
            band: band_words(finding.clock.band).to_owned(),
            value: finding.assessment.score.map_or("unscored".to_owned(), |it| format!("{it:.1}")),
            source: source_words(finding.assessment.source),
            vector: finding.vector.clone().unwrap_or_default(),
        },
        facts: facts(&view),
        ids: ids(&view),
        description: paragraphs(finding.description.as_deref().unwrap_or_default()),
        ledger: view.ledger.iter().map(|entry| ledger_row(visit, entry)).collect(),
        sightings: view.sightings.iter().map(|seen| sighting(visit, seen)).collect(),
        escalation,
        fix_merged,
        false_positive: None,
        custody,
        refusals,
    })
}

/// Whose move it is, and what happens if nothing happens.
fn sentence(visit: &Visit, view: &FindingView, holder: &str) -> String {
    let clock = &view.finding.clock;
    if !clock.state.is_running() {
        let closed = clock.closed_at.map(|at| exact(visit.now, at, &visit.zone));
        return format!("Its clock stopped {}.", closed.unwrap_or_default());
    }
    let whose = match view.finding.custody.holder() {
        Some(Held::Vendor(vendor)) => format!("It waits for {vendor}"),
        Some(Held::Team(_)) => format!("It is {holder}'s move"),
        None => "Nobody holds it yet".to_owned(),
    };
    match (clock.due_at, clock.is_past_due(visit.now)) {
        (None, _) => format!("{whose}; its band has no date."),
        (Some(due), true) => {
            format!("{whose}; its date was {}.", exact(visit.now, due, &visit.zone))
        }
        (Some(due), false) => format!(
            "{whose}; without a verified fix it is past its SLA after {}.",
            exact(visit.now, due, &visit.zone)
        ),
    }
}

/// Whose hours it used up.
fn shares(visit: &Visit, view: &FindingView) -> Vec<HolderShare> {
    let whole: f64 = view.shares.iter().map(|(_, time)| time.as_secs_f64()).sum();
    let share = |(holder, time): &(Option<Held>, jiff::SignedDuration)| HolderShare {
        holder: holder_words(visit, holder.as_ref()),
        time: format!("{} d {} h", time.as_hours() / 24, time.as_hours() % 24),
        share: format!("{:.0} %", 100.0 * time.as_secs_f64() / whole.max(1.0)),
    };
    view.shares.iter().map(share).collect()
}

fn owner(visit: &Visit, view: &FindingView) -> Owner {
    let organisation = &visit.organisation;
    let id = view.finding.custody.team.as_deref().and_then(|id| TeamId::parse(id).ok());
    let Some(team) = id.and_then(|id| organisation.teams.get(&id)) else {
        let rule = format!("no team owns the service {}", view.finding.service);
        return Owner { team: None, rule, people: Vec::new() };
    };
    let role = |id: &domain::people::PersonId| {
        let known = organisation.people.get(id).and_then(|person| person.title.clone());
        known.unwrap_or_else(|| "member".to_owned())
    };
    let mut people: Vec<Holder> = team
        .manager
        .iter()
        .map(|id| Holder { name: visit.name_of(id.as_str()), role: "manager".to_owned() })
        .collect();
    let members = team.members.iter().filter(|id| team.manager.as_ref() != Some(*id));
    people.extend(members.map(|id| Holder { name: visit.name_of(id.as_str()), role: role(id) }));
    let href = format!("/findings?team={}", encoded(team.id.as_str()));
    Owner { team: Some(Link::new(href, &team.name)), rule: by_rule(visit, view), people }
}

/// How the finding came to its team.
fn by_rule(visit: &Visit, view: &FindingView) -> String {
    let rule = view.finding.owner_rule.as_deref().filter(|rule| *rule != "service");
    let last = view.ledger.iter().rev().find_map(|entry| match &entry.event {
        Event::HandedOver { to: Some(Held::Team(_)), by } => Some(by.as_str()),
        _ => None,
    });
    match (last, rule) {
        (Some(by), rule) if by != "service" && Some(by) != rule => {
            format!("hand-over of {}", visit.name_of(by))
        }
        (_, Some(rule)) => format!("rule {rule}"),
        (_, None) => format!("owning team of {}", view.finding.service),
    }
}

fn facts(view: &FindingView) -> Vec<Fact> {
    let finding = &view.finding;
    let mut facts = Vec::new();
    if let Some(package) = &finding.package {
        facts.push(Fact::new("Package", place_words(Some(package), None)));
        if let Some(fixed) = &package.fixed {
            facts.push(Fact::new("Fixed in", fixed));
        }
    }
    let places: Vec<String> = finding.places.iter().take(10).map(location_words).collect();
    if !places.is_empty() {
        facts.push(Fact::new("Where", places.join(", ")));
    }
    if let Some(rule) = &finding.rule {
        facts.push(Fact::new("Rule", rule));
    }
    if let Some(cap) = finding.clock.capped_at {
        let day = cap.strftime("%-d %b %Y");
        facts.push(Fact::new("Known to be exploited", format!("due by {day} by CISA's list")));
    }
    if finding.clock.recurrence > 0 {
        let times = finding.clock.recurrence;
        facts.push(Fact::new("Came back", format!("{times} times since it was first fixed")));
    }
    facts
}

fn ids(view: &FindingView) -> Vec<Link> {
    let cve = |id: &String| match id.starts_with("CVE-") {
        true => Link::new(format!("https://nvd.nist.gov/vuln/detail/{}", encoded(id)), id),
        false => Link::new("", id),
    };
    let cwe = |number: &u32| {
        let href = format!("https://cwe.mitre.org/data/definitions/{number}.html");
        Link::new(href, format!("CWE-{number}"))
    };
    view.finding.ids.iter().map(cve).chain(view.finding.cwes.iter().map(cwe)).collect()
}

fn paragraphs(text: &str) -> Vec<String> {
    let parts = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    parts.take(40).map(|part| part.chars().take(2_000).collect()).collect()
}

fn sighting(visit: &Visit, seen: &SeenBy) -> Sighting {
    let scope = match seen.stream.scope.as_str() {
        "" => String::new(),
        scope => format!("in {scope}"),
    };
    let place = seen.sighting.place.clone().unwrap_or_default();
    let (state, meaning) = match seen.sighting.present {
        true => ("sees it", Meaning::Plain),
        false => ("does not see it any more", Meaning::Holding),
    };
    Sighting {
        tool: seen.stream.tool.clone(),
        place: format!("{place} {scope}").trim().to_owned(),
        state: state.to_owned(),
        meaning,
        last: seen.looked_at.map(|at| visit.moment(at)),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}
