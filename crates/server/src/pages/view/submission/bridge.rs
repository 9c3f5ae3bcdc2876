//! Costed against the accounts, the allocation against the contracts, and how good the figures are.

use api::check::{BridgeJson, QualityJson, ReconciliationJson};
use jiff::civil::Date;
use quantities::Pence;
use serde::Serialize;

use crate::pages::format::{
    list_words, money_full, money_millions, money_short, pct, plural, sentence_case,
};
use crate::pages::view::Tag;
use crate::pages::view::labels::{reconciliation, words};

/// One provider's costs against its accounts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Bridge {
    /// The bridge as one sentence.
    pub sentence: String,
    /// How it stands.
    pub tag: Tag,
    /// The provider and the year.
    pub of: String,
    /// Costed.
    pub costed: String,
    /// Excluded.
    pub excluded: String,
    /// The accounts.
    pub accounts: String,
    /// The difference.
    pub difference: String,
    /// The difference in percent.
    pub difference_pct: String,
}

/// From the allocation to the contracts, for one year.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AllocationBridge {
    /// The financial year.
    pub year: String,
    /// Whether it closes, as one sentence.
    pub sentence: String,
    /// How it stands.
    pub tag: Tag,
    /// Its lines with their amounts, the allocation first.
    pub lines: Vec<(String, String)>,
}

/// How good one provider's figures are.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QualityView {
    /// The score as one sentence.
    pub sentence: String,
    /// What is there and what is not, each as a sentence.
    pub facts: Vec<String>,
    /// The cost areas, dearest first.
    pub areas: Vec<AreaRow>,
}

/// One cost area.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AreaRow {
    /// The resource group.
    pub name: String,
    /// Its cost.
    pub cost: String,
    /// How well it is found, of 100.
    pub quality: String,
}

impl From<&ReconciliationJson> for Bridge {
    fn from(line: &ReconciliationJson) -> Self {
        let percent = line.difference_pct.map(pct);
        let tag = reconciliation(&line.status);
        let sentence = match &percent {
            Some(percent) => format!(
                "Costed {} + excluded {} − accounts {} = {} ({percent}).",
                money_millions(line.costed_gbp),
                money_millions(line.excluded_gbp),
                money_millions(line.accounts_gbp),
                money_millions(line.difference_gbp),
            ),
            None => format!(
                "Costed {}; no accounts have been handed in to compare with.",
                money_millions(line.costed_gbp)
            ),
        };
        Self {
            sentence,
            tag,
            of: format!("{}, {}", line.provider, line.fin_year),
            costed: money_full(line.costed_gbp),
            excluded: money_full(line.excluded_gbp),
            accounts: money_full(line.accounts_gbp),
            difference: money_full(line.difference_gbp),
            difference_pct: percent.unwrap_or_else(|| "not known".to_owned()),
        }
    }
}

impl From<&BridgeJson> for AllocationBridge {
    fn from(bridge: &BridgeJson) -> Self {
        let closes = bridge.difference_gbp == Pence::ZERO
            && (bridge.contracts_gbp == Pence::ZERO
                || bridge.contracts_difference_gbp == Pence::ZERO);
        let sentence = if closes {
            format!("The allocation of {} is accounted for to the penny.", bridge.fin_year)
        } else {
            format!(
                "The allocation of {} and its parts differ by {}; the contracts line and the \
                 contracts in the book by {}.",
                bridge.fin_year,
                money_full(bridge.difference_gbp),
                money_full(bridge.contracts_difference_gbp)
            )
        };
        let mut lines: Vec<(&String, &Pence)> = bridge.lines_gbp.iter().collect();
        lines.sort_by_key(|(name, amount)| (*name != "allocation", std::cmp::Reverse(**amount)));
        let mut lines: Vec<(String, String)> = lines
            .into_iter()
            .map(|(name, amount)| (sentence_case(&words(name)), money_full(*amount)))
            .collect();
        lines.push(("Left over".to_owned(), money_full(bridge.difference_gbp)));
        lines.push(("Contracts in the book".to_owned(), money_full(bridge.contracts_gbp)));
        Self {
            year: bridge.fin_year.clone(),
            sentence,
            tag: if closes { Tag::new("Closes", "green") } else { Tag::new("Open", "red") },
            lines,
        }
    }
}

impl QualityView {
    /// What is said of a provider's figures, judged on a day where one is named.
    pub fn of(quality: &QualityJson, judged: Option<Judged>) -> Self {
        let sentence = match quality.score {
            Some(score) => format!(
                "{} scores {score:.0} of 100 for how its costs are found: each cost area counts by \
                 its cost.",
                quality.provider
            ),
            None => format!("{} has no costs to score.", quality.provider),
        };
        let mut facts = vec![format!(
            "Of its spend on care {} has an outcome and {} has deprivation shares; of all its \
             spend {} has staff.",
            pct(quality.with_outcome_pct.round()),
            pct(quality.with_equity_pct.round()),
            pct(quality.with_staff_pct.round())
        )];
        let grades: Vec<String> = quality
            .by_grade_gbp
            .iter()
            .map(|(grade, spend)| format!("{} at grade {grade}", money_short(*spend)))
            .collect();
        if !grades.is_empty() {
            facts.push(format!("Best evidence: {}.", list_words(&grades)));
        }
        facts.push(freshness(quality.complete_to.as_deref(), judged));
        let areas = quality.areas.iter().map(|area| AreaRow {
            name: sentence_case(&words(&area.area)),
            cost: money_short(area.cost_gbp),
            quality: format!("{:.0}", area.quality),
        });
        Self { sentence, facts, areas: areas.collect() }
    }
}

/// The day on which figures are judged, and how many days they stay fresh.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// The day.
    pub today: Date,
    /// Days.
    pub fresh_days: f64,
}

fn freshness(complete_to: Option<&str>, judged: Option<Judged>) -> String {
    let Some(text) = complete_to else {
        return "No row says up to which day its costs are complete.".to_owned();
    };
    let said = format!("Its latest costs are complete up to {}", written_day(text));
    let (Ok(day), Some(judged)) = (text.parse::<Date>(), judged) else {
        return format!("{said}.");
    };
    let age = (judged.today - day).get_days().max(0);
    let days = plural(u64::try_from(age).unwrap_or_default(), "day", "days");
    if f64::from(age) > judged.fresh_days {
        format!("{said}, {days} ago: red, older than {:.0} days.", judged.fresh_days)
    } else {
        format!("{said}, {days} ago: fresh.")
    }
}

/// `2025-03-31` as `31 March 2025`.
pub fn written_day(day: &str) -> String {
    let read: Result<Date, _> = day.parse();
    read.map_or_else(|_| day.to_owned(), |day| day.strftime("%-d %B %Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn pence(text: &str) -> Pence {
        text.parse().expect("money")
    }

    #[test]
    fn a_bridge_is_one_sentence() {
        let line = ReconciliationJson {
            provider: "RTG".to_owned(),
            fin_year: "2024-25".to_owned(),
            costed_gbp: pence("98700000"),
            excluded_gbp: pence("1100000"),
            accounts_gbp: pence("100000000"),
            difference_gbp: pence("-200000"),
            difference_pct: Some(-0.2),
            status: "green".to_owned(),
        };
        assert_eq!(
            Bridge::from(&line).sentence,
            "Costed £98.70m + excluded £1.10m − accounts £100.00m = −£0.20m (−0.20%)."
        );
    }

    #[test]
    fn an_allocation_closes_to_the_penny_or_says_by_how_much_not() {
        let bridge = |difference: &str| BridgeJson {
            fin_year: "2024-25".to_owned(),
            lines_gbp: BTreeMap::from([
                ("contracts_in_book".to_owned(), pence("70")),
                ("reserves".to_owned(), pence("30")),
                ("allocation".to_owned(), pence("100")),
            ]),
            difference_gbp: pence(difference),
            contracts_gbp: pence("70"),
            contracts_difference_gbp: Pence::ZERO,
        };
        let closed = AllocationBridge::from(&bridge("0"));
        assert_eq!((closed.tag.text.as_str(), closed.lines.len()), ("Closes", 5));
        assert_eq!(closed.lines.first().map(|(name, _)| name.as_str()), Some("Allocation"));
        let open = AllocationBridge::from(&bridge("0.01"));
        assert!(open.sentence.contains("differ by £0.01"), "{}", open.sentence);
    }

    #[test]
    fn freshness_is_said_in_words() {
        assert_eq!(written_day("2025-03-31"), "31 March 2025");
        assert_eq!(written_day("soon"), "soon");
        let judged = |day: i8| {
            let today = jiff::civil::date(2025, 4, day);
            freshness(Some("2025-03-31"), Some(Judged { today, fresh_days: 10.0 }))
        };
        assert!(judged(10).ends_with("10 days ago: fresh."), "{}", judged(10));
        assert!(judged(11).ends_with("11 days ago: red, older than 10 days."), "{}", judged(11));
    }
}
