//! The data-sharing agreement, and the form that records it.

use serde::{Deserialize, Serialize};
use store::{Agreement, NewAgreement};

use super::{FieldError, Link};
use crate::pages::format::sentence_case;
use crate::pages::frame::day;
use crate::pages::view::submission::written_day;

/// The page of the agreement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AgreementView {
    /// The answer, as one sentence.
    pub answer: String,
    /// The agreement that stands: what it is for, its days, when it was recorded.
    pub facts: Vec<Fact>,
    /// What holds under every agreement.
    pub always: String,
    /// The lines that are shared, for those who may see them.
    pub lines: Option<Link>,
    /// The form, for those who may record one.
    pub form: Option<AgreementForm>,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

/// One fact of an agreement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Fact {
    /// What it is.
    pub key: &'static str,
    /// What is known.
    pub value: String,
    /// What else must be said.
    pub note: Option<String>,
}

/// The form as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementForm {
    /// What the lines may be used for.
    #[serde(default)]
    pub purpose: String,
    /// Day of the month of the first day.
    #[serde(default)]
    pub from_day: String,
    /// Its month.
    #[serde(default)]
    pub from_month: String,
    /// Its year.
    #[serde(default)]
    pub from_year: String,
    /// Day of the month of the last day.
    #[serde(default)]
    pub until_day: String,
    /// Its month.
    #[serde(default)]
    pub until_month: String,
    /// Its year.
    #[serde(default)]
    pub until_year: String,
}

impl AgreementView {
    /// The page for the agreement that stands.
    pub fn new(stands: Option<&Agreement>, always: &str) -> Self {
        let answer = match stands {
            None => "Providers see nothing of each other: no data-sharing agreement has been \
                     recorded yet."
                .to_owned(),
            Some(agreement) => told(agreement),
        };
        let facts = stands.map(facts).unwrap_or_default();
        Self { answer, facts, always: always.to_owned(), ..Self::default() }
    }
}

/// Whether providers see each other's lines under this agreement, and until when.
fn told(agreement: &Agreement) -> String {
    let words = |day: jiff::civil::Date| written_day(&day.to_string());
    if agreement.in_force {
        return format!(
            "Providers see each other's published lines until {}.",
            words(agreement.until)
        );
    }
    let today = agreement.recorded_at.to_zoned(jiff::tz::TimeZone::UTC).date();
    if agreement.from > today {
        format!(
            "Providers see nothing of each other unless today is between {} and {}, the days of \
             the agreement that stands.",
            words(agreement.from),
            words(agreement.until)
        )
    } else {
        format!(
            "Providers see nothing of each other: the agreement ended on {}.",
            words(agreement.until)
        )
    }
}

fn facts(agreement: &Agreement) -> Vec<Fact> {
    let days = [agreement.from, agreement.until].map(|day| written_day(&day.to_string()));
    let [from, until] = days;
    let fact = |key, value: String| Fact { key, value, note: None };
    vec![
        fact("Purpose", agreement.purpose.clone()),
        fact("First day", from),
        fact("Last day", until),
        fact("Recorded", format!("Number {}, on {}", agreement.number, day(agreement.recorded_at))),
    ]
}

impl AgreementForm {
    /// What the form says, or what is wrong with it.
    pub fn read(&self) -> Result<NewAgreement, Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.purpose.trim().is_empty() {
            errors.push(FieldError::new("purpose", "Say what the lines may be used for"));
        }
        let from = date(&self.from_year, &self.from_month, &self.from_day);
        let until = date(&self.until_year, &self.until_month, &self.until_day);
        if from.is_none() {
            errors.push(FieldError::new("from_day", "Enter the first day, such as 23 11 2026"));
        }
        if until.is_none() {
            errors.push(FieldError::new("until_day", "Enter the last day, such as 22 11 2027"));
        }
        match (from, until) {
            (Some(from), Some(until)) if errors.is_empty() => {
                Ok(NewAgreement { purpose: self.purpose.clone(), from, until })
            }
            _ => Err(errors),
        }
    }

    /// The field that a refusal of the whole is said at.
    pub fn refused(&self, why: &str) -> FieldError {
        let backwards = self.read().is_ok_and(|new| new.until < new.from);
        FieldError::new(if backwards { "until_day" } else { "purpose" }, sentence_case(why))
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<jiff::civil::Date> {
    let year: i16 = year.trim().parse().ok().filter(|year| (2000..=2199).contains(year))?;
    jiff::civil::Date::new(year, month.trim().parse().ok()?, day.trim().parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(from: [&str; 3], until: [&str; 3]) -> AgreementForm {
        let [from_day, from_month, from_year] = from.map(str::to_owned);
        let [until_day, until_month, until_year] = until.map(str::to_owned);
        AgreementForm {
            purpose: "Planning care".to_owned(),
            from_day,
            from_month,
            from_year,
            until_day,
            until_month,
            until_year,
        }
    }

    #[test]
    fn days_are_read_as_people_type_them_and_no_other() {
        let new = form(["1", "04", " 2026"], ["31", "3", "2027"]).read().expect("an agreement");
        assert_eq!(
            (new.from.to_string(), new.until.to_string()),
            ("2026-04-01".into(), "2027-03-31".into())
        );
        let wrong = form(["31", "2", "2026"], ["1", "1", "27"]).read().expect_err("no such days");
        let fields: Vec<&str> = wrong.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(fields, ["from_day", "until_day"]);
        assert_eq!(form(["1", "4", "2027"], ["1", "4", "2026"]).refused("no").field, "until_day");
    }

    #[test]
    fn the_answer_says_whether_lines_are_shared_today() {
        let agreement = |from: &str, until: &str, in_force| Agreement {
            number: 1,
            purpose: "Planning".to_owned(),
            from: from.parse().expect("a day"),
            until: until.parse().expect("a day"),
            in_force,
            recorded_at: "2026-11-23T10:00:00Z".parse().expect("a time"),
            recorded_by: tenancy::PersonId::new("1".to_owned()),
        };
        let answer = |it: &Agreement| AgreementView::new(Some(it), "").answer;
        let open = answer(&agreement("2026-04-01", "2027-03-31", true));
        assert_eq!(open, "Providers see each other's published lines until 31 March 2027.");
        assert!(answer(&agreement("2020-04-01", "2021-03-31", false)).contains("ended on"));
        assert!(answer(&agreement("2027-04-01", "2028-03-31", false)).contains("unless today"));
        assert!(AgreementView::new(None, "").answer.contains("no data-sharing agreement"));
    }
}
