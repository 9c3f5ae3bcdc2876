//! What may change, as a file says it and as the book allows it.

pub mod definition;
mod efficiency;
pub mod select;

use openbook::Book;
use quantities::{PoundsPerQaly, ServiceKey};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use value::ValueOptions;

pub use definition::{Objective, Releases, ScenarioDefinition};
pub use openbook::Selector;

/// Why a scenario cannot be used, as one sentence with the mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// Not TOML of the expected shape.
    #[error("scenario{0}")]
    Malformed(String),
    /// Its base cannot be read.
    #[error("scenario: base = \"{0}\": {1}")]
    Base(String, String),
    /// A selector that selects nothing.
    #[error("scenario, [{table}]: {part} = \"{value}\" names nothing in the book{hint}")]
    Nothing {
        /// The table of the scenario.
        table: String,
        /// The key.
        part: &'static str,
        /// Its value.
        value: String,
        /// The nearest known one.
        hint: String,
    },
    /// A number outside what it can mean.
    #[error("scenario: {0}")]
    Range(String),
}

/// A scenario, checked by itself.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What the file says.
    pub definition: ScenarioDefinition,
    /// The scenario as TOML with its base resolved, keys in order.
    pub canonical: String,
    /// SHA-256 of that text without `solver.threads`, which changes nothing but the time it takes.
    pub sha256: String,
}

impl Scenario {
    /// Reads a scenario; `base` gives the text of the file it varies.
    ///
    /// # Errors
    /// When it is not a scenario, or asks for what this version cannot do.
    pub fn parse(
        text: &str,
        base: impl Fn(&str) -> Result<String, String>,
    ) -> Result<Self, ScenarioError> {
        let mut table = resolved(text, &base, 0)?;
        // toml::Table keeps its keys in order: the same content has one form.
        let written = |table: &toml::Table| {
            toml::to_string(table).map_err(|error| ScenarioError::Malformed(format!(": {error}")))
        };
        let canonical = written(&table)?;
        let definition: ScenarioDefinition =
            toml::from_str(&canonical).map_err(|error| explained(&error, None))?;
        check(&definition)?;
        if let Some(toml::Value::Table(solver)) = table.get_mut("solver")
            && solver.remove("threads").is_some()
            && solver.is_empty()
        {
            table.remove("solver");
        }
        let sha256 = openbook::table::hex(&Sha256::digest(written(&table)?.as_bytes()));
        Ok(Self { definition, canonical, sha256 })
    }

    /// How the book is valued for this scenario.
    #[must_use]
    pub fn value_options(&self, draws: u32, seed: u64) -> ValueOptions {
        let definition = &self.definition;
        let plain = ValueOptions::plain(definition.base_year);
        ValueOptions {
            value_set: definition.value_set.clone().unwrap_or(plain.value_set),
            mixed_value_sets: definition.mixed_value_sets.is_some(),
            threshold: definition.threshold_gbp_per_qaly.map(PoundsPerQaly::new),
            annualise: definition.annualise,
            draws: usize::try_from(draws).unwrap_or(usize::MAX),
            seed,
            ..plain
        }
    }

    /// Every selector with the table it stands in.
    fn selectors(&self) -> Vec<(String, Selector)> {
        let definition = &self.definition;
        let mut all = Vec::new();
        let named = |name: &str, selector| (name.to_owned(), selector);
        all.extend(definition.pace.each.iter().map(|rule| named("pace.for", rule.selector())));
        all.extend(definition.pace.total.iter().map(|rule| named("pace.total", rule.selector())));
        all.extend(definition.protect.iter().map(|rule| named("protect", rule.clone())));
        all.extend(definition.release.iter().map(|rule| named("release", rule.selector())));
        for floor in &definition.floor {
            all.push((format!("floor {}", floor.key), floor.selector()));
        }
        all.extend(definition.efficiency.iter().map(|rule| named("efficiency", rule.selector())));
        all
    }

    /// Checks the scenario against a book: every name in it must name something.
    ///
    /// # Errors
    /// The first name that names nothing, with the nearest known one.
    pub fn check_against(&self, book: &Book) -> Result<(), ScenarioError> {
        self.fits(book)?;
        for (table, selector) in self.selectors() {
            for (part, value) in selector.parts() {
                let known = Selector::known(book, part);
                named(&table, part, value, known)?;
            }
            if !book.services.keys().any(|key| selector.selects(book, key)) {
                return Err(ScenarioError::Range(format!(
                    "[{table}]: no line of the book is all of {}",
                    selector.id()
                )));
            }
        }
        for pool in &self.definition.workforce.pool {
            let known = book.staff_pools.iter().map(|known| known.id.to_string()).collect();
            named("workforce.pool", "pool", &pool.pool, known)?;
        }
        for fund in &self.definition.budget.fund {
            named("budget.fund", "fund", &fund.fund, Selector::known(book, "fund"))?;
        }
        for transfer in &self.definition.transfer {
            named("transfer", "from", &transfer.from, Selector::known(book, "fund"))?;
            named("transfer", "to", &transfer.to, Selector::known(book, "fund"))?;
        }
        Ok(())
    }

    /// What several years need, and what cannot be: a book without growth, support in a circle.
    fn fits(&self, book: &Book) -> Result<(), ScenarioError> {
        let definition = &self.definition;
        if definition.years > 1 && book.growth.is_empty() {
            return Err(ScenarioError::Range(format!(
                "years = {} needs to know how demand and prices move; add growth.csv to the book, \
                 or say years = 1",
                definition.years
            )));
        }
        if let Some((one, other)) = support_circle(book) {
            return Err(ScenarioError::Range(format!(
                "{one} and {other} support each other in a circle, so that neither can follow; \
                 take one of the two out of service_needs.csv"
            )));
        }
        for option in definition.options.max_take_up.keys() {
            let known = book.options.iter().map(|option| option.id.clone()).collect();
            named("options.max_take_up", "option", option, known)?;
        }
        for resource in &definition.resources.skip {
            let known = book.resources.iter().map(|resource| resource.id.clone()).collect();
            named("resources", "skip", resource, known)?;
        }
        Ok(())
    }
}

/// Two support lines that follow each other, whether directly or through others.
fn support_circle(book: &Book) -> Option<(&ServiceKey, &ServiceKey)> {
    let support = |key: &ServiceKey| book.services.get(key).is_some_and(|line| line.support);
    let follows: Vec<_> = book
        .needs
        .iter()
        .filter(|need| support(&need.service) && support(&need.needs) && !need.at_least)
        .map(|need| (&need.needs, &need.service))
        .collect();
    let mut reached: BTreeSet<(&ServiceKey, &ServiceKey)> = follows.iter().copied().collect();
    loop {
        let known = reached.len();
        let further: Vec<_> = reached
            .iter()
            .flat_map(|(one, by)| {
                let next = follows.iter().filter(move |(next, _)| next == by);
                next.map(move |(_, end)| (*one, *end))
            })
            .collect();
        reached.extend(further);
        if let Some((one, _)) = reached.iter().find(|(one, end)| one == end) {
            return follows.iter().copied().find(|(line, _)| line == one);
        }
        if reached.len() == known {
            return None;
        }
    }
}

fn named(
    table: &str,
    part: &'static str,
    value: &str,
    known: Vec<String>,
) -> Result<(), ScenarioError> {
    if known.iter().any(|name| name == value) {
        return Ok(());
    }
    Err(ScenarioError::Nothing {
        table: table.to_owned(),
        part,
        value: value.to_owned(),
        hint: openbook::did_you_mean(value, known.iter().map(String::as_str)),
    })
}

const DEEPEST_BASE: u8 = 4;

fn resolved(
    text: &str,
    base: &impl Fn(&str) -> Result<String, String>,
    depth: u8,
) -> Result<toml::Table, ScenarioError> {
    let mut table: toml::Table =
        toml::from_str(text).map_err(|error| explained(&error, Some(text)))?;
    match table.remove("base") {
        None => Ok(table),
        Some(toml::Value::String(name)) => {
            let wrong = |why: &str| ScenarioError::Base(name.clone(), why.to_owned());
            if depth >= DEEPEST_BASE {
                return Err(wrong("bases stand on bases too deep; write the scenario out"));
            }
            let text = base(&name).map_err(|why| wrong(&why))?;
            let mut under = resolved(&text, base, depth + 1)?;
            merge(&mut under, table);
            Ok(under)
        }
        Some(_) => Err(ScenarioError::Malformed(": base must be a file name in quotes".to_owned())),
    }
}

/// Lays `over` on `under`: tables key by key, everything else (lists too) as a whole.
fn merge(under: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => merge(below, above),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// serde's words turned into one sentence with the nearest known key.
fn explained(error: &toml::de::Error, text: Option<&str>) -> ScenarioError {
    let message = error.message().replace('\n', " ");
    let place = text
        .zip(error.span())
        .and_then(|(text, span)| text.get(..span.start))
        .map(|before| format!(", line {}", before.matches('\n').count() + 1))
        .unwrap_or_default();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field")
        && let Some((unknown, known)) = quoted.split_first()
    {
        let hint = openbook::nearest(unknown, known.iter().copied())
            .map(|name| format!("; did you mean \"{name}\"?"))
            .unwrap_or_else(|| format!("; known here are {}", known.join(", ")));
        return ScenarioError::Malformed(format!("{place}: there is no key \"{unknown}\"{hint}"));
    }
    ScenarioError::Malformed(format!("{place}: {message}"))
}

fn check(definition: &ScenarioDefinition) -> Result<(), ScenarioError> {
    let range = |holds: bool, message: &str| {
        if holds { Ok(()) } else { Err(ScenarioError::Range(message.to_owned())) }
    };
    range((1..=5).contains(&definition.years), "years must be 1 to 5")?;
    range((1..=20).contains(&definition.segments_per_side), "segments_per_side must be 1 to 20")?;
    range(
        (0.0..=1.0).contains(&definition.absorb_share),
        "absorb_share is a fraction from 0 to 1",
    )?;
    range(
        definition.threshold_gbp_per_qaly.is_none_or(|k| k.is_finite() && k > 0.0),
        "threshold_gbp_per_qaly must be above 0",
    )?;
    for release in &definition.release {
        range((0.0..=1.0).contains(&release.share), "a release share is a fraction from 0 to 1")?;
    }
    check_budget(definition)?;
    check_pace(definition)?;
    check_floors(definition)?;
    efficiency::check(definition)?;
    for pool in &definition.workforce.pool {
        range(
            (0.0..=1e7).contains(&pool.wte_available),
            "wte_available must be 0 or more whole-time equivalents",
        )?;
    }
    range(definition.uncertainty.draws <= 100_000, "draws must be at most 100,000")?;
    range(
        (0.01..=3_600.0).contains(&definition.solver.time_limit_seconds),
        "time_limit_seconds must be 0.01 to 3,600",
    )?;
    range((1..=64).contains(&definition.solver.threads), "threads must be 1 to 64")?;
    for transfer in &definition.transfer {
        range(
            transfer.max_gbp >= quantities::Pence::ZERO && transfer.from != transfer.to,
            "a [[transfer]] needs two different funds and a max_gbp of 0 or more",
        )?;
    }
    let years = definition.budget.year.iter();
    for year in years {
        range(
            (2..=definition.years).contains(&year.year)
                && (-100.0..=1_000.0).contains(&year.change_pct),
            "[[budget.year]] is for the years 2 to years, each with a change_pct of −100 to 1,000",
        )?;
    }
    for share in definition.options.max_take_up.values() {
        range((0.0..=1.0).contains(share), "max_take_up is a fraction from 0 to 1")?;
    }
    check_equity(definition)
}

fn check_equity(definition: &ScenarioDefinition) -> Result<(), ScenarioError> {
    let equity = &definition.equity;
    let weighted = definition.objective == Objective::EquityWeighted;
    let problem = if equity
        .most_deprived_min_share_pct
        .is_some_and(|pct| !(0.0..=100.0).contains(&pct))
    {
        "most_deprived_min_share_pct must be 0 to 100"
    } else if equity.weights.as_deref().is_some_and(|name| !matches!(name, "atkinson" | "kolm")) {
        "weights in [equity] are \"atkinson\" or \"kolm\""
    } else if equity.epsilon.is_some_and(|epsilon| !(0.0..=50.0).contains(&epsilon)) {
        "epsilon in [equity] must be 0 to 50"
    } else if !weighted && (equity.weights.is_some() || equity.epsilon.is_some()) {
        "weights and epsilon in [equity] count only with objective = \"equity_weighted\"; say so, or \
         leave them out"
    } else {
        return Ok(());
    };
    Err(ScenarioError::Range(problem.to_owned()))
}

fn check_budget(definition: &ScenarioDefinition) -> Result<(), ScenarioError> {
    let budget = &definition.budget;
    let one_of = |change: Option<f64>, total: Option<quantities::Pence>, whose: &str| {
        let message = if change.is_some() && total.is_some() {
            format!("{whose} has both change_pct and total_gbp; keep one")
        } else if change.is_some_and(|pct| !(-100.0..=1_000.0).contains(&pct)) {
            format!("{whose}: change_pct must be −100 to 1,000")
        } else if total.is_some_and(|total| total < quantities::Pence::ZERO) {
            format!("{whose}: total_gbp may not be negative")
        } else {
            return Ok(());
        };
        Err(ScenarioError::Range(message))
    };
    one_of(budget.change_pct, budget.total_gbp, "[budget]")?;
    for fund in &budget.fund {
        one_of(fund.change_pct, fund.total_gbp, &format!("[[budget.fund]] {}", fund.fund))?;
    }
    Ok(())
}

fn check_pace(definition: &ScenarioDefinition) -> Result<(), ScenarioError> {
    let pace = &definition.pace;
    let rules = pace.each.iter().chain(&pace.total);
    let cuts = rules.clone().filter_map(|rule| rule.max_cut_pct).chain([pace.max_cut_pct]);
    let growths = rules.filter_map(|rule| rule.max_growth_pct).chain([pace.max_growth_pct]);
    if cuts.into_iter().any(|pct| !(0.0..=100.0).contains(&pct)) {
        return Err(ScenarioError::Range("max_cut_pct must be 0 to 100".to_owned()));
    }
    if growths.into_iter().any(|pct| !(0.0..=1_000.0).contains(&pct)) {
        return Err(ScenarioError::Range("max_growth_pct must be 0 to 1,000".to_owned()));
    }
    Ok(())
}

fn check_floors(definition: &ScenarioDefinition) -> Result<(), ScenarioError> {
    let mut keys = std::collections::BTreeSet::new();
    for floor in &definition.floor {
        let amounts = [
            floor.min_change_pct.is_some(),
            floor.min_gbp.is_some(),
            floor.min_share_pct.is_some(),
            floor.min_activity_pct.is_some(),
            floor.max_change_pct.is_some(),
            floor.max_gbp.is_some(),
            floor.max_share_pct.is_some(),
        ];
        let numbers = [
            floor.min_change_pct,
            floor.min_share_pct,
            floor.min_activity_pct,
            floor.max_change_pct,
            floor.max_share_pct,
        ];
        let problem = if !amounts.contains(&true) {
            "has no limit; give for example min_change_pct or max_gbp"
        } else if numbers.into_iter().flatten().any(|number| !(-100.0..=1_000.0).contains(&number))
        {
            "has a percentage outside −100 to 1,000"
        } else if !keys.insert(&floor.key) {
            "is there twice; give each floor a key of its own"
        } else {
            continue;
        };
        return Err(ScenarioError::Range(format!("[[floor]] {} {problem}", floor.key)));
    }
    Ok(())
}
