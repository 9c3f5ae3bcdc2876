//! Unit costs against the national schedule and peers as JSON (`valuebook.benchmark/1`).

use jiff::civil::Date;
use openbook::Book;
use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use value::benchmark::{
    Basis, BenchmarkTable, Comparison, LineBenchmark, Productivity, ProductivityLine, review_of,
};

mod own;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.benchmark/1";

/// Every line against its references, on one basis: figures of two bases never stand in one table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkJson {
    /// Always `valuebook.benchmark/1`.
    pub schema: String,
    /// `reported` or `market_forces_adjusted`.
    pub basis: String,
    /// The financial year compared.
    pub year: String,
    /// Where the national means are published.
    pub reference: String,
    /// One entry a service line, in the order of its name.
    pub lines: Vec<LineBenchmarkJson>,
    /// Outliers that no review in date explains, the furthest out first: `provider/service`.
    pub unreviewed: Vec<String>,
    /// Lines to mend before anything is cut.
    pub productivity: ProductivityJson,
    /// What a reader must know of the basis and the reference.
    pub notes: Vec<String>,
    /// How many of these lines are compared, and how.
    pub coverage: Vec<String>,
}

/// One service line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBenchmarkJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name in words.
    pub name: String,
    /// The sector.
    pub sector: String,
    /// What its costs were divided by: 1 where they are as reported.
    pub factor: f64,
    /// `within`, `beyond_2_sigma`, `beyond_3_sigma` or `query`; absent where not compared.
    pub standing: Option<String>,
    /// Against the national means.
    pub national: Option<ComparisonJson>,
    /// Against the mean of the other providers that do the same.
    pub peers: Option<ComparisonJson>,
    /// Against the best quartile of them; absent where they are too few.
    pub best_quartile: Option<ComparisonJson>,
    /// What the difference is spent on, the greatest first.
    pub groups: Vec<GroupDifferenceJson>,
    /// What the groups are compared with: `peers` or `point_of_delivery`.
    pub mix: Option<String>,
    /// The fewest other providers that this rests on; absent where it rests on none.
    pub mix_providers: Option<u32>,
    /// Why there is no comparison; absent where there is one.
    pub reason: Option<String>,
    /// Is it different?
    pub is_it_different: String,
    /// How it stands beside other providers, where the main comparison is with the nation.
    pub beside_peers: Option<String>,
    /// Why?
    pub why: String,
    /// What the difference is spent on, set beside how others divide theirs.
    pub spent_on: Option<String>,
    /// What can we do?
    pub what_can_we_do: String,
    /// The board's review, where one is in date.
    pub review: Option<OutlierReviewJson>,
}

/// A line's compared work against one reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparisonJson {
    /// What the compared work costs, £ of the basis.
    pub own_gbp: f64,
    /// What it would cost at the reference, currency by currency, £ of the basis.
    pub expected_gbp: f64,
    /// Own over expected.
    pub ratio: f64,
    /// Own unit cost over the peers' with no regard to casemix; for peers only.
    pub crude_ratio: Option<f64>,
    /// The share of the line's cost that is compared, 0 to 1.
    pub covered_share: f64,
    /// The share of the expected cost whose mean is over several currencies, 0 to 1.
    pub coarse_share: f64,
    /// How many other providers; for peers only.
    pub providers: Option<u32>,
    /// The fewest of them behind any kind of work compared; for peers only.
    pub fewest_providers: Option<u32>,
    /// Standard error of the ratio.
    pub standard_error: f64,
    /// Limits at two standard errors, as ratios.
    pub inner_low: f64,
    /// The upper one.
    pub inner_high: f64,
    /// Limits at three standard errors, as ratios.
    pub outer_low: f64,
    /// The upper one.
    pub outer_high: f64,
    /// Where the ratio stands.
    pub standing: String,
    /// What reaching the reference would release for this board, £ as paid.
    pub release_gbp: f64,
    /// By kind of work, the greatest difference first.
    pub by_work: Vec<WorkComparisonJson>,
}

/// One kind of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkComparisonJson {
    /// The point of delivery.
    pub point_of_delivery: String,
    /// The currency.
    pub currency: String,
    /// How much of it.
    pub activity: f64,
    /// The line's cost of one, £ of the basis.
    pub own_unit_gbp: f64,
    /// The reference cost of one, £ of the basis.
    pub reference_unit_gbp: f64,
    /// The currencies that the reference averages over, where they are several.
    pub covers: Option<String>,
}

/// One resource group's part in the difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupDifferenceJson {
    /// The resource group.
    pub resource_group: String,
    /// What the compared work costs in it, £ of the basis.
    pub own_gbp: f64,
    /// What it would cost at the reference, £ of the basis.
    pub expected_gbp: f64,
    /// Own less expected, £ of the basis.
    pub difference_gbp: f64,
}

/// What the board found of an outlier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutlierReviewJson {
    /// Why it differs.
    pub reason: String,
    /// The post that looked at it.
    pub reviewer: String,
    /// When: `2026-10-01`.
    pub reviewed_on: String,
    /// The last day on which it holds.
    pub review_by: String,
}

/// Lines to mend before anything is cut: costly ones first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductivityJson {
    /// The lines.
    pub lines: Vec<ProductivityLineJson>,
    /// Σ of what reaching the mean releases, without queries, £.
    pub release_at_mean_gbp: f64,
    /// Σ of what reaching the best quartile releases, without queries, £.
    pub release_at_best_quartile_gbp: f64,
    /// What queries would release if their figures were right, £.
    pub queried_gbp: f64,
}

/// One line to mend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductivityLineJson {
    /// `provider/service`.
    pub service: String,
    /// The line's name in words.
    pub name: String,
    /// Spend in the base year.
    #[schema(value_type = String)]
    pub spend_gbp: Pence,
    /// Own over expected cost.
    pub ratio: f64,
    /// Where it stands in its funnel.
    pub standing: String,
    /// Cost per QALY of the last pound, £.
    pub marginal_gbp_per_qaly: Option<f64>,
    /// The same at the reference unit cost, £.
    pub marginal_at_reference_gbp_per_qaly: Option<f64>,
    /// Low value at its own unit cost only.
    pub costly: bool,
    /// What reaching the mean releases for this board, £.
    pub release_at_mean_gbp: f64,
    /// What reaching the best quartile releases, £.
    pub release_at_best_quartile_gbp: Option<f64>,
}

impl BenchmarkJson {
    /// The table as JSON, with the answers and reviews of a day.
    #[must_use]
    pub fn of<B: Basis>(
        book: &Book,
        table: &BenchmarkTable<B>,
        productivity: &Productivity,
        today: Date,
    ) -> Self {
        let unreviewed = table.unreviewed(book, today);
        let lines: Vec<_> = table.lines.iter().map(|line| of_line(book, line, today)).collect();
        Self {
            schema: SCHEMA.to_owned(),
            basis: B::WORD.to_owned(),
            year: table.year.to_string(),
            reference: table.reference.clone(),
            coverage: coverage(&lines),
            lines,
            unreviewed: unreviewed.into_iter().map(|line| line.service.to_string()).collect(),
            productivity: productivity.into(),
            notes: table.notes.clone(),
        }
    }
}

fn of_line<B: Basis>(book: &Book, line: &LineBenchmark<B>, today: Date) -> LineBenchmarkJson {
    let questions = line.questions(book, today);
    let of = |comparison: &Option<Comparison>| {
        comparison
            .as_ref()
            .map(|found| of_comparison(found, line.release_gbp(Some(found)).unwrap_or_default()))
    };
    LineBenchmarkJson {
        service: line.service.to_string(),
        name: line.name.clone(),
        sector: line.sector.clone(),
        factor: line.factor,
        standing: line.standing().map(|standing| standing.as_str().to_owned()),
        national: of(&line.national),
        peers: of(&line.peers),
        best_quartile: of(&line.best_quartile),
        groups: line
            .groups
            .iter()
            .map(|group| GroupDifferenceJson {
                resource_group: group.group.clone(),
                own_gbp: group.own_gbp,
                expected_gbp: group.expected_gbp,
                difference_gbp: group.difference_gbp(),
            })
            .collect(),
        mix: line.mix.map(|mix| mix.as_str().to_owned()),
        mix_providers: line.mix_providers.and_then(|count| u32::try_from(count).ok()),
        reason: line.reason.clone(),
        is_it_different: questions.different,
        beside_peers: questions.beside_peers,
        why: questions.why,
        spent_on: questions.spent_on,
        what_can_we_do: questions.what_to_do,
        review: review_of(book, &line.service, today).map(|review| OutlierReviewJson {
            reason: review.reason.clone(),
            reviewer: review.reviewer.clone(),
            reviewed_on: review.reviewed_on.to_string(),
            review_by: review.review_by.to_string(),
        }),
    }
}

fn of_comparison(found: &Comparison, release_gbp: f64) -> ComparisonJson {
    let ((inner_low, inner_high), (outer_low, outer_high)) =
        (found.funnel.inner(), found.funnel.outer());
    ComparisonJson {
        own_gbp: found.own_gbp,
        expected_gbp: found.expected_gbp,
        ratio: found.ratio(),
        crude_ratio: found.crude_ratio,
        covered_share: found.covered,
        coarse_share: found.coarse,
        providers: found.providers.and_then(|count| u32::try_from(count).ok()),
        fewest_providers: found.fewest_providers.and_then(|count| u32::try_from(count).ok()),
        standard_error: found.funnel.standard_error,
        inner_low,
        inner_high,
        outer_low,
        outer_high,
        standing: found.standing.as_str().to_owned(),
        release_gbp,
        by_work: found
            .by_work
            .iter()
            .map(|work| WorkComparisonJson {
                point_of_delivery: work.work.point_of_delivery.clone(),
                currency: work.work.currency.clone(),
                activity: work.activity,
                own_unit_gbp: work.own_unit_gbp,
                reference_unit_gbp: work.reference_unit_gbp,
                covers: work.covers.clone(),
            })
            .collect(),
    }
}

impl From<&Productivity> for ProductivityJson {
    fn from(list: &Productivity) -> Self {
        Self {
            lines: list.lines.iter().map(to_mend).collect(),
            release_at_mean_gbp: list.release_at_mean_gbp,
            release_at_best_quartile_gbp: list.release_at_best_quartile_gbp,
            queried_gbp: list.queried_gbp,
        }
    }
}

fn to_mend(line: &ProductivityLine) -> ProductivityLineJson {
    ProductivityLineJson {
        service: line.service.to_string(),
        name: line.name.clone(),
        spend_gbp: line.spend,
        ratio: line.ratio,
        standing: line.standing.as_str().to_owned(),
        marginal_gbp_per_qaly: line.own_marginal.map(|price| price.get()),
        marginal_at_reference_gbp_per_qaly: line.reference_marginal.map(|price| price.get()),
        costly: line.costly,
        release_at_mean_gbp: line.release_at_mean_gbp,
        release_at_best_quartile_gbp: line.release_at_best_quartile_gbp,
    }
}

impl LineBenchmarkJson {
    /// The comparison that counts: the national one, else that with peers.
    #[must_use]
    pub const fn main(&self) -> Option<&ComparisonJson> {
        match (&self.national, &self.peers) {
            (Some(national), _) => Some(national),
            (None, peers) => peers.as_ref(),
        }
    }
}

/// How many lines are compared, and how many of them with a mean that casemix may hide in.
fn coverage(lines: &[LineBenchmarkJson]) -> Vec<String> {
    let compared = || lines.iter().filter_map(LineBenchmarkJson::main);
    let mut said = vec![format!("{} of {} lines are compared.", compared().count(), lines.len())];
    let coarse = compared().filter(|main| main.coarse_share > 0.5).count();
    if coarse > 0 {
        said.push(format!(
            "{coarse} of them are compared with a mean over several currencies: casemix inside it \
             is not adjusted for."
        ));
    }
    said
}
