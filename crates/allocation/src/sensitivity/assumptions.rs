//! The assumptions that are tested, each with a low and a high value. Only those that apply to a
//! case are listed; an end at which nothing differs is left out.

use openbook::rows::Grade;
use value::draws::quantile;
use value::parameters::by_grade;
use value::{ElasticitySource, ServiceValue};

use super::words::{least, most};
use crate::case::Case;
use crate::scenario::Objective;

/// One end: "If …", and the case in which it holds.
pub struct Moved<'a> {
    pub clause: String,
    pub case: Box<dyn Fn(&Case) -> Case + 'a>,
}

/// An assumption with its two ends.
pub struct Assumption<'a> {
    pub key: String,
    pub label: String,
    pub source: Option<String>,
    pub low: Option<Moved<'a>>,
    pub high: Option<Moved<'a>>,
}

fn to<'a>(clause: impl Into<String>, case: impl Fn(&Case) -> Case + 'a) -> Option<Moved<'a>> {
    Some(Moved { clause: clause.into(), case: Box::new(case) })
}

type Source<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What applies to a case.
pub fn of<'a>(case: &Case, source: impl Fn(&str) -> Option<String>) -> Vec<Assumption<'a>> {
    let source: Source<'_> = &source;
    let mut all = elasticities(case, source);
    all.extend(evidence(case, source));
    all.extend(durations(case));
    all.extend(unit_costs(case));
    all.extend(releases(case));
    all.extend(staff(case));
    all.extend(money_and_time(case, source));
    all.extend(growth(case));
    all.extend(options(case));
    all.extend(moves(case));
    all
}

/// An elasticity so many standard errors off, within the dated limits.
pub fn elasticity_at(case: &Case, value: &ServiceValue, errors: f64) -> Option<f64> {
    let elasticity = value.elasticity.as_ref()?;
    let (low, high) = case.parameters.elasticity_range;
    Some((elasticity.mean + errors * elasticity.se).clamp(low, high))
}

fn elasticities<'a>(case: &Case, source: Source<'_>) -> Vec<Assumption<'a>> {
    let valued = case.valued().filter(|(line, _)| line.curve.is_some());
    let mut origins: Vec<ElasticitySource> =
        valued.filter_map(|(_, value)| Some(value.elasticity.as_ref()?.origin)).collect();
    origins.sort_unstable();
    origins.dedup();
    let some = !origins.is_empty();
    let one = |origin: Option<ElasticitySource>| {
        let (key, whose) = match origin {
            None => ("elasticity".to_owned(), "every elasticity"),
            Some(one) => (
                format!("elasticity/{}", one.as_str()),
                match one {
                    ElasticitySource::Elicited => "every elasticity asked of those who know",
                    ElasticitySource::Given => "every elasticity given with a source",
                    ElasticitySource::Anchored => "every elasticity taken from a programme's slope",
                    ElasticitySource::Default => "every elasticity taken by default",
                },
            ),
        };
        let end = |errors: f64, word: &str| {
            to(format!("{whose} were one standard error {word}"), move |case| {
                case.with_curves(|_, value, curve| {
                    let ours = value.elasticity.as_ref().map(|it| it.origin);
                    if origin.is_none() || ours == origin {
                        curve.elasticity =
                            elasticity_at(case, value, errors).unwrap_or(curve.elasticity);
                    }
                })
            })
        };
        let label = format!("How health follows spend: {whose}, one standard error either way");
        let dated = source("elasticity_default_se")
            .filter(|_| origin.is_none() || origin == Some(ElasticitySource::Default));
        Assumption { key, label, source: dated, low: end(-1.0, "lower"), high: end(1.0, "higher") }
    };
    let each = origins.iter().filter(|_| origins.len() > 1).map(|origin| Some(*origin));
    some.then_some(None).into_iter().chain(each).map(one).collect()
}

const GRADES: [(Grade, &str); 5] =
    [(Grade::A, "A"), (Grade::B, "B"), (Grade::C, "C"), (Grade::D, "D"), (Grade::E, "E")];

fn evidence<'a>(case: &Case, source: Source<'_>) -> Vec<Assumption<'a>> {
    let with = |grade: Grade| {
        let mut lines = case.valued().filter(|(line, value)| {
            line.curve.is_some() && value.grade == Some(grade) && value.health_interval.is_some()
        });
        lines.next().is_some()
    };
    let one = |(grade, letter): (Grade, &str)| {
        let end = |high: bool, word: &str| {
            to(
                format!(
                    "every outcome of evidence grade {letter} were at the {word} of its 95 % range"
                ),
                move |case: &Case| {
                    case.with_curves(|_, value, curve| {
                        let interval = value.health_interval.filter(|_| value.grade == Some(grade));
                        if let Some(interval) = interval {
                            let health = if high { interval.high } else { interval.low };
                            curve.health = quantities::Qaly::new(health);
                        }
                    })
                },
            )
        };
        let key = letter.to_lowercase();
        Assumption {
            key: format!("evidence/{letter}"),
            label: format!(
                "Outcomes of evidence grade {letter}, together at either end of their 95 % ranges"
            ),
            source: source(&format!("gain_cv_grade_{key}")),
            low: end(false, least()),
            high: end(true, most()),
        }
    };
    GRADES.into_iter().filter(|(grade, _)| with(*grade)).map(one).collect()
}

/// How long gains last, at the ends of what was drawn.
fn durations<'a>(case: &Case) -> Option<Assumption<'a>> {
    let lasting = |at: usize| case.values.draws.cohorts(at).iter().any(|it| it.lasting.is_some());
    let mut curves = case.lines.iter().enumerate().filter(|(_, line)| line.curve.is_some());
    curves.any(|(at, _)| lasting(at)).then_some(())?;
    let end = |p: f64, word: &str| {
        to(format!("every gain lasted as long as the {word} of its 95 % range"), move |case| {
            let parts: Vec<Vec<f64>> = (0..case.lines.len())
                .map(|at| {
                    let cohorts = case.values.draws.cohorts(at).into_iter();
                    cohorts.map(|cohort| part(cohort.lasting, p)).collect()
                })
                .collect();
            case.with_cohorts(|at, number, _| {
                parts.get(at).and_then(|parts| parts.get(number)).copied().unwrap_or(1.0)
            })
        })
    };
    Some(Assumption {
        key: "duration".to_owned(),
        label: "How long gains last, together at either end of their 95 % ranges".to_owned(),
        source: None,
        low: end(0.025, least()),
        high: end(0.975, most()),
    })
}

fn part(lasting: Option<Vec<f64>>, p: f64) -> f64 {
    let Some(mut drawn) = lasting else { return 1.0 };
    drawn.sort_by(f64::total_cmp);
    quantile(&drawn, p).unwrap_or(1.0)
}

fn unit_costs<'a>(case: &Case) -> Option<Assumption<'a>> {
    let known = |(line, value): (&crate::case::Line, &ServiceValue)| {
        line.curve.is_some() && value.unit_cost_ratio.is_some()
    };
    case.valued().any(known).then_some(())?;
    Some(Assumption {
        key: "unit_cost".to_owned(),
        label: "Own unit costs, against the national mean where that is known".to_owned(),
        source: None,
        low: None,
        high: to("every service worked at the national unit cost", Case::at_national_unit_costs),
    })
}

fn releases<'a>(case: &Case) -> Vec<Assumption<'a>> {
    let mut all = Vec::new();
    if case.lines.iter().all(|line| line.base.get() <= 0 || line.releases_all()) {
        return all;
    }
    let points = |by: f64, word: &str| {
        let clause = format!("10 points {word} of a cut were released each year");
        to(clause, move |case: &Case| case.with_releases_moved(by))
    };
    all.push(Assumption {
        key: "release".to_owned(),
        label: "How much of a cut is released as cash each year, 10 points either way".to_owned(),
        source: None,
        low: points(-0.1, "less"),
        high: points(0.1, "more"),
    });
    all.push(Assumption {
        key: "release/full".to_owned(),
        label: "How much of a cut is released as cash: all of it at once".to_owned(),
        source: None,
        low: None,
        high: to("every cut were released as cash at once", Case::fully_released),
    });
    let now = case.scenario.definition.absorb_share;
    let absorb = |share: f64, word: &str| {
        let clause =
            format!("growth re-used {word} of what cuts at the same provider leave behind");
        to(clause, move |case: &Case| case.with_absorb_share(share))
            .filter(|_| (share - now).abs() > 1e-9)
    };
    all.push(Assumption {
        key: "absorb_share".to_owned(),
        label: "How much of what a cut leaves behind is re-used by growth at the same provider"
            .to_owned(),
        source: None,
        low: absorb(0.0, "none"),
        high: absorb(0.5, "half"),
    });
    all
}

fn staff<'a>(case: &Case) -> Vec<Assumption<'a>> {
    if case.pools.is_empty() {
        return Vec::new();
    }
    let some = |by: f64| {
        let moved = |share: f64| ((share + by).clamp(0.0, 1.0) - share).abs() > 1e-9;
        case.pools.iter().any(|pool| moved(pool.redeployable))
    };
    let freed = |by: f64, word: &str| {
        let clause = format!("staff freed could be used 20 points {word}");
        to(clause, move |case: &Case| case.with_redeployable_moved(by)).filter(|_| some(by))
    };
    let there = |factor: f64, word: &str| {
        let clause = format!("2 % {word} staff were available");
        to(clause, move |case: &Case| case.with_staff_times(factor))
    };
    vec![
        Assumption {
            key: "redeployable".to_owned(),
            label: "Share of staff freed that others can use, 20 points either way".to_owned(),
            source: None,
            low: freed(-0.2, "less"),
            high: freed(0.2, "more"),
        },
        Assumption {
            key: "staff".to_owned(),
            label: "Staff available, 2 % either way".to_owned(),
            source: None,
            low: there(0.98, "fewer"),
            high: there(1.02, "more"),
        },
    ]
}

/// The rate of the usual check on a discount rate.
const LOWER_RATE: f64 = 0.015;

fn money_and_time<'a>(case: &Case, source: Source<'_>) -> Vec<Assumption<'a>> {
    let mut all = Vec::new();
    if case.scenario.definition.objective == Objective::NetHealth {
        let at = |price: quantities::PoundsPerQaly| {
            let words = quantities::words::gbp_per_qaly(Some(price.get()));
            let end = to(format!("a healthy year were worth {words}"), move |case: &Case| {
                let mut case = case.clone();
                case.values.threshold = price;
                case
            });
            end.filter(|_| (price.get() - case.values.threshold.get()).abs() > 1e-9)
        };
        all.push(Assumption {
            key: "threshold".to_owned(),
            label: "What a healthy year is worth in pounds".to_owned(),
            source: source("threshold_low_gbp_per_qaly"),
            low: at(case.parameters.thresholds.low),
            high: at(case.parameters.thresholds.high),
        });
    }
    let differs = (case.parameters.discount_rate - LOWER_RATE).abs() > 1e-9;
    if case.years() > 1 && differs {
        all.push(Assumption {
            key: "discount_rate".to_owned(),
            label: "Discount rate for health, 1.5 % a year instead of the dated one".to_owned(),
            source: source("discount_rate_health_pct"),
            low: to("health were discounted at 1.5 % a year", |case: &Case| {
                case.with_discount_rate(LOWER_RATE)
            }),
            high: None,
        });
    }
    all
}

fn growth<'a>(case: &Case) -> Vec<Assumption<'a>> {
    if case.years() < 2 {
        return Vec::new();
    }
    let demand = |points: f64, word: &str| {
        let clause = format!("demand grew one point a year {word}");
        to(clause, move |case: &Case| case.with_demand_moved(points))
    };
    let prices = |points: f64, word: &str| {
        let clause = format!("prices grew one point a year {word}");
        to(clause, move |case: &Case| case.with_prices_moved(points))
    };
    vec![
        Assumption {
            key: "demand".to_owned(),
            label: "Growth of demand, one point a year either way".to_owned(),
            source: None,
            low: demand(-1.0, "less"),
            high: demand(1.0, "more"),
        },
        Assumption {
            key: "prices".to_owned(),
            label: "Growth of prices, one point a year either way".to_owned(),
            source: None,
            low: prices(-1.0, "less"),
            high: prices(1.0, "more"),
        },
    ]
}

fn options<'a>(case: &Case) -> Vec<Assumption<'a>> {
    if case.proposals.is_empty() {
        return Vec::new();
    }
    let benefit = |sign: f64, word: &str| {
        let clause =
            format!("options brought one standard error {word} (a fifth where none is given)");
        to(clause, move |case: &Case| {
            case.with_proposals(|one| {
                let usual = 0.2 * one.benefit.get().abs();
                let by = sign * one.benefit_se.unwrap_or(usual);
                one.benefit = one.benefit + quantities::Qaly::new(by);
            })
        })
    };
    let cost = |factor: f64, word: &str| {
        to(format!("options cost a fifth {word}"), move |case: &Case| {
            case.with_proposals(|one| one.cost = one.cost * factor)
        })
    };
    vec![
        Assumption {
            key: "option_benefit".to_owned(),
            label: "What options bring, one standard error (or a fifth) either way".to_owned(),
            source: None,
            low: benefit(-1.0, "less"),
            high: benefit(1.0, "more"),
        },
        Assumption {
            key: "option_cost".to_owned(),
            label: "What options cost, a fifth either way".to_owned(),
            source: None,
            low: cost(0.8, "less"),
            high: cost(1.2, "more"),
        },
    ]
}

fn moves<'a>(case: &Case) -> Option<Assumption<'a>> {
    let error = |case: &Case, one: &crate::case::Move| {
        one.eta_se.unwrap_or_else(|| one.eta.abs() * by_grade(&case.parameters.gain_cv, one.grade))
    };
    case.moves.iter().any(|one| error(case, one) > 0.0).then_some(())?;
    let end = |sign: f64, word: &str| {
        let clause = format!("patients who move gained one standard error {word}");
        to(clause, move |case: &Case| case.with_moves(|one| one.eta += sign * error(case, one)))
    };
    Some(Assumption {
        key: "move".to_owned(),
        label: "What patients gain by moving along pathways, one standard error either way"
            .to_owned(),
        source: None,
        low: end(-1.0, "less"),
        high: end(1.0, "more"),
    })
}
