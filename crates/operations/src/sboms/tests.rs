//! Stories of uploads, on each engine at hand.

use std::sync::Arc;

use domain::findings::State;
use jiff::SignedDuration;

use super::projects::{self, Draft, Patch, Scoped, Selection};
use super::*;
use crate::findings::{self, Filter, Sort, States};
use crate::testing::{PowerCut, Product, person, product, products};

/// A CycloneDX document: its serial number, its packages, and of each the vulnerability it has.
fn sbom(serial: &str, packages: &[(&str, Option<(&str, f64)>)]) -> Vec<u8> {
    let component = |(name, _): &(&str, _)| {
        format!(r#"{{"bom-ref":"{name}","name":"{name}","version":"1","purl":"pkg:npm/{name}@1"}}"#)
    };
    let vulnerability = |(name, vulnerability): &(&str, Option<(&str, f64)>)| {
        vulnerability.map(|(id, score)| {
            format!(
                r#"{{"id":"{id}","ratings":[{{"score":{score},"method":"CVSSv31"}}],
                "affects":[{{"ref":"{name}"}}]}}"#
            )
        })
    };
    let components: Vec<String> = packages.iter().map(component).collect();
    let vulnerabilities: Vec<String> = packages.iter().filter_map(vulnerability).collect();
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"{serial}",
        "metadata":{{"tools":[{{"name":"Lister"}}]}},"components":[{}],"vulnerabilities":[{}]}}"#,
        components.join(","),
        vulnerabilities.join(",")
    )
    .into_bytes()
}

fn vex(id: &str, package: &str, state: &str) -> Vec<u8> {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{{"id":"{id}",
        "analysis":{{"state":"{state}"}},"affects":[{{"ref":"pkg:npm/{package}@1"}}]}}]}}"#
    )
    .into_bytes()
}

const TWO: [(&str, Option<(&str, f64)>); 2] =
    [("left", Some(("CVE-2026-0001", 9.8))), ("right", Some(("CVE-2026-0002", 5.0)))];

fn named(name: &str, version: &str, bytes: Vec<u8>) -> Upload {
    Upload {
        kind: Kind::Sbom,
        bytes,
        target: Target { id: None, name: Some(name.to_owned()), version: Some(version.to_owned()) },
        create: true,
        parent: Parent::default(),
        tags: None,
        latest: None,
        active: None,
    }
}

async fn taken(product: &Product, request: Upload) -> Uploaded {
    upload(&product.app, &Actor::Operator, request).await.expect("taken in")
}

/// What stands in the database besides the imports, in one text.
async fn picture(app: &App) -> String {
    let actor = &Actor::Operator;
    let (projects, _) =
        projects::list(app, actor, &Selection::default(), 0, 100).await.expect("projects");
    let mut lines = Vec::new();
    for project in projects {
        let (name, version, tags) = (&project.name, &project.version, &project.tags);
        lines.push(format!("{} {name} {version} {tags:?}", project.id));
    }
    for sbom in list(app, actor, None, None, 100).await.expect("SBOMs") {
        lines.push(format!("{} {} {}", sbom.id, sbom.digest, sbom.components));
    }
    let filter = Filter { states: States::All, ..Filter::default() };
    let page = findings::list(app, actor, &filter, (Sort::Newest, None), 500).await;
    for listed in page.expect("findings").findings {
        let (id, state) = (&listed.id, listed.clock.state.word());
        lines.push(format!("{id} {} {state} {:?}", listed.service, listed.ids));
    }
    lines.join("\n")
}

async fn states(product: &Product) -> Vec<State> {
    let filter = Filter { states: States::All, ..Filter::default() };
    let list = findings::list(&product.app, &Actor::Operator, &filter, (Sort::Newest, None), 50);
    let mut found = list.await.expect("a list").findings;
    found.reverse();
    found.iter().map(|listed| listed.clock.state).collect()
}

#[tokio::test]
async fn an_upload_leaves_a_project_its_findings_and_the_document_as_it_came() {
    for product in products().await {
        let (app, actor) = (&product.app, &Actor::Operator);
        let bytes = sbom("1", &TWO);
        let request = Upload {
            tags: Some(vec!["Web".to_owned(), " a ".to_owned(), "web".to_owned()]),
            latest: Some(true),
            ..named("till", "1.0", bytes.clone())
        };
        let uploaded = taken(&product, request).await;
        assert_eq!(uploaded.import, "I-1");
        let project = projects::one(app, actor, &uploaded.project.to_uppercase()).await.unwrap();
        assert_eq!((project.service.as_str(), project.latest), ("till", true));
        assert_eq!(project.tags, ["a", "web"]);
        assert_eq!(project.last_sbom, Some((app.now(), "CycloneDX 1.6".to_owned())));
        let which = Scoped::Running;
        let page = projects::findings(app, actor, &project.id, which, (0, 10)).await.unwrap();
        assert_eq!((page.findings.len(), page.total), (2, 2));
        assert_eq!(page.findings[0].finding.ids, ["CVE-2026-0001"]);
        assert_eq!(page.findings[0].version.as_deref(), Some("1"));
        let (kept, document) = document(app, actor, "B-1").await.unwrap();
        assert_eq!((kept.components, document), (2, bytes));
        let (_, tally, _) = projects::figures(app, actor, &project.id).await.unwrap();
        assert_eq!((tally.packages, tally.unscored, tally.set_aside), (2, 0, 0));
        assert_eq!(of_service(app, actor, "till").await.unwrap(), (Some(app.now()), 1));
    }
}

#[tokio::test]
async fn the_same_content_again_leaves_only_its_import() {
    for product in products().await {
        taken(&product, named("till", "1.0", sbom("1", &TWO))).await;
        let before = picture(&product.app).await;
        // Some tools give a new serial number each time.
        for serial in ["1", "2"] {
            product.clock.advance(SignedDuration::from_hours(24));
            taken(&product, named("till", "1.0", sbom(serial, &TWO))).await;
            assert_eq!(picture(&product.app).await, before, "{}", product.engine());
        }
        let kept = one(&product.app, &Actor::Operator, "B-1").await.unwrap();
        assert_eq!((kept.last_at, kept.import.as_str()), (product.app.now(), "I-3"));
        taken(&product, named("till", "1.0", sbom("3", &TWO[..1]))).await;
        assert_eq!(states(&product).await, [State::Open, State::Fixed]);
        let listed = list(&product.app, &Actor::Operator, Some("till"), None, 9).await.unwrap();
        let ids: Vec<&str> = listed.iter().map(|sbom| sbom.id.as_str()).collect();
        assert_eq!(ids, ["B-2", "B-1"]);
    }
}

#[tokio::test]
async fn identifiers_and_names_that_disagree_are_refused_and_nothing_is_kept() {
    let product = product().await;
    let uploaded = taken(&product, named("till", "1.0", sbom("1", &TWO))).await;
    let before = picture(&product.app).await;
    let asked = |name: Option<&str>, version: Option<&str>| Upload {
        target: Target {
            id: Some(uploaded.project.clone()),
            name: name.map(str::to_owned),
            version: version.map(str::to_owned),
        },
        ..named("", "", sbom("2", &TWO[..1]))
    };
    // Whoever may do nothing hears of the contradiction too: it is asked before who may.
    let (app, member) = (&product.app, &person("omar.said"));
    for (name, version) in [("other", "1.0"), ("till", "2.0")] {
        let refused = upload(app, member, asked(Some(name), Some(version))).await.unwrap_err();
        assert!(matches!(refused, UploadRefused::Contradiction(_)), "{refused}");
        assert!(refused.to_string().contains("`till` 1.0"), "{refused}");
    }
    assert_eq!(picture(app).await, before);
    // Clients send a default version beside the id: it names nothing by itself.
    for (name, version) in [(None, Some("main")), (Some("till"), None), (Some("till"), Some("1.0"))]
    {
        let same = upload(app, member, asked(name, version)).await.expect("they agree");
        assert_eq!(same.project, uploaded.project);
    }
}

#[tokio::test]
async fn what_cannot_be_read_leaves_nothing() {
    let product = product().await;
    let before = picture(&product.app).await;
    let mut cut = sbom("1", &TWO);
    cut.truncate(cut.len() - 3);
    for bytes in [cut, b"{}".to_vec(), Vec::new(), b"\x00\xff".to_vec()] {
        let refused = upload(&product.app, &Actor::Operator, named("till", "1", bytes)).await;
        assert!(matches!(refused, Err(UploadRefused::Unreadable(_))), "{refused:?}");
    }
    let absent = Upload { create: false, ..named("till", "1", sbom("1", &TWO)) };
    let refused = upload(&product.app, &Actor::Operator, absent).await;
    assert!(matches!(refused, Err(UploadRefused::NoProject)));
    let parent = Parent { name: Some("nobody".to_owned()), ..Parent::default() };
    let orphan = Upload { parent, ..named("till", "1", sbom("1", &TWO)) };
    let refused = upload(&product.app, &Actor::Operator, orphan).await;
    assert!(matches!(refused, Err(UploadRefused::NoParent)));
    assert_eq!(picture(&product.app).await, before);
}

#[tokio::test]
async fn a_new_version_of_a_service_is_anybodys_and_a_new_service_is_not() {
    let product = product().await;
    let (app, member) = (&product.app, &person("omar.said"));
    let refused = upload(app, member, named("till", "1", sbom("1", &TWO))).await.unwrap_err();
    let forbidden = Refusal::Forbidden(Operation::CreateService).to_string();
    assert_eq!(refused.to_string(), forbidden);
    upload(app, member, named("core-api", "1", sbom("1", &TWO))).await.expect("core-api is there");
    let reader = &person("ada.winther");
    let refused = upload(app, reader, named("core-api", "1", sbom("1", &TWO))).await.unwrap_err();
    assert_eq!(refused.to_string(), Refusal::Forbidden(Operation::ImportReport).to_string());
}

#[tokio::test]
async fn a_vex_document_sets_a_finding_aside_in_its_version_only() {
    for product in products().await {
        taken(&product, named("till", "1.0", sbom("1", &TWO))).await;
        taken(&product, named("till", "2.0", sbom("1", &TWO[1..]))).await;
        let state = |id: &str, package: &str, state: &str| Upload {
            kind: Kind::Vex,
            create: false,
            ..named("till", "1.0", vex(id, package, state))
        };
        product.clock.advance(SignedDuration::from_hours(1));
        taken(&product, state("CVE-2026-0001", "left", "not_affected")).await;
        taken(&product, state("CVE-2026-0002", "right", "false_positive")).await;
        // The second is still in the other version.
        assert_eq!(states(&product).await, [State::NotAffected, State::Open]);
        let view = findings::one(&product.app, &Actor::Operator, "F-1").await.unwrap();
        let last = format!("{:?}", view.ledger.last().unwrap().event);
        assert!(last.contains("operator") && last.contains("VEX document of I-3"), "{last}");
        let before = picture(&product.app).await;
        product.clock.advance(SignedDuration::from_hours(1));
        taken(&product, state("CVE-2026-0001", "left", "not_affected")).await;
        taken(&product, named("till", "1.0", sbom("1", &TWO))).await;
        assert_eq!(picture(&product.app).await, before, "what tools still see does not undo it");
        taken(&product, state("CVE-2026-0001", "left", "exploitable")).await;
        assert_eq!(states(&product).await, [State::Open, State::Open]);
    }
}

#[tokio::test]
async fn a_project_is_changed_and_forgotten_while_its_findings_stay() {
    for product in products().await {
        let (app, actor) = (&product.app, &Actor::Operator);
        let first = taken(&product, named("till", "1.0", sbom("1", &TWO))).await.project;
        let draft = |version: &str| Draft {
            name: "till".to_owned(),
            version: version.to_owned(),
            parent: Some(first.clone()),
            latest: true,
            active: true,
            ..Draft::default()
        };
        let second = projects::create(app, actor, draft("2.0")).await.unwrap();
        assert!(matches!(
            projects::create(app, actor, draft("2.0")).await,
            Err(Refusal::Conflict(_))
        ));
        let patch = Patch { latest: Some(true), tags: Some(vec!["a".into()]), ..Patch::default() };
        let changed = projects::change(app, actor, &first, patch.clone()).await.unwrap();
        assert_eq!(projects::change(app, actor, &first, patch).await.unwrap(), changed);
        assert_eq!(projects::latest(app, actor, "till").await.unwrap().id, first);
        let renamed = Patch { name: Some("other".into()), ..Patch::default() };
        let refused = projects::change(app, actor, &first, renamed).await;
        assert!(matches!(refused, Err(Refusal::Conflict(_))));
        let tagged = Selection { tag: Some("a".into()), ..Selection::default() };
        let (listed, total) = projects::list(app, actor, &tagged, 0, 9).await.unwrap();
        assert_eq!((listed[0].tags.as_slice(), total), (&["a".to_owned()][..], 1));
        assert!(listed[0].has_children);
        let (page, total) = projects::list(app, actor, &Selection::default(), 1, 1).await.unwrap();
        assert_eq!((page[0].version.as_str(), total), ("2.0", 2));
        projects::delete(app, actor, &first).await.unwrap();
        assert!(matches!(projects::one(app, actor, &first).await, Err(Refusal::NotFound { .. })));
        assert_eq!(projects::one(app, actor, &second.id).await.unwrap().parent, None);
        assert_eq!(states(&product).await, [State::Open, State::Open]);
    }
}

#[tokio::test]
async fn a_long_name_is_a_service_of_its_own() {
    let product = product().await;
    let long = |end: &str| format!("{}{end}", "x".repeat(150));
    for end in ["a", "b"] {
        taken(&product, named(&long(end), "1", sbom("1", &TWO[..1]))).await;
    }
    let services = findings::services(&product.app, &Actor::Operator).await.unwrap();
    assert_eq!(services.iter().filter(|service| service.name.starts_with("xxx")).count(), 2);
    let endless = named(&"x".repeat(256), "1", sbom("1", &TWO));
    assert!(upload(&product.app, &Actor::Operator, endless).await.is_err());
}

#[tokio::test]
async fn wherever_the_power_goes_an_upload_is_whole_or_nothing() {
    for product in products().await {
        taken(&product, named("till", "1.0", sbom("1", &TWO))).await;
        let before = picture(&product.app).await;
        let next = [TWO[0], ("new", Some(("CVE-2026-0003", 7.0)))];
        let request =
            Upload { tags: Some(vec!["a".to_owned()]), ..named("till", "1.0", sbom("2", &next)) };
        for statement in 0.. {
            let cut = Arc::new(PowerCut::before(statement));
            let app = product.with_faults(cut.clone());
            let outcome = upload(&app, &Actor::Operator, request.clone()).await;
            let now = picture(&product.app).await;
            match cut.fell().as_deref() {
                None => {
                    outcome.expect("taken in");
                    assert!(statement > 20, "only {statement} statements");
                    break;
                }
                Some("after commit") => break,
                Some(what) => {
                    assert!(outcome.is_err(), "{what}");
                    assert_eq!(now, before, "cut before statement {statement}: {what}");
                }
            }
        }
        let after = picture(&product.app).await;
        assert!(after.contains("[\"a\"]") && after.contains("B-2"), "{after}");
    }
}
