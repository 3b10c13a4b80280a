//! What DefectDojo's API answers about products, engagements, tests and findings, page by page.
//!
//! Only what moves here is read, and what is missing is left empty; a thing without its number, or
//! a name that must be there, is refused with its place. A finding becomes an observation by the
//! names that the generic formats know, because those are that product's names.

use domain::findings::{Observation, Standing};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::reports::generic::Entry;

/// Why a page could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PageRefused {
    #[error("the answer is no JSON: {why}")]
    Json { why: String },
    #[error("{place}: {why}")]
    Shape { place: String, why: &'static str },
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// How many there are on all pages.
    pub count: u64,
    /// The address of the next page.
    pub next: Option<String>,
    pub results: Vec<T>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductType {
    pub id: i64,
    pub name: String,
    pub description: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    pub id: i64,
    pub name: String,
    pub description: String,
    pub product_type: i64,
    pub tags: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engagement {
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    pub engagement_type: Option<String>,
    pub status: Option<String>,
    pub target_start: Option<Date>,
    pub target_end: Option<Date>,
    pub version: Option<String>,
    pub build_id: Option<String>,
    pub commit_hash: Option<String>,
    pub branch_tag: Option<String>,
    pub tags: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    pub id: i64,
    pub engagement: i64,
    pub title: Option<String>,
    pub scan_type: String,
    pub description: Option<String>,
    pub version: Option<String>,
    pub build_id: Option<String>,
    pub commit_hash: Option<String>,
    pub branch_tag: Option<String>,
    pub tags: Vec<String>,
}

/// A finding with its dates and its state.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub id: i64,
    pub test: i64,
    /// Its standing says whether it is closed, and how.
    pub observation: Observation,
    /// The day it was found.
    pub date: Option<Date>,
    /// When it was closed.
    pub mitigated: Option<Timestamp>,
    /// When something last happened to its state.
    pub changed: Option<Timestamp>,
    /// Another finding stands for it.
    pub is_duplicate: bool,
    pub is_risk_accepted: bool,
}

/// A thing that a page lists.
pub trait Listed: Sized {
    /// Reads one; `place` is where it stands.
    fn read(members: &Map<String, Value>, place: &str) -> Result<Self, PageRefused>;
}

/// Reads one page.
pub fn page<T: Listed>(bytes: &[u8]) -> Result<Page<T>, PageRefused> {
    let page: Value =
        serde_json::from_slice(bytes).map_err(|why| PageRefused::Json { why: why.to_string() })?;
    let results = page.get("results").and_then(Value::as_array);
    let results = results.ok_or_else(|| shape("results", "there is no list of this name"))?;
    let results = results.iter().enumerate().map(|(number, result)| {
        let place = format!("results[{number}]");
        let members = result.as_object().ok_or_else(|| shape(&place, "this is no object"))?;
        T::read(members, &place)
    });
    Ok(Page {
        count: page.get("count").and_then(Value::as_u64).unwrap_or(0),
        next: page.get("next").and_then(Value::as_str).map(str::to_owned),
        results: results.collect::<Result<_, _>>()?,
    })
}

fn shape(place: &str, why: &'static str) -> PageRefused {
    PageRefused::Shape { place: place.to_owned(), why }
}

/// The members of one object.
struct Members<'a> {
    members: &'a Map<String, Value>,
    place: &'a str,
}

impl Members<'_> {
    fn text(&self, name: &str) -> Option<String> {
        let text = self.members.get(name)?.as_str()?.trim();
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }

    fn needed(&self, name: &str) -> Result<String, PageRefused> {
        let missing = || shape(&format!("{}.{name}", self.place), "this text is missing");
        self.text(name).ok_or_else(missing)
    }

    /// A number, or the number of an object that is written out.
    fn number(&self, name: &str) -> Result<i64, PageRefused> {
        let value = self.members.get(name);
        let value = value.and_then(|value| value.get("id")).or(value);
        let missing = || shape(&format!("{}.{name}", self.place), "this number is missing");
        value.and_then(Value::as_i64).filter(|id| *id > 0).ok_or_else(missing)
    }

    fn flag(&self, name: &str) -> bool {
        self.members.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    fn list(&self, name: &str) -> Vec<String> {
        let list = self.members.get(name).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn date(&self, name: &str) -> Option<Date> {
        self.text(name)?.get(..10)?.parse().ok()
    }

    fn instant(&self, name: &str) -> Option<Timestamp> {
        let text = self.text(name)?;
        // Some versions tell only the day of a closing.
        let day = || text.parse::<Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
        text.parse().ok().or_else(|| day().map(|day| day.timestamp()))
    }
}

impl Listed for ProductType {
    fn read(members: &Map<String, Value>, place: &str) -> Result<ProductType, PageRefused> {
        let it = Members { members, place };
        Ok(ProductType {
            id: it.number("id")?,
            name: it.needed("name")?,
            description: it.text("description").unwrap_or_default(),
        })
    }
}

impl Listed for Product {
    fn read(members: &Map<String, Value>, place: &str) -> Result<Product, PageRefused> {
        let it = Members { members, place };
        Ok(Product {
            id: it.number("id")?,
            name: it.needed("name")?,
            description: it.text("description").unwrap_or_default(),
            product_type: it.number("prod_type")?,
            tags: it.list("tags"),
        })
    }
}

impl Listed for Engagement {
    fn read(members: &Map<String, Value>, place: &str) -> Result<Engagement, PageRefused> {
        let it = Members { members, place };
        let id = it.number("id")?;
        Ok(Engagement {
            id,
            // An engagement need not have a name there.
            name: it.text("name").unwrap_or_else(|| format!("Engagement {id}")),
            description: it.text("description"),
            engagement_type: it.text("engagement_type"),
            status: it.text("status"),
            target_start: it.date("target_start"),
            target_end: it.date("target_end"),
            version: it.text("version"),
            build_id: it.text("build_id"),
            commit_hash: it.text("commit_hash"),
            branch_tag: it.text("branch_tag"),
            tags: it.list("tags"),
        })
    }
}

impl Listed for Test {
    fn read(members: &Map<String, Value>, place: &str) -> Result<Test, PageRefused> {
        let it = Members { members, place };
        Ok(Test {
            id: it.number("id")?,
            engagement: it.number("engagement")?,
            title: it.text("title"),
            scan_type: it.text("scan_type").map_or_else(|| it.needed("test_type_name"), Ok)?,
            description: it.text("description"),
            version: it.text("version"),
            build_id: it.text("build_id"),
            commit_hash: it.text("commit_hash"),
            branch_tag: it.text("branch_tag"),
            tags: it.list("tags"),
        })
    }
}

impl Listed for Finding {
    fn read(members: &Map<String, Value>, place: &str) -> Result<Finding, PageRefused> {
        let it = Members { members, place };
        let named = |id: &Value| match id.get("vulnerability_id") {
            Some(name) => name.clone(),
            None => id.clone(),
        };
        let mut entry = members.clone();
        // Numbers of other things, where the generic formats have addresses.
        entry.remove("endpoints");
        if let Some(ids) = members.get("vulnerability_ids").and_then(Value::as_array) {
            let ids = ids.iter().map(named).collect();
            entry.insert("vulnerability_ids".to_owned(), Value::Array(ids));
        }
        let entry = Entry::deserialize(Value::Object(entry))
            .map_err(|_| shape(place, "this is no finding"))?;
        let title = || shape(&format!("{place}.title"), "this text is missing");
        let mut observation = entry.observation().ok_or_else(title)?;
        if it.flag("out_of_scope") {
            observation.standing = Standing::NotAffected;
        }
        Ok(Finding {
            id: it.number("id")?,
            test: it.number("test")?,
            observation,
            date: it.date("date"),
            mitigated: it.instant("mitigated"),
            changed: it.instant("last_status_update"),
            is_duplicate: it.flag("duplicate"),
            is_risk_accepted: it.flag("risk_accepted"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINDINGS: &str = r#"{"count": 2, "next": "http://dojo.example/api/v2/findings/?offset=2",
        "previous": null, "results": [
        {"id": 7, "test": 3, "title": "CVE-2026-1234 parser", "severity": "High", "cwe": 79,
         "date": "2026-01-05", "mitigated": null, "active": true, "duplicate": false,
         "vulnerability_ids": [{"vulnerability_id": "CVE-2026-1234"}], "endpoints": [4, 5],
         "component_name": "parser", "component_version": "1.0", "line": null},
        {"id": 8, "test": 3, "title": "Weak hash", "severity": "Medium", "date": "2026-01-06",
         "mitigated": "2026-01-09T10:00:00Z", "is_mitigated": true, "file_path": "src/a.py",
         "line": 3, "vuln_id_from_tool": "weak-hash"}]}"#;

    #[test]
    fn a_finding_keeps_its_day_and_how_it_was_closed() {
        let page = page::<Finding>(FINDINGS.as_bytes()).expect("a page");
        assert_eq!((page.count, page.results.len()), (2, 2));
        let [open, closed] = &page.results[..] else { panic!("two") };
        assert_eq!(open.observation.ids, ["CVE-2026-1234"]);
        assert_eq!(open.observation.standing, Standing::Present);
        assert_eq!(open.date.map(|day| day.to_string()).as_deref(), Some("2026-01-05"));
        assert_eq!(closed.observation.standing, Standing::Fixed);
        assert_eq!(
            closed.mitigated.map(|at| at.to_string()).as_deref(),
            Some("2026-01-09T10:00:00Z")
        );
    }

    #[test]
    fn what_is_no_page_is_refused_with_its_place() {
        for (bytes, expected) in [
            ("<html>", "the answer is no JSON"),
            ("{}", "results: there is no list"),
            (r#"{"results": [7]}"#, "results[0]: this is no object"),
            (r#"{"results": [{"id": "x", "name": "n"}]}"#, "results[0].id: this number"),
            (r#"{"results": [{"id": 1}]}"#, "results[0].name: this text"),
        ] {
            let refused = page::<ProductType>(bytes.as_bytes()).unwrap_err().to_string();
            assert!(refused.starts_with(expected), "{refused}");
        }
        let nameless = r#"{"results": [{"id": 1, "test": 2}]}"#;
        assert!(page::<Finding>(nameless.as_bytes()).is_err());
    }
}
