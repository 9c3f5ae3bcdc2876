//! A run: what the plan changes, what it questions, what holds it back, and its proof.

mod headline;
mod limits;
mod moves;
mod proof;
mod services;
mod tables;

use api::result::RunJson;
use serde::{Deserialize, Serialize};

use super::service::Fact;
use super::submission::Progress;
use super::table::{Choice, Column, Pager};
use super::{Link, Tag};

pub use limits::{LimitRow, Price, Way};
pub use moves::{MoveRow, QuestionRow};
pub use proof::Proof;
pub use services::ServiceRow;
pub use tables::{AlongRow, GroupRow, OptionRow, QuintileRow, StaffRow, SwapRow};

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct RunQuery {
    /// A column's key, with `-` before it for the largest first.
    pub sort: String,
    /// A sector's code, or nothing for all.
    pub sector: String,
    /// Which page of the table of services.
    pub page: Option<usize>,
}

/// A run's page, whether it is done or not.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunPage {
    /// The run's id.
    pub id: String,
    /// The scenario.
    pub scenario: Link,
    /// Of which edition, asked for when and by whom.
    pub asked: String,
    /// While it is being solved.
    pub progress: Option<Progress>,
    /// Why it could not be solved.
    pub failed: Option<String>,
    /// What came of it.
    pub result: Option<RunView>,
}

/// What came of a run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunView {
    /// Whether there is a plan.
    pub has_plan: bool,
    /// The answer, as one sentence.
    pub answer: String,
    /// What it takes, and what the first year brings.
    pub more: Vec<String>,
    /// The cheapest ways back, where there is no plan.
    pub ways_back: Vec<Way>,
    /// The finding of the picture.
    pub waterfall_title: String,
    /// What is given up and what that buys.
    pub waterfall: Option<String>,
    /// The largest moves.
    pub moves: Vec<MoveRow>,
    /// How many moves are not listed.
    pub moves_unlisted: Option<String>,
    /// Options that are taken up.
    pub options: Vec<OptionRow>,
    /// How many are not.
    pub options_left: Option<String>,
    /// Work that moves along pathways.
    pub along: Vec<AlongRow>,
    /// What is questioned, as one sentence.
    pub questioned_answer: String,
    /// The spend that this plan questions.
    pub questioned: Vec<QuestionRow>,
    /// The prices of the limits, in sentences.
    pub holds_back: Vec<Price>,
    /// Every limit, as far as they are listed.
    pub limits: Vec<LimitRow>,
    /// How many are not listed.
    pub limits_unlisted: Option<String>,
    /// Who gains and who loses, as one sentence.
    pub providers_answer: String,
    /// Impact per provider.
    pub providers: Vec<GroupRow>,
    /// Impact per sector.
    pub sectors: Vec<GroupRow>,
    /// Staff.
    pub staff: Vec<StaffRow>,
    /// Health by deprivation.
    pub quintiles: Vec<QuintileRow>,
    /// Pairs of moves.
    pub swaps: Vec<SwapRow>,
    /// Where the money goes.
    pub money: Vec<Fact>,
    /// How sure.
    pub sure: Vec<String>,
    /// What a reader must know of the book.
    pub notes: Vec<String>,
    /// How it is proven.
    pub proof: Proof,
    /// The sectors to choose from.
    pub sector_choices: Vec<Choice>,
    /// What the filter form keeps.
    pub sort: String,
    /// The headings of the table of services.
    pub columns: Vec<Column>,
    /// Every service, a page at a time.
    pub services: Vec<ServiceRow>,
    /// Where in the table.
    pub pager: Option<Pager>,
}

impl RunView {
    /// The result as a page, at the address of the run.
    pub fn new(run: &RunJson, path: &str, query: &RunQuery) -> Self {
        let (services, pager) = services::page(run, path, query);
        let (moves, moves_unlisted) = moves::largest(run);
        let (limits, limits_unlisted) = limits::all(run);
        let (options, options_left) = tables::options(run);
        let waterfall_title = moves::title(run);
        Self {
            has_plan: run.totals.is_some(),
            answer: headline::answer(run),
            more: headline::more(run),
            ways_back: limits::ways_back(run),
            waterfall: moves::picture(run, &waterfall_title),
            waterfall_title,
            moves,
            moves_unlisted,
            options,
            options_left,
            along: tables::along(run),
            questioned_answer: moves::questioned_answer(run),
            questioned: moves::questioned(run),
            holds_back: limits::holds_back(run),
            limits,
            limits_unlisted,
            providers_answer: tables::providers_answer(run),
            providers: run.providers.iter().map(GroupRow::from).collect(),
            sectors: tables::sectors(run),
            staff: run.staff.iter().map(StaffRow::from).collect(),
            quintiles: run.quintiles.iter().map(QuintileRow::from).collect(),
            swaps: tables::swaps(run),
            money: tables::money(run),
            sure: headline::sure(run),
            notes: run.notes.clone(),
            proof: Proof::from(run),
            sector_choices: services::sectors(run, query),
            sort: query.sort.clone(),
            columns: services::columns(path, query),
            services,
            pager,
        }
    }
}

/// What the solver and our own proof said, for lists.
pub fn outcome_tag(outcome: &str, certified: bool) -> Tag {
    match (outcome, certified) {
        ("optimal", true) => Tag::new("Proven", "green"),
        ("optimal", false) => Tag::new("Not proven", "red"),
        ("infeasible", _) => Tag::new("Cannot be done", "orange"),
        ("time_limit", _) => Tag::new("Out of time", "yellow"),
        (other, _) => {
            Tag::new(super::super::format::sentence_case(&super::labels::words(other)), "red")
        }
    }
}
