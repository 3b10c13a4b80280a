//! Which crate may see which: the table of the house, held against `cargo metadata`.
//!
//! The domain may depend on nothing that knows the time or reaches outside; its list is short and
//! every name on it says why.

use cargo_metadata::{DependencyKind, Metadata};

use super::Breach;

/// Our crates and which of ours each may use; those not listed here may use any.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("formats", &["domain"]),
    ("store", &["domain"]),
    ("operations", &["domain", "formats", "store"]),
    ("wire", &[]),
    ("web", &["operations", "wire", "domain"]),
    ("transport", &["operations", "formats"]),
    ("watchbell", &["domain", "formats", "store", "operations", "wire", "web", "transport"]),
];

/// What tests may use besides; the domain needs no product to be tested.
const TESTS_MAY_USE: &str = "testkit";

/// Foreign crates the domain may use, and what for.
const DOMAIN_MAY_USE: &[(&str, &str)] = &[
    ("cvss", "base scores from vectors"),
    ("jiff", "the calendar and time zones; its clock is fenced off by clippy"),
    ("rand", "draws from a seeded source"),
    ("rand_chacha", "the seeded source"),
    ("sha2", "digests and fingerprints"),
    ("statrs", "the t and normal distributions"),
    ("thiserror", "errors"),
];

/// Foreign crates the domain's tests may use.
const DOMAIN_TESTS_MAY_USE: &[&str] = &["insta", "proptest", "serde_json"];

const EDGE_HINT: &str = "see the table of floors in CONTRIBUTING.md; a new edge is a decision";
const DOMAIN_HINT: &str = "the domain is pure; add it to DOMAIN_MAY_USE with what it is for";

/// A crate of ours that uses another crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub reach: Reach,
    pub owner: Owner,
}

/// Where a dependency is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Product,
    Tests,
}

/// Whose crate is depended on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Ours,
    Foreign,
}

/// Every edge that starts at a crate of the workspace.
pub fn edges(metadata: &Metadata) -> Vec<Edge> {
    let mut edges = Vec::new();
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            let reach = match dependency.kind {
                DependencyKind::Development => Reach::Tests,
                _ => Reach::Product,
            };
            let owner = if dependency.path.is_some() { Owner::Ours } else { Owner::Foreign };
            let (from, to) = (package.name.to_string(), dependency.name.clone());
            edges.push(Edge { from, to, reach, owner });
        }
    }
    edges
}

pub fn check(edges: &[Edge]) -> Vec<Breach> {
    edges.iter().filter_map(breach).collect()
}

fn breach(edge: &Edge) -> Option<Breach> {
    let path = format!("crates/{}/Cargo.toml", edge.from);
    let what = format!("`{}` uses `{}`", edge.from, edge.to);
    let allowed = match edge.owner {
        Owner::Ours => may_use_ours(edge),
        Owner::Foreign => edge.from != "domain" || domain_may_use(edge),
    };
    let hint = if edge.owner == Owner::Ours { EDGE_HINT } else { DOMAIN_HINT };
    (!allowed).then(|| Breach::new(&path, 1, what, hint))
}

fn may_use_ours(edge: &Edge) -> bool {
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == edge.from) else {
        return true;
    };
    let in_tests = edge.reach == Reach::Tests && edge.to == TESTS_MAY_USE && edge.from != "domain";
    allowed.contains(&edge.to.as_str()) || in_tests
}

fn domain_may_use(edge: &Edge) -> bool {
    let for_product = DOMAIN_MAY_USE.iter().any(|(name, _)| *name == edge.to);
    let for_tests = DOMAIN_TESTS_MAY_USE.contains(&edge.to.as_str());
    for_product || (edge.reach == Reach::Tests && for_tests)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(from: &str, to: &str, reach: Reach, owner: Owner) -> Option<String> {
        let edge = Edge { from: from.to_owned(), to: to.to_owned(), reach, owner };
        breach(&edge).map(|breach| breach.what)
    }

    #[test]
    fn pages_do_not_see_the_store() {
        let told_of_store = told("web", "store", Reach::Product, Owner::Ours);
        assert_eq!(told_of_store, Some("`web` uses `store`".to_owned()));
        assert_eq!(told("web", "operations", Reach::Product, Owner::Ours), None);
    }

    #[test]
    fn the_domain_uses_only_what_is_on_its_list() {
        assert_eq!(told("domain", "jiff", Reach::Product, Owner::Foreign), None);
        assert!(told("domain", "tokio", Reach::Product, Owner::Foreign).is_some());
        assert!(told("domain", "formats", Reach::Product, Owner::Ours).is_some());
    }

    #[test]
    fn test_crates_stay_in_tests() {
        assert_eq!(told("domain", "insta", Reach::Tests, Owner::Foreign), None);
        assert!(told("domain", "insta", Reach::Product, Owner::Foreign).is_some());
        assert_eq!(told("web", "testkit", Reach::Tests, Owner::Ours), None);
        assert!(told("web", "testkit", Reach::Product, Owner::Ours).is_some());
    }
}
