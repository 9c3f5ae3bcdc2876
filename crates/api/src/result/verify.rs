//! Verifying a result from files alone: the model is built again, the plan and its prices are
//! taken from the result, and everything else is computed again without a solver. What only a
//! solver gives (uniqueness, ranges of prices, probabilities, what knowing more is worth,
//! sensitivity, what an efficiency target meets, answers) is covered by the hash.

use allocation::families::{Built, Size};
use allocation::run::{OUT_OF_TIME, Run, SolverFacts};
use allocation::uncertainty::Uncertainty;
use allocation::{Case, Plan};
use quantities::Qaly;
use std::collections::BTreeMap;

use super::{KeyedValue, RunJson, room};

/// What is wrong with a result, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// It is not a result.
    #[error("this is not a result of valuebook: {0}")]
    NotAResult(String),
    /// Its own hash does not fit its figures.
    #[error("a figure was changed: the result's own hash does not fit its content")]
    Hash,
    /// Only a plan can be verified.
    #[error("the result holds no plan (its status is \"{0}\"), so there is nothing to verify")]
    NoPlan(String),
    /// It was made from something else.
    #[error("the result was made from {0} other than the one given")]
    Origin(&'static str),
    /// A variable or price is missing or one too many.
    #[error("the result's variables and prices are not those of the model: {0}")]
    Variables(String),
    /// The plan does not prove itself.
    #[error("the plan and prices of the result do not prove themselves")]
    NotProven,
    /// A figure is not what follows from the plan.
    #[error("{0} is not what follows from the plan: the result says {1}, it is {2}")]
    Figure(String, String, String),
}

impl RunJson {
    /// Reads a result and checks its own hash.
    ///
    /// # Errors
    /// When it is not a result, or a figure was changed.
    pub fn read(text: &str) -> Result<Self, Mismatch> {
        let wrong = |error: serde_json::Error| Mismatch::NotAResult(error.to_string());
        let result: Self = serde_json::from_str(text).map_err(wrong)?;
        if result.schema != super::SCHEMA {
            return Err(Mismatch::NotAResult(format!("its schema is \"{}\"", result.schema)));
        }
        // Also the text itself: a figure beyond a double's digits would read as another.
        let given: serde_json::Value = serde_json::from_str(text).map_err(wrong)?;
        let again = serde_json::to_value(&result).map_err(wrong)?;
        if given != again || result.hash().map_err(wrong)? != result.provenance.result_sha256 {
            return Err(Mismatch::Hash);
        }
        Ok(result)
    }

    /// How many draws the result was made with.
    #[must_use]
    pub fn draws(&self) -> u32 {
        self.uncertainty.as_ref().map_or(0, |uncertainty| uncertainty.draws)
    }

    /// Verifies the result against a case built from the files.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(&self, case: Case) -> Result<(), Mismatch> {
        if self.status != "optimal" {
            return Err(Mismatch::NoPlan(self.status.clone()));
        }
        let origins = [
            ("a book", &self.provenance.book_sha256, &case.book_sha256),
            ("a scenario", &self.provenance.scenario_sha256, &case.scenario.sha256),
            ("parameters", &self.provenance.parameters_sha256, &case.parameters_sha256),
        ];
        for (what, claimed, given) in origins {
            if claimed != given {
                return Err(Mismatch::Origin(what));
            }
        }
        if let Some(why) = Size::of(&case).refusal() {
            return Err(Mismatch::NotAResult(why));
        }
        let built = Built::of(&case);
        let plan = plan(&case, &built, &self.variables)?;
        let prices = prices(&built, &self.duals)?;
        let facts = self.facts(&case);
        let run = Run::recomputed(case, plan, prices, facts).ok_or(Mismatch::NotProven)?;
        let mut again = Self::of(&run).map_err(|error| Mismatch::NotAResult(error.to_string()))?;
        again.uncertainty.clone_from(&self.uncertainty);
        again.sensitivity.clone_from(&self.sensitivity);
        self.compare(&again)
    }

    fn facts(&self, case: &Case) -> SolverFacts {
        let totals = self.totals.as_ref();
        let answers = self.answers.as_ref();
        let by_service: BTreeMap<&str, Option<f64>> = self
            .services
            .iter()
            .map(|service| (service.service.as_str(), service.prob_at_lower))
            .collect();
        SolverFacts {
            unique: self.unique.unwrap_or(false),
            choice_gap: self.choice_gap,
            ranges: self.ranges(),
            gain_if_fully_released: totals
                .and_then(|totals| totals.gain_if_fully_released_qaly)
                .map(Qaly::new),
            cost_of_silence: totals.and_then(|totals| totals.cost_of_silence_qaly).map(Qaly::new),
            same_money_more_health: answers
                .and_then(|answers| answers.same_money_more_health_qaly)
                .map(Qaly::new),
            same_health_less_money: answers.and_then(|answers| answers.same_health_less_money_gbp),
            uncertainty: self.uncertainty.as_ref().map(|drawn| Uncertainty {
                draws: usize::try_from(drawn.draws).unwrap_or(usize::MAX),
                solved: usize::try_from(drawn.solved).unwrap_or(usize::MAX),
                seed: drawn.seed,
                gain: (
                    Qaly::new(drawn.gain_low_qaly),
                    Qaly::new(drawn.gain_median_qaly),
                    Qaly::new(drawn.gain_high_qaly),
                ),
                prob_better: drawn.prob_better,
                information: None,
                at_lower: case
                    .lines
                    .iter()
                    .map(|line| by_service.get(line.key.as_str()).copied().flatten())
                    .collect(),
            }),
            room: room::facts(self, case),
            efficiency: self.efficiency.iter().map(Into::into).collect(),
            sensitivity: None,
            out_of_time: self.notes.iter().any(|note| note == OUT_OF_TIME),
        }
    }

    fn ranges(&self) -> Vec<allocation::run::PriceRange> {
        let range = |constraint: &super::ConstraintJson| allocation::run::PriceRange {
            from: constraint.holds_from,
            to: constraint.holds_to,
        };
        self.constraints.iter().map(range).collect()
    }

    fn compare(&self, again: &Self) -> Result<(), Mismatch> {
        let value = |result: &Self| {
            serde_json::to_value(result).map_err(|error| Mismatch::NotAResult(error.to_string()))
        };
        let (mut given, mut found) = (value(self)?, value(again)?);
        // The solver's name and the hash of the whole are not figures of the plan.
        for side in [&mut given, &mut found] {
            if let Some(provenance) =
                side.get_mut("provenance").and_then(serde_json::Value::as_object_mut)
            {
                for key in ["solver", "engine", "result_sha256"] {
                    provenance.remove(key);
                }
            }
        }
        match first_difference("", &given, &found) {
            None => Ok(()),
            Some((place, given, found)) => Err(Mismatch::Figure(place, given, found)),
        }
    }
}

fn first_difference(
    place: &str,
    given: &serde_json::Value,
    found: &serde_json::Value,
) -> Option<(String, String, String)> {
    use serde_json::Value;
    match (given, found) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            a.iter().find_map(|(key, a)| {
                let inner = format!("{place}/{key}");
                match b.get(key) {
                    Some(b) => first_difference(&inner, a, b),
                    None => Some((inner, a.to_string(), "missing".to_owned())),
                }
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(at, (a, b))| first_difference(&format!("{place}/{at}"), a, b)),
        (a, b) if a == b => None,
        (a, b) => {
            let short = |value: &Value| value.to_string().chars().take(80).collect::<String>();
            Some((place.to_owned(), short(a), short(b)))
        }
    }
}

/// Whole pence from £m; nothing where the number is not a whole number of pence.
fn plan(case: &Case, built: &Built, variables: &[KeyedValue]) -> Result<Plan, Mismatch> {
    let by_key: BTreeMap<&str, f64> =
        variables.iter().map(|variable| (variable.key.as_str(), variable.value)).collect();
    Plan::read(case, built, |key| by_key.get(key).copied()).map_err(Mismatch::Variables)
}

fn prices(built: &Built, duals: &[KeyedValue]) -> Result<Vec<f64>, Mismatch> {
    let same = built.model.rows.len() == duals.len()
        && built.model.rows.iter().zip(duals).all(|(row, dual)| row.key == dual.key);
    if same {
        Ok(duals.iter().map(|dual| dual.value).collect())
    } else {
        Err(Mismatch::Variables("its prices are for other rows".to_owned()))
    }
}
