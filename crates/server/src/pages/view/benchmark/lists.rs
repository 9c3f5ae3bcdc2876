//! The lists of the page of benchmarks.

use api::benchmark::{LineBenchmarkJson, ProductivityLineJson};
use api::value::ServiceValueJson;
use jiff::civil::Date;
use quantities::Pence;
use serde::Serialize;
use std::collections::BTreeMap;

use super::words::{Release, day, limits, ran_out, reference, review_in_date, standing, times};
use crate::pages::format::{
    gbp_per_qaly, money_short, plural, pounds_short, sentence_case, share, thousands,
};
use crate::pages::view::table::service_href;
use crate::pages::view::{Link, Tag};

/// A line's name, its page and its key.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Named {
    /// The name, which leads to its page.
    pub link: Link,
    /// `provider/service`.
    pub key: String,
}

impl Named {
    fn new(name: &str, service: &str) -> Self {
        Self { link: Link::new(name, service_href(service)), key: service.to_owned() }
    }
}

/// A line to mend.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MendRow {
    /// The line.
    pub of: Named,
    /// Low value at its own unit cost only.
    pub costly: bool,
    /// Own over reference cost.
    pub ratio: String,
    /// What the reference is, and the limits around it.
    pub limits: String,
    /// Where it stands.
    pub standing: Tag,
    /// Spend a year.
    pub spend: String,
    /// What reaching the mean releases.
    pub release: String,
    /// Its range.
    pub range: String,
    /// What reaching the best quartile releases.
    pub best: String,
    /// Price of the last healthy year, as it is.
    pub own: String,
    /// The same at the reference; none where it is not assessable.
    pub at_reference: Option<String>,
}

/// A line out of the ordinary.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OutlierRow {
    /// The line.
    pub of: Named,
    /// Own over reference cost.
    pub ratio: String,
    /// What the reference is, and the limits around it.
    pub limits: String,
    /// Where it stands.
    pub standing: Tag,
    /// Why, as far as figures tell.
    pub why: String,
    /// A review that ran out.
    pub ran_out: Option<String>,
    /// What the review found.
    pub reason: String,
    /// Who looked at it.
    pub reviewer: String,
    /// When.
    pub reviewed_on: String,
    /// When it is to be looked at again.
    pub review_by: String,
}

/// Why lines are not compared.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReasonRow {
    /// The reason.
    pub reason: String,
    /// How many services.
    pub lines: String,
    /// Their spend a year.
    pub spend: String,
}

/// A line in the table beside the picture.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LineRow {
    /// Its number in the picture.
    pub number: String,
    /// The line.
    pub of: Named,
    /// Spend a year.
    pub spend: String,
    /// What it is compared with.
    pub reference: String,
    /// Own over reference cost; none where it is not compared.
    pub ratio: Option<String>,
    /// The limits around it.
    pub limits: String,
    /// The share of its cost that is compared.
    pub compared: String,
    /// Where it stands.
    pub standing: Tag,
    /// Why it is not compared.
    pub reason: String,
}

/// Spend by line, from the value table.
pub fn spend_by_line(services: &[ServiceValueJson]) -> BTreeMap<&str, Pence> {
    services.iter().map(|service| (service.service.as_str(), service.spend_gbp)).collect()
}

/// One line to mend.
pub fn mend(line: &ProductivityLineJson, known: Option<&LineBenchmarkJson>) -> MendRow {
    let main = known.and_then(LineBenchmarkJson::main);
    let release = Release::of(line.release_at_mean_gbp, main);
    MendRow {
        of: Named::new(&line.name, &line.service),
        costly: line.costly,
        ratio: times(line.ratio),
        limits: known.map_or_else(String::new, beside),
        standing: standing(&line.standing),
        spend: money_short(line.spend_gbp),
        release: pounds_short(release.middle),
        range: release.range(),
        best: line.release_at_best_quartile_gbp.map_or_else(|| "–".to_owned(), pounds_short),
        own: gbp_per_qaly(line.marginal_gbp_per_qaly),
        at_reference: line
            .marginal_at_reference_gbp_per_qaly
            .map(|price| format!("{} at the reference", gbp_per_qaly(Some(price)))),
    }
}

/// `the national mean, limits between 0.70 and 1.30`.
fn beside(line: &LineBenchmarkJson) -> String {
    line.main()
        .map_or_else(String::new, |main| format!("{}; limits {}", reference(line), limits(main)))
}

/// One outlier.
pub fn outlier(line: &LineBenchmarkJson, today: Date) -> OutlierRow {
    let review = review_in_date(line, today);
    let ran_out = ran_out(line, today);
    // What the review said no longer stands once it ran out.
    let why = if ran_out.is_some() { String::new() } else { line.why.clone() };
    let why = [line.spent_on.clone().unwrap_or_default(), why].join(" ").trim().to_owned();
    OutlierRow {
        of: Named::new(&line.name, &line.service),
        ratio: line.main().map_or_else(String::new, |main| times(main.ratio)),
        limits: beside(line),
        standing: standing(line.standing.as_deref().unwrap_or_default()),
        why,
        ran_out,
        reason: review.map_or_else(String::new, |review| review.reason.clone()),
        reviewer: review.map_or_else(String::new, |review| review.reviewer.clone()),
        reviewed_on: review.map_or_else(String::new, |review| day(&review.reviewed_on)),
        review_by: review.map_or_else(String::new, |review| day(&review.review_by)),
    }
}

/// Why lines are not compared, the most spend first.
pub fn reasons(lines: &[LineBenchmarkJson], spend: &BTreeMap<&str, Pence>) -> Vec<ReasonRow> {
    let mut sums: BTreeMap<&str, (u64, Pence)> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.main().is_none()) {
        let reason = line.reason.as_deref().unwrap_or("it has no work to compare");
        let (count, sum) = sums.entry(reason).or_default();
        *count += 1;
        *sum = *sum + spend.get(line.service.as_str()).copied().unwrap_or(Pence::ZERO);
    }
    let mut sums: Vec<(&str, (u64, Pence))> = sums.into_iter().collect();
    sums.sort_by(|(_, (_, one)), (_, (_, other))| other.cmp(one));
    sums.into_iter()
        .map(|(reason, (count, sum))| ReasonRow {
            reason: sentence_case(reason),
            lines: plural(count, "service", "services"),
            spend: money_short(sum),
        })
        .collect()
}

/// One line in the table beside the picture.
pub fn line(number: usize, line: &LineBenchmarkJson, spend: &BTreeMap<&str, Pence>) -> LineRow {
    let main = line.main();
    LineRow {
        number: main.map_or_else(String::new, |_| thousands(&number.to_string())),
        of: Named::new(&line.name, &line.service),
        spend: spend
            .get(line.service.as_str())
            .map_or_else(|| "–".to_owned(), |spend| money_short(*spend)),
        reference: sentence_case(&reference(line)),
        ratio: main.map(|main| times(main.ratio)),
        limits: main.map_or_else(String::new, limits),
        compared: main.map_or_else(String::new, |main| share(main.covered_share)),
        standing: standing(line.standing.as_deref().unwrap_or_default()),
        reason: line.reason.as_deref().map_or_else(String::new, sentence_case),
    }
}
