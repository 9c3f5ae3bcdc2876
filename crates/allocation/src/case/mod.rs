//! Sets and data of the model for one scenario and one book.

mod change;
mod contract;
mod curve;
mod deadline;
mod growth;
mod limits;
mod otherwise;
mod pool;
mod target;

use openbook::Book;
use openbook::rows::Behaviour;
use quantities::{Millions, Pence, Qaly, ServiceKey, WtePerMillion};
use std::collections::{BTreeMap, BTreeSet};
use value::{ServiceValue, ValueTable, YearParameters};

use crate::scenario::{Releases, Scenario};
pub use change::{Capacity, Effect, Move, Need, Proposal, Rule};
pub use contract::{Contract, Mechanism, Terms};
pub use curve::{Curve, Reach, Response, Segment};
pub use deadline::Deadline;
pub use growth::Grown;
pub(crate) use limits::yearly_budgets;
pub use limits::{Floor, FloorLimit, Fund, PaceLimit, PaceTotal};
pub use pool::{Pool, Substitute};
pub use target::Target;

/// A service line as the model sees it.
#[derive(Clone, Debug)]
pub struct Line {
    /// `provider/service`.
    pub key: ServiceKey,
    /// The fund that pays.
    pub fund: String,
    /// B: spend today.
    pub base: Pence,
    /// The response of health to spend; nothing where not assessable.
    pub curve: Option<Curve>,
    /// How far it may move in a year, as fractions, and over how many years.
    pub reach: Reach,
    /// The key, without its year, of what stops it from falling.
    pub lower_key: String,
    /// The key, without its year, of what stops it from growing.
    pub upper_key: String,
    /// Why it may not be cut: `statutory`, `safety`, `rescue` or `scenario`.
    pub protected: Option<String>,
    /// Whether it may grow without credited health, because a floor selects it.
    pub uncredited: bool,
    /// Whether it supports services that treat patients, and follows those that need it.
    pub support: bool,
    /// ρ: the share of a cut released in the first, second and every later year after it.
    pub release: [f64; 3],
    /// a: staff of each pool per £m.
    pub staff: BTreeMap<usize, WtePerMillion>,
    /// D and P, by year of the plan.
    pub growth: Vec<Grown>,
    /// Marginal shares by deprivation quintile that the book gives for this line itself.
    pub shares: Option<[f64; 5]>,
    /// The same, or else its place's population shares: for reports only.
    pub reported_shares: Option<[f64; 5]>,
}

impl Line {
    /// ρ: the share of a cut that is released in the n-th year after it, counting from 1.
    #[must_use]
    pub fn released(&self, year_after: u8) -> f64 {
        let [first, second, later] = self.release;
        match year_after {
            0 | 1 => first,
            2 => second,
            _ => later,
        }
    }

    /// Whether all of a cut is released at once.
    #[must_use]
    pub fn releases_all(&self) -> bool {
        self.release.iter().all(|share| *share >= 1.0)
    }

    /// An amount in base-year prices as the cash of a year of the plan.
    #[must_use]
    pub fn cash(&self, amount: Pence, year: u8) -> Pence {
        grown_by(amount, self.grown(year).price)
    }

    /// What today's work would cost in a year with demand and prices grown: P D B.
    #[must_use]
    pub fn standing(&self, year: u8) -> Pence {
        let grown = self.grown(year);
        grown_by(self.base, grown.demand * grown.price)
    }

    /// D and P in a year of the plan.
    #[must_use]
    pub fn grown(&self, year: u8) -> Grown {
        let at = usize::from(year).saturating_sub(1);
        self.growth.get(at).copied().unwrap_or(Grown::NONE)
    }

    /// The part of today's spend that options and moves may free: what has a curve, or all of it.
    #[must_use]
    pub fn releasable(&self) -> Millions {
        self.curve.as_ref().map_or_else(|| self.base.to_millions(), |curve| curve.spend)
    }

    /// B − b: spend without a curve, which stays as it is.
    #[must_use]
    pub fn uncovered(&self) -> f64 {
        let covered = self.curve.as_ref().map_or(0.0, |curve| curve.spend.get());
        self.base.to_millions().get() - covered
    }

    /// Whether the line's own spend is the model's to choose.
    #[must_use]
    pub fn has_curve(&self) -> bool {
        self.curve.is_some() && !self.support
    }
}

/// Everything the model is built from.
#[derive(Clone, Debug)]
pub struct Case {
    /// The scenario.
    pub scenario: Scenario,
    /// The dated parameters.
    pub parameters: YearParameters,
    /// Every line valued, in the order of the lines.
    pub values: ValueTable,
    /// Names and places of providers by code.
    pub providers: BTreeMap<String, String>,
    /// Lines in the order of their keys.
    pub lines: Vec<Line>,
    /// How each line is paid and worked, in the order of the lines.
    pub terms: Vec<Terms>,
    /// Funds with their budgets.
    pub funds: Vec<Fund>,
    /// Efficiency targets.
    pub targets: Vec<Target>,
    /// Staff pools.
    pub pools: Vec<Pool>,
    /// Floors and caps.
    pub floors: Vec<Floor>,
    /// Pace of selections.
    pub totals: Vec<PaceTotal>,
    /// Staff that can do the work of others.
    pub substitutes: Vec<Substitute>,
    /// Options.
    pub proposals: Vec<Proposal>,
    /// Rules between options.
    pub rules: Vec<Rule>,
    /// Work that can move between lines.
    pub moves: Vec<Move>,
    /// Lines that other lines' patients need.
    pub needs: Vec<Need>,
    /// Named capacities.
    pub capacities: Vec<Capacity>,
    /// SHA-256 of the book.
    pub book_sha256: String,
    /// SHA-256 of all dated parameters.
    pub parameters_sha256: String,
    /// When a run of it ends; never of itself.
    pub deadline: Deadline,
}

/// Hashes of what a case is made from.
#[derive(Clone, Debug)]
pub struct Origins {
    /// SHA-256 of the book.
    pub book_sha256: String,
    /// SHA-256 of all dated parameters.
    pub parameters_sha256: String,
}

impl Case {
    /// Builds the sets and data. The scenario must have been checked against the book.
    #[must_use]
    pub fn of(
        book: &Book,
        scenario: &Scenario,
        mut values: ValueTable,
        parameters: YearParameters,
        origins: Origins,
    ) -> Self {
        let staff_on = scenario.definition.workforce.enforce;
        let pools = if staff_on { pool::pools(book, scenario, &values) } else { Vec::new() };
        let lines: Vec<Line> =
            values.services.iter().map(|value| line(book, scenario, value, &pools)).collect();
        values.notes.extend(limits::without_activity(book, scenario, &lines));
        let capacities = change::capacities(book, scenario, &lines);
        let proposals = change::proposals(book, scenario, &lines, &pools, &capacities);
        let funds = limits::funds(scenario, &lines, &proposals);
        let floors = limits::floors(book, scenario, &lines);
        let totals = limits::totals(book, scenario, &lines);
        let providers = book
            .providers
            .values()
            .map(|provider| (provider.code.to_string(), provider.name.clone()))
            .collect();
        Self {
            scenario: scenario.clone(),
            parameters,
            values,
            providers,
            substitutes: pool::substitutes(book, &pools),
            rules: change::rules(book, &proposals),
            moves: change::moves(book, scenario, &lines),
            needs: change::needs(book, &lines),
            terms: contract::terms(book, scenario, &lines),
            targets: target::targets(book, scenario, &lines),
            lines,
            funds,
            pools,
            floors,
            totals,
            proposals,
            capacities,
            book_sha256: origins.book_sha256,
            parameters_sha256: origins.parameters_sha256,
            deadline: Deadline::default(),
        }
    }

    /// A line with its value.
    pub fn valued(&self) -> impl Iterator<Item = (&Line, &ServiceValue)> {
        self.lines.iter().zip(&self.values.services)
    }

    /// Every staff group of which some line has a figure.
    #[must_use]
    pub fn staff_groups(&self) -> BTreeSet<&str> {
        self.terms.iter().flat_map(|terms| terms.staff.keys()).map(String::as_str).collect()
    }

    /// How many years the plan has.
    #[must_use]
    pub fn years(&self) -> u8 {
        self.scenario.definition.years
    }

    /// The years of the plan, from 1.
    pub fn each_year(&self) -> impl DoubleEndedIterator<Item = u8> + use<> {
        1..=self.years()
    }

    /// Support lines, each after those that it follows.
    #[must_use]
    pub fn support_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::new();
        let is_support = |at: usize| self.lines.get(at).is_some_and(|line| line.support);
        let waits = |order: &[usize], at: usize| {
            let needs = self.needs.iter().filter(|need| need.line == at && need.follows);
            let mut users = needs.flat_map(|need| &need.users);
            users.any(|(user, _)| is_support(*user) && !order.contains(user))
        };
        // A circle is refused with the scenario: what is left of one would follow nothing.
        loop {
            let ready = |at: &usize| is_support(*at) && !order.contains(at) && !waits(&order, *at);
            let Some(next) = (0..self.lines.len()).find(ready) else { return order };
            order.push(next);
        }
    }

    /// What a year's health counts, discounted at the dated rate; the first year counts in full.
    #[must_use]
    pub fn discount(&self, year: u8) -> f64 {
        (1.0 + self.parameters.discount_rate).powi(1 - i32::from(year))
    }

    /// Health with no change in spend in a year of the plan.
    #[must_use]
    pub fn unchanged_health(&self, year: u8) -> Qaly {
        let curves = self.lines.iter().filter_map(|line| Some((line, line.curve.as_ref()?)));
        let unchanged = |(line, curve): (&Line, &Curve)| {
            Qaly::new(curve.central(line.grown(year).demand).unchanged())
        };
        curves.map(unchanged).sum()
    }

    /// The same case with every cost of a cut released at once.
    #[must_use]
    pub fn fully_released(&self) -> Self {
        let mut case = self.clone();
        for line in &mut case.lines {
            line.release = [1.0; 3];
        }
        case
    }

    /// The same case with today's money.
    #[must_use]
    pub fn with_todays_money(&self) -> Self {
        let mut case = self.clone();
        for fund in &mut case.funds {
            fund.budgets = vec![fund.base; fund.budgets.len()];
        }
        case
    }

    /// The same case with every line that cannot be assessed for want of an outcome given the
    /// threshold's slope at the margin, grade E.
    #[must_use]
    pub fn with_silence_valued(&self) -> Self {
        let mut case = self.clone();
        let slope = self.values.threshold.to_slope();
        for line in &mut case.lines {
            let silent = line.curve.is_none() && !line.support && line.base > Pence::ZERO;
            if silent {
                let elasticity = self.parameters.elasticity_mean;
                let spend = line.base.to_millions();
                let health = slope * spend * (1.0 / elasticity);
                line.curve = Some(Curve::of(spend, health, elasticity, line.reach));
                line.uncredited = false;
            }
        }
        case
    }
}

/// An amount times what has grown, floored to pence.
pub(crate) fn grown_by(amount: Pence, factor: f64) -> Pence {
    if factor == 1.0 {
        return amount;
    }
    (amount.to_millions() * factor).floor_to_pence().unwrap_or(amount)
}

fn line(book: &Book, scenario: &Scenario, value: &ServiceValue, pools: &[Pool]) -> Line {
    let definition = &scenario.definition;
    let key = &value.key;
    let mut cut = definition.pace.max_cut_pct;
    let mut growth = definition.pace.max_growth_pct;
    for rule in definition.pace.each.iter().filter(|rule| rule.selector().selects(book, key)) {
        cut = rule.max_cut_pct.unwrap_or(cut);
        growth = rule.max_growth_pct.unwrap_or(growth);
    }
    let pace_key = format!("pace/{key}");
    let by_scenario = definition.protect.iter().any(|rule| rule.selects(book, key));
    let protected = value.protection.clone().or_else(|| by_scenario.then(|| "scenario".to_owned()));
    let silent_pool = pools.iter().find(|pool| pool.silent.contains(key));
    let reach = Reach {
        cut: if protected.is_some() { 0.0 } else { cut / 100.0 },
        growth: if silent_pool.is_some() { 0.0 } else { growth / 100.0 },
        years: definition.years,
        segments: definition.segments_per_side,
    };
    let curve =
        value.health.zip(value.elasticity.as_ref()).filter(|_| !value.support).map(
            |(health, elasticity)| Curve::of(value.curve_spend, health, elasticity.mean, reach),
        );
    let on_floor = definition.floor.iter().any(|floor| floor.selector().selects(book, key));
    let service = book.services.get(key);
    let shares = book.equity.get(key).map(|row| row.marginal.unwrap_or(row.average));
    let of_place = || book.quintiles_of_place(&book.provider_of(key)?.place);
    Line {
        key: key.clone(),
        fund: service.map_or_else(|| "core".to_owned(), |service| service.fund.clone()),
        base: value.spend,
        curve,
        reach,
        lower_key: match &protected {
            Some(_) => format!("protect/{key}"),
            None => pace_key.clone(),
        },
        upper_key: silent_pool.map_or(pace_key, |pool| format!("workforce/{}", pool.id)),
        protected,
        uncredited: on_floor && !value.support && value.spend > Pence::ZERO,
        support: value.support,
        release: release(book, scenario, value),
        staff: pool::staff(book, scenario, value, pools),
        growth: growth::of(book, key, definition.base_year, definition.years),
        shares,
        reported_shares: shares.or_else(of_place),
    }
}

/// ρ₁ = variable, ρ₂ = variable + semi-fixed / 2, ρ₃ and later = variable + semi-fixed.
fn release(book: &Book, scenario: &Scenario, value: &ServiceValue) -> [f64; 3] {
    let definition = &scenario.definition;
    let overruled =
        definition.release.iter().rfind(|rule| rule.selector().selects(book, &value.key));
    if let Some(rule) = overruled {
        return [rule.share; 3];
    }
    if definition.releases == Releases::Full {
        return [1.0; 3];
    }
    let parts = book.behaviour_of(&value.key, definition.base_year);
    let all = parts.values().copied().sum::<Pence>().to_pounds();
    let part = |behaviour| parts.get(&behaviour).copied().unwrap_or_default();
    let (variable, semi) = (part(Behaviour::Variable), part(Behaviour::SemiFixed));
    let share = |released: f64| if all > 0.0 { (released / all).clamp(0.0, 1.0) } else { 1.0 };
    // Added up in pence: a last digit of pounds would leave a part behind that is not there.
    let in_the_end = (variable + semi).to_pounds();
    [
        share(variable.to_pounds()),
        share(variable.to_pounds() + semi.to_pounds() / 2.0),
        share(in_the_end),
    ]
}
