//! The scenario form: texts of fields in, a scenario file out.

use serde::{Deserialize, Serialize};

use super::view::FieldError;

/// What is in the fields, as it was typed. Every field can be given in an address too, so that a
/// filled form can be shared.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct ScenarioForm {
    /// The scenario's name.
    pub name: String,
    /// Change of the total budget in percent.
    pub budget_change_pct: String,
    /// The most any line may be cut, in percent.
    pub max_cut_pct: String,
    /// The most any line may grow, in percent.
    pub max_growth_pct: String,
    /// Whether mental health has a floor: `yes` or `no`.
    pub mental_health_floor: String,
    /// The least change of mental health spend in percent.
    pub mental_health_min_change_pct: String,
    /// Whether staff in post limits the plan: `yes` or `no`.
    pub staff_limits: String,
    /// How many draws say how sure the plan is.
    pub draws: String,
}

impl Default for ScenarioForm {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            name: String::new(),
            budget_change_pct: text("0"),
            max_cut_pct: text("10"),
            max_growth_pct: text("10"),
            mental_health_floor: text("no"),
            mental_health_min_change_pct: text("0"),
            staff_limits: text("yes"),
            draws: text("1000"),
        }
    }
}

/// A scenario file, as far as the form goes.
#[derive(Debug, Serialize)]
struct ScenarioFile<'a> {
    name: &'a str,
    base_year: &'a str,
    budget: Budget,
    pace: Pace,
    floor: Vec<Floor>,
    workforce: Workforce,
    uncertainty: Uncertainty,
}

#[derive(Debug, Serialize)]
struct Budget {
    change_pct: f64,
}

#[derive(Debug, Serialize)]
struct Pace {
    max_cut_pct: f64,
    max_growth_pct: f64,
}

#[derive(Debug, Serialize)]
struct Floor {
    key: &'static str,
    label: &'static str,
    sector: &'static str,
    min_change_pct: f64,
}

#[derive(Debug, Serialize)]
struct Workforce {
    #[serde(rename = "use")]
    used: bool,
}

#[derive(Debug, Serialize)]
struct Uncertainty {
    draws: u32,
    seed: u64,
}

/// The longest name.
const LONGEST_NAME: usize = 120;
/// The most draws.
const MOST_DRAWS: u32 = 5_000;

impl ScenarioForm {
    /// The scenario as a TOML file, or all that is wrong with the fields.
    ///
    /// # Errors
    /// One for each field that cannot be used.
    pub fn to_toml(&self, base_year: &str) -> Result<String, Vec<FieldError>> {
        let mut errors = Vec::new();
        let file = ScenarioFile {
            name: self.checked_name(&mut errors),
            base_year,
            budget: Budget { change_pct: percent(&mut errors, &BUDGET, &self.budget_change_pct) },
            pace: Pace {
                max_cut_pct: percent(&mut errors, &CUT, &self.max_cut_pct),
                max_growth_pct: percent(&mut errors, &GROWTH, &self.max_growth_pct),
            },
            floor: self.floors(&mut errors),
            workforce: Workforce { used: self.staff_limits != "no" },
            uncertainty: Uncertainty { draws: self.checked_draws(&mut errors), seed: 1 },
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        toml::to_string(&file).map_err(|_| {
            vec![FieldError::new("name", "The scenario could not be written as a file")]
        })
    }

    fn checked_name(&self, errors: &mut Vec<FieldError>) -> &str {
        let name = self.name.trim();
        if name.is_empty() {
            errors.push(FieldError::new("name", "Enter a name for the scenario"));
        } else if name.chars().count() > LONGEST_NAME {
            errors.push(FieldError::new("name", "The name must have 120 characters or fewer"));
        }
        name
    }

    fn floors(&self, errors: &mut Vec<FieldError>) -> Vec<Floor> {
        if self.mental_health_floor != "yes" {
            return Vec::new();
        }
        vec![Floor {
            key: "mental_health",
            label: "Mental health floor",
            sector: "mental_health",
            min_change_pct: percent(errors, &FLOOR, &self.mental_health_min_change_pct),
        }]
    }

    fn checked_draws(&self, errors: &mut Vec<FieldError>) -> u32 {
        let draws = self.draws.trim().parse().ok().filter(|draws| *draws <= MOST_DRAWS);
        draws.unwrap_or_else(|| {
            errors.push(FieldError::new("draws", "Draws must be a whole number from 0 to 5000"));
            0
        })
    }
}

/// A field that holds percent.
struct PercentField {
    field: &'static str,
    what: &'static str,
    low: f64,
    high: f64,
}

const BUDGET: PercentField = PercentField {
    field: "budget_change_pct",
    what: "Change of the total budget",
    low: -50.0,
    high: 50.0,
};
const CUT: PercentField = PercentField {
    field: "max_cut_pct",
    what: "The most a line may be cut",
    low: 0.0,
    high: 100.0,
};
const GROWTH: PercentField = PercentField {
    field: "max_growth_pct",
    what: "The most a line may grow",
    low: 0.0,
    high: 200.0,
};
const FLOOR: PercentField = PercentField {
    field: "mental_health_min_change_pct",
    what: "The least change of mental health spend",
    low: -100.0,
    high: 100.0,
};

/// The number in a field; where there is none within the range, an error and 0.
fn percent(errors: &mut Vec<FieldError>, field: &PercentField, text: &str) -> f64 {
    let PercentField { field, what, low, high } = *field;
    decimal(text).filter(|value| (low..=high).contains(value)).unwrap_or_else(|| {
        let message = format!("{what} must be a number between {low} and {high}, such as 2.5");
        errors.push(FieldError::new(field, message));
        0.0
    })
}

/// A plain decimal; a percent sign after it and a typed minus sign are accepted.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches('%').trim_end().replace('−', "-");
    let plain = text.chars().all(|c| c.is_ascii_digit() || ".-+".contains(c));
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_becomes_a_scenario_file() {
        let form = ScenarioForm {
            name: "Hold \"the\" total\n[pace]".to_owned(),
            budget_change_pct: "−2 %".to_owned(),
            mental_health_floor: "yes".to_owned(),
            mental_health_min_change_pct: "1.5".to_owned(),
            ..ScenarioForm::default()
        };
        let text = form.to_toml("2024-25").expect("a file");
        let file: toml::Table = text.parse().expect("TOML");
        assert_eq!(file.get("name").and_then(|it| it.as_str()), Some(form.name.as_str()));
        assert_eq!(file["budget"]["change_pct"].as_float(), Some(-2.0));
        assert_eq!(file["floor"][0]["min_change_pct"].as_float(), Some(1.5));
        assert_eq!(file["workforce"]["use"].as_bool(), Some(true));
        assert_eq!(file["uncertainty"]["draws"].as_integer(), Some(1000));
    }

    #[test]
    fn every_field_that_cannot_be_used_is_said() {
        let bad = |text: &str| text.to_owned();
        let form = ScenarioForm {
            name: bad(" "),
            budget_change_pct: bad("1e1"),
            max_cut_pct: bad("NaN"),
            max_growth_pct: bad("-1"),
            mental_health_floor: bad("yes"),
            mental_health_min_change_pct: bad(""),
            staff_limits: bad("yes"),
            draws: bad("1.5"),
        };
        let errors = form.to_toml("2024-25").expect_err("refused");
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(
            fields,
            [
                "name",
                "budget_change_pct",
                "max_cut_pct",
                "max_growth_pct",
                "mental_health_min_change_pct",
                "draws"
            ]
        );
    }
}
