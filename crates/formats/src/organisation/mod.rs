//! `ORG.toml`: the organisation as code, read and written.
//!
//! [`read`] takes the whole file or refuses it with *every* mistake in it, each with line, column
//! and key; nothing of a file with mistakes is used. [`write`] is canonical: the same organisation
//! gives the same bytes, and reading them back gives the same organisation. Comments are the
//! author's and are not kept: `watchbell export` writes what is declared, not how it was said.
//! Secrets have no place in the file; a channel is named, and the name is looked up in the
//! configuration.

mod document;
mod read;
mod write;

use std::fmt;

pub use read::read;
pub use write::write;

/// The largest file, in bytes: room for [`domain::people::MAX_PEOPLE`] with every field set.
pub const MAX_BYTES: usize = 4 << 20;

/// The most mistakes that are listed; one wrong assumption can make thousands.
pub const MAX_MISTAKES: usize = 1_000;

/// One thing in the file that cannot be as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// Where in the document, such as `services[core-api].owner`; entries without a name count
    /// from 0. Empty when the file as a whole could not be read.
    pub key: String,
    pub what: String,
    pub hint: Option<String>,
}

impl fmt::Display for Mistake {
    /// `12:11: people[noor].manager: what; hint`: with the file's name and a colon before it, a
    /// form that editors jump to.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: ", self.line, self.column)?;
        if !self.key.is_empty() {
            write!(out, "{}: ", self.key)?;
        }
        out.write_str(&self.what)?;
        match &self.hint {
            Some(hint) => write!(out, "; {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::people::{EmailAddress, PersonId};
    use proptest::prelude::*;

    use super::*;

    const EXAMPLE: &str = include_str!("../../../../docs/examples/organisation.toml");

    /// The mistakes in `text`, one a line, as a person sees them.
    fn told(text: &str) -> String {
        match read(text) {
            Ok(_) => "no mistakes".to_owned(),
            Err(mistakes) => {
                mistakes.iter().map(|mistake| format!("ORG.toml:{mistake}\n")).collect()
            }
        }
    }

    #[test]
    fn the_example_reads_without_mistakes() {
        let organisation = read(EXAMPLE).unwrap_or_else(|_| panic!("{}", told(EXAMPLE)));
        assert_eq!(organisation.people.len(), 12);
        assert_eq!(organisation.services.len(), 3);
    }

    #[test]
    fn what_is_written_reads_back_equal_and_is_written_the_same_again() {
        let organisation = read(EXAMPLE).unwrap();
        let text = write(&organisation);
        let again = read(&text).unwrap_or_else(|_| panic!("{}", told(&text)));
        assert_eq!(again, organisation);
        assert_eq!(write(&again), text);
        insta::assert_snapshot!("example_written_back", text);
    }

    #[test]
    fn every_mistake_of_a_careless_file_is_told_with_its_place() {
        insta::assert_snapshot!("careless", told(include_str!("samples/careless.toml")));
    }

    #[test]
    fn an_organisation_that_contradicts_itself_is_told_where() {
        insta::assert_snapshot!("contradictory", told(include_str!("samples/contradictory.toml")));
    }

    #[test]
    fn rules_of_ownership_survive_the_round_trip_in_their_order() {
        let rules = "\n[[ownership]]\nservice = \"ledger\"\npath = \"infra/**\"\n\
            team = \"platform\"\n\n[[ownership]]\npackage = \"@scope/*\"\nteam = \"security\"\n";
        let organisation = read(&format!("{EXAMPLE}{rules}")).expect("no mistakes");
        let named: Vec<String> = organisation.ownership.iter().map(ToString::to_string).collect();
        assert_eq!(named, ["path: infra/**", "package: @scope/*"]);
        let text = write(&organisation);
        assert!(text.contains(rules.trim_start()), "{text}");
        assert_eq!(read(&text), Ok(organisation));
    }

    #[test]
    fn mistakes_in_rules_of_ownership_are_told_once_with_key_and_line() {
        let rules = "\n[[ownership]]\npath = \"[ab]\"\nteam = \"platfrom\"\n\n[[ownership]]\n\
            service = \"legder\"\nteam = \"platform\"\nowner = \"x\"\n";
        let before = EXAMPLE.lines().count();
        let told = told(&format!("{EXAMPLE}{rules}"));
        let lines: Vec<&str> = told.lines().collect();
        let key = |line: usize, key: &str| format!("ORG.toml:{}:", before + line) + key;
        let expected = [
            (3, "ownership[0].path: `[` and `]`"),
            (4, "ownership[0].team: there is no team `platfrom`; did you mean `platform`?"),
            (6, "ownership[1]: names neither a package nor a path"),
            (7, "ownership[1].service: there is no service `legder`; did you mean `ledger`?"),
            (9, "ownership[1].owner: nothing is known by this key"),
        ];
        assert_eq!(lines.len(), expected.len(), "{told}");
        for (line, (number, words)) in lines.iter().zip(expected) {
            assert!(line.starts_with(&key(number, "")) && line.contains(words), "{line}");
        }
    }

    #[test]
    fn what_is_no_toml_is_one_mistake_with_its_place() {
        let text = "[organisation]\nname = \"Tidewater\nzone = \"UTC\"\n";
        insta::assert_snapshot!("no_toml", told(text));
        insta::assert_snapshot!("empty", told(""));
    }

    #[test]
    fn the_address_of_a_webhook_is_refused_and_not_repeated() {
        let secret = "https://hooks.slack.example/services/T0/B0/abcdef";
        let text = EXAMPLE.replace("\"security-leads\"", &format!("\"{secret}\""));
        let told = told(&text);
        assert!(told.contains("people[mara.lind].channels.slack"), "{told}");
        assert!(!told.contains("abcdef"), "{told}");
    }

    #[test]
    fn thousands_of_mistakes_are_told_up_to_a_limit() {
        let person = "[[people]]\nid = 1\n";
        let mistakes = read(&person.repeat(2_000)).unwrap_err();
        assert_eq!(mistakes.len(), MAX_MISTAKES + 1);
        let last = mistakes.last().map(|mistake| mistake.what.clone()).unwrap_or_default();
        assert!(last.ends_with("more mistakes are not listed"), "{last}");
    }

    #[test]
    fn a_file_over_the_limit_is_refused_before_it_is_parsed() {
        let text = "#".repeat(MAX_BYTES + 1);
        assert!(told(&text).contains("at most 4194304 are read"));
    }

    #[test]
    fn a_deeply_nested_file_is_refused() {
        let text = format!("people = {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(told(&text).contains("this is not TOML"));
    }

    #[test]
    fn every_place_lies_in_the_file() {
        for end in (0..EXAMPLE.len()).step_by(7).filter(|end| EXAMPLE.is_char_boundary(*end)) {
            let lines = EXAMPLE[..end].lines().count().max(1) + 1;
            for mistake in read(&EXAMPLE[..end]).err().into_iter().flatten() {
                assert!((1..=lines).contains(&mistake.line), "{mistake} in {lines} lines");
                assert!(mistake.column >= 1);
            }
        }
    }

    #[test]
    fn the_largest_organisation_fits_into_a_file() {
        let mut organisation = read(EXAMPLE).unwrap();
        let like = organisation.people.first_key_value().map(|(_, person)| person.clone()).unwrap();
        for number in organisation.people.len()..domain::people::MAX_PEOPLE {
            let mut person = like.clone();
            person.id = PersonId::parse(&format!("given.family-{number}")).unwrap();
            let address = format!("given.family-{number}@tidewater.example");
            person.email = EmailAddress::parse(&address).unwrap();
            person.manager = Some(like.id.clone());
            organisation.people.insert(person.id.clone(), person);
        }
        let text = write(&organisation);
        assert!(text.len() < MAX_BYTES, "{} bytes", text.len());
        assert_eq!(read(&text), Ok(organisation));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn names_of_any_spelling_survive_the_round_trip(
            name in "[^\\p{C}\\s][^\\p{C}]{0,40}[^\\p{C}\\s]",
            title in "[\"'\\\\#=\\[\\]{},a-z ]{0,20}x",
        ) {
            let mut organisation = read(EXAMPLE).unwrap();
            organisation.name = name.clone();
            organisation.sla[0].days.low = Some(90);
            for person in organisation.people.values_mut() {
                person.title = Some(title.clone());
                person.name = name.clone();
            }
            let text = write(&organisation);
            prop_assert_eq!(read(&text), Ok(organisation));
        }

        #[test]
        fn a_damaged_file_never_panics(at in 0..EXAMPLE.len(), byte in any::<u8>()) {
            let mut bytes = EXAMPLE.as_bytes().to_vec();
            bytes[at] = byte;
            if let Ok(text) = String::from_utf8(bytes) {
                let _ = read(&text);
            }
        }
    }
}
