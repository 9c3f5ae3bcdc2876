//! `costs` and `workforce`, worked out: staff first, their pay, then the rest of each line's cost.

use quantities::Pence;
use std::collections::BTreeMap;

use super::arithmetic::shared;
use super::definition::{RecipeDefinition, StaffDefinition};
use super::fault::Faults;
use super::figures::Figures;
use super::lines::{Key, LINES, Line, MIX, Mix, Profile};
use super::sources::SourceLine;
use crate::published::Decimal;

const RECIPE: &str = "recipe.toml";
/// Money and staff are shared out to pennies and to hundredths of a post.
const HUNDREDTHS: u32 = 2;

/// The columns of `costs`.
const COSTS: [&str; 12] = [
    "provider_code",
    "service_code",
    "fin_year",
    "fin_month",
    "point_of_delivery",
    "currency_code",
    "resource_group",
    "cost_behaviour",
    "activity",
    "cost_gbp",
    "cost_basis",
    "data_as_at",
];
/// The columns of `workforce`.
const WORKFORCE: [&str; 6] =
    ["provider_code", "service_code", "fin_year", "staff_group", "wte", "pay_cost_gbp"];

/// What a line costs.
#[derive(Clone, Debug)]
pub(super) struct Costed {
    /// The rows of `costs`, header first.
    pub costs: Vec<Vec<String>>,
    /// The rows of `workforce`, header first.
    pub workforce: Vec<Vec<String>>,
    /// The cost of each service line.
    pub spend: BTreeMap<Key, Pence>,
    /// A source for every row.
    pub sources: Vec<SourceLine>,
}

/// What the rows are made from.
pub(super) struct Ingredients<'a> {
    pub recipe: &'a RecipeDefinition,
    pub lines: &'a [Line],
    pub mixes: &'a BTreeMap<Key, Mix>,
    pub profiles: &'a BTreeMap<String, Profile>,
}

/// Staff of one group in one line.
#[derive(Clone, Debug)]
struct Post {
    group: String,
    wte: Decimal,
    pay: Decimal,
}

type Posts = BTreeMap<Key, Vec<Post>>;

/// A line's row with its figures read.
struct Amount<'a> {
    line: &'a Line,
    cost: Decimal,
    activity: String,
}

impl Ingredients<'_> {
    /// Works the two tables out.
    pub fn cost(&self, figures: &mut Figures<'_>) -> Result<Costed, Faults> {
        let mut faults = Faults::default();
        let mut sources = Vec::new();
        let posts = self.posts(figures, &mut sources, &mut faults);
        let amounts = self.amounts(figures, &mut sources, &mut faults);
        faults.into_result()?;
        let mut faults = Faults::default();
        let header = |columns: &[&str]| vec![columns.iter().map(|it| (*it).to_owned()).collect()];
        let mut made = Costed {
            costs: header(&COSTS),
            workforce: header(&WORKFORCE),
            spend: BTreeMap::new(),
            sources,
        };
        for (key, amounts) in &amounts {
            let none = Vec::new();
            let posts = posts.get(key).unwrap_or(&none);
            match self.line(key, amounts, posts) {
                Ok(rows) => made.costs.extend(rows),
                Err((row, message)) => faults.push(LINES, Some(row), message),
            }
            let cost = amounts.iter().filter_map(|amount| amount.cost.to_pence()).sum();
            made.spend.insert(key.clone(), cost);
            let RecipeDefinition { mix, .. } = self.recipe;
            match figures.fill(&mix.source) {
                Ok(source) => made.sources.push(SourceLine::of_line(
                    "costs",
                    key,
                    "division by resource group and cost behaviour",
                    mix.kind,
                    &source,
                )),
                Err(message) => faults.push(RECIPE, None, message),
            }
        }
        for (key, posts) in &posts {
            made.workforce.extend(posts.iter().map(|post| self.post_row(key, post)));
        }
        self.check_lines(&amounts, &mut faults);
        self.check_totals(figures, &made.spend, &mut faults);
        faults.into_result().map(|()| made)
    }

    /// Spreads the staff of each provider and group over its lines.
    fn posts(
        &self,
        figures: &mut Figures<'_>,
        sources: &mut Vec<SourceLine>,
        faults: &mut Faults,
    ) -> Posts {
        let mut posts = Posts::new();
        for staff in &self.recipe.staff {
            let spread = self.spread(staff, figures, faults);
            match spread.and_then(|spread| Ok((spread, figures.fill(&staff.source)?))) {
                Ok((spread, source)) => {
                    for (key, post) in spread {
                        sources.push(SourceLine::of_line(
                            "workforce",
                            &key,
                            &staff.group,
                            staff.kind,
                            &source,
                        ));
                        posts.entry(key).or_default().push(post);
                    }
                }
                Err(message) => {
                    let who = format!("staff {} of {}", staff.group, staff.provider);
                    faults.push(RECIPE, None, format!("{who}: {message}"));
                }
            }
        }
        for mix in self.mixes.values() {
            for group in mix.staff.keys() {
                let named = |it: &&StaffDefinition| it.provider == mix.key.0 && it.group == *group;
                if !self.recipe.staff.iter().any(|staff| named(&staff)) {
                    let message = format!(
                        "{RECIPE} has no staff \"{group}\" of {}; add it or empty the cell",
                        mix.key.0
                    );
                    faults.push(MIX, Some(mix.row), message);
                }
            }
        }
        posts
    }

    fn spread(
        &self,
        staff: &StaffDefinition,
        figures: &mut Figures<'_>,
        faults: &mut Faults,
    ) -> Result<Vec<(Key, Post)>, String> {
        let total = figures.number(&staff.wte)?.rounded(HUNDREDTHS);
        let pay = figures.number(&staff.pay_gbp)?;
        let mut weights = Vec::new();
        for mix in self.mixes.values().filter(|mix| mix.key.0 == staff.provider) {
            if let Some(weight) = mix.staff.get(&staff.group)
                && let Some(weight) = faults.take(MIX, Some(mix.row), figures.number(weight))
            {
                weights.push((&mix.key, weight));
            }
        }
        let named: Vec<(&str, Decimal)> =
            weights.iter().map(|(key, weight)| (key.1.as_str(), *weight)).collect();
        let shares = shared(total, HUNDREDTHS, &named).ok_or_else(|| {
            format!("{total} posts cannot be spread: {MIX} gives no line of the provider a weight")
        })?;
        let mut spread = Vec::with_capacity(shares.len());
        for ((key, _), wte) in weights.into_iter().zip(shares) {
            let pay = wte.times(pay).ok_or("the pay is too large")?.rounded(HUNDREDTHS);
            spread.push((key.clone(), Post { group: staff.group.clone(), wte, pay }));
        }
        Ok(spread)
    }

    /// The figures of every row of `lines.csv`, by service line.
    fn amounts(
        &self,
        figures: &mut Figures<'_>,
        sources: &mut Vec<SourceLine>,
        faults: &mut Faults,
    ) -> BTreeMap<Key, Vec<Amount<'_>>> {
        let mut amounts: BTreeMap<Key, Vec<Amount<'_>>> = BTreeMap::new();
        for line in self.lines {
            let at = Some(line.row);
            let cost = faults.take(LINES, at, figures.number(&line.cost));
            let activity = faults.take(LINES, at, figures.fill(&line.activity));
            let source = faults.take(LINES, at, figures.fill(&line.source));
            let (Some(cost), Some(activity), Some(source)) = (cost, activity, source) else {
                continue;
            };
            if cost.rounded(HUNDREDTHS) != cost {
                let message =
                    format!("{cost} is not whole pence; give the figure decimals = {HUNDREDTHS}");
                faults.push(LINES, at, message);
            }
            let what = format!("cost and activity of {}", line.currency);
            sources.push(SourceLine::of_line("costs", &line.key, &what, line.kind, &source));
            let known = amounts.entry(line.key.clone()).or_default();
            if known.iter().any(|other| other.line.currency == line.currency) {
                faults.push(LINES, at, "the currency of this line is there twice; add them up");
            }
            known.push(Amount { line, cost, activity });
        }
        amounts
    }

    /// The rows of one service line.
    fn line(
        &self,
        key: &Key,
        amounts: &[Amount<'_>],
        posts: &[Post],
    ) -> Result<Vec<Vec<String>>, (u64, String)> {
        let first = amounts.first().map_or(0, |amount| amount.line.row);
        let said = |message: &str| (first, message.to_owned());
        let mix = self
            .mixes
            .get(key)
            .ok_or_else(|| (first, format!("{MIX} has no row for {}/{}; add one", key.0, key.1)))?;
        let profile = self.profiles.get(&mix.rest).ok_or_else(|| {
            let hint = crate::did_you_mean(&mix.rest, self.profiles.keys().map(String::as_str));
            (first, format!("{MIX}, row {}: there is no profile \"{}\"{hint}", mix.row, mix.rest))
        })?;
        let cost: Vec<(&str, Decimal)> =
            amounts.iter().map(|amount| (amount.line.currency.as_str(), amount.cost)).collect();
        let mut rest: Vec<Decimal> = amounts.iter().map(|amount| amount.cost).collect();
        let mut cells: Vec<Vec<(String, &str, Decimal)>> = vec![Vec::new(); amounts.len()];
        let hundred = Decimal::whole(100);
        let semi_fixed = hundred.minus(mix.pay_variable_pct).ok_or_else(|| said("too large"))?;
        for post in posts {
            let by_currency = shared(post.pay, HUNDREDTHS, &cost)
                .ok_or_else(|| said("its pay cannot be spread over its currencies"))?;
            for ((cells, rest), pay) in cells.iter_mut().zip(&mut rest).zip(by_currency) {
                let how = [("variable", mix.pay_variable_pct), ("semi_fixed", semi_fixed)];
                let parts = shared(pay, HUNDREDTHS, &how)
                    .ok_or_else(|| said("its pay cannot be split by behaviour"))?;
                for ((how, _), part) in how.iter().zip(parts) {
                    cells.push((post.group.clone(), *how, part));
                }
                *rest = rest.minus(pay).ok_or_else(|| said("too large"))?;
            }
        }
        for (cells, rest) in cells.iter_mut().zip(&rest) {
            if rest.is_negative() {
                let message = format!(
                    "the pay of {}/{} is more than it costs, by £{}; lower its weights in {MIX}",
                    key.0,
                    key.1,
                    rest.size()
                );
                return Err((first, message));
            }
            let names: Vec<String> =
                profile.iter().map(|(group, how, _)| format!("{group} {how}")).collect();
            let weights: Vec<(&str, Decimal)> =
                names.iter().map(String::as_str).zip(profile.iter().map(|part| part.2)).collect();
            let parts = shared(*rest, HUNDREDTHS, &weights)
                .ok_or_else(|| said("what is not pay cannot be shared out by its profile"))?;
            for ((group, how, _), part) in profile.iter().zip(parts) {
                cells.push((group.clone(), how, part));
            }
        }
        let rows = amounts.iter().zip(cells).flat_map(|(amount, cells)| {
            let cells = cells.into_iter().filter(|(_, _, part)| !part.is_zero());
            cells.enumerate().map(|(at, cell)| self.cost_row(amount, at == 0, cell))
        });
        Ok(rows.collect())
    }

    fn cost_row(
        &self,
        amount: &Amount<'_>,
        first: bool,
        (group, behaviour, cost): (String, &str, Decimal),
    ) -> Vec<String> {
        let line = amount.line;
        vec![
            line.key.0.clone(),
            line.key.1.clone(),
            self.recipe.base_year.to_string(),
            "0".to_owned(),
            line.point_of_delivery.clone(),
            line.currency.clone(),
            group,
            behaviour.to_owned(),
            if first { amount.activity.clone() } else { "0".to_owned() },
            cost.to_pence().unwrap_or_default().to_string(),
            line.basis.clone(),
            self.recipe.data_as_at.to_string(),
        ]
    }

    fn post_row(&self, key: &Key, post: &Post) -> Vec<String> {
        vec![
            key.0.clone(),
            key.1.clone(),
            self.recipe.base_year.to_string(),
            post.group.clone(),
            post.wte.to_string(),
            post.pay.to_pence().unwrap_or_default().to_string(),
        ]
    }

    /// That every line of `mix.csv` costs something.
    fn check_lines(&self, amounts: &BTreeMap<Key, Vec<Amount<'_>>>, faults: &mut Faults) {
        for mix in self.mixes.values().filter(|mix| !amounts.contains_key(&mix.key)) {
            let message = format!("{LINES} has no row for {}/{}; add one", mix.key.0, mix.key.1);
            faults.push(MIX, Some(mix.row), message);
        }
    }

    /// That the costs of a provider come to what the recipe says.
    fn check_totals(
        &self,
        figures: &mut Figures<'_>,
        spend: &BTreeMap<Key, Pence>,
        faults: &mut Faults,
    ) {
        for total in &self.recipe.totals {
            let wanted = figures.number(&total.cost_gbp);
            let Some(wanted) = faults.take(RECIPE, None, wanted) else { continue };
            let lines = spend.iter().filter(|(key, _)| key.0 == total.provider);
            let costs: Pence = lines.map(|(_, cost)| *cost).sum();
            let over = Decimal::pounds(costs).minus(wanted);
            if over.is_none_or(|over| !over.is_zero()) {
                let message = format!(
                    "the lines of {} cost £{costs}, and must come to £{wanted}; a part is missing \
                     or there twice",
                    total.provider
                );
                faults.push(RECIPE, None, message);
            }
        }
    }
}
