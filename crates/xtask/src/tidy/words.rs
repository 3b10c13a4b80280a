//! The dictionary is there, and each word in it is said once, with meaning and place.

use std::collections::BTreeSet;

use super::{Breach, Tree};

const DICTIONARY: &str = "docs/words.md";
const HINT: &str = "a row is: | term | what it means | where it is used |";

pub fn check(tree: &Tree) -> Vec<Breach> {
    match tree.get(DICTIONARY) {
        Some(text) => check_dictionary(text),
        None => vec![Breach::new(DICTIONARY, 1, "there is no dictionary", HINT)],
    }
}

fn check_dictionary(text: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut said = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let row = line.trim().strip_prefix('|').and_then(|line| line.strip_suffix('|'));
        let Some(row) = row.filter(|row| !row.starts_with(" ---") && !row.starts_with(" term"))
        else {
            continue;
        };
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        if cells.len() != 3 || cells.iter().any(|cell| cell.is_empty()) {
            breaches.push(Breach::new(
                DICTIONARY,
                index + 1,
                "a row without its three cells",
                HINT,
            ));
        }
        let term = cells.first().copied().unwrap_or_default().to_lowercase();
        if !said.insert(term.clone()) {
            let what = format!("`{term}` is explained twice");
            breaches.push(Breach::new(DICTIONARY, index + 1, what, "one word, one meaning"));
        }
    }
    if said.is_empty() {
        breaches.push(Breach::new(DICTIONARY, 1, "the dictionary has no words", HINT));
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_said_once_with_meaning_and_place() {
        let head = "| term | meaning | where |\n| --- | --- | --- |\n";
        let good = format!("{head}| band | a range of scores | findings |\n");
        assert_eq!(check_dictionary(&good), []);
        let bad = format!("{good}| Band | again | findings |\n| clock | |\n");
        let told: Vec<String> = check_dictionary(&bad).into_iter().map(|b| b.what).collect();
        assert_eq!(told, ["`band` is explained twice", "a row without its three cells"]);
        assert_eq!(check_dictionary(head).len(), 1);
    }
}
