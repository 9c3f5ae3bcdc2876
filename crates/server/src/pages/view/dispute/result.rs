use api::dispute::{DisputeResultJson, HeadlineJson};
use quantities::Pence;
use serde::Serialize;

use crate::pages::format::{
    gbp_per_qaly, money_short, money_signed, plural, qaly, qaly_signed, sentence_case,
};
use crate::pages::view::labels::service_label;
use crate::pages::view::run::outcome_tag;

/// Below this there is no difference.
const NOISE: f64 = 1e-9;

/// The result with and without the disputed figure.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ResultView {
    /// The finding, as one sentence.
    pub sentence: String,
    /// The heading of what would be.
    pub with: &'static str,
    /// What is compared.
    pub rows: Vec<ResultRow>,
    /// How many rows of the table it takes, in words.
    pub touched: String,
    /// The hash of the book as it was published.
    pub book_sha256: String,
    /// The hash of the other.
    pub disputed_book_sha256: String,
}

/// One thing that is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ResultRow {
    /// What it is.
    pub what: &'static str,
    /// As it was published.
    pub published: String,
    /// With the proposed figure, or without the disputed one.
    pub disputed: String,
    /// By how much they differ.
    pub difference: String,
}

impl ResultView {
    /// The result in words; `proposed` where another figure stands in place of the disputed one.
    pub fn new(result: &DisputeResultJson, proposed: bool) -> Self {
        let with = if proposed { "With the proposed figure" } else { "Without the figure" };
        Self {
            sentence: sentence(result, with),
            with,
            rows: rows(result),
            touched: format!(
                "{} of the table {}.",
                plural(result.rows, "row", "rows"),
                match (result.rows == 1, proposed) {
                    (true, true) => "is changed",
                    (true, false) => "is left out",
                    (false, true) => "are changed",
                    (false, false) => "are left out",
                }
            ),
            book_sha256: result.book_sha256.clone(),
            disputed_book_sha256: result.disputed_book_sha256.clone(),
        }
    }
}

fn sentence(result: &DisputeResultJson, with: &str) -> String {
    let (old, new) = (&result.published, &result.disputed);
    let mut changes = Vec::new();
    if let (Some(before), Some(after)) = (old.spend_gbp, new.spend_gbp)
        && before != after
    {
        changes.push(format!("spend would be {}, not {}", money_short(after), money_short(before)));
    }
    match (old.qaly, new.qaly) {
        (Some(before), Some(after)) if (before - after).abs() > NOISE => changes.push(format!(
            "healthy years (QALYs) would be {}, not {}",
            qaly(after),
            qaly(before)
        )),
        (Some(before), None) => changes.push(format!(
            "its healthy years (QALYs), {} as published, could not be told",
            qaly(before)
        )),
        (None, Some(after)) => changes.push(format!(
            "it would bring {} healthy years (QALYs), not known so far",
            qaly(after)
        )),
        _ => {}
    }
    if let (Some(before), Some(after)) = (old.average_gbp_per_qaly, new.average_gbp_per_qaly)
        && (before - after).abs() > NOISE
    {
        let [after, before] = [after, before].map(|price| gbp_per_qaly(Some(price)));
        changes.push(format!("each would cost {after}, not {before}"));
    }
    if new.spend_gbp.is_none() && old.spend_gbp.is_some() {
        return format!("{with}, the line would not be in the book.");
    }
    match changes.is_empty() {
        true => format!("{with}, nothing in the result of this line would change."),
        false => format!("{with}, {}.", changes.join("; ")),
    }
}

/// How one figure of a headline reads.
type Reading<T> = fn(&HeadlineJson) -> Option<T>;

fn rows(result: &DisputeResultJson) -> Vec<ResultRow> {
    let (old, new) = (&result.published, &result.disputed);
    let none = || "–".to_owned();
    let money = |what, read: Reading<Pence>| {
        let (before, after) = (read(old), read(new));
        before.or(after)?;
        let change = before.zip(after).map(|(before, after)| after - before);
        let [published, disputed] = [before, after].map(|it| it.map_or_else(none, money_short));
        let difference = change.map_or_else(none, money_signed);
        Some(ResultRow { what, published, disputed, difference })
    };
    let number = |what, read: Reading<f64>, show: fn(f64) -> String, signed: fn(f64) -> String| {
        let (before, after) = (read(old), read(new));
        before.or(after)?;
        let [published, disputed] =
            [before, after].map(|it| it.map_or_else(|| "not known".to_owned(), show));
        let change = before.zip(after).map(|(before, after)| after - before);
        let difference = change.map_or_else(none, signed);
        Some(ResultRow { what, published, disputed, difference })
    };
    let word = |what, read: Reading<String>| {
        let (before, after) = (read(old), read(new));
        before.as_ref().or(after.as_ref())?;
        let difference = if before == after { "no change" } else { "changes" }.to_owned();
        let [published, disputed] = [before, after].map(|it| it.unwrap_or_else(none));
        Some(ResultRow { what, published, disputed, difference })
    };
    let price = |it: f64| gbp_per_qaly(Some(it));
    let found = [
        money("Spend a year", |it| it.spend_gbp),
        number("Healthy years (QALYs) a year", |it| it.qaly, qaly, qaly_signed),
        number("Average price of one", |it| it.average_gbp_per_qaly, price, price_signed),
        number("Price of the last", |it| it.marginal_gbp_per_qaly, price, price_signed),
        word("Why it cannot be assessed", |it| it.reason.as_deref().map(sentence_case)),
        word("What the plan says of the line", |it| {
            it.label.as_deref().map(|label| service_label(label).text)
        }),
        money("What the plan spends on it", |it| it.plan_gbp),
        word("The plan", |it| {
            it.status
                .as_deref()
                .map(|status| outcome_tag(status, it.certified.unwrap_or(false)).text)
        }),
        number(
            "Healthy years (QALYs) the whole plan brings",
            |it| it.gain_qaly,
            qaly_signed,
            qaly_signed,
        ),
    ];
    found.into_iter().flatten().collect()
}

/// A change of a price.
fn price_signed(change: f64) -> String {
    let text = gbp_per_qaly(Some(change));
    match change {
        change if change.abs() <= NOISE => "no change".to_owned(),
        change if change > 0.0 => format!("+{text}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::dispute::DifferenceJson;

    fn result(published: HeadlineJson, disputed: HeadlineJson) -> DisputeResultJson {
        DisputeResultJson {
            schema: api::dispute::SCHEMA.to_owned(),
            edition: 1,
            service: "RTG/110".to_owned(),
            book_sha256: String::new(),
            disputed_book_sha256: String::new(),
            rows: 1,
            difference: DifferenceJson::between(&published, &disputed),
            published,
            disputed,
        }
    }

    #[test]
    fn the_finding_says_what_would_be_and_what_was() {
        let headline = |spend: &str, average| HeadlineJson {
            spend_gbp: spend.parse().ok(),
            qaly: Some(100.0),
            average_gbp_per_qaly: Some(average),
            ..HeadlineJson::default()
        };
        let found = result(headline("1000000", 10_000.0), headline("900000", 9_000.0));
        let view = ResultView::new(&found, true);
        assert_eq!(
            view.sentence,
            "With the proposed figure, spend would be £900,000, not £1.0m; each would cost \
             £9,000, not £10,000."
        );
        let row = |at: usize| (view.rows[at].what, view.rows[at].difference.as_str());
        assert_eq!(row(0), ("Spend a year", "−£100,000"));
        assert_eq!(row(1), ("Healthy years (QALYs) a year", "0"));
        assert_eq!(row(2), ("Average price of one", "−£1,000"));
        assert_eq!(view.rows.len(), 3, "what nobody knows is not a row");
        assert_eq!(view.touched, "1 row of the table is changed.");
    }

    #[test]
    fn what_could_no_longer_be_told_is_said_so() {
        let old = HeadlineJson { qaly: Some(244.0), ..HeadlineJson::default() };
        let new = HeadlineJson { reason: Some("it has no spend".to_owned()), ..old.clone() };
        let none = HeadlineJson { qaly: None, ..new };
        let lost = ResultView::new(&result(old.clone(), none.clone()), false);
        let said = "Without the figure, its healthy years (QALYs), 244 as published, could not be \
                    told.";
        assert_eq!(lost.sentence, said);
        assert_eq!(lost.rows[1].disputed, "It has no spend");
        let found = ResultView::new(&result(none, old), true).sentence;
        assert!(found.ends_with("it would bring 244 healthy years (QALYs), not known so far."));
    }

    #[test]
    fn a_line_may_vanish_or_stay_as_it_is() {
        let old = HeadlineJson { spend_gbp: "5".parse().ok(), ..HeadlineJson::default() };
        let same = ResultView::new(&result(old.clone(), old.clone()), true);
        assert!(same.sentence.contains("nothing in the result"), "{}", same.sentence);
        let gone = ResultView::new(&result(old, HeadlineJson::default()), false);
        assert_eq!(gone.sentence, "Without the figure, the line would not be in the book.");
    }
}
