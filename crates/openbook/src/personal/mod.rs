//! Personal data is refused at the door, by header and by content. What was found is never repeated.
//!
//! What is looked for in the content, and how certain it is:
//! - an **NHS number**: ten digits that pass modulus 11, alone as a word or grouped, in any cell
//!   that a person writes. In a column of figures a chance number passes one time in eleven, so
//!   there it must also be in the ranges that are issued (from 4, 6, 7 or 9) and have neither
//!   sign nor decimals; and money is looked at in providers' tables only, where no amount is
//!   £4bn, while a Board's allocation may be;
//! - a **postcode**: in full, with its space anywhere, or joined as a word of six or seven
//!   characters in an area that exists (five characters are also how currencies look, `N02AF`);
//! - a **day or a moment alone** in a column of codes or words: an event or a birth;
//! - a **day beside the word** `born`, `birth` or `DoB` anywhere.

use serde::Deserialize;

use crate::definition::{ColumnDefinition, Kind, Origin};

mod day;
mod number;
mod postcode;

pub use number::has_nhs_number;
pub use postcode::has_postcode;

/// The headers that name personal data, from `models/uploads/personal.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, from = "HeadersDefinition")]
pub struct PersonalHeaders {
    plain: Vec<String>,
    parts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadersDefinition {
    #[expect(dead_code, reason = "the version dates the list for its reader")]
    version: String,
    headers: Vec<String>,
    #[serde(default)]
    parts: Vec<String>,
}

impl From<HeadersDefinition> for PersonalHeaders {
    fn from(definition: HeadersDefinition) -> Self {
        let plain = |names: &[String]| names.iter().map(|name| plain(name)).collect();
        Self { plain: plain(&definition.headers), parts: plain(&definition.parts) }
    }
}

impl PersonalHeaders {
    /// Whether a header names personal data.
    #[must_use]
    pub fn names(&self, header: &str) -> bool {
        let header = plain(header);
        self.plain.contains(&header) || self.parts.iter().any(|part| header.contains(part))
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Personal data: the rule's code and the mend.
pub type Found = (&'static str, &'static str);

const NHS_NUMBER: Found = (
    "personal.nhs_number",
    "this looks like an NHS number; nothing of the file was kept: send totals by service, never \
     rows of patients",
);
const POSTCODE: Found = (
    "personal.postcode",
    "this looks like a postcode; nothing of the file was kept: send totals by service, never rows \
     of patients",
);
const MOMENT: Found = (
    "personal.event_time",
    "this looks like the date and time of one event; nothing of the file was kept: send totals by \
     service, never rows of patients",
);
const DAY: Found = (
    "personal.event_date",
    "this looks like the date of one event or a birth; nothing of the file was kept: send totals \
     by service, never rows of patients",
);
const BIRTH: Found = (
    "personal.birth_date",
    "this looks like a date of birth; nothing of the file was kept: send totals by service, never \
     rows of patients",
);

/// What kind of personal data a text looks like, if any, with the rule's code and the mend.
#[must_use]
pub fn found_in(text: &str) -> Option<Found> {
    if !text.chars().any(|c| number::digit(c).is_some()) {
        return None;
    }
    if has_nhs_number(text) {
        Some(NHS_NUMBER)
    } else if has_postcode(text) {
        Some(POSTCODE)
    } else if day::is_moment(text) {
        Some(MOMENT)
    } else if day::tells_birth(text) {
        Some(BIRTH)
    } else {
        None
    }
}

/// The same for a cell of its own that a person writes, or of a column that nobody knows: there a
/// day standing alone is an event's, or a birth.
#[must_use]
pub fn found_alone(text: &str) -> Option<Found> {
    found_in(text).or_else(|| day::is_day(text).then_some(DAY))
}

/// The same for a cell that may be a word or a figure: what is digits and nothing else must be
/// certain, as in a column of figures.
#[must_use]
pub fn found_in_any(text: &str) -> Option<Found> {
    match is_digits(text) {
        true => number::is_issued(text).then_some(NHS_NUMBER),
        false => found_in(text),
    }
}

/// What kind of personal data a cell holds, if any. `sound` says whether its column's own rules
/// hold for it.
#[must_use]
pub fn in_cell(from: Origin, column: &ColumnDefinition, text: &str, sound: bool) -> Option<Found> {
    match column.kind {
        Kind::Code | Kind::Text | Kind::Tags => found_alone(text),
        Kind::Date if !sound && day::is_midnight(text) => None,
        Kind::Choice | Kind::Date | Kind::Year | Kind::Month | Kind::Share if sound => None,
        Kind::Money if sound && from == Origin::Icb => None,
        Kind::Money | Kind::Activity | Kind::Number if sound => {
            number::is_issued(text).then_some(NHS_NUMBER)
        }
        _ => found_in_any(text),
    }
}

fn is_digits(text: &str) -> bool {
    text.trim().bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_writes_is_looked_at() {
        let cases = [
            ("943 476 5919", Some("personal.nhs_number")),
            ("DE22 3NE", Some("personal.postcode")),
            ("2024-05-01T10:30", Some("personal.event_time")),
            ("01/05/2024 10:30:00", Some("personal.event_time")),
            ("2024-05-01", Some("personal.event_date")),
            ("01-May-24", Some("personal.event_date")),
            ("male, dob 1/5/1956", Some("personal.birth_date")),
            ("complete to 2024-05-01", None),
            ("open 09:30 to 17:00", None),
            ("2024-25", None),
            ("Trust accounts, 31 March 2025, note 4", None),
        ];
        for (text, rule) in cases {
            assert_eq!(found_alone(text).map(|found| found.0), rule, "{text}");
        }
        assert_eq!(found_in("2024-05-01"), None);
    }

    #[test]
    fn figures_are_refused_only_where_it_is_certain() {
        let column = |kind| ColumnDefinition {
            name: "c".to_owned(),
            kind,
            key: false,
            optional: false,
            may_be_empty: false,
            default: None,
            values: Vec::new(),
            min: None,
            max: None,
            refers_to: None,
            list: None,
            example: None,
            about: String::new(),
        };
        let found = |from, kind, text, sound| in_cell(from, &column(kind), text, sound).is_some();
        assert!(found(Origin::Provider, Kind::Money, "9434765919", true));
        assert!(found(Origin::Icb, Kind::Number, "9434765919", true));
        assert!(!found(Origin::Icb, Kind::Money, "9434765919", true));
        assert!(!found(Origin::Provider, Kind::Money, "9434765919.00", true));
        assert!(!found(Origin::Provider, Kind::Money, "9434765918", true));
        assert!(!found(Origin::Provider, Kind::Money, "1234567881", true));
        assert!(!found(Origin::Provider, Kind::Date, "2025-03-31", true));
        assert!(!found(Origin::Provider, Kind::Date, "2025-03-31 00:00:00", false));
        assert!(found(Origin::Provider, Kind::Date, "2025-03-31 10:15:00", false));
        assert!(found(Origin::Provider, Kind::Activity, "9434765919", false));
        assert!(found(Origin::Provider, Kind::Activity, "943 476 5919", false));
        assert!(!found(Origin::Provider, Kind::Activity, "1000000001", false));
    }

    #[test]
    fn headers_are_compared_without_case_or_punctuation() {
        let headers: PersonalHeaders =
            toml::from_str("version = \"1\"\nheaders = [\"SerReqID\"]\nparts = [\"NHSNumber\"]")
                .expect("a list");
        for name in ["SerReqId", "SER_REQ_ID", "ser req id", "Patient NHS number (new)"] {
            assert!(headers.names(name), "{name}");
        }
        for name in ["service_code", "number", "ser_req"] {
            assert!(!headers.names(name), "{name}");
        }
    }
}
