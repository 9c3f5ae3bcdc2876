//! What a line is called, with the tests it passed or failed. A label attaches to the last pounds
//! of a service, not to the service, its staff or its patients.

use openbook::rows::Grade;
use value::ServiceValue;

use crate::case::{Case, Line};
use crate::sentence;

/// What a line is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// The plan grows it.
    Invest,
    /// It does not move.
    Hold,
    /// Its last pounds buy less health than they would elsewhere, by every test.
    LowValue,
    /// Low value at its own unit cost only: mend productivity first.
    Costly,
    /// The plan cuts it, and at least one test does not hold.
    Uncertain,
    /// Its outcome is missing.
    NotAssessable,
    /// Only protection keeps it.
    Protected,
}

impl Label {
    /// The word of the contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invest => "invest",
            Self::Hold => "hold",
            Self::LowValue => "low_value",
            Self::Costly => "costly",
            Self::Uncertain => "uncertain",
            Self::NotAssessable => "not_assessable",
            Self::Protected => "protected",
        }
    }
}

/// What a line's label rests on.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The line.
    pub line: &'a Line,
    /// Its value.
    pub value: &'a ServiceValue,
    /// Plan less today, in pence.
    pub change: i64,
    /// Value of one more £1m here, all limits held, QALY.
    pub reduced_cost: Option<f64>,
    /// Share of draws whose best plan puts it at its lower limit.
    pub at_lower: Option<f64>,
}

/// The label and why, as a sentence.
#[must_use]
pub fn of(case: &Case, evidence: &Evidence<'_>) -> (Label, String) {
    let Evidence { line, value, change, reduced_cost, .. } = *evidence;
    if change > 0 {
        let why = if value.health.is_some() {
            "The plan grows it: its last pound buys more health than it would elsewhere, or a floor \
             asks for it."
        } else {
            "The plan grows it because a floor asks for it; its outcome is not known."
        };
        return (Label::Invest, why.to_owned());
    }
    if value.support {
        let why = "It supports other services and is held with them.";
        return (Label::Hold, why.to_owned());
    }
    if let Some(why) = &value.reason {
        return (Label::NotAssessable, format!("It cannot be judged: {why}. Its spend is held."));
    }
    if change == 0 {
        if let (Some(kind), Some(worth)) = (&line.protected, reduced_cost)
            && worth < 0.0
        {
            let why = format!("Only its protection ({kind}) keeps the plan from cutting it.");
            return (Label::Protected, why);
        }
        return (Label::Hold, "The plan leaves it as it is.".to_owned());
    }
    tested(case, evidence)
}

/// One test: whether it holds, and what it found.
struct Test {
    holds: bool,
    found: String,
}

fn percent(share: f64) -> String {
    format!("{:.0} of 100", share * 100.0)
}

fn tested(case: &Case, evidence: &Evidence<'_>) -> (Label, String) {
    let tests = tests(case, evidence);
    let failed: Vec<&str> =
        tests.iter().filter(|test| !test.holds).map(|test| test.found.as_str()).collect();
    let held: Vec<&str> =
        tests.iter().filter(|test| test.holds).map(|test| test.found.as_str()).collect();
    let unit_cost = match evidence.value.unit_cost_ratio {
        Some(ratio) => {
            let dear = dear_at_national(case, evidence.value);
            if failed.is_empty() && !dear {
                return (
                    Label::Costly,
                    format!(
                        "Its unit cost is {ratio:.2} times the national mean, and at the national \
                         mean its last pounds would not be low value: look at productivity first. \
                         Otherwise every test holds: {}.",
                        held.join("; ")
                    ),
                );
            }
            format!("unit cost {ratio:.2} times the national mean, and still so at that mean")
        }
        None => "no national unit cost to compare with".to_owned(),
    };
    if failed.is_empty() {
        let why = format!("Every test holds: {}; {unit_cost}.", held.join("; "));
        return (Label::LowValue, why);
    }
    let mut why = format!("Not enough is known to call it low value: {}", failed.join("; "));
    if !held.is_empty() {
        why.push_str(&format!(". What holds: {}", held.join("; ")));
    }
    why.push('.');
    (Label::Uncertain, why)
}

/// Whether the last pound would still cost more than the threshold at the national unit cost.
fn dear_at_national(case: &Case, value: &ServiceValue) -> bool {
    let price = value.marginal_at_national();
    price.is_none_or(|price| price.get() > case.values.threshold.get())
}

fn tests(case: &Case, evidence: &Evidence<'_>) -> Vec<Test> {
    let Evidence { value, at_lower, .. } = *evidence;
    let bar = &case.parameters;
    let threshold = case.values.threshold.get();
    let drawn = at_lower.is_some();
    let low = at_lower.unwrap_or(0.0);
    let dear = value.prob_low_value.filter(|_| drawn).unwrap_or(0.0);
    let completeness = value.completeness();
    let argued = value.elasticity.as_ref().is_some_and(|e| e.origin.may_condemn());
    let origin = value.elasticity.as_ref().map_or("none", |e| e.origin.as_str());
    let reviewers = value.reviewers();
    let reconciled = case.values.reconciled(&value.key);
    vec![
        Test {
            holds: drawn && low >= bar.low_value_at_lower,
            found: if drawn {
                format!("the best plan cuts it to its limit in {} draws", percent(low))
            } else {
                "no draws were made".to_owned()
            },
        },
        Test {
            holds: drawn && dear >= bar.low_value_prob,
            found: format!(
                "its last pound costs more than £{} per QALY in {} draws",
                sentence::grouped(threshold),
                percent(dear)
            ),
        },
        Test {
            holds: value.grade.is_some_and(|grade| grade <= Grade::D),
            found: format!("evidence of grade {}", value.grade.map_or("none", Grade::as_str)),
        },
        Test {
            holds: completeness >= bar.low_value_min_completeness,
            found: format!("an outcome describes {:.0}% of its spend", completeness * 100.0),
        },
        Test {
            holds: argued,
            found: match origin {
                "elicited" => "its elasticity was elicited for this service".to_owned(),
                "given" => "its elasticity is given with a source".to_owned(),
                "anchored" => "its elasticity only follows a programme average".to_owned(),
                _ => "nobody has given or been asked for its elasticity".to_owned(),
            },
        },
        Test {
            holds: reviewers.is_some(),
            found: match reviewers {
                Some(names) => format!("its assumptions were accepted by {names}"),
                None => "no reviewer has accepted its assumptions".to_owned(),
            },
        },
        Test {
            holds: reconciled,
            found: if reconciled {
                "its provider reconciles to its accounts".to_owned()
            } else {
                "its provider does not reconcile to its accounts".to_owned()
            },
        },
    ]
}
