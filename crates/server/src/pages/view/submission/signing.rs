//! Before a signature: what is still open, what others will see, and which figures matter most.

use serde::Serialize;
use store::{Agreement, AskedQuery};

use super::bridge::written_day;
use super::figures::FiguresView;
use super::queries::{OpenRule, still_open};
use crate::actions::agreement::ALWAYS;
use crate::actions::others::Others;
use crate::charts::sector_label;
use crate::engine::{Matter, SeenLine};
use crate::pages::format::{gbp_per_qaly, list_words, money_full, plural, qaly, sentence_case};
use crate::pages::view::FieldError;
use crate::pages::view::labels::{measure, words};
use crate::pages::view::table::{Address, Pager, page_of};
use crate::rules::Rules;

/// The page before a signature.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SigningView {
    /// The submission's id.
    pub id: String,
    /// The table and its version.
    pub title: String,
    /// Whose it is.
    pub owner: String,
    /// What stands in the way, or that nothing does, as one sentence.
    pub answer: String,
    /// Why it was not signed off just now.
    pub errors: Vec<FieldError>,
    /// What still needs an answer, a rule each.
    pub open: Vec<OpenRule>,
    /// Whether this person may answer that.
    pub may_answer: bool,
    /// Whether this person may sign it off.
    pub may_sign_off: bool,
    /// Whether it is signed off already.
    pub signed: bool,
    /// What others will see.
    pub seen: Option<SeenView>,
    /// Why that cannot be shown yet.
    pub unseen: Option<String>,
    /// The figures that matter most.
    pub figures: Option<FiguresView>,
}

/// What is known besides what others will see.
#[derive(Clone, Debug, Default)]
pub struct SigningFacts {
    /// The submission's id.
    pub id: String,
    /// The table and its version.
    pub title: String,
    /// Whose it is.
    pub owner: String,
    /// Whether this person may answer what is asked.
    pub may_answer: bool,
    /// Whether this person may sign it off.
    pub may_sign_off: bool,
    /// Whether it is signed off already.
    pub signed: bool,
    /// Whether it was asked for just now, and refused.
    pub refused: bool,
}

impl SigningView {
    /// The page with what is asked, and what others will see with what matters most, or why
    /// that cannot be shown.
    pub fn new(
        facts: SigningFacts,
        asked: &[AskedQuery],
        rules: &Rules,
        found: Result<(&Others, &Matter), &str>,
        page: Option<usize>,
    ) -> Self {
        let open = still_open(asked, rules);
        let rows: u64 = open.iter().map(|rule| rule.count).sum();
        let answer = match rows {
            _ if facts.signed => {
                "This version is signed off. This is what other providers see of it.".to_owned()
            }
            0 => "Nothing stands in the way of a signature.".to_owned(),
            rows => format!(
                "This version cannot be signed off yet: {} an answer.",
                plural(rows, "row still needs", "rows still need")
            ),
        };
        let errors = match (facts.refused, open.first()) {
            (true, Some(first)) => {
                let others = u64::try_from(open.len().saturating_sub(1)).unwrap_or(u64::MAX);
                let more = match others {
                    0 => String::new(),
                    others => {
                        format!(", and {}", plural(others, "other question", "other questions"))
                    }
                };
                let why = format!("Not signed off: answer \"{}\"{more} first", first.title);
                vec![FieldError::new("open", why)]
            }
            _ => Vec::new(),
        };
        let address = format!("/submissions/{}/sign-off", facts.id);
        Self {
            answer,
            errors,
            open,
            may_answer: facts.may_answer,
            may_sign_off: facts.may_sign_off,
            signed: facts.signed,
            seen: found.ok().map(|(others, _)| SeenView::new(others, &address, page)),
            figures: found.ok().map(|(_, matter)| FiguresView::from(matter)),
            unseen: found.err().map(|why| format!("{}.", sentence_case(why.trim_end_matches('.')))),
            id: facts.id,
            title: facts.title,
            owner: facts.owner,
        }
    }
}

/// What others see, exactly.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SeenView {
    /// Under which agreement, as sentences.
    pub agreement: String,
    /// How the provider is shown, as one sentence.
    pub disclosure: String,
    /// The one provider that all lines are of, as others see it.
    pub of: Option<String>,
    /// The lines.
    pub rows: Vec<SeenRow>,
    /// The way to further lines.
    pub pager: Option<Pager>,
    /// Whether any line shows money, so that its columns are needed.
    pub money: bool,
}

/// One line as others see it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SeenRow {
    /// The provider, or that it is another one.
    pub provider: String,
    /// The line's name.
    pub name: String,
    /// What kind of care, where.
    pub kind: String,
    /// Spend in the base year.
    pub spend: String,
    /// The part of it with an accepted outcome.
    pub valued: String,
    /// Work done.
    pub work: String,
    /// What was measured, and the evidence.
    pub evidence: String,
    /// Healthy years a year.
    pub qaly: String,
    /// Average cost of a healthy year.
    pub average: String,
    /// Unit costs against the book's means.
    pub index: String,
}

impl SeenView {
    /// The lines, a page at a time.
    pub fn new(others: &Others, path: &str, page: Option<usize>) -> Self {
        let named = others.lines.iter().filter(|line| line.named).count();
        let disclosure = if others.lines.is_empty() {
            "There is no line to see: the tables signed off so far hold no service of yours."
        } else if named == others.lines.len() {
            "They see the name, spend, work and value of each line; never resource groups, pay, \
             answers to the checks or accounts."
        } else if named == 0 {
            "They see no name and no money of yours, only how unit costs compare with the mean of \
             the book."
        } else {
            "Of providers that share indices only they see no name and no money."
        };
        let mut names = others.lines.iter().map(|line| line.provider_name.clone());
        let of = names.next().filter(|first| names.all(|name| name == *first));
        let address = Address { path: path.to_owned(), query: Vec::new() };
        let lines: Vec<&SeenLine> = others.lines.iter().collect();
        let (lines, pager) = page_of(lines, page.unwrap_or(1), &address);
        Self {
            agreement: agreement(others.agreement.as_ref()),
            disclosure: disclosure.to_owned(),
            of,
            rows: lines.into_iter().map(SeenRow::from).collect(),
            pager,
            money: named > 0,
        }
    }
}

/// Whether others see it at all, and what they may use it for.
fn agreement(agreement: Option<&Agreement>) -> String {
    match agreement {
        Some(agreement) if agreement.in_force => format!(
            "Other providers see this once it is published, under the data-sharing agreement in \
             force until {}. {ALWAYS}",
            written_day(&agreement.until.to_string())
        ),
        Some(agreement) => format!(
            "Other providers see nothing of it for now: the data-sharing agreement ran from {} to \
             {}. While one is in force, they see this.",
            written_day(&agreement.from.to_string()),
            written_day(&agreement.until.to_string())
        ),
        None => {
            "Other providers see nothing of it for now: no data-sharing agreement is recorded. \
                 Once one is in force, they see this."
                .to_owned()
        }
    }
}

const NOTHING: &str = "–";

fn or_nothing(text: Option<String>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or_else(|| NOTHING.to_owned())
}

/// The programme, the setting and the sector, each said once.
fn kind(line: &SeenLine) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in [words(&line.programme), words(&line.setting), sector_label(&line.sector)] {
        let part = part.to_lowercase();
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(", ")
}

impl From<&SeenLine> for SeenRow {
    fn from(line: &SeenLine) -> Self {
        let work: Vec<String> = line
            .activity
            .iter()
            .map(|it| {
                format!(
                    "{}: {}",
                    it.point_of_delivery,
                    crate::pages::format::qaly(it.amount.to_number())
                )
            })
            .collect();
        let measures: Vec<String> = line.measures.iter().map(|code| measure(code)).collect();
        let grade = line.grade.as_ref().map(|grade| format!("grade {grade}"));
        let evidence: Vec<String> = [Some(list_words(&measures)), grade]
            .into_iter()
            .flatten()
            .filter(|it| !it.is_empty())
            .collect();
        Self {
            provider: sentence_case(&line.provider_name),
            name: line.name.clone(),
            kind: kind(line),
            spend: or_nothing(line.spend.map(money_full)),
            valued: or_nothing(line.valued_spend.map(money_full)),
            work: or_nothing(Some(work.join(", "))),
            evidence: or_nothing(Some(evidence.join(", "))),
            qaly: or_nothing(line.qaly.map(qaly)),
            average: or_nothing(line.average.map(|price| gbp_per_qaly(Some(price)))),
            index: or_nothing(line.unit_cost_index.map(|index| format!("{index:.2}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    fn rules() -> Rules {
        Rules::parse(include_str!("../../../../../../models/rules.toml")).expect("rules")
    }

    fn view(asked: &[AskedQuery], refused: bool) -> SigningView {
        let facts = SigningFacts { id: "1".to_owned(), refused, ..SigningFacts::default() };
        SigningView::new(
            facts,
            asked,
            &rules(),
            Ok((&samples::others(3, true), &samples::matter(3))),
            None,
        )
    }

    #[test]
    fn a_signature_waits_for_every_answer_and_says_for_which() {
        let asked = samples::asked(6);
        let refused = view(&asked, true);
        assert_eq!(
            refused.answer,
            "This version cannot be signed off yet: 5 rows still need an answer."
        );
        let [error] = refused.errors.as_slice() else { panic!("{:?}", refused.errors) };
        assert!(
            error.message.contains("\"A negative cost\", and 1 other question first"),
            "{error:?}"
        );
        assert_eq!(refused.open.iter().map(|rule| rule.count).collect::<Vec<_>>(), [4, 1]);
        let ready = view(&[], true);
        assert_eq!(ready.answer, "Nothing stands in the way of a signature.");
        assert!(ready.errors.is_empty() && ready.open.is_empty());
    }

    #[test]
    fn what_others_see_has_no_gap_and_no_money_where_only_indices_are_shared() {
        let seen = SeenView::new(&samples::others(3, false), "/x", None);
        assert!(!seen.money && seen.disclosure.contains("no money"));
        for row in &seen.rows {
            assert_eq!((row.provider.as_str(), row.spend.as_str()), ("Another provider", "–"));
            assert_eq!(row.index, "1.07");
        }
        let named = SeenView::new(&samples::others(3, true), "/x", None);
        assert!(named.money && named.rows.iter().all(|row| row.spend.starts_with('£')));
        assert!(named.agreement.contains("no data-sharing agreement"), "{}", named.agreement);
    }
}
