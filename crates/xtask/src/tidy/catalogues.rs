//! Every entry of a catalogue has its title, its manual text and a sample, and stands in the list.
//!
//! An entry is a `const` of the catalogue's type in a file of its own. To hold another catalogue
//! against this rule, add a line to `CATALOGUES`.

use super::{Breach, Tree};

struct Catalogue {
    /// Where the files lie.
    folder: &'static str,
    /// What an entry's declaration looks like.
    declares: &'static str,
    /// How the folder's list names an entry, after its module.
    listed_as: &'static str,
    /// The texts that an entry may not leave out or empty.
    texts: &'static [&'static str],
}

const CATALOGUES: &[Catalogue] = &[Catalogue {
    folder: "crates/formats/src/reports/",
    declares: "const REPORT: Report",
    listed_as: "::REPORT",
    texts: &["name", "title", "how_to_get", "manual"],
}];

pub fn check(tree: &Tree) -> Vec<Breach> {
    CATALOGUES.iter().flat_map(|catalogue| check_catalogue(catalogue, tree)).collect()
}

fn check_catalogue(catalogue: &Catalogue, tree: &Tree) -> Vec<Breach> {
    let list_path = format!("{}mod.rs", catalogue.folder);
    let list = tree.get(&list_path).map_or("", String::as_str);
    let mut breaches = Vec::new();
    for (path, source) in tree {
        let Some(file) = path.strip_prefix(catalogue.folder) else {
            continue;
        };
        let Some(at) = source.find(catalogue.declares).filter(|_| file.ends_with(".rs")) else {
            continue;
        };
        if file == "mod.rs" {
            continue;
        }
        let line = source[..at].matches('\n').count() + 1;
        let entry = &source[at..];
        let entry = &entry[..entry.find("\n};").unwrap_or(entry.len())];
        let mut tell = |what: String, hint: &str| {
            breaches.push(Breach::new(path, line, what, hint));
        };
        for text in catalogue.texts {
            if text_of(entry, text).is_none_or(|text| text.trim().is_empty()) {
                tell(format!("the entry has no `{text}`"), "people read it; write a sentence");
            }
        }
        let module = file.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        if !list.contains(&format!("{module}{}", catalogue.listed_as)) {
            tell("the entry is not in the list".to_owned(), "add it to the folder's mod.rs");
        }
        let name = text_of(entry, "name").unwrap_or_default();
        if !has_sample(catalogue, entry, tree, name) {
            let hint = "put a document by the entry's name into samples/ beside it";
            tell("the entry has no sample".to_owned(), hint);
        }
    }
    breaches
}

/// The string literal that a field of an entry is given.
fn text_of<'e>(entry: &'e str, field: &str) -> Option<&'e str> {
    let start = entry.find(&format!(" {field}: "))? + field.len() + 3;
    let literal = entry[start..].trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = literal.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    })?;
    Some(&literal[..end])
}

/// Whether the entry takes in a sample (then it exists, or nothing compiles), or one lies in
/// `samples/` whose name begins with the entry's.
fn has_sample(catalogue: &Catalogue, entry: &str, tree: &Tree, name: &str) -> bool {
    let samples = format!("{}samples/", catalogue.folder);
    let ours = |sample: &str| {
        let rest = sample.strip_prefix(name).filter(|_| !name.is_empty());
        rest.is_some_and(|rest| rest.starts_with(['.', '-', '_', '/']))
    };
    let mut samples = tree.keys().filter_map(|path| path.strip_prefix(samples.as_str()));
    entry.contains("include_bytes!(\"samples/") || samples.any(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &str = "crates/formats/src/reports/";

    fn told(entry: &str, list: &str, sample: &str) -> Vec<String> {
        let files = [("trivy.rs", entry), ("mod.rs", list), (sample, "{}")];
        let tree = files.map(|(name, text)| (format!("{FOLDER}{name}"), text.to_owned()));
        check(&Tree::from(tree)).into_iter().map(|breach| breach.what).collect()
    }

    const ENTRY: &str = "pub const REPORT: Report = Report {\n    name: \"trivy\",\n    \
        title: \"Trivy \\\"JSON\\\"\",\n    how_to_get: \"trivy\",\n    manual: \"As is.\",\n};\n";

    #[test]
    fn a_whole_entry_has_no_breach() {
        let list = "const ALL: &[&Report] = &[&trivy::REPORT];";
        assert_eq!(told(ENTRY, list, "samples/trivy-0.50.json"), Vec::<String>::new());
    }

    #[test]
    fn an_entry_without_words_sample_or_listing_is_told() {
        let bare = ENTRY.replace("\"As is.\"", "\"\"").replace("    how_to_get: \"trivy\",\n", "");
        assert_eq!(
            told(&bare, "", "samples/grype.json"),
            [
                "the entry has no `how_to_get`",
                "the entry has no `manual`",
                "the entry is not in the list",
                "the entry has no sample"
            ]
        );
    }
}
