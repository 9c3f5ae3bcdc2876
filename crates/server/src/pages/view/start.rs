//! The start page: what is waiting, and how complete the book is.

use api::value::{ServiceValueJson, ValueJson};
use serde::Serialize;

use super::table::service_href;
use super::{Link, Tag};
use crate::charts::{Completeness, Heading, Sector, completeness, sector_label};
use crate::pages::format::{list_words, money_short, plural, share};

/// The start page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StartView {
    /// The answer, as one sentence.
    pub answer: String,
    /// What is waiting for this person.
    pub tasks: Vec<Task>,
    /// How complete the book is.
    pub book: Option<BookView>,
}

/// One thing to do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Task {
    /// What to do, and where.
    pub link: Link,
    /// Whose, and since when.
    pub hint: String,
    /// How far it is.
    pub tag: Tag,
}

/// How complete the book is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BookView {
    /// The finding.
    pub title: String,
    /// The picture.
    pub chart: String,
    /// The same as a table.
    pub rows: Vec<BookRow>,
    /// What would help most.
    pub help: Option<Help>,
}

/// One sector.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BookRow {
    /// The sector in words.
    pub sector: String,
    /// Its spend.
    pub spend: String,
    /// How much of its spend has an outcome that can be valued.
    pub valued: String,
    /// How much with evidence of grade A to C.
    pub graded: String,
    /// How many of its providers reconcile.
    pub reconciled: String,
}

/// The service whose outcome is missed most.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Help {
    /// The service.
    pub link: Link,
    /// What is missing there.
    pub text: String,
}

/// The start page of somebody who reads nothing of the book.
#[derive(Clone, Debug, Serialize)]
pub struct GuestView {
    /// The answer, as one sentence.
    pub answer: &'static str,
}

impl Default for GuestView {
    fn default() -> Self {
        Self {
            answer: "You are a guest of workshops: open the link of your workshop to take part; \
                     nothing else is open to you.",
        }
    }
}

impl StartView {
    /// The page for somebody with these things to do.
    pub fn new(tasks: Vec<Task>, value: Option<&ValueJson>) -> Self {
        let answer = match u64::try_from(tasks.len()).unwrap_or(u64::MAX) {
            0 => "Nothing is waiting for you.".to_owned(),
            1 => "One thing is waiting for you.".to_owned(),
            many => format!("{} are waiting for you.", plural(many, "thing", "things")),
        };
        Self { answer, tasks, book: value.map(BookView::from) }
    }
}

impl From<&ValueJson> for BookView {
    fn from(value: &ValueJson) -> Self {
        let title = title(value);
        let sectors = value
            .parity
            .iter()
            .map(|parity| Sector {
                code: parity.sector.clone(),
                name: sector_label(&parity.sector),
                share: parity.valued_share,
                share_label: share(parity.valued_share),
            })
            .collect();
        let heading = Heading {
            id: "completeness".to_owned(),
            title: title.clone(),
            description: "One bar for each sector: how much of its spend has an outcome that can \
                          be valued. The table below gives the same figures."
                .to_owned(),
        };
        let rows = value
            .parity
            .iter()
            .map(|parity| BookRow {
                sector: sector_label(&parity.sector),
                spend: money_short(parity.spend_gbp),
                valued: share(parity.valued_share),
                graded: share(parity.grade_abc_share),
                reconciled: share(parity.reconciled_share),
            })
            .collect();
        Self {
            title,
            chart: completeness(&Completeness { heading, sectors }),
            rows,
            help: help(&value.services),
        }
    }
}

fn title(value: &ValueJson) -> String {
    let parts: Vec<String> = value
        .parity
        .iter()
        .map(|parity| {
            format!(
                "{} of {}",
                share(parity.valued_share),
                sector_label(&parity.sector).to_lowercase()
            )
        })
        .collect();
    if parts.is_empty() {
        "The book has no spend yet".to_owned()
    } else {
        format!("{} spend has an outcome we can value", list_words(&parts))
    }
}

/// The service whose outcome would say most. A line without patients of its own has no break-even
/// gain: an outcome cannot be asked of it.
fn help(services: &[ServiceValueJson]) -> Option<Help> {
    let missing = |service: &ServiceValueJson| service.spend_gbp - service.valued_spend_gbp;
    let could = |service: &&ServiceValueJson| {
        service.assessable || service.break_even_qaly_per_patient.is_some()
    };
    let service = services
        .iter()
        .filter(could)
        .max_by(|one, other| {
            missing(one).cmp(&missing(other)).then_with(|| other.service.cmp(&one.service))
        })
        .filter(|service| missing(service).get() > 0)?;
    let text = format!("{} without an outcome", money_short(missing(service)));
    let name = format!("{}, {}", service.name, service.provider);
    Some(Help { link: Link::new(name, service_href(&service.service)), text })
}
