//! Personal data is refused at the door, by header and by content.

use serde::Deserialize;

/// The headers that name personal data, from `models/uploads/personal.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, from = "HeadersDefinition")]
pub struct PersonalHeaders {
    plain: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadersDefinition {
    #[expect(dead_code, reason = "the version dates the list for its reader")]
    version: String,
    headers: Vec<String>,
}

impl From<HeadersDefinition> for PersonalHeaders {
    fn from(definition: HeadersDefinition) -> Self {
        Self { plain: definition.headers.iter().map(|name| plain(name)).collect() }
    }
}

impl PersonalHeaders {
    /// Whether a header names personal data.
    #[must_use]
    pub fn names(&self, header: &str) -> bool {
        let header = plain(header);
        self.plain.contains(&header)
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// What kind of personal data a text looks like, if any, with the rule's code and the mend.
#[must_use]
pub fn found_in(text: &str) -> Option<(&'static str, &'static str)> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if has_nhs_number(text) {
        return Some((
            "personal.nhs_number",
            "this looks like an NHS number; nothing of the file was kept: send totals by service, \
             never rows of patients",
        ));
    }
    if has_postcode(text) {
        return Some((
            "personal.postcode",
            "this looks like a postcode; nothing of the file was kept: send totals by service, \
             never rows of patients",
        ));
    }
    if looks_like_moment(text) {
        return Some((
            "personal.event_time",
            "this looks like the date and time of one event; nothing of the file was kept: send \
             totals by service, never rows of patients",
        ));
    }
    None
}

/// Whether a text holds ten digits, alone or grouped 3-3-4, that pass the NHS number's check.
#[must_use]
pub fn has_nhs_number(text: &str) -> bool {
    let joined: String = text.split([' ', '-']).collect::<Vec<_>>().concat();
    if joined.len() == 10 && nhs_check_digit_holds(&joined) {
        return true;
    }
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.len() == 10 && nhs_check_digit_holds(word))
}

fn nhs_check_digit_holds(word: &str) -> bool {
    let Some(digits) = word.chars().map(|c| c.to_digit(10)).collect::<Option<Vec<u32>>>() else {
        return false;
    };
    let Some((check, digits)) = digits.split_last() else {
        return false;
    };
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let wanted = 11 - sum % 11;
    sum > 0 && (wanted == 11 && *check == 0 || wanted == *check)
}

/// Whether a text holds a full postcode: written with its space anywhere, or as a whole word of
/// six or seven characters. Five together (`N02AF`) is also how costing currencies look.
#[must_use]
pub fn has_postcode(text: &str) -> bool {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let split = words.windows(2).any(|pair| match pair {
        [outward, inward] => is_outward(outward) && is_inward(inward),
        _ => false,
    });
    split
        || words.iter().any(|word| {
            (6..=7).contains(&word.len())
                && word
                    .len()
                    .checked_sub(3)
                    .and_then(|at| word.split_at_checked(at))
                    .is_some_and(|(outward, inward)| is_outward(outward) && is_inward(inward))
        })
}

fn shape(word: &str) -> String {
    word.chars()
        .map(|c| {
            if c.is_ascii_digit() {
                '9'
            } else if c.is_ascii_alphabetic() {
                'A'
            } else {
                '?'
            }
        })
        .collect()
}

fn is_outward(word: &str) -> bool {
    matches!(shape(word).as_str(), "A9" | "A99" | "AA9" | "AA99" | "A9A" | "AA9A")
}

fn is_inward(word: &str) -> bool {
    const NEVER: &str = "CIKMOVcikmov";
    shape(word) == "9AA" && !word.chars().any(|c| NEVER.contains(c))
}

fn looks_like_moment(text: &str) -> bool {
    let text = text.trim();
    let Some((day, time)) = text.split_once(['T', ' ']) else {
        return false;
    };
    matches!(shape(day).as_str(), "9999?99?99" | "99?99?9999")
        && time.contains(':')
        && shape(time).starts_with("99?99")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nhs_numbers_by_their_check_digit() {
        for text in ["9434765919", "943 476 5919", "943-476-5919", "patient 9434765919 seen"] {
            assert!(has_nhs_number(text), "{text}");
        }
        for text in ["9434765918", "0000000000", "1234567890", "94347659190", "HN22A"] {
            assert!(!has_nhs_number(text), "{text}");
        }
    }

    #[test]
    fn postcodes_but_not_currencies() {
        for text in ["DE22 3NE", "de22 3ne", "DE223NE", "lives at S41 7TL", "SW1A 1AA"] {
            assert!(has_postcode(text), "{text}");
        }
        for text in ["N02AF", "HN22A", "WF01A", "VB09Z", "A08C1", "2024-25", "CHS00", "Ward 5B"] {
            assert!(!has_postcode(text), "{text}");
        }
    }

    #[test]
    fn event_times_but_not_days() {
        assert_eq!(found_in("2024-05-01T10:30").map(|found| found.0), Some("personal.event_time"));
        assert_eq!(found_in("01/05/2024 10:30:00").map(|f| f.0), Some("personal.event_time"));
        assert_eq!(found_in("2024-05-01"), None);
        assert_eq!(found_in("open 09:30 to 17:00"), None);
    }
}
