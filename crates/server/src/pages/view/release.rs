//! Tables that leave the ICB: the form, one of them, and the list.

use quantities::Pence;
use serde::Serialize;

use super::agreement::Fact;
use super::labels::words;
use super::table::{Address, Choice, Pager, page_of_size};
use super::{FieldError, Link};
use crate::actions::releases::{NewRelease, Released};
use crate::charts::sector_label;
use crate::engine::{AskedRelease, By};
use crate::pages::format::{money_full, plural, sentence_case, thousands};

/// What stands in place of a hidden figure.
const HIDDEN: &str = "*";
/// Why a row is hidden.
const SMALL: &str = "Small number, or one that would give a small number away";
/// Why a total is hidden.
const TOTAL: &str = "Less the other rows it would give a hidden one away";
/// Rows on a page: on a phone each is a card.
const LISTED: usize = 50;

/// What has left the ICB.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReleasesView {
    /// The answer, as one sentence.
    pub answer: String,
    /// The latest first.
    pub rows: Vec<ReleaseRow>,
    /// The address of older ones.
    pub older: Option<String>,
}

/// One release in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReleaseRow {
    /// For whom and what for, with its page.
    pub link: Link,
    /// The edition it was made from.
    pub edition: u64,
    /// When, and by whom.
    pub when: String,
}

impl ReleasesView {
    /// The list; `first` where nothing newer is left out.
    pub fn new(rows: Vec<ReleaseRow>, first: bool) -> Self {
        let answer = match rows.first() {
            None if first => "Nothing has been released yet.".to_owned(),
            None => "There are no older releases.".to_owned(),
            Some(row) if first => format!("The latest release was made {}.", row.when),
            Some(_) => "Older releases.".to_owned(),
        };
        Self { answer, rows, older: None }
    }
}

/// The form to make one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReleaseFormView {
    /// The edition it is made from; nothing before the first.
    pub edition: Option<u64>,
    /// What rows can be made of.
    pub by: Vec<Choice>,
    /// What it can be limited to.
    pub only: Vec<Choice>,
    /// What was typed.
    pub form: ReleaseForm,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

/// The form as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReleaseForm {
    /// For whom, and what for.
    pub purpose: String,
    /// Codes of what the rows are made of.
    pub by: Vec<String>,
    /// The code of what it is limited by.
    pub only: String,
    /// What that is to be.
    pub is: String,
    /// The year.
    pub year: String,
}

impl ReleaseForm {
    /// The fields in the order in which a browser sends them; unknown ones are an error.
    pub fn gather(fields: Vec<(String, String)>) -> Option<Self> {
        let mut form = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "purpose" => form.purpose = value.replace("\r\n", "\n"),
                "by" => form.by.push(value),
                "only" => form.only = value,
                "is" => form.is = value.trim().to_owned(),
                "year" => form.year = value.trim().to_owned(),
                _ => return None,
            }
        }
        Some(form)
    }

    /// What the form says, or what is wrong with it.
    pub fn read(&self) -> Result<NewRelease, Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.purpose.trim().is_empty() {
            errors.push(FieldError::new("purpose", "Say for whom and what for"));
        }
        let by: Vec<By> =
            By::ALL.into_iter().filter(|by| self.by.iter().any(|it| it == by.code())).collect();
        if by.is_empty() {
            errors.push(FieldError::new("by", "Choose what the rows are made of"));
        }
        let only = By::ALL.into_iter().find(|by| by.code() == self.only);
        if only.is_some() == self.is.is_empty() {
            let what = "Say both what it is limited by and to what, or neither";
            errors.push(FieldError::new("is", what));
        }
        let year = (!self.year.is_empty()).then(|| self.year.parse()).transpose();
        match year {
            Ok(year) if errors.is_empty() => Ok(NewRelease {
                edition: None,
                purpose: self.purpose.trim().to_owned(),
                asked: AskedRelease {
                    by,
                    only: only.map(|by| (by, self.is.clone())).into_iter().collect(),
                    year,
                },
            }),
            Ok(_) => Err(errors),
            Err(_) => {
                errors.push(FieldError::new("year", "Write the year as 2024-25"));
                Err(errors)
            }
        }
    }

    /// The field that a refusal is about.
    pub fn refused(&self, why: &str) -> FieldError {
        let nothing = why.contains("nothing of what is asked");
        let field = match (nothing, self.is.is_empty()) {
            (true, false) => "is",
            (true, true) => "year",
            (false, _) if why.contains("rows") => "by",
            (false, _) => "purpose",
        };
        FieldError::new(field, sentence_case(why))
    }
}

impl ReleaseFormView {
    /// The form with what was typed.
    pub fn new(edition: Option<u64>, form: ReleaseForm, errors: Vec<FieldError>) -> Self {
        let choice = |by: By, chosen: bool| Choice {
            value: by.code().to_owned(),
            text: sentence_case(what(by)),
            chosen,
        };
        let none = Choice {
            value: String::new(),
            text: "Everything".to_owned(),
            chosen: form.only.is_empty(),
        };
        let by = By::ALL.map(|by| choice(by, form.by.iter().any(|it| it == by.code())));
        let only = By::ALL.map(|by| choice(by, form.only == by.code()));
        Self {
            edition,
            by: by.into(),
            only: std::iter::once(none).chain(only).collect(),
            form,
            errors,
        }
    }
}

/// What rows are made of, in words.
const fn what(by: By) -> &'static str {
    match by {
        By::Provider => "provider",
        By::Sector => "sector",
        By::Programme => "programme of care",
        By::Setting => "setting",
        By::Service => "service line",
        By::PointOfDelivery => "point of delivery",
        By::Currency => "currency (unit of work)",
    }
}

/// One release.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReleaseView {
    /// Its id.
    pub id: String,
    /// The answer, as one sentence.
    pub answer: String,
    /// For whom, when, from what.
    pub facts: Vec<Fact>,
    /// The headings, each with whether figures stand under it.
    pub columns: Vec<(String, bool)>,
    /// One page of rows.
    pub rows: Vec<Vec<Cell>>,
    /// The total.
    pub total: Vec<Cell>,
    /// What must be said of the whole table.
    pub notes: Vec<String>,
    /// The way to the other rows.
    pub pager: Option<Pager>,
    /// The hash of the file.
    pub content_sha256: String,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// What stands there.
    pub text: String,
    /// Whether it is hidden.
    pub hidden: bool,
}

impl ReleaseView {
    /// One page of a release.
    pub fn new(released: &Released, page: usize) -> Self {
        let shown = released.columns.len().saturating_sub(1);
        let columns: Vec<&str> = released.columns.iter().take(shown).map(String::as_str).collect();
        let is_hidden = |row: &Vec<String>| row.iter().any(|text| text == HIDDEN);
        let any = released.rows.iter().any(is_hidden);
        let cells = |row: &Vec<String>, why: &str| -> Vec<Cell> {
            let reason = Cell {
                text: if is_hidden(row) { why.to_owned() } else { String::new() },
                hidden: false,
            };
            let figures = row.iter().zip(&columns).map(|(text, column)| cell(column, text));
            figures.chain(any.then_some(reason)).collect()
        };
        let (total, rows) = match released.rows.split_last() {
            Some((total, rows)) => (Some(total), rows),
            None => (None, [].as_slice()),
        };
        let hidden = rows.iter().filter(|row| is_hidden(row)).count();
        let count = |many: usize| u64::try_from(many).unwrap_or(u64::MAX);
        let has = format!("This table has {}", plural(count(rows.len()), "row", "rows"));
        let answer = match hidden {
            0 => format!("{has}; no count in it was small enough to be hidden."),
            1 => format!("{has}; 1 of them is hidden, and so is the total."),
            many => {
                let many = thousands(&many.to_string());
                format!("{has}; {many} of them are hidden, and so is the total.")
            }
        };
        let note = total.and_then(|row| row.last());
        let notes = note.map(|note| {
            // Why figures are hidden stands beside each of them.
            let others = note.split("; ").filter(|text| !text.starts_with("hidden"));
            others.map(sentence_case).collect()
        });
        let address =
            Address { path: format!("/releases/{}", released.release.id), query: Vec::new() };
        let (rows, pager) = page_of_size(rows.iter().collect(), page, LISTED, &address);
        Self {
            id: released.release.id.to_string(),
            answer,
            facts: Vec::new(),
            columns: columns
                .iter()
                .map(|column| (heading(column), is_figure(column)))
                .chain(any.then(|| ("Why hidden".to_owned(), false)))
                .collect(),
            rows: rows.into_iter().map(|row| cells(row, SMALL)).collect(),
            total: total.map(|row| cells(row, TOTAL)).unwrap_or_default(),
            notes: notes.unwrap_or_default(),
            pager,
            content_sha256: released.release.content_sha256.clone(),
        }
    }
}

fn is_figure(column: &str) -> bool {
    ["activity", "cost_gbp"].contains(&column)
}

fn heading(column: &str) -> String {
    match column {
        "fin_year" => "Year".to_owned(),
        "provider_code" => "Provider".to_owned(),
        "activity" => "Work done, rounded to 5".to_owned(),
        "cost_gbp" => "Cost".to_owned(),
        "currency_code" => "Currency".to_owned(),
        other => sentence_case(&words(other)),
    }
}

fn cell(column: &str, text: &str) -> Cell {
    let hidden = text == HIDDEN && is_figure(column);
    let text = match column {
        _ if hidden => text.to_owned(),
        "activity" => thousands(text),
        "cost_gbp" => text.parse::<Pence>().map_or_else(|_| text.to_owned(), money_full),
        "sector" => sector_label(text),
        _ => text.to_owned(),
    };
    Cell { text, hidden }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> ReleaseForm {
        let owned = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        ReleaseForm::gather(owned.collect()).expect("a form")
    }

    #[test]
    fn what_is_asked_for_is_read_and_what_is_missing_is_named() {
        let whole = form(&[
            ("purpose", " The board "),
            ("by", "sector"),
            ("by", "provider"),
            ("only", "programme"),
            ("is", "msk"),
            ("year", "2024-25"),
        ]);
        let new = whole.read().expect("a release");
        assert_eq!((new.purpose.as_str(), new.edition), ("The board", None));
        assert_eq!(new.asked.by, [By::Provider, By::Sector]);
        assert_eq!(new.asked.only.get(&By::Programme).map(String::as_str), Some("msk"));
        let errors = form(&[("only", "sector"), ("year", "soon")]).read().expect_err("wrong");
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(fields, ["purpose", "by", "is", "year"]);
        assert!(ReleaseForm::gather(vec![("edition".to_owned(), "1".to_owned())]).is_none());
    }

    #[test]
    fn figures_read_as_figures_and_hidden_ones_as_hidden() {
        assert_eq!(cell("activity", "12340").text, "12,340");
        assert_eq!(cell("cost_gbp", "12340.50").text, "£12,340.50");
        assert!(cell("cost_gbp", "*").hidden && !cell("service_name", "*").hidden);
        assert_eq!(heading("service_name"), "Service name");
    }
}
