//! What holds for all templates together.

use std::path::{Path, PathBuf};

use askama::Template;

use super::problems::ProblemPage;
use super::{Flash, Frame, Link, Meaning, Reader};

fn templates(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            templates(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn check_each(claim: impl Fn(&str) -> Option<String>) {
    let mut found = Vec::new();
    templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut found);
    assert!(found.len() > 20, "the templates were not found");
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Some(broken) = claim(&text) {
            panic!("{}: {broken}", path.file_name().unwrap().to_string_lossy());
        }
    }
}

#[test]
fn no_template_opts_out_of_escaping() {
    check_each(|text| text.contains("|safe").then(|| "writes unescaped text".to_owned()));
}

#[test]
fn nothing_is_inline_so_the_policy_can_be_strict() {
    check_each(|text| {
        let inline = [" style=", "<style", " onclick=", " onchange=", "javascript:"];
        inline.iter().find(|each| text.contains(*each)).map(|each| format!("has {each}"))
    });
}

#[test]
fn every_posting_form_carries_its_csrf_token() {
    check_each(|text| {
        let forms = text.matches("method=\"post\"").count();
        let tokens = text.matches("name=\"csrf\"").count() + text.matches("csrf.html").count();
        (forms > tokens).then(|| format!("{forms} forms but {tokens} tokens"))
    });
}

#[test]
fn hostile_words_stay_text_wherever_they_stand() {
    let hostile = "\"><script>alert('x')</script>";
    let flash = Flash { meaning: Meaning::Bending, text: hostile.into(), link: None };
    let frame = Frame {
        reader: Some(Reader { name: hostile.into(), role: hostile.into(), reads_outbox: true }),
        csrf: hostile.into(),
        here: hostile.into(),
        zone: hostile.into(),
        flashes: vec![flash],
        ..Frame::default()
    };
    let mut page = ProblemPage::forbidden(frame, hostile);
    page.links = vec![Link::new(hostile, hostile)];
    let text = page.render().unwrap();
    assert!(!text.contains("<script>"), "{text}");
    assert_eq!(text.matches("<script ").count(), 1, "only the one script of ours");
}

#[test]
fn who_has_not_signed_in_sees_no_rooms() {
    let text = ProblemPage::not_found(Frame::default()).render().unwrap();
    assert!(!text.contains("aria-label=\"Rooms\"") && !text.contains("/sign-out"), "{text}");
}
