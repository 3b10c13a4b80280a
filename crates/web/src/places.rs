//! Where a list goes on: the sort key of the last row, as text in an address.
//!
//! The rule to remember: a list asks for one row more than it shows; the row before that one is the
//! place where the next page begins. A place of another list, or one made up, is refused.

use jiff::Timestamp;

use crate::problem::Problem;

/// The place of a row in a list by time, newest first: its instant and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: Timestamp,
    pub(crate) name: String,
}

impl Place {
    /// Reads the parameter `after`.
    pub(crate) fn read(text: Option<&str>) -> Result<Option<Place>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let place = text.split_once('~').and_then(|(at, name)| {
            let at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
            Some(Place { at, name: name.to_owned() })
        });
        let refused = || Problem::invalid("after: this is no place in the list; begin anew");
        place.ok_or_else(refused).map(Some)
    }

    /// As the operations take it.
    pub(crate) fn parts(place: &Option<Place>) -> Option<(Timestamp, &str)> {
        place.as_ref().map(|place| (place.at, place.name.as_str()))
    }

    /// As it stands in an address.
    pub(crate) fn text(at: Timestamp, name: &str) -> String {
        format!("{}~{name}", at.as_microsecond())
    }
}

/// Keeps `limit` of the rows and answers where the next page begins, if there is one.
pub(crate) fn next<T>(
    rows: &mut Vec<T>,
    limit: u32,
    place: impl Fn(&T) -> String,
) -> Option<String> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    rows.last().filter(|_| more).map(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_nothing_else() {
        let at = Timestamp::from_microsecond(17).expect("small");
        let text = Place::text(at, "escalation/E-4~2/email");
        let place = Place::read(Some(&text)).expect("a place").expect("one");
        assert_eq!((place.at, place.name.as_str()), (at, "escalation/E-4~2/email"));
        assert!(Place::read(Some("17")).is_err());
        assert!(Place::read(Some("x~y")).is_err());
    }

    #[test]
    fn a_list_goes_on_only_where_there_is_more() {
        let mut rows = vec![1, 2, 3];
        assert_eq!(next(&mut rows, 2, ToString::to_string), Some("2".to_owned()));
        assert_eq!(rows, [1, 2]);
        assert_eq!(next(&mut rows, 2, ToString::to_string), None);
    }
}
