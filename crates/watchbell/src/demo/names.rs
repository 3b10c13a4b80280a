//! Names of people who do not exist, always the same ones in the same order.

const GIVEN: [&str; 40] = [
    "Ada", "Bram", "Clara", "Dario", "Elif", "Felix", "Greta", "Hugo", "Imani", "Jonas", "Keiko",
    "Luis", "Mara", "Nils", "Oona", "Pavel", "Quinn", "Rosa", "Samir", "Tilda", "Umar", "Vera",
    "Wanda", "Xenia", "Yusuf", "Zoe", "Anton", "Bianca", "Cyril", "Dora", "Emil", "Farah", "Goran",
    "Hana", "Ivo", "Joana", "Kofi", "Lena", "Milo", "Nadia",
];
const FAMILY: [&str; 40] = [
    "Abbott",
    "Bergmann",
    "Castell",
    "Dalby",
    "Ekwall",
    "Fontaine",
    "Garner",
    "Holt",
    "Ibarra",
    "Jansen",
    "Kessler",
    "Lindqvist",
    "Marlow",
    "Norris",
    "Okafor",
    "Petrov",
    "Quist",
    "Rasmussen",
    "Sandoval",
    "Tanaka",
    "Ulrich",
    "Vasquez",
    "Whitmore",
    "Yilmaz",
    "Zeller",
    "Archer",
    "Bloom",
    "Corso",
    "Drake",
    "Engel",
    "Frost",
    "Grady",
    "Haddad",
    "Iverson",
    "Joshi",
    "Keller",
    "Larsen",
    "Moreau",
    "Nash",
    "Osei",
];

/// The `nth` name; none occurs twice before every pair was used.
pub(super) fn name(nth: usize) -> String {
    let (given, round) = (nth % GIVEN.len(), nth / GIVEN.len());
    let family = (round + 3 * given) % FAMILY.len();
    format!("{} {}", GIVEN[given], FAMILY[family])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_occurs_twice() {
        let all = GIVEN.len() * FAMILY.len();
        let names: BTreeSet<String> = (0..all).map(name).collect();
        assert_eq!(names.len(), all);
    }
}
