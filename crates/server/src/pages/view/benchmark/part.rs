//! A service's unit cost on its own page: is it different, why, and what can be done.

use api::benchmark::{BenchmarkJson, ComparisonJson, LineBenchmarkJson, WorkComparisonJson};
use api::value::{ServiceValueJson, ValueJson};
use jiff::civil::Date;
use serde::Serialize;

use super::picture;
use super::words::{
    Release, day, is_outlier, limits, ran_out, reference, review_in_date, standing, times,
};
use crate::pages::format::{
    gbp_per_qaly, plural, pounds_short, pounds_signed, sentence_case, share, thousands,
};
use crate::pages::view::Tag;
use crate::pages::view::labels::staff_group;

/// The section of a service's page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BenchmarkPart {
    /// Is it different?
    pub different: String,
    /// How it stands beside the other providers.
    pub beside_peers: Option<String>,
    /// Where it stands; none where it is not compared.
    pub standing: Option<Tag>,
    /// What the picture says.
    pub chart_title: String,
    /// The picture.
    pub chart: Option<String>,
    /// How to read it.
    pub chart_reading: &'static str,
    /// Each reference.
    pub references: Vec<ReferenceRow>,
    /// Why?
    pub why: String,
    /// What the difference is spent on.
    pub spent_on: Option<String>,
    /// By kind of work, the greatest difference first.
    pub work: Vec<WorkRow>,
    /// Kinds of work that are not listed.
    pub more_work: Option<String>,
    /// By resource group.
    pub groups: Vec<GroupRow>,
    /// What can we do?
    pub what_to_do: String,
    /// The price of the last healthy year at its own unit cost and at the reference.
    pub price: Option<String>,
    /// Whether it is low value at its own unit cost only.
    pub costly: bool,
    /// What the Board's review found.
    pub review: Option<String>,
    /// That nobody has looked at it, or that a review ran out.
    pub not_reviewed: Option<String>,
    /// The year and source of the comparison.
    pub source: String,
}

/// One reference.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReferenceRow {
    /// What it is.
    pub of: String,
    /// What the compared work costs.
    pub own: String,
    /// What it would cost there.
    pub expected: String,
    /// The one over the other.
    pub ratio: String,
    /// The limits around 1.
    pub limits: String,
    /// The share of the cost that is compared.
    pub compared: String,
    /// What reaching it releases, with its range.
    pub release: String,
    /// The range.
    pub range: Option<String>,
}

/// One kind of work.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WorkRow {
    /// Point of delivery and currency.
    pub work: String,
    /// The currencies that the reference averages over.
    pub covers: Option<String>,
    /// How much.
    pub activity: String,
    /// Own cost of one.
    pub own: String,
    /// Reference cost of one.
    pub reference: String,
    /// What the difference comes to.
    pub difference: String,
}

/// One resource group.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GroupRow {
    /// The group.
    pub group: String,
    /// What the compared work costs in it.
    pub own: String,
    /// What it would cost.
    pub expected: String,
    /// Own less that.
    pub difference: String,
}

/// Kinds of work that are listed.
const WORKS: usize = 15;

impl BenchmarkPart {
    /// The section of a line, with the review that holds on a day.
    pub fn new(
        value: &ValueJson,
        service: &ServiceValueJson,
        table: &BenchmarkJson,
        line: &LineBenchmarkJson,
        today: Date,
    ) -> Self {
        let main = line.main();
        let chart_title = main.map_or_else(String::new, |main| {
            let with = if line.national.is_some() { "" } else { "the mean of " };
            format!("Its work costs {} {with}{}", times(main.ratio), reference(line))
        });
        let works = main.map_or(&[][..], |main| main.by_work.as_slice());
        let more = u64::try_from(works.len().saturating_sub(WORKS)).unwrap_or(u64::MAX);
        let (price, costly) = price(value, service, line);
        let ran_out = ran_out(line, today);
        let review = review_in_date(line, today).map(|review| {
            format!(
                "{} ({}, {}; to be looked at again by {})",
                review.reason.trim_end_matches('.'),
                review.reviewer,
                day(&review.reviewed_on),
                day(&review.review_by)
            )
        });
        let not_reviewed = (is_outlier(line) && review.is_none())
            .then(|| ran_out.clone().unwrap_or_else(|| "Nobody has looked at it yet.".to_owned()));
        Self {
            different: line.is_it_different.clone(),
            beside_peers: line.beside_peers.clone(),
            standing: line.standing.as_deref().map(standing),
            chart: picture::one(line, &chart_title),
            chart_title,
            chart_reading: picture::BAND_READING,
            references: picture::references(line).into_iter().map(reference_row).collect(),
            // The sentence ends with a review that no longer holds.
            why: if ran_out.is_some() { String::new() } else { line.why.clone() },
            spent_on: line.spent_on.clone(),
            work: works.iter().take(WORKS).map(WorkRow::from).collect(),
            more_work: (more > 0).then(|| {
                plural(more, "other kind of work differs less", "other kinds of work differ less")
            }),
            groups: groups(line),
            what_to_do: line.what_can_we_do.clone(),
            price,
            costly,
            review,
            not_reviewed,
            source: format!(
                "Costs of {} as reported. National means: {}.",
                table.year, table.reference
            ),
        }
    }
}

fn reference_row((of, found): (String, &ComparisonJson)) -> ReferenceRow {
    let release = Release::of(found.release_gbp, Some(found));
    let dear = found.release_gbp > 0.0;
    ReferenceRow {
        of: sentence_case(&of),
        own: pounds_short(found.own_gbp),
        expected: pounds_short(found.expected_gbp),
        ratio: times(found.ratio),
        limits: limits(found),
        compared: share(found.covered_share),
        release: if dear { pounds_short(release.middle) } else { "nothing".to_owned() },
        range: dear.then(|| release.range()),
    }
}

impl From<&WorkComparisonJson> for WorkRow {
    fn from(work: &WorkComparisonJson) -> Self {
        let difference = (work.own_unit_gbp - work.reference_unit_gbp) * work.activity;
        Self {
            work: format!("{} {}", work.point_of_delivery, work.currency),
            covers: work.covers.clone(),
            activity: thousands(&format!("{:.0}", work.activity)),
            own: pounds_short(work.own_unit_gbp),
            reference: pounds_short(work.reference_unit_gbp),
            difference: pounds_signed(difference),
        }
    }
}

fn groups(line: &LineBenchmarkJson) -> Vec<GroupRow> {
    line.groups
        .iter()
        .map(|group| GroupRow {
            group: sentence_case(&staff_group(&group.resource_group)),
            own: pounds_short(group.own_gbp),
            expected: pounds_short(group.expected_gbp),
            difference: pounds_signed(group.difference_gbp),
        })
        .collect()
}

/// The price of the last healthy year at both unit costs, and whether it is low value at its own
/// only.
fn price(
    value: &ValueJson,
    service: &ServiceValueJson,
    line: &LineBenchmarkJson,
) -> (Option<String>, bool) {
    let (Some(own), Some(main)) = (service.marginal_gbp_per_qaly, line.main()) else {
        return (None, false);
    };
    let there = own / main.ratio;
    if !there.is_finite() || !own.is_finite() {
        return (None, false);
    }
    let limit = value.threshold_gbp_per_qaly;
    let words = |price: f64| gbp_per_qaly(Some(price));
    let queried = line.standing.as_deref() == Some("query");
    let costly = own > limit && there <= limit && !queried;
    let verdict = match (own > limit, there > limit) {
        (true, false) if queried => "it would be costly if its figures were right".to_owned(),
        (true, false) => {
            "it is costly: mend what a unit of work costs before anything is cut".to_owned()
        }
        (true, true) => format!("more than {} at either", words(limit)),
        (false, true) => format!("it passes {} only at the reference", words(limit)),
        (false, false) => format!("no more than {} at either", words(limit)),
    };
    let said = format!(
        "Its last healthy year (QALY) costs {} at its own unit cost and {} at {}: {verdict}.",
        words(own),
        words(there),
        reference_mean(line)
    );
    (Some(said), costly)
}

fn reference_mean(line: &LineBenchmarkJson) -> String {
    if line.national.is_some() {
        reference(line)
    } else {
        format!("the mean of {}", reference(line))
    }
}
