//! One edition: how complete it is, what changed since the one before, what it is made of.

use api::check::BridgeJson;
use serde::Serialize;

use super::submission::AllocationBridge;
use super::{Link, Tag};
use crate::charts::{Completeness, Heading, Sector, completeness, sector_label};
use crate::engine::Standing;
use crate::pages::format::{money_short, plural, sentence_case, share};

mod changes;
mod rows;

pub use changes::SinceView;
pub use rows::{PartRow, ProviderRow};

/// The page of one edition.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EditionView {
    /// Its number.
    pub number: u64,
    /// The answer, as one sentence.
    pub answer: String,
    /// When and by whom it was published.
    pub published: String,
    /// How complete each sector is, once it is valued.
    pub parity: Option<ParityView>,
    /// How each provider's figures stand: those that this person sees.
    pub providers: Vec<ProviderRow>,
    /// From the allocation to the contracts.
    pub allocation: Vec<AllocationBridge>,
    /// What changed since the edition before.
    pub since: Option<SinceView>,
    /// What it is made of.
    pub parts: Vec<PartRow>,
    /// The hash of its book.
    pub book_sha256: Option<String>,
    /// The hash of the national parameters.
    pub parameters_sha256: String,
    /// Where other providers' lines are, for those who may see them.
    pub others: Option<String>,
    /// The edition before.
    pub previous: Option<Link>,
    /// The edition after.
    pub next: Option<Link>,
}

/// How complete each sector is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ParityView {
    /// The finding.
    pub title: String,
    /// The picture.
    pub chart: String,
    /// The same as a table.
    pub rows: Vec<ParityRow>,
    /// What "fresh" means, in words.
    pub fresh: String,
}

/// One sector, as shares of its spend.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ParityRow {
    /// The sector.
    pub sector: String,
    /// How many providers spend in it.
    pub providers: String,
    /// Its spend.
    pub spend: String,
    /// Signed off by the provider itself.
    pub signed_off: String,
    /// Reconciled with accounts.
    pub reconciled: String,
    /// With an outcome that can be valued.
    pub valued: String,
    /// The same by grade, A to E.
    pub grades: Vec<(String, String)>,
    /// Fresh on the day of publication.
    pub fresh: String,
}

/// Every grade there is.
const GRADES: [openbook::rows::Grade; 5] = {
    use openbook::rows::Grade::{A, B, C, D, E};
    [A, B, C, D, E]
};

impl EditionView {
    /// The page of an edition with so many tables of so many organisations. `standing` is nothing
    /// until it is valued, for the reason given.
    pub fn new(
        number: u64,
        tables: usize,
        owners: usize,
        standing: Result<&Standing, &str>,
    ) -> Self {
        let count = |many: usize, one: &str, more: &str| {
            plural(u64::try_from(many).unwrap_or(u64::MAX), one, more)
        };
        let holds = format!(
            "Edition {number} holds {} of {}",
            count(tables, "table", "tables"),
            count(owners, "organisation", "organisations")
        );
        let view = Self { number, ..Self::default() };
        match standing {
            Ok(standing) => {
                let bridges = standing.review.bridges.iter().map(BridgeJson::from);
                Self {
                    answer: format!("{holds}; {}.", whole_book(standing)),
                    parity: Some(ParityView::from(standing)),
                    providers: rows::providers(standing),
                    allocation: bridges.map(|it| AllocationBridge::from(&it)).collect(),
                    ..view
                }
            }
            Err(why) => {
                let why = sentence_case(why.trim_end_matches('.'));
                Self { answer: format!("{holds}. {why}."), ..view }
            }
        }
    }
}

/// How much of the whole book's spend reconciles and can be valued.
fn whole_book(standing: &Standing) -> String {
    let (mut spend, mut reconciled, mut valued) = (0.0, 0.0, 0.0);
    for sector in &standing.parity {
        spend += sector.spend.to_pounds();
        reconciled += sector.reconciled.to_pounds();
        valued += sector.valued().to_pounds();
    }
    if spend > 0.0 {
        format!(
            "{} of its spend reconciles with accounts, and {} has an outcome that can be valued",
            share(reconciled / spend),
            share(valued / spend)
        )
    } else {
        "it has no spend yet".to_owned()
    }
}

impl From<&Standing> for ParityView {
    fn from(standing: &Standing) -> Self {
        let best = standing.parity.iter().max_by(|a, b| {
            let part = |it: &value::Parity| it.share(it.valued()).unwrap_or(0.0);
            part(a).total_cmp(&part(b)).then_with(|| b.sector.cmp(&a.sector))
        });
        let title = match best {
            Some(best) => format!(
                "{} has the most spend with an outcome that can be valued: {}",
                sector_label(&best.sector),
                share(best.share(best.valued()).unwrap_or(0.0))
            ),
            None => "The book has no spend yet".to_owned(),
        };
        let sectors = standing.parity.iter().map(|sector| {
            let valued = sector.share(sector.valued()).unwrap_or(0.0);
            Sector {
                code: sector.sector.clone(),
                name: sector_label(&sector.sector),
                share: valued,
                share_label: share(valued),
            }
        });
        let heading = Heading {
            id: "parity".to_owned(),
            title: title.clone(),
            description: "One bar for each sector: how much of its spend has an outcome that can \
                          be valued. The table below gives the same figures."
                .to_owned(),
        };
        Self {
            chart: completeness(&Completeness { heading, sectors: sectors.collect() }),
            title,
            rows: standing.parity.iter().map(ParityRow::from).collect(),
            fresh: format!(
                "Fresh: complete up to a day at most {:.0} days before the edition was published.",
                standing.fresh_days
            ),
        }
    }
}

impl From<&value::Parity> for ParityRow {
    fn from(sector: &value::Parity) -> Self {
        let of = |part| sector.share(part).map_or_else(|| "–".to_owned(), share);
        let grade = |grade: openbook::rows::Grade| {
            let part = sector.by_grade.get(&grade).copied().unwrap_or_default();
            (grade.as_str().to_owned(), of(part))
        };
        Self {
            sector: sector_label(&sector.sector),
            providers: sector.providers.len().to_string(),
            spend: money_short(sector.spend),
            signed_off: of(sector.signed_off),
            reconciled: of(sector.reconciled),
            valued: of(sector.valued()),
            grades: GRADES.map(grade).into(),
            fresh: of(sector.fresh),
        }
    }
}

/// A tag for what is and what is not.
pub(super) fn yes_or(yes: bool, words: (&str, &str), no_colour: &'static str) -> Tag {
    if yes { Tag::new(words.0, "green") } else { Tag::new(words.1, no_colour) }
}
