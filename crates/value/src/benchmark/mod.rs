//! Each line's unit cost against the national schedule and against peers.
//!
//! Casemix is adjusted for within currency (indirect standardisation): a line's cost is divided by
//! what its own work would cost at reference unit costs, currency by currency. The reference is the
//! national mean, the mean of the other providers of the book that do the same work, or the best
//! quartile of them.

use jiff::civil::Date;
use openbook::Book;
use openbook::rows::OutlierReview;
use openbook::unit_cost::{LEAST_SHARE, UnitCosts, Work};
use quantities::{FinYear, ServiceKey};
use std::marker::PhantomData;

use crate::parameters::YearParameters;
use crate::table::{ServiceValue, ValueTable};

pub mod basis;
mod costs;
mod explain;
mod funnel;
mod productivity;
mod resources;

pub use basis::{Basis, MarketForcesAdjusted, Reported};
pub use explain::Questions;
pub use funnel::Funnel;
pub use productivity::{Productivity, ProductivityLine, productivity};
pub use resources::{GroupDifference, Mix};

use costs::{Costs, Done, OwnWork, Peers, WorkKey};

/// The fewest other providers behind a figure that a provider may see: with fewer, the figure and
/// what each of them knows of itself would tell one's costs.
pub const FEWEST_OTHERS: usize = 3;

/// Where a line stands in its funnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Within two standard errors.
    Within,
    /// Beyond two.
    Beyond2Sigma,
    /// Beyond three.
    Beyond3Sigma,
    /// Four times the national mean or more: ask before anything is concluded.
    Query,
}

impl Standing {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Beyond2Sigma => "beyond_2_sigma",
            Self::Beyond3Sigma => "beyond_3_sigma",
            Self::Query => "query",
        }
    }
}

/// One kind of work of a line against its reference.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkComparison {
    /// The work.
    pub work: Work,
    /// How much of it.
    pub activity: f64,
    /// The line's cost of one, £.
    pub own_unit_gbp: f64,
    /// The reference cost of one, £.
    pub reference_unit_gbp: f64,
    /// The currencies that the reference averages over, where they are several.
    pub covers: Option<String>,
}

impl WorkComparison {
    /// What it costs more (or less) than at the reference, £.
    #[must_use]
    pub fn difference_gbp(&self) -> f64 {
        (self.own_unit_gbp - self.reference_unit_gbp) * self.activity
    }
}

/// A line's compared work against one reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What the compared work costs, £ of the basis.
    pub own_gbp: f64,
    /// What it would cost at the reference, £ of the basis.
    pub expected_gbp: f64,
    /// The share of the line's cost that is compared.
    pub covered: f64,
    /// The share of the expected cost whose reference averages over several currencies, so that
    /// casemix inside it is not adjusted for.
    pub coarse: f64,
    /// Own unit cost over that of the peers with no regard to casemix; for peers only.
    pub crude_ratio: Option<f64>,
    /// Of how many other providers the reference is made; for peers only.
    pub providers: Option<usize>,
    /// The fewest of them behind any kind of work compared; for peers only.
    pub fewest_providers: Option<usize>,
    /// How far the ratio may lie from 1.
    pub funnel: Funnel,
    /// Where it stands.
    pub standing: Standing,
    /// By kind of work, the greatest difference first.
    pub by_work: Vec<WorkComparison>,
}

impl Comparison {
    /// Own over expected cost.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.own_gbp / self.expected_gbp
    }

    /// Own less expected cost, £ of the basis.
    #[must_use]
    pub fn difference_gbp(&self) -> f64 {
        self.own_gbp - self.expected_gbp
    }

    /// Whether the line is dearer than chance and costing explain.
    #[must_use]
    pub fn is_dear(&self) -> bool {
        self.standing != Standing::Within && self.ratio() > 1.0
    }
}

/// One service line against its references, on one basis.
#[derive(Clone, Debug, PartialEq)]
pub struct LineBenchmark<B: Basis> {
    /// `provider/service`.
    pub service: ServiceKey,
    /// Its name.
    pub name: String,
    /// Its sector.
    pub sector: String,
    /// What its costs were divided by.
    pub factor: f64,
    /// This board's part of £1 of its cost: its share of the work, a part year made whole where the
    /// value table is.
    pub of_board: f64,
    /// The part of its cost that is not fixed.
    pub not_fixed: f64,
    /// Against the national means.
    pub national: Option<Comparison>,
    /// Against the mean of the other providers that do the same.
    pub peers: Option<Comparison>,
    /// Against the best quartile of them.
    pub best_quartile: Option<Comparison>,
    /// What the difference is spent on, the greatest first; empty where nothing tells.
    pub groups: Vec<GroupDifference>,
    /// What the resource groups are compared with.
    pub mix: Option<Mix>,
    /// The fewest other providers that this rests on; nothing where it rests on none.
    pub mix_providers: Option<usize>,
    /// Why there is no comparison at all.
    pub reason: Option<String>,
    basis: PhantomData<B>,
}

impl<B: Basis> LineBenchmark<B> {
    /// The comparison that counts: the national one, else that with peers.
    #[must_use]
    pub const fn main(&self) -> Option<&Comparison> {
        match (&self.national, &self.peers) {
            (Some(national), _) => Some(national),
            (None, peers) => peers.as_ref(),
        }
    }

    /// Where it stands; nothing where it is not compared.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.main().map(|main| main.standing)
    }

    /// Whether its unit cost is out of the ordinary, dear or cheap.
    #[must_use]
    pub fn is_outlier(&self) -> bool {
        self.standing().is_some_and(|standing| standing != Standing::Within)
    }

    /// What reaching a reference would release for this board, £ as they are paid (local prices
    /// included); nothing where there is no reference, nought where the line is not dearer.
    #[must_use]
    pub fn release_gbp(&self, to: Option<&Comparison>) -> Option<f64> {
        to.map(|to| to.difference_gbp().max(0.0) * self.factor * self.of_board)
    }
}

/// Every line of a book against its references, on one basis.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkTable<B: Basis> {
    /// The year compared.
    pub year: FinYear,
    /// Where the national means are published.
    pub reference: String,
    /// Lines in the order of their keys.
    pub lines: Vec<LineBenchmark<B>>,
    /// What a reader must know of the basis and the reference.
    pub notes: Vec<String>,
}

impl<B: Basis> BenchmarkTable<B> {
    /// Compares every line of a valued book that has cost and treats patients.
    #[must_use]
    pub fn of(
        book: &Book,
        unit_costs: &UnitCosts,
        parameters: &YearParameters,
        table: &ValueTable,
    ) -> Self {
        let year = table.base_year;
        let costs = Costs::of::<B>(book, year, parameters);
        let maker = Maker { book, unit_costs, parameters, year, costs: &costs };
        let lines = table.services.iter().filter(|service| !service.support);
        let lines: Vec<LineBenchmark<B>> = lines.map(|service| maker.line(service)).collect();
        let notes = maker.notes::<B>();
        Self { year, reference: unit_costs.reference.clone(), lines, notes }
    }

    /// Outliers that no review in date explains, the furthest out first.
    #[must_use]
    pub fn unreviewed(&self, book: &Book, today: Date) -> Vec<&LineBenchmark<B>> {
        let mut lines: Vec<&LineBenchmark<B>> = self
            .lines
            .iter()
            .filter(|line| line.is_outlier() && review_of(book, &line.service, today).is_none())
            .collect();
        let distance = |line: &LineBenchmark<B>| {
            line.main().map_or(0.0, |main| (main.ratio().max(1e-9)).ln().abs())
        };
        lines.sort_by(|a, b| {
            b.standing().cmp(&a.standing()).then_with(|| distance(b).total_cmp(&distance(a)))
        });
        lines
    }
}

/// The board's review of a line that holds on a day.
#[must_use]
pub fn review_of<'a>(
    book: &'a Book,
    service: &ServiceKey,
    today: Date,
) -> Option<&'a OutlierReview> {
    book.outlier_reviews.iter().find(|row| row.service == *service && row.in_date(today))
}

/// A reference unit cost.
struct Reference {
    unit_gbp: f64,
    covers: Option<String>,
}

struct Maker<'a> {
    book: &'a Book,
    unit_costs: &'a UnitCosts,
    parameters: &'a YearParameters,
    year: FinYear,
    costs: &'a Costs<'a>,
}

impl<'a> Maker<'a> {
    fn line<B: Basis>(&self, service: &ServiceValue) -> LineBenchmark<B> {
        let mut line = LineBenchmark {
            service: service.key.clone(),
            name: service.name.clone(),
            sector: service.sector.clone(),
            factor: 1.0,
            of_board: 0.0,
            not_fixed: 0.0,
            national: None,
            peers: None,
            best_quartile: None,
            groups: Vec::new(),
            mix: None,
            mix_providers: None,
            reason: None,
            basis: PhantomData,
        };
        let Some(own) = self.costs.line(&service.key).filter(|own| own.cost > 0.0) else {
            let known = B::factor(self.book, service.key.provider(), self.year).is_some();
            line.reason = Some(if known {
                "it has no cost in the year".to_owned()
            } else {
                format!("{} has no market forces factor for the year", service.key.provider())
            });
            return line;
        };
        let peers = self.peers_of(&service.key, own);
        line.factor = own.factor;
        line.of_board = service.spend.to_pounds() / (own.cost * own.factor);
        line.not_fixed = self.not_fixed(&service.key);
        line.national = self.national(service, own);
        line.peers = self.of_peers(service, own, &peers, |peers| peers.mean());
        let min_peers = self.parameters.benchmark.min_peers;
        line.best_quartile =
            self.of_peers(service, own, &peers, |peers| peers.best_quartile(min_peers));
        if let Some(main) = line.main() {
            let provider = service.key.provider();
            if let Some(found) = resources::differences(main, provider, own, &peers, self.costs) {
                (line.groups, line.mix) = (found.groups, Some(found.mix));
                line.mix_providers = found.others;
            }
        } else {
            line.reason = Some(self.why_not(own));
        }
        line
    }

    fn peers_of(&self, service: &ServiceKey, own: &OwnWork<'a>) -> Vec<(WorkKey<'a>, Peers<'a>)> {
        let works = own.by_work.keys().copied();
        works.map(|work| (work, self.costs.peers(work, service.provider()))).collect()
    }

    fn not_fixed(&self, service: &ServiceKey) -> f64 {
        let parts = self.book.behaviour_of(service, self.year);
        let whole: f64 = parts.values().map(|part| part.to_pounds()).sum();
        let fixed =
            parts.get(&openbook::rows::Behaviour::Fixed).map_or(0.0, |part| part.to_pounds());
        if whole > 0.0 { (1.0 - fixed / whole).clamp(0.0, 1.0) } else { 0.0 }
    }

    fn national(&self, service: &ServiceValue, own: &OwnWork<'a>) -> Option<Comparison> {
        if self.year != self.unit_costs.fin_year {
            return None;
        }
        let reference = |(point, currency): WorkKey<'_>| {
            let mean = self.unit_costs.mean_of(point, currency)?;
            Some(Reference { unit_gbp: mean.mean_gbp, covers: mean.covers.clone() })
        };
        self.compare(own, reference, service.cost_cv * service.cost_cv)
    }

    fn of_peers(
        &self,
        service: &ServiceValue,
        own: &OwnWork<'a>,
        peers: &[(WorkKey<'a>, Peers<'a>)],
        unit: impl Fn(&Peers<'_>) -> Option<f64>,
    ) -> Option<Comparison> {
        let of = |work| peers.iter().find(|(known, _)| *known == work).map(|(_, peers)| peers);
        let reference = |work| {
            let unit_gbp = unit(of(work)?).filter(|unit| *unit > 0.0)?;
            Some(Reference { unit_gbp, covers: None })
        };
        let used: Vec<(WorkKey<'a>, &Peers<'a>)> = own
            .by_work
            .iter()
            .filter(|(_, done)| done.activity > 0.0)
            .filter_map(|(work, _)| Some((*work, of(*work)?)))
            .filter(|(work, _)| reference(*work).is_some())
            .collect();
        let variance = service.cost_cv * service.cost_cv
            + resources::variance_of_peers(used.iter().map(|(_, peers)| *peers));
        let mut found = self.compare(own, reference, variance)?;
        let (mut cost, mut activity, mut done) = (0.0, 0.0, 0.0);
        let mut providers: Vec<_> = Vec::new();
        for (work, peers) in &used {
            cost += peers.cost;
            activity += peers.activity;
            done += own.by_work.get(work).map_or(0.0, |done| done.activity);
            providers.extend(peers.by_provider.iter().map(|(provider, ..)| *provider));
        }
        providers.sort_unstable();
        providers.dedup();
        found.providers = Some(providers.len());
        found.fewest_providers = used.iter().map(|(_, peers)| peers.by_provider.len()).min();
        if activity > 0.0 && cost > 0.0 && done > 0.0 {
            found.crude_ratio = Some((found.own_gbp / done) / (cost / activity));
        }
        Some(found)
    }

    /// The line's work that has a reference; nothing where that is less than half of its cost.
    fn compare(
        &self,
        own: &OwnWork<'a>,
        reference: impl Fn(WorkKey<'a>) -> Option<Reference>,
        variance: f64,
    ) -> Option<Comparison> {
        let compared: Vec<(WorkKey<'a>, &Done<'a>, Reference)> = own
            .by_work
            .iter()
            .filter(|(_, done)| done.activity > 0.0)
            .filter_map(|(work, done)| Some((*work, done, reference(*work)?)))
            .collect();
        let own_gbp: f64 = compared.iter().map(|(_, done, _)| done.cost).sum();
        let works = || {
            compared.iter().map(|(_, done, of)| (done.activity * of.unit_gbp, done.activity, of))
        };
        let expected_gbp: f64 = works().map(|(expected, ..)| expected).sum();
        if expected_gbp <= 0.0 || own_gbp < LEAST_SHARE * own.cost {
            return None;
        }
        let coarse: f64 =
            works().filter(|(.., of)| of.covers.is_some()).map(|(expected, ..)| expected).sum();
        let limits = &self.parameters.benchmark;
        let funnel = Funnel::of(variance, limits.unit_cv, works().map(|(e, a, _)| (e, a)));
        let mut by_work: Vec<WorkComparison> = compared
            .iter()
            .map(|((point, currency), done, of)| WorkComparison {
                work: Work {
                    point_of_delivery: (*point).to_owned(),
                    currency: (*currency).to_owned(),
                },
                activity: done.activity,
                own_unit_gbp: done.cost / done.activity,
                reference_unit_gbp: of.unit_gbp,
                covers: of.covers.clone(),
            })
            .collect();
        by_work.sort_by(|a, b| b.difference_gbp().abs().total_cmp(&a.difference_gbp().abs()));
        Some(Comparison {
            own_gbp,
            expected_gbp,
            covered: own_gbp / own.cost,
            coarse: coarse / expected_gbp,
            crude_ratio: None,
            providers: None,
            fewest_providers: None,
            funnel,
            standing: funnel.standing(own_gbp / expected_gbp, limits.query_ratio),
            by_work,
        })
    }

    fn why_not(&self, own: &OwnWork<'a>) -> String {
        if own.by_work.values().all(|done| done.activity <= 0.0) {
            return "its work is not counted".to_owned();
        }
        let means = if self.year == self.unit_costs.fin_year {
            "less than half of its cost is work that has a national mean".to_owned()
        } else {
            format!("national means are of {} and not of {}", self.unit_costs.fin_year, self.year)
        };
        format!("{means}, and less than half is work that another provider of the book does")
    }

    fn notes<B: Basis>(&self) -> Vec<String> {
        let mut notes = vec![B::ABOUT.to_owned()];
        if self.year != self.unit_costs.fin_year {
            notes.push(format!(
                "National means are of {} and costs of {}: lines are compared with peers only. \
                 Import the national schedule of {}.",
                self.unit_costs.fin_year, self.year, self.year
            ));
        }
        notes
    }
}
