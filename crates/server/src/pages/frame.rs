//! What stands around a page: who is asking, and of which book.

use actix_web::web::Data;
use actix_web::{HttpResponse, http::StatusCode};
use api::value::ValueJson;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use store::Edition;
use tenancy::{Admitted, Operator, Permitted, Scope, demand};

use super::format::share;
use super::render::{html, render};
use super::view::chrome::{self, Chrome, Person};
use crate::actions::{editions, session};
use crate::extract::{May, SignedIn};
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// What every page says of the book, read from its values once.
#[derive(Clone, Debug, Default)]
pub struct BookFacts {
    /// The year of its prices.
    pub base_year: String,
    /// How much of its spend reconciles with accounts, in words.
    pub reconciled: Option<String>,
    /// Whether its own rows call themselves an illustration.
    pub illustrative: bool,
}

/// Facts by the hashes of what they were read from, which never change their meaning.
static FACTS: LazyLock<Mutex<BTreeMap<(String, String), BookFacts>>> =
    LazyLock::new(Mutex::default);

/// More books than this are forgotten together.
const MOST_BOOKS: usize = 1_000;

/// Makes a view and its page off the request threads.
///
/// # Errors
/// What making the view says.
pub async fn shown<V: Serialize>(
    state: &Data<AppState>,
    who: &May<demand::ReadBook>,
    path: &str,
    template: &'static str,
    view: impl FnOnce(&AppState, &Permitted<demand::ReadBook>) -> Result<V, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    answered(state, who, StatusCode::OK, path, template, view).await
}

/// The same with another status: a form that was not accepted, say.
///
/// # Errors
/// What making the view says.
pub async fn answered<V: Serialize>(
    state: &Data<AppState>,
    who: &May<demand::ReadBook>,
    status: StatusCode,
    path: &str,
    template: &'static str,
    view: impl FnOnce(&AppState, &Permitted<demand::ReadBook>) -> Result<V, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let (who, path) = (who.0.clone(), path.to_owned());
    let text = blocking(state, move |state| {
        let view = view(state, &who)?;
        let chrome = around(state, &who)?.at(&path);
        render(template, &chrome, &view).map_err(|error| Problem::internal(&format!("{error:#}")))
    });
    Ok(html(status, text.await?))
}

/// A page for whoever is signed in, with nothing of the book on it.
///
/// # Errors
/// What making the view says.
pub async fn for_anyone<V: Serialize>(
    state: &Data<AppState>,
    who: &SignedIn,
    path: &'static str,
    template: &'static str,
    view: impl FnOnce(&AppState) -> Result<V, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let who = who.who.clone();
    let text = blocking(state, move |state| {
        let view = view(state)?;
        let chrome = match &who {
            Admitted::Operator(operator) => of_platform(operator),
            Admitted::Member(who) => match who.clone().permit::<demand::ReadBook>() {
                Ok(reads) => around(state, &reads)?,
                Err(_) => Chrome::of(session::board_name(state, who)?, person(who), who.role()),
            },
        };
        render(template, &chrome.at(path), &view)
            .map_err(|error| Problem::internal(&format!("{error:#}")))
    });
    Ok(html(StatusCode::OK, text.await?))
}

/// The frame around a page for whoever runs the installation.
pub fn of_platform(operator: &Operator) -> Chrome {
    Chrome::of_platform(operator.display_name())
}

/// The frame around a page for somebody.
pub fn around(state: &AppState, who: &Permitted<demand::ReadBook>) -> Result<Chrome, Problem> {
    let tenant = session::board_name(state, who)?;
    let edition = editions::latest(state, who)?;
    let edition = match edition {
        Some(edition) => {
            let facts = facts(state, who, &edition)?;
            Some(about(&edition, facts))
        }
        None => None,
    };
    Ok(Chrome::of(tenant, person(who), who.role()).about(edition.as_ref()))
}

/// What is known of an edition's book; nothing until it is valued.
pub fn facts(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: &Edition,
) -> Result<Option<BookFacts>, Problem> {
    let Some(book) = &edition.book_sha256 else { return Ok(None) };
    let key = (book.clone(), edition.parameters_sha256.clone());
    if let Some(facts) = FACTS.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Some(facts.clone()));
    }
    let facts = BookFacts::from(&editions::whole_value(state, who, Some(edition.number))?);
    let mut known = FACTS.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST_BOOKS {
        known.clear();
    }
    known.insert(key, facts.clone());
    Ok(Some(facts))
}

impl From<&ValueJson> for BookFacts {
    fn from(value: &ValueJson) -> Self {
        let spend = |part: f64, all: f64| (all > 0.0).then(|| share(part / all));
        let (mut part, mut all) = (0.0, 0.0);
        for sector in &value.parity {
            let pounds = sector.spend_gbp.to_pounds();
            part += pounds * sector.reconciled_share;
            all += pounds;
        }
        Self {
            base_year: value.base_year.clone(),
            reconciled: spend(part, all),
            illustrative: is_illustrative(value),
        }
    }
}

/// An example book says so in its own rows: its notes, its reviewers or its sources.
fn is_illustrative(value: &ValueJson) -> bool {
    let says = |text: &str| text.to_lowercase().contains("illustrative");
    let mut outcomes = value.services.iter().flat_map(|service| &service.valued_by);
    value.notes.iter().any(|note| says(note))
        || outcomes
            .any(|outcome| says(&outcome.source) || outcome.reviewer.as_deref().is_some_and(says))
}

fn about(edition: &Edition, facts: Option<BookFacts>) -> chrome::Edition {
    let facts = facts.unwrap_or_default();
    chrome::Edition {
        number: edition.number,
        published: day(edition.created_at),
        base_year: (!facts.base_year.is_empty()).then_some(facts.base_year),
        reconciled: facts.reconciled,
        illustrative: facts.illustrative,
    }
}

pub fn person(who: &Scope) -> Person {
    let role = who.role().title();
    Person {
        name: who.display_name().to_owned(),
        role: who.provider().map_or_else(|| role.to_owned(), |code| format!("{role}, {code}")),
    }
}

/// `14 November 2026`.
pub fn day(time: Timestamp) -> String {
    time.strftime("%-d %B %Y").to_string()
}

/// `14 November 2026, 09:14 UTC`.
pub fn moment(time: Timestamp) -> String {
    time.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// `by you` where it was the one who asks; people's names are not kept in lists.
pub fn by(who: &Scope, person: &tenancy::PersonId) -> &'static str {
    if who.person() == person { " by you" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    #[test]
    fn a_book_is_illustrative_where_its_rows_say_so() {
        let mut value = samples::value(3, false);
        let facts = BookFacts::from(&value);
        assert_eq!(facts.base_year, "2024-25");
        assert_eq!(facts.reconciled.as_deref(), Some("48%"));
        assert!(!facts.illustrative);
        let reviewer = Some("Panel (illustrative)".to_owned());
        value.services[0].valued_by[0].reviewer = reviewer;
        assert!(BookFacts::from(&value).illustrative);
    }

    #[test]
    fn times_read_as_people_write_them() {
        let time: Timestamp = "2026-11-04T09:05:59Z".parse().expect("a time");
        assert_eq!(moment(time), "4 November 2026, 09:05 UTC");
        assert_eq!(day(time), "4 November 2026");
    }
}
