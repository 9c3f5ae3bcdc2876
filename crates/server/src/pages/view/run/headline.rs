use api::result::{RunJson, ServiceJson, Totals};
use quantities::Pence;

use super::moves::when;
use crate::pages::format::{
    list_words, money_short, pct_signed, plural, prob, qaly, qaly_signed, range_words, short_name,
};

/// Gains that differ by less than this read the same.
const SAME_HEALTH: f64 = 0.005;

/// Less than this left over is rounding.
const WORTH_SAYING: Pence = Pence::new(100_000);

/// Moves named one by one on each side.
const NAMED: usize = 3;

/// The answer, as one sentence.
pub fn answer(run: &RunJson) -> String {
    match (&run.totals, run.status.as_str()) {
        (Some(totals), _) => {
            let later = later_gain(totals);
            let gain = health(later.unwrap_or(totals.gain_qaly));
            let when = if later.is_some() { " once the cost of what is cut has gone" } else { "" };
            format!("{}, {gain} a year{when}.", money(totals))
        }
        (None, "infeasible") => {
            "This plan cannot be done: nothing satisfies all of its limits together.".to_owned()
        }
        (None, _) => sentence(&run.status_sentence),
    }
}

/// What follows from the answer.
pub fn more(run: &RunJson) -> Vec<String> {
    let Some(totals) = &run.totals else { return Vec::new() };
    let mut more: Vec<String> = last_year(run, totals).into_iter().collect();
    more.extend(moves(run, totals));
    let saved = run.answers.as_ref().and_then(|answers| answers.same_health_less_money_gbp);
    if let Some(saved) = saved.filter(|saved| saved.get() > 0) {
        more.push(format!("Today's health could be had for {} less.", money_short(saved)));
    }
    if totals.unallocated_gbp > WORTH_SAYING {
        more.push(format!(
            "{} is left over: no limit lets it buy more health.",
            money_short(totals.unallocated_gbp)
        ));
    }
    more
}

/// How sure the plan's gain is.
pub fn sure(run: &RunJson) -> Vec<String> {
    if run.totals.is_none() {
        return Vec::new();
    }
    let Some(draws) = &run.uncertainty else {
        return vec![
            "No draws were asked for, so nothing here says how sure it is; a service at its limit \
             is called uncertain."
                .to_owned(),
        ];
    };
    let range = range_words(&qaly_signed(draws.gain_low_qaly), &qaly_signed(draws.gain_high_qaly));
    vec![
        format!("This plan, held fixed, beats no change {}.", prob(draws.prob_better)),
        format!(
            "Its gain is {range} healthy years (QALYs) in 95 of 100 draws; half of them lie above {}.",
            qaly_signed(draws.gain_median_qaly)
        ),
        format!(
            "{} from seed {}; the best plan of {} of them was proven anew.",
            plural(u64::from(draws.draws), "draw", "draws"),
            draws.seed,
            crate::pages::format::thousands(&draws.solved.to_string())
        ),
    ]
}

/// The gain once every cost of a cut is released, where it differs.
fn later_gain(totals: &Totals) -> Option<f64> {
    totals
        .gain_if_fully_released_qaly
        .filter(|later| (later - totals.gain_qaly).abs() >= SAME_HEALTH.max(later.abs() * 0.005))
}

fn money(totals: &Totals) -> String {
    let change = totals.budget_gbp - totals.base_spend_gbp;
    match change.get() {
        0 => "Same money".to_owned(),
        pence if pence < 0 => format!("{} less money", money_short(-change)),
        _ => format!("{} more money", money_short(change)),
    }
}

fn health(gain: f64) -> String {
    if gain.abs() < SAME_HEALTH {
        "as many healthy years (QALYs) as today".to_owned()
    } else if gain > 0.0 {
        format!("{} more healthy years (QALYs)", qaly(gain))
    } else {
        format!("{} fewer healthy years (QALYs)", qaly(-gain))
    }
}

fn last_year(run: &RunJson, totals: &Totals) -> Option<String> {
    let when = when(run);
    let later = later_gain(totals)?;
    let stays = if totals.stranded_gbp.get() > 0 {
        format!(", because {} of cost stays behind for now", money_short(totals.stranded_gbp))
    } else {
        String::new()
    };
    Some(if totals.gain_qaly >= SAME_HEALTH && later > totals.gain_qaly {
        format!("In {when} only {} of them{stays}.", qaly(totals.gain_qaly))
    } else {
        format!("In {when} {}{stays}.", health(totals.gain_qaly))
    })
}

/// `Moves £2.0m: out of …; into …`.
fn moves(run: &RunJson, totals: &Totals) -> Option<String> {
    if totals.moved_gbp.get() <= 0 {
        let grown = named(run, |change| change > Pence::ZERO);
        return Some(match grown.as_str() {
            "" => "Nothing moves.".to_owned(),
            grown => format!("Nothing is cut; money goes into {grown}."),
        });
    }
    let out = named(run, |change| change < Pence::ZERO);
    let into = named(run, |change| change > Pence::ZERO);
    let into = if into.is_empty() { String::new() } else { format!("; into {into}") };
    Some(format!("Moves {}: out of {out}{into}.", money_short(totals.moved_gbp)))
}

fn named(run: &RunJson, wanted: impl Fn(Pence) -> bool) -> String {
    let change = |service: &ServiceJson| service.plan_gbp - service.base_gbp;
    let mut found: Vec<&ServiceJson> =
        run.services.iter().filter(|service| wanted(change(service))).collect();
    found.sort_by_key(|service| std::cmp::Reverse(change(service).get().unsigned_abs()));
    let mut names: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|service| {
            let percent = pct_signed(service.change_pct);
            format!("{} at {} ({percent})", short_name(&service.name), service.provider)
        })
        .collect();
    let others = found.len().saturating_sub(NAMED);
    if others > 0 {
        names.push(plural(u64::try_from(others).unwrap_or(u64::MAX), "other line", "other lines"));
    }
    list_words(&names)
}

fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    format!("{}.", crate::pages::format::sentence_case(text))
}
