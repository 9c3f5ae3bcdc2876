//! Is it different? Why? What can we do? Answered in sentences from the figures.

use jiff::civil::Date;
use openbook::Book;
use quantities::words::{pounds_short, share};

use super::basis::Basis;
use super::{Comparison, LineBenchmark, Mix, Standing, review_of};

/// The three questions, answered. What rests on other providers beside the main comparison stands
/// apart, so that it can be kept from those whom it would tell a single provider's costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questions {
    /// Is it different?
    pub different: String,
    /// How it stands beside the other providers; where the main comparison is another.
    pub beside_peers: Option<String>,
    /// Why?
    pub why: String,
    /// What the difference is spent on, by resource group, set beside how others divide theirs.
    pub spent_on: Option<String>,
    /// What can we do?
    pub what_to_do: String,
}

/// How many resource groups are named.
const NAMED: usize = 3;

impl<B: Basis> LineBenchmark<B> {
    /// The three questions, answered from the figures and the board's review in date on a day.
    #[must_use]
    pub fn questions(&self, book: &Book, today: Date) -> Questions {
        let Some(main) = self.main() else {
            let reason = self.reason.as_deref().unwrap_or("it has no work to compare");
            return Questions {
                different: format!("Nobody can tell: {reason}."),
                beside_peers: None,
                spent_on: None,
                why: "There is nothing to explain until it can be compared.".to_owned(),
                what_to_do: "Count its work in national currencies, so that it can be compared."
                    .to_owned(),
            };
        };
        Questions {
            different: self.different(main),
            beside_peers: self.beside_peers(),
            why: self.why(main, book, today),
            spent_on: self.spent_on(main),
            what_to_do: self.what_to_do(main),
        }
    }

    fn different(&self, main: &Comparison) -> String {
        let ratio = main.ratio();
        let reference = if self.national.is_some() {
            "the national mean of the same currencies"
        } else {
            "the mean of the other providers that do the same"
        };
        let (low, high) = main.funnel.outer();
        let standing = match main.standing {
            Standing::Within => "No: chance and the way costs were found explain as much",
            Standing::Beyond2Sigma => "Perhaps: it lies beyond two standard errors",
            Standing::Beyond3Sigma => "Yes: it lies beyond three standard errors",
            Standing::Query => {
                "Query this line: so far out, a count or a cost is more likely wrong than the \
                 service dear"
            }
        };
        let mut text = format!(
            "{standing}. Its work costs {} where it would cost {} at {reference}: {ratio:.2} times \
             (three standard errors: {low:.2} to {high:.2}).",
            pounds_short(main.own_gbp),
            pounds_short(main.expected_gbp)
        );
        if main.covered < 0.995 {
            text.push_str(&format!(" {} of its cost is compared.", share(main.covered)));
        }
        text
    }

    fn beside_peers(&self) -> Option<String> {
        let peers = self.peers.as_ref().filter(|_| self.national.is_some())?;
        Some(format!("Against {} it is {:.2} times.", providers(peers.providers), peers.ratio()))
    }

    fn why(&self, main: &Comparison, book: &Book, today: Date) -> String {
        if main.standing == Standing::Within {
            return "There is no difference that needs a reason.".to_owned();
        }
        let mut parts = Vec::new();
        if let [first, _, ..] = main.by_work.as_slice() {
            parts.push(format!(
                "Of its kinds of work {} differs most: {} each against {}.",
                first.work,
                pounds_short(first.own_unit_gbp),
                pounds_short(first.reference_unit_gbp)
            ));
        }
        if main.coarse > 0.5 {
            parts.push(
                "The mean is one over several currencies, so harder cases may explain part of it."
                    .to_owned(),
            );
        }
        parts.push(match review_of(book, &self.service, today) {
            Some(review) => format!(
                "The board's review of {}: {} ({}; to be looked at again by {}).",
                review.reviewed_on, review.reason, review.reviewer, review.review_by
            ),
            None => "No review that is in date gives a reason.".to_owned(),
        });
        parts.join(" ")
    }

    fn spent_on(&self, main: &Comparison) -> Option<String> {
        if main.standing == Standing::Within {
            return None;
        }
        let more = main.difference_gbp() > 0.0;
        let same: Vec<String> = self
            .groups
            .iter()
            .filter(|group| (group.difference_gbp() > 0.0) == more)
            .take(NAMED)
            .map(|group| {
                let name = group.group.replace('_', " ");
                format!("{name} ({})", pounds_short(group.difference_gbp().abs()))
            })
            .collect();
        let mix = self.mix.filter(|_| !same.is_empty())?;
        let beside = match mix {
            Mix::Peers => "as the other providers of the same work divide theirs",
            Mix::PointOfDelivery => {
                "as the other lines at its points of delivery divide theirs, for want of anybody \
                 who does the same"
            }
        };
        Some(format!(
            "It spends {} on {} than at the mean, divided {beside}.",
            if more { "more" } else { "less" },
            same.join(", ")
        ))
    }

    fn what_to_do(&self, main: &Comparison) -> String {
        if main.standing == Standing::Query {
            return "Check what is counted and what is charged to the line before anything is \
                    planned on it."
                .to_owned();
        }
        if !main.is_dear() {
            let cheap = main.standing != Standing::Within;
            let text = if cheap {
                "It is cheaper than the mean: ask what others could learn from it, and whether all \
                 of its cost is there."
            } else {
                "Nothing on this evidence: it costs about the mean."
            };
            let best = self.release_gbp(self.best_quartile.as_ref()).unwrap_or_default();
            let others = self.best_quartile.as_ref().and_then(|best| best.providers);
            return if best > 0.0 {
                format!(
                    "{text} Reaching the best quartile of {} would release {}.",
                    providers(others),
                    pounds_short(best)
                )
            } else {
                text.to_owned()
            };
        }
        let mean = self.release_gbp(Some(main)).unwrap_or_default();
        let mut text =
            format!("Reaching the mean would release {} of this board's spend", pounds_short(mean));
        match (&self.best_quartile, self.release_gbp(self.best_quartile.as_ref())) {
            (Some(best), Some(release)) => text.push_str(&format!(
                ", the best quartile of {} {}",
                providers(best.providers),
                pounds_short(release)
            )),
            _ => text.push_str("; too few others do the same for a best quartile"),
        }
        text.push_str(&format!(
            ". {} of its cost is not fixed: the rest releases capacity, not cash.",
            share(self.not_fixed)
        ));
        text
    }
}

fn providers(count: Option<usize>) -> String {
    match count {
        Some(1) => "one other provider".to_owned(),
        Some(count) => format!("{count} other providers"),
        None => "others".to_owned(),
    }
}
