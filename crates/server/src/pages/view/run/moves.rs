use api::result::{RunJson, ServiceJson};
use quantities::Pence;
use serde::Serialize;

use crate::charts::{Heading, Move, Waterfall, sector_label, waterfall};
use crate::pages::format::{
    gbp_per_qaly, money_short, money_signed, pct_signed, plural, prob, qaly, qaly_signed,
};
use crate::pages::view::labels::service_label;
use crate::pages::view::table::service_href;
use crate::pages::view::{Link, Tag};

/// Moves that are listed; the table of all services has the rest.
const LISTED: usize = 20;

/// One move.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MoveRow {
    /// The service.
    pub link: Link,
    /// The provider's code.
    pub provider: String,
    /// The sector in words.
    pub sector: String,
    /// Change of spend.
    pub money: String,
    /// The same in percent.
    pub percent: String,
    /// Change of healthy years.
    pub health: String,
}

/// A line whose last pounds the plan questions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QuestionRow {
    /// The service.
    pub link: Link,
    /// The provider's code.
    pub provider: String,
    /// The money at the margin.
    pub money: String,
    /// The price of a healthy year on average.
    pub average: String,
    /// The price of its last healthy year.
    pub marginal: String,
    /// What it is called.
    pub tag: Tag,
    /// Every test it passed or failed.
    pub reason: String,
    /// How sure.
    pub sure: Vec<String>,
}

fn change(service: &ServiceJson) -> Pence {
    service.plan_gbp - service.base_gbp
}

fn health_change(service: &ServiceJson) -> Option<f64> {
    Some(service.plan_qaly? - service.base_qaly?)
}

fn moved(run: &RunJson) -> Vec<&ServiceJson> {
    let mut moved: Vec<&ServiceJson> =
        run.services.iter().filter(|service| change(service) != Pence::ZERO).collect();
    moved.sort_by_key(|service| {
        (std::cmp::Reverse(change(service).get().unsigned_abs()), service.service.clone())
    });
    moved
}

/// The largest moves, and how many more there are.
pub fn largest(run: &RunJson) -> (Vec<MoveRow>, Option<String>) {
    let moved = moved(run);
    let more = u64::try_from(moved.len().saturating_sub(LISTED)).unwrap_or(u64::MAX);
    let rows = moved.into_iter().take(LISTED).map(MoveRow::from).collect();
    (rows, (more > 0).then(|| plural(more, "smaller move", "smaller moves")))
}

impl From<&ServiceJson> for MoveRow {
    fn from(service: &ServiceJson) -> Self {
        Self {
            link: Link::new(&service.name, service_href(&service.service)),
            provider: service.provider.clone(),
            sector: sector_label(&service.sector),
            money: money_signed(change(service)),
            percent: pct_signed(service.change_pct),
            health: health_change(service).map_or_else(|| "not assessable".to_owned(), qaly_signed),
        }
    }
}

/// What changes health: lines, options that are taken up, work that moves along pathways.
fn changes(run: &RunJson) -> Vec<Move> {
    let of = |label: String, health: f64, money: Pence| Move {
        label,
        health,
        health_label: qaly_signed(health),
        money_label: money_signed(money),
    };
    let services = run.services.iter().filter_map(|service| {
        let label = format!("{}, {}", service.name, service.provider);
        Some(of(label, health_change(service)?, change(service)))
    });
    let options = run.options.iter().map(|option| {
        let label = format!("Option: {}", option.name);
        of(label, option.gain_qaly, option.cost_gbp)
    });
    let moves = run.moves.iter().map(|moved| {
        let label = format!("Moved from {} to {}", moved.from, moved.to);
        of(label, moved.gain_qaly, moved.needed_gbp)
    });
    let all = services.chain(options).chain(moves);
    all.filter(|change| change.health.abs() > 1e-9).collect()
}

/// In which year.
pub(super) fn when(run: &RunJson) -> String {
    match run.scenario.years {
        0 | 1 => "year one".to_owned(),
        last => format!("year {last}"),
    }
}

/// The finding of the picture.
pub fn title(run: &RunJson) -> String {
    let (mut lost, mut gained) = (0.0, 0.0);
    let when = when(run);
    for change in changes(run).iter().map(|change| change.health) {
        if change < 0.0 { lost -= change } else { gained += change }
    }
    if run.totals.is_none() || (lost == 0.0 && gained == 0.0) {
        "No service's health changes".to_owned()
    } else if lost == 0.0 {
        format!("In {when}, gains {} healthy years and gives none up", qaly(gained))
    } else {
        format!("In {when}, gives up {} healthy years to gain {}", qaly(lost), qaly(gained))
    }
}

/// The picture of what is given up and what that buys.
pub fn picture(run: &RunJson, title: &str) -> Option<String> {
    let moves = changes(run);
    let drawn = run.totals.is_some() && !moves.is_empty();
    drawn.then(|| {
        waterfall(&Waterfall {
            heading: Heading {
                id: "moves".to_owned(),
                title: title.to_owned(),
                description: "Healthy years lost where spend falls, then gained where it rises, \
                              added up line by line. The table below gives the same figures."
                    .to_owned(),
            },
            unit: "Healthy years (QALYs) a year".to_owned(),
            moves,
            sum_label: format!("The plan, in {}", when(run)),
        })
    })
}

fn is_questioned(service: &ServiceJson) -> bool {
    ["low_value", "costly", "uncertain"].contains(&service.label.as_str())
        && change(service) < Pence::ZERO
}

/// What is questioned, as one sentence.
pub fn questioned_answer(run: &RunJson) -> String {
    let sum = |wanted: &dyn Fn(&ServiceJson) -> bool| -> (u64, Pence) {
        let found = run.services.iter().filter(|service| wanted(service));
        let money = found.clone().map(|service| -change(service)).sum();
        (u64::try_from(found.count()).unwrap_or(u64::MAX), money)
    };
    let (lines, money) = sum(&is_questioned);
    let (low, low_money) = sum(&|service| is_questioned(service) && service.label == "low_value");
    let silent: Pence = run
        .services
        .iter()
        .filter(|service| service.label == "not_assessable")
        .map(|service| service.base_gbp)
        .sum();
    if lines == 0 {
        let rest = if silent > Pence::ZERO {
            format!("; {} cannot be assessed, so nothing is said of it", money_short(silent))
        } else {
            String::new()
        };
        return format!("This plan questions no spend{rest}.");
    }
    let last = plural(lines, "service", "services");
    let sure = match low {
        0 => "none of it can yet be called low value".to_owned(),
        _ => format!(
            "{} of it, in {}, is low value at the margin",
            money_short(low_money),
            plural(low, "service", "services")
        ),
    };
    format!("This plan questions the last {} spent on {last}; {sure}.", money_short(money))
}

/// The spend that this plan questions, the largest first.
pub fn questioned(run: &RunJson) -> Vec<QuestionRow> {
    let mut found: Vec<&ServiceJson> =
        run.services.iter().filter(|service| is_questioned(service)).collect();
    found.sort_by_key(|service| {
        (service.label != "low_value", change(service), service.service.clone())
    });
    found.into_iter().map(QuestionRow::from).collect()
}

impl From<&ServiceJson> for QuestionRow {
    fn from(service: &ServiceJson) -> Self {
        let mut sure = Vec::new();
        if let Some(share) = service.prob_low_value {
            sure.push(format!("costs more than it is worth {}", prob(share)));
        }
        if let Some(share) = service.prob_at_lower {
            sure.push(format!("is cut as far as may be {}", prob(share)));
        }
        Self {
            link: Link::new(&service.name, service_href(&service.service)),
            provider: service.provider.clone(),
            money: money_short(-change(service)),
            average: gbp_per_qaly(service.average_gbp_per_qaly),
            marginal: gbp_per_qaly(service.marginal_gbp_per_qaly),
            tag: service_label(&service.label),
            reason: service.label_reason.clone(),
            sure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    #[test]
    fn the_picture_adds_up_with_options_and_moves_and_names_the_year() {
        let mut run = samples::run(14, false);
        let sum = |run: &RunJson| changes(run).iter().map(|change| change.health).sum::<f64>();
        let before = sum(&run);
        run.options.push(api::result::OptionJson {
            option: "O1".to_owned(),
            name: "Falls clinic".to_owned(),
            take_up: 0.5,
            cost_gbp: Pence::new(5_000_000),
            gain_qaly: 7.5,
            capital_gbp: Pence::ZERO,
        });
        run.moves.push(api::result::MovedJson {
            pathway: "P/A/B".to_owned(),
            from: "A/1".to_owned(),
            to: "B/2".to_owned(),
            moved_gbp: Pence::new(100),
            needed_gbp: Pence::new(70),
            gain_qaly: 2.0,
        });
        run.scenario.years = 3;
        assert!((sum(&run) - before - 9.5).abs() < 1e-9);
        let picture = picture(&run, &title(&run)).expect("a picture");
        assert!(picture.contains("The plan, in year 3"), "{picture}");
        assert!(title(&run).starts_with("In year 3"), "{}", title(&run));
    }
}
