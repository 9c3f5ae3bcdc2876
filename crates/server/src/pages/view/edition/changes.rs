use api::value::{ServiceValueJson, ValueJson};
use quantities::Pence;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use super::PartRow;
use crate::pages::format::{
    gbp_per_qaly, money_short, money_signed, plural, qaly, qaly_signed, sentence_case,
};
use crate::pages::view::Link;
use crate::pages::view::table::service_href;

/// Lines that are listed; there may be thousands.
const LISTED: usize = 100;
/// Healthy years that are no difference.
const NOISE: f64 = 1e-9;

/// What changed since the edition before.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SinceView {
    /// The number of the edition before.
    pub number: u64,
    /// What changed, as one sentence.
    pub sentence: String,
    /// The lines that changed, most money first.
    pub lines: Vec<LineChange>,
    /// How many more there are.
    pub more: Option<String>,
}

/// One service line in both editions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LineChange {
    /// The line; its page is that of the latest edition.
    pub link: Link,
    /// Whether it came or went.
    pub note: Option<&'static str>,
    /// Its spend before.
    pub spend_before: String,
    /// Its spend now.
    pub spend: String,
    /// By how much that changed.
    pub spend_change: String,
    /// Its healthy years before.
    pub qaly_before: String,
    /// Its healthy years now.
    pub qaly: String,
    /// By how much they changed.
    pub qaly_change: String,
    /// The price of its last healthy year before.
    pub price_before: String,
    /// The price now.
    pub price: String,
}

type Pair<'a> = (Option<&'a ServiceValueJson>, Option<&'a ServiceValueJson>);

impl SinceView {
    /// What changed from one value table to the next, of the lines that this person sees in both.
    pub fn of(number: u64, before: &ValueJson, now: &ValueJson, parts: &[PartRow]) -> Self {
        let mut pairs = changed(before, now);
        let all = pairs.len();
        pairs.sort_by_key(|pair| (std::cmp::Reverse(money(pair).get().unsigned_abs()), key(pair)));
        let lines: Vec<LineChange> = pairs.iter().take(LISTED).map(LineChange::of).collect();
        let hidden = u64::try_from(all.saturating_sub(LISTED)).unwrap_or(0);
        Self {
            number,
            sentence: sentence(number, before, now, parts, all),
            lines,
            more: (hidden > 0).then(|| {
                format!("{} changed by less money.", plural(hidden, "more line", "more lines"))
            }),
        }
    }

    /// Nothing can be compared, for the reason given.
    pub fn unknown(number: u64, why: &str) -> Self {
        let why = sentence_case(why.trim_end_matches('.'));
        let sentence = format!("What changed since edition {number} cannot be said yet. {why}.");
        Self { number, sentence, ..Self::default() }
    }
}

fn sentence(
    number: u64,
    before: &ValueJson,
    now: &ValueJson,
    parts: &[PartRow],
    lines: usize,
) -> String {
    let tagged = |text: &str| {
        let is = |row: &&PartRow| row.since.as_ref().is_some_and(|tag| tag.text == text);
        u64::try_from(parts.iter().filter(is).count()).unwrap_or(u64::MAX)
    };
    let (new, anew) = (tagged("New"), tagged("Handed in anew"));
    let mut tables = Vec::new();
    if new > 0 {
        tables.push(plural(new, "table is new", "tables are new"));
    }
    if anew > 0 {
        tables.push(plural(anew, "table was handed in anew", "tables were handed in anew"));
    }
    let tables = if tables.is_empty() {
        "no table changed, but the national numbers did".to_owned()
    } else {
        tables.join(" and ")
    };
    let lines = u64::try_from(lines).unwrap_or(u64::MAX);
    if lines == 0 {
        return format!("Since edition {number}, {tables}; no line's spend or health changed.");
    }
    let spend = |value: &ValueJson| value.services.iter().map(|it| it.spend_gbp).sum::<Pence>();
    let years = |value: &ValueJson| value.services.iter().filter_map(|it| it.qaly).sum::<f64>();
    format!(
        "Since edition {number}, {tables}; {}. Spend is now {} ({}) and healthy years (QALYs) {} \
         ({}).",
        plural(lines, "line changed", "lines changed"),
        money_short(spend(now)),
        money_signed(spend(now) - spend(before)),
        qaly(years(now)),
        match years(now) - years(before) {
            change if change.abs() <= NOISE => "no change".to_owned(),
            change => qaly_signed(change),
        }
    )
}

/// The lines whose spend or health differs.
fn changed<'a>(before: &'a ValueJson, now: &'a ValueJson) -> Vec<Pair<'a>> {
    let by_key = |value: &'a ValueJson| -> BTreeMap<&'a str, &'a ServiceValueJson> {
        value.services.iter().map(|line| (line.service.as_str(), line)).collect()
    };
    let (before, now) = (by_key(before), by_key(now));
    let keys: BTreeSet<&str> = before.keys().chain(now.keys()).copied().collect();
    let pairs = keys.into_iter().map(|key| (before.get(key).copied(), now.get(key).copied()));
    pairs
        .filter(|pair| match pair {
            (Some(old), Some(new)) => {
                let health = match (old.qaly, new.qaly) {
                    (Some(old), Some(new)) => (old - new).abs() > NOISE,
                    (old, new) => old.is_some() != new.is_some(),
                };
                old.spend_gbp != new.spend_gbp || health
            }
            _ => true,
        })
        .collect()
}

fn key<'a>(pair: &Pair<'a>) -> &'a str {
    pair.1.or(pair.0).map(|line| line.service.as_str()).unwrap_or_default()
}

fn money(pair: &Pair<'_>) -> Pence {
    let spend = |line: Option<&ServiceValueJson>| line.map(|it| it.spend_gbp).unwrap_or_default();
    spend(pair.1) - spend(pair.0)
}

impl LineChange {
    fn of(pair: &Pair<'_>) -> Self {
        let (before, now) = *pair;
        let name = pair.1.or(pair.0).map(|line| format!("{}, {}", line.name, line.provider));
        let spend = |line: Option<&ServiceValueJson>| {
            line.map_or_else(|| "–".to_owned(), |it| money_short(it.spend_gbp))
        };
        let years = |line: Option<&ServiceValueJson>| {
            line.and_then(|it| it.qaly).map_or_else(|| "not known".to_owned(), qaly)
        };
        let price = |line: Option<&ServiceValueJson>| {
            line.map_or_else(|| "–".to_owned(), |it| gbp_per_qaly(it.marginal_gbp_per_qaly))
        };
        let gained = before.and_then(|it| it.qaly).zip(now.and_then(|it| it.qaly));
        Self {
            link: Link::new(name.unwrap_or_default(), service_href(key(pair))),
            note: match (before, now) {
                (None, Some(_)) => Some("new"),
                (Some(_), None) => Some("no longer there"),
                _ => None,
            },
            spend_before: spend(before),
            spend: spend(now),
            spend_change: money_signed(money(pair)),
            qaly_before: years(before),
            qaly: years(now),
            qaly_change: gained
                .map_or_else(|| "not known".to_owned(), |(old, new)| qaly_signed(new - old)),
            price_before: price(before),
            price: price(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    #[test]
    fn only_what_differs_is_a_change_and_most_money_comes_first() {
        let before = samples::value(14, false);
        let mut now = before.clone();
        assert!(SinceView::of(3, &before, &now, &[]).lines.is_empty());
        let gone = now.services.remove(0);
        now.services[4].spend_gbp = now.services[4].spend_gbp + Pence::new(100_000);
        now.services[7].qaly = None;
        let since = SinceView::of(3, &before, &now, &[]);
        assert_eq!(since.lines.len(), 3);
        let first = &since.lines[0];
        assert!(first.link.text.starts_with(&gone.name) && first.spend_change.starts_with('−'));
        assert_eq!(first.note, Some("no longer there"));
        assert_eq!(since.lines[1].spend_change, "+£1,000");
        assert_eq!(since.lines[2].qaly_change, "not known");
        assert!(since.sentence.contains("3 lines changed"), "{}", since.sentence);
    }
}
