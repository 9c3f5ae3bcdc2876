//! The value table: every service line of a book on one scale.

use openbook::Book;
use openbook::reconcile::{Reconciliation, reconcile};
use openbook::rows::Grade;
use quantities::words::pounds;
use quantities::{FinYear, Millions, Pence, PoundsPerQaly, Qaly, ServiceKey, Share};
use std::collections::{BTreeMap, BTreeSet};

use crate::draws::Draws;
use crate::elasticity::Elasticity;
use crate::instruments::Instruments;
use crate::outcome::{self, ServiceOutcomes};
use crate::parameters::YearParameters;
use crate::uncertainty::{LineUncertainty, Uncertainty};

/// What a value table is made for.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueOptions {
    /// The year whose spend is valued.
    pub base_year: FinYear,
    /// The one value set of the run.
    pub value_set: String,
    /// Whether outcomes on other value sets are let in, flagged.
    pub mixed_value_sets: bool,
    /// The threshold; the dated parameter where not given.
    pub threshold: Option<PoundsPerQaly>,
    /// Whether a part year is scaled up to a whole one.
    pub annualise: bool,
    /// How many draws.
    pub draws: usize,
    /// Their seed.
    pub seed: u64,
}

impl ValueOptions {
    /// The value set used where none is named.
    pub const DEFAULT_VALUE_SET: &'static str = "UK_3L_1997";
    /// Draws of the value table where nobody says how many.
    pub const DEFAULT_DRAWS: usize = 1_000;

    /// The options of a plain value table.
    #[must_use]
    pub fn plain(base_year: FinYear) -> Self {
        Self {
            base_year,
            value_set: Self::DEFAULT_VALUE_SET.to_owned(),
            mixed_value_sets: false,
            threshold: None,
            annualise: false,
            draws: Self::DEFAULT_DRAWS,
            seed: 1,
        }
    }
}

/// Why a book cannot be valued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// No cost rows in the year.
    #[error("costs.csv has no rows for {0}; choose a year that the book has ({1})")]
    NoCosts(FinYear, String),
    /// Months are missing.
    #[error(
        "costs.csv has {months} of 12 months of {year} for {service}; add the rest, or say \
         annualise = true in the scenario"
    )]
    PartYear {
        /// The year.
        year: FinYear,
        /// The first such service.
        service: ServiceKey,
        /// How many months it has.
        months: usize,
    },
    /// An unknown value set.
    #[error("there is no value set \"{0}\"{1}")]
    ValueSet(String, String),
    /// A value set that is only read.
    #[error("no run may use the value set {0}: {1}; name another in the scenario")]
    ReadOnlyValueSet(String, String),
    /// Cohorts claim more than the whole spend.
    #[error(
        "the cohorts of {service} describe {share:.4} of its spend; shares sum to at most 1: \
         correct spend_share in assumptions.csv or outcomes.csv"
    )]
    SpendShares {
        /// The service.
        service: ServiceKey,
        /// The sum, as text so that errors compare.
        share: String,
    },
}

/// A 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

/// One service line.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceValue {
    /// `provider/service`.
    pub key: ServiceKey,
    /// Its name.
    pub name: String,
    /// Its sector.
    pub sector: String,
    /// B: spend in the base year.
    pub spend: Pence,
    /// b: the part of it with an accepted outcome.
    pub curve_spend: Millions,
    /// Share of one pathway's gain.
    pub pathway_share: Share,
    /// H: health a year; nothing where not assessable.
    pub health: Option<Qaly>,
    /// e; nothing where not assessable.
    pub elasticity: Option<Elasticity>,
    /// The outcomes behind it.
    pub outcomes: ServiceOutcomes,
    /// The weakest grade among them.
    pub grade: Option<Grade>,
    /// Why it is not assessable.
    pub reason: Option<String>,
    /// Whether it supports services that treat patients.
    pub support: bool,
    /// `statutory`, `safety` or `rescue`.
    pub protection: Option<String>,
    /// Coefficient of variation of its cost.
    pub cost_cv: f64,
    /// Interval of H.
    pub health_interval: Option<Interval>,
    /// Interval of the marginal cost per QALY; the high end may be infinite.
    pub marginal_interval: Option<Interval>,
    /// Share of draws in which the whole costs less per QALY than the threshold.
    pub prob_cost_effective: Option<f64>,
    /// Share of draws in which the last pound costs more per QALY than the threshold.
    pub prob_low_value: Option<f64>,
    /// Own unit cost over the national mean, where most of the spend has one.
    pub unit_cost_ratio: Option<f64>,
    /// Health per patient at which an unassessed line is just worth its money.
    pub break_even: Option<Qaly>,
}

impl ServiceValue {
    /// Average cost per QALY.
    #[must_use]
    pub fn average(&self) -> Option<PoundsPerQaly> {
        PoundsPerQaly::of(self.curve_spend, self.health?)
    }

    /// Cost per QALY of the last pound: average ÷ elasticity.
    #[must_use]
    pub fn marginal(&self) -> Option<PoundsPerQaly> {
        let elasticity = self.elasticity.as_ref()?.mean;
        PoundsPerQaly::of(self.curve_spend, self.health? * elasticity)
    }

    /// Cost per QALY of the last pound were its unit cost `ratio` times less.
    #[must_use]
    pub fn marginal_at(&self, ratio: f64) -> Option<PoundsPerQaly> {
        let price = self.marginal()?.get() / ratio;
        price.is_finite().then(|| PoundsPerQaly::new(price))
    }

    /// Cost per QALY of the last pound at the national mean unit cost.
    #[must_use]
    pub fn marginal_at_national(&self) -> Option<PoundsPerQaly> {
        self.marginal_at(self.unit_cost_ratio?)
    }

    /// Whether its last pound costs more per QALY than the threshold at its own unit cost, and not
    /// at one `ratio` times less: mend productivity first.
    #[must_use]
    pub fn is_costly(&self, ratio: f64, threshold: PoundsPerQaly) -> bool {
        let dear = |price: Option<PoundsPerQaly>| price.map(|it| it.get() > threshold.get());
        dear(self.marginal()) == Some(true) && dear(self.marginal_at(ratio)) == Some(false)
    }

    /// Health gained less the health its money would buy elsewhere at the threshold.
    #[must_use]
    pub fn net_health_benefit(&self, threshold: PoundsPerQaly) -> Option<Qaly> {
        Some(self.health? - threshold.to_slope() * self.curve_spend)
    }

    /// The share of its spend that has an accepted outcome.
    #[must_use]
    pub fn completeness(&self) -> f64 {
        let spend = self.spend.to_millions().get();
        if spend > 0.0 { self.curve_spend.get() / spend } else { 0.0 }
    }

    /// The reviewers who accepted its outcomes; nothing where one was not reviewed.
    #[must_use]
    pub fn reviewers(&self) -> Option<String> {
        let mut names: Vec<&str> = self
            .outcomes
            .valued
            .iter()
            .map(|outcome| outcome.reviewer.as_deref())
            .collect::<Option<_>>()?;
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

/// Every service line of a book on one scale.
#[derive(Clone, Debug)]
pub struct ValueTable {
    /// The year whose spend is valued.
    pub base_year: FinYear,
    /// The one value set.
    pub value_set: String,
    /// The threshold k.
    pub threshold: PoundsPerQaly,
    /// Service lines in the order of their keys.
    pub services: Vec<ServiceValue>,
    /// Draws of their uncertain figures.
    pub draws: Draws,
    /// What they say of each line.
    pub uncertainty: Uncertainty,
    /// Costed against the ledger, per provider.
    pub reconciliation: Vec<Reconciliation>,
    /// What a reader must know of the book.
    pub notes: Vec<String>,
}

impl ValueTable {
    /// Values a book.
    ///
    /// # Errors
    /// When the year has no or partial costs, or the value set is unknown.
    pub fn of(
        book: &Book,
        instruments: &Instruments,
        parameters: &YearParameters,
        options: &ValueOptions,
    ) -> Result<Self, ValueError> {
        check(book, instruments, options)?;
        let threshold = options.threshold.unwrap_or(parameters.threshold);
        let mut services = book
            .services
            .keys()
            .map(|key| service_value(book, instruments, parameters, options, key, threshold))
            .collect::<Result<Vec<_>, _>>()?;
        let draws = Draws::of(&services, parameters, options.draws, options.seed);
        let uncertainty = Uncertainty::of(&services, &draws, parameters, threshold);
        for (service, told) in services.iter_mut().zip(&uncertainty.lines) {
            summarise(service, told.as_ref());
        }
        let reconciliation = reconcile(book, options.base_year, parameters.tolerances);
        let mut table = Self {
            base_year: options.base_year,
            value_set: options.value_set.clone(),
            threshold,
            services,
            draws,
            uncertainty,
            reconciliation,
            notes: Vec::new(),
        };
        table.notes = notes(book, parameters, &table);
        Ok(table)
    }

    /// Σ b / Σ (e · H): what the last pound buys over the whole book.
    #[must_use]
    pub fn book_marginal(&self) -> Option<PoundsPerQaly> {
        let (mut spend, mut health) = (Millions::ZERO, Qaly::ZERO);
        for service in &self.services {
            if let (Some(part), Some(elasticity)) = (service.health, &service.elasticity) {
                spend = spend + service.curve_spend;
                health = health + part * elasticity.mean;
            }
        }
        PoundsPerQaly::of(spend, health)
    }

    /// Whether a provider's costs tie to its accounts.
    #[must_use]
    pub fn reconciled(&self, service: &ServiceKey) -> bool {
        self.reconciliation
            .iter()
            .find(|line| line.provider == *service.provider())
            .is_some_and(|line| line.status.is_good_enough())
    }
}

fn check(book: &Book, instruments: &Instruments, options: &ValueOptions) -> Result<(), ValueError> {
    let code = &options.value_set;
    match instruments.value_sets.get(code) {
        None => {
            let known = instruments.value_sets.keys().map(String::as_str);
            return Err(ValueError::ValueSet(code.clone(), openbook::did_you_mean(code, known)));
        }
        Some(set) => {
            if let Some(why) = &set.read_only {
                return Err(ValueError::ReadOnlyValueSet(code.clone(), why.clone()));
            }
        }
    }
    // A book of options alone has no lines to cost.
    let has_lines = !book.services.is_empty();
    if has_lines && !book.costs.iter().any(|cost| cost.year == options.base_year) {
        let mut years: Vec<String> = book.costs.iter().map(|cost| cost.year.to_string()).collect();
        years.sort_unstable();
        years.dedup();
        return Err(ValueError::NoCosts(options.base_year, years.join(", ")));
    }
    match book.part_years(options.base_year).first() {
        Some((service, months)) if !options.annualise => Err(ValueError::PartYear {
            year: options.base_year,
            service: (*service).clone(),
            months: *months,
        }),
        _ => Ok(()),
    }
}

fn spend_of(book: &Book, options: &ValueOptions, key: &ServiceKey) -> Pence {
    let spend = book.spend_of(key, options.base_year);
    if !options.annualise {
        return spend;
    }
    let months = book
        .part_years(options.base_year)
        .into_iter()
        .find(|(service, _)| *service == key)
        .and_then(|(_, months)| i64::try_from(months).ok());
    match months {
        // Whole pence, rounded down.
        Some(months) if months > 0 => Pence::new(spend.get().saturating_mul(12).div_euclid(months)),
        _ => spend,
    }
}

fn service_value(
    book: &Book,
    instruments: &Instruments,
    parameters: &YearParameters,
    options: &ValueOptions,
    key: &ServiceKey,
    threshold: PoundsPerQaly,
) -> Result<ServiceValue, ValueError> {
    let spend = spend_of(book, options, key);
    let service = book.services.get(key);
    let pathway_share = service.map_or(Share::ONE, |service| service.pathway_share);
    let support = service.is_some_and(|service| service.support);
    let mut outcomes = outcome::of_service(book, instruments, parameters, options, key);
    let share: f64 = outcomes.valued.iter().map(|outcome| outcome.spend_share.get()).sum();
    if share > 1.0 + 1e-9 {
        let share = format!("{share:.4}");
        return Err(ValueError::SpendShares { service: key.clone(), share });
    }
    let reason = why_not(spend, support, &outcomes);
    let patients: f64 = book
        .outcomes
        .iter()
        .filter(|outcome| outcome.service == *key && outcome.year <= options.base_year)
        .map(|outcome| outcome.patients)
        .fold(0.0, f64::max)
        * book.portion_of(key, options.base_year).share().get();
    let break_even = (reason.is_some() && patients > 0.0 && spend > Pence::ZERO)
        .then(|| threshold.to_slope() * spend.to_millions() * (1.0 / patients));
    if reason.is_some() {
        outcomes.valued.clear();
    }
    let curve_spend =
        if reason.is_none() { spend.to_millions() * share.min(1.0) } else { Millions::ZERO };
    let health = reason.is_none().then(|| {
        outcomes
            .valued
            .iter()
            .map(|outcome| outcome.per_patient * (outcome.patients * pathway_share.get()))
            .sum::<Qaly>()
    });
    let elasticity = health
        .map(|health| Elasticity::of(book.elasticities.get(key), curve_spend, health, parameters));
    Ok(ServiceValue {
        key: key.clone(),
        name: service.map(|service| service.name.clone()).unwrap_or_default(),
        sector: book.provider_of(key).map(|provider| provider.sector.clone()).unwrap_or_default(),
        spend,
        curve_spend,
        pathway_share,
        health,
        elasticity,
        grade: outcomes.valued.iter().map(|outcome| outcome.grade).max(),
        outcomes,
        reason,
        support,
        protection: protection(book, key),
        cost_cv: cost_cv(book, options, parameters, key),
        health_interval: None,
        marginal_interval: None,
        prob_cost_effective: None,
        prob_low_value: None,
        unit_cost_ratio: instruments.unit_costs.ratio(book, key, options.base_year),
        break_even,
    })
}

fn why_not(spend: Pence, support: bool, outcomes: &ServiceOutcomes) -> Option<String> {
    if support {
        return Some("it supports other services and has no patients of its own".to_owned());
    }
    if spend <= Pence::ZERO {
        return Some("it has no spend in the base year".to_owned());
    }
    if outcomes.valued.is_empty() {
        return Some(match outcomes.left_out.first() {
            Some(first) => format!("no outcome can be valued: {first}"),
            None => "no outcome has been handed in".to_owned(),
        });
    }
    let share: f64 = outcomes.valued.iter().map(|outcome| outcome.spend_share.get()).sum();
    (share <= 0.0).then(|| "its outcomes describe none of its spend".to_owned())
}

fn protection(book: &Book, key: &ServiceKey) -> Option<String> {
    let rows = book.assumptions.as_deref().unwrap_or_default();
    rows.iter().filter(|row| row.service == *key).find_map(|row| row.protection.clone())
}

fn cost_cv(
    book: &Book,
    options: &ValueOptions,
    parameters: &YearParameters,
    key: &ServiceKey,
) -> f64 {
    let (mut weighted, mut size) = (0.0, 0.0);
    for cost in book.costs_of(key, options.base_year) {
        let pounds = cost.cost.to_pounds().abs();
        weighted += pounds * parameters.cost_cv.of(&cost.basis);
        size += pounds;
    }
    if size > 0.0 { weighted / size } else { 0.0 }
}

fn summarise(service: &mut ServiceValue, told: Option<&LineUncertainty>) {
    service.health_interval = told.map(|told| told.health);
    service.marginal_interval = told.map(|told| told.marginal);
    service.prob_cost_effective = told.map(|told| told.prob_cost_effective);
    service.prob_low_value = told.map(|told| told.prob_last_pound_dearer);
}

/// How much of the providers' work is this board's, and what says so.
fn whose_spend(book: &Book, table: &ValueTable) -> String {
    let Some(commissioner) = &book.commissioner else {
        return "The whole of each provider's cost is counted as this board's: the book has no \
                contracts table to say otherwise."
            .to_owned();
    };
    let ours = book.contracts.iter().filter(|contract| contract.year == table.base_year);
    let told: BTreeSet<&ServiceKey> = ours.map(|contract| &contract.service).collect();
    let silent = table.services.iter().filter(|service| !told.contains(&service.key)).count();
    let whole = match silent {
        0 => String::new(),
        1 => "; 1 line has no contract there and is counted whole".to_owned(),
        many => format!(
            "; {many} of {} lines have no contract there and are counted whole",
            table.services.len()
        ),
    };
    format!(
        "Spend, health and staff are the part of the commissioner that pays most, {commissioner}, \
         by its share of the work in contracts.csv{whole}."
    )
}

fn notes(book: &Book, parameters: &YearParameters, table: &ValueTable) -> Vec<String> {
    let mut notes = vec![whose_spend(book, table)];
    if book.assumptions.is_none() {
        notes.push(
            "The book has no assumptions table: what providers propose is used as it stands, and \
             nothing is called low value."
                .to_owned(),
        );
    }
    for line in table.reconciliation.iter().filter(|line| !line.status.is_good_enough()) {
        notes.push(match line.difference_pct {
            Some(pct) => format!(
                "{} does not reconcile to its accounts ({pct:+.2}%): its lines cannot be called \
                 low value.",
                line.provider
            ),
            None => {
                format!("{} has no ledger: its lines cannot be called low value.", line.provider)
            }
        });
    }
    if let Some(price) = table.book_marginal()
        && !(parameters.sanity.0..=parameters.sanity.1).contains(&price)
    {
        let (low, high) = parameters.sanity;
        notes.push(format!(
            "Over the whole book the last pound buys health at {} per QALY, outside {} to {}: \
             look at durations and elasticities before relying on it.",
            pounds(price.get()),
            pounds(low.get()),
            pounds(high.get()),
        ));
    }
    let by_grade: BTreeMap<Grade, usize> = table
        .services
        .iter()
        .filter_map(|service| service.grade)
        .fold(BTreeMap::new(), |mut counts, grade| {
            *counts.entry(grade).or_default() += 1;
            counts
        });
    let default = table
        .services
        .iter()
        .filter_map(|service| service.elasticity.as_ref())
        .filter(|elasticity| !elasticity.origin.may_condemn())
        .count();
    let assessed: usize = by_grade.values().sum();
    notes.push(format!(
        "{assessed} of {} lines can be assessed; {default} of them rest on an elasticity that \
         nobody has given or been asked for.",
        table.services.len()
    ));
    notes
}
