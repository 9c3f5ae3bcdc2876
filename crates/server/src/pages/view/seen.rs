//! Service lines as other providers see them.

use serde::{Deserialize, Serialize};

use super::table::{Address, Choice, Column, Pager, Sort, encoded, page_of, sector_choices};
use super::{Link, labels};
use crate::actions::others::Others;
use crate::charts::sector_label;
use crate::engine::SeenLine;
use crate::pages::format::{
    gbp_per_qaly, list_words, money_short, plural, qaly, sentence_case, short_name, thousands,
};

/// The lines that are shared of an edition.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SeenView {
    /// The edition.
    pub edition: u64,
    /// Whether the lines are those of everyone, shown to the Board.
    pub of_all: bool,
    /// The answer, as one sentence.
    pub answer: String,
    /// What holds under every agreement.
    pub always: String,
    /// Whether a figure may be disputed here.
    pub may_dispute: bool,
    /// The sectors to choose from.
    pub sectors: Vec<Choice>,
    /// What the address keeps besides.
    pub kept: Vec<Link>,
    /// The headings.
    pub columns: Vec<Column>,
    /// One page of lines.
    pub rows: Vec<SeenRow>,
    /// The way to the others.
    pub pager: Option<Pager>,
}

/// One line.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SeenRow {
    /// The line.
    pub name: String,
    /// Its key, where its provider is named.
    pub key: Option<String>,
    /// The provider.
    pub provider: String,
    /// The sector, the programme and the setting.
    pub kind: String,
    /// Spend in the base year.
    pub spend: String,
    /// Work done.
    pub activity: String,
    /// Healthy years.
    pub qaly: String,
    /// Average price of one.
    pub average: String,
    /// The evidence: measures and grade.
    pub evidence: String,
    /// Its unit costs over the mean.
    pub index: String,
    /// The same in words.
    pub index_words: String,
    /// Where a figure of it is disputed.
    pub dispute: Option<String>,
}

/// Which of the lines, as it stands in an address.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SeenQuery {
    /// Those of a sector.
    #[serde(default)]
    pub sector: String,
    /// In which order.
    #[serde(default)]
    pub sort: String,
    /// Which page.
    pub page: Option<usize>,
}

impl SeenView {
    /// The lines that somebody sees of an edition; `of_all` where that is the Board.
    pub fn new(edition: u64, others: &Others, of_all: bool, query: &SeenQuery) -> Self {
        let address = Address {
            path: format!("/editions/{edition}/others"),
            query: vec![("sector", query.sector.clone()), ("sort", query.sort.clone())],
        };
        let sort = Sort::read(&query.sort);
        let mut lines: Vec<&SeenLine> = others.lines.iter().collect();
        let sectors = sector_choices(lines.iter().map(|line| line.sector.as_str()), &query.sector);
        lines.retain(|line| query.sector.is_empty() || line.sector == query.sector);
        order(&mut lines, &sort);
        let (lines, pager) = page_of(lines, query.page.unwrap_or(1), &address);
        Self {
            edition,
            of_all,
            answer: answer(others, of_all),
            always: crate::actions::agreement::ALWAYS.to_owned(),
            may_dispute: false,
            sectors,
            kept: vec![Link::new(query.sort.clone(), "sort")],
            columns: columns(&sort, &address),
            rows: lines.into_iter().map(SeenRow::from).collect(),
            pager,
        }
    }

    /// The same with a way to dispute each named line.
    #[must_use]
    pub fn disputable(mut self) -> Self {
        self.may_dispute = true;
        for row in &mut self.rows {
            row.dispute = row.key.as_deref().map(|key| {
                format!("/disputes/new?edition={}&service={}", self.edition, encoded(key))
            });
        }
        self
    }
}

fn answer(others: &Others, of_all: bool) -> String {
    let count = |many: usize| u64::try_from(many).unwrap_or(u64::MAX);
    let in_force = others.agreement.as_ref().is_some_and(|agreement| agreement.in_force);
    let lines = plural(count(others.lines.len()), "line", "lines");
    let named = others.lines.iter().filter(|line| line.named);
    let names: std::collections::BTreeSet<&str> =
        named.map(|line| line.provider_name.as_str()).collect();
    let indices = others.lines.iter().filter(|line| !line.named).count();
    let by_index = match indices {
        0 => String::new(),
        many => format!("; {} of them as indices only", thousands(&many.to_string())),
    };
    match (of_all, in_force) {
        (true, true) => format!("Providers see {lines} of each other{by_index}."),
        (true, false) => format!(
            "Providers see nothing of each other today; under an agreement they would see {lines}\
             {by_index}."
        ),
        (false, false) => "You see no lines of other providers: no data-sharing agreement is in \
                           force today."
            .to_owned(),
        (false, true) if others.lines.is_empty() => {
            "No other provider has published a line yet.".to_owned()
        }
        (false, true) => format!(
            "You see {lines} of other providers, {} by name{by_index}.",
            plural(count(names.len()), "provider", "providers")
        ),
    }
}

/// Sorted as asked; otherwise by provider and name, those without a name last.
fn order(lines: &mut [&SeenLine], sort: &Sort) {
    let plain = |line: &SeenLine| (!line.named, line.provider_name.clone(), line.name.clone());
    lines.sort_by_key(|line| plain(line));
    let number = |line: &SeenLine| match sort.key.as_str() {
        "spend" => line.spend.map(|spend| spend.to_pounds()),
        "qaly" => line.qaly,
        "average" => line.average,
        "index" => line.unit_cost_index,
        _ => None,
    };
    match sort.key.as_str() {
        "spend" | "qaly" | "average" | "index" => lines.sort_by(|a, b| {
            // What is not known comes last, whichever way round.
            match (number(a), number(b)) {
                (Some(a), Some(b)) if sort.descending => b.total_cmp(&a),
                (Some(a), Some(b)) => a.total_cmp(&b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            }
        }),
        "name" => {
            lines.sort_by(|a, b| a.name.cmp(&b.name));
            if sort.descending {
                lines.reverse();
            }
        }
        _ => {}
    }
}

fn columns(sort: &Sort, address: &Address) -> Vec<Column> {
    let plain = |text: &str| Column { text: text.to_owned(), ..Column::default() };
    vec![
        sort.column("name", "Service", false, address),
        plain("Provider"),
        sort.column("spend", "Spend", true, address),
        plain("Work done"),
        sort.column("qaly", "Healthy years (QALYs)", true, address),
        sort.column("average", "Average price", true, address),
        plain("Evidence"),
        sort.column("index", "Unit costs, mean = 1.00", true, address),
    ]
}

impl From<&SeenLine> for SeenRow {
    fn from(line: &SeenLine) -> Self {
        let hidden = || if line.named { "not known" } else { "not shared" }.to_owned();
        let work = line.activity.iter().map(|it| {
            let amount = thousands(&format!("{:.0}", it.amount.to_number()));
            format!("{amount} {}", it.point_of_delivery)
        });
        let work: Vec<String> = work.collect();
        let measures: Vec<String> = line.measures.iter().map(|it| labels::measure(it)).collect();
        let evidence = match (&line.grade, measures.is_empty()) {
            (Some(grade), false) => format!("{}, grade {grade}", list_words(&measures)),
            (Some(grade), true) => format!("Grade {grade}"),
            (None, _) => "no outcome accepted".to_owned(),
        };
        let index = line.unit_cost_index.filter(|index| index.is_finite());
        Self {
            name: short_name(&line.name),
            key: line.named.then(|| line.service.to_string()),
            provider: sentence_case(&line.provider_name),
            kind: format!("{}, {}, {}", sector_label(&line.sector), line.programme, line.setting),
            spend: line.spend.map_or_else(hidden, money_short),
            activity: if work.is_empty() { hidden() } else { work.join("; ") },
            qaly: line.qaly.map_or_else(hidden, qaly),
            average: line.average.map_or_else(hidden, |price| gbp_per_qaly(Some(price))),
            evidence: sentence_case(&evidence),
            index: index.map_or_else(|| "–".to_owned(), |index| format!("{index:.2}")),
            index_words: index
                .map_or_else(|| "nobody else does this work".to_owned(), against_mean),
            dispute: None,
        }
    }
}

/// How unit costs compare with the mean, in words.
fn against_mean(index: f64) -> String {
    let percent = ((index - 1.0) * 100.0).round();
    if percent == 0.0 {
        "at the mean".to_owned()
    } else if percent > 0.0 {
        format!("{percent:.0}% above the mean")
    } else {
        format!("{:.0}% below the mean", -percent)
    }
}
