//! Who gains, who bears what the money would have done elsewhere, and what is left, by fifth of
//! deprivation.

use api::equity::{DistributionJson, EquityJson, ServiceEquityJson, WeightsJson};
use api::uncertainty::IntervalJson;
use serde::{Deserialize, Serialize};

use super::Link;
use super::table::{Address, Column, Pager, Sort, page_of, service_href};
use super::value::Tab;
use crate::actions::evidence::Weights;
use crate::charts::{Bar, BarGroup, BarKind, Bars, Heading, bars};
use crate::pages::format::{plural, pounds_short, qaly, qaly_signed, range_words, sentence_case};

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EquityQuery {
    /// `atkinson` or `kolm`; the base case otherwise.
    pub weights: String,
    /// A column's key, with `-` before it for the largest first.
    pub sort: String,
    /// Which page of the table.
    pub page: Option<usize>,
}

impl EquityQuery {
    /// Which weights it asks for.
    pub fn asked(&self) -> Weights {
        match self.weights.as_str() {
            "atkinson" => Weights::Atkinson,
            "kolm" => Weights::Kolm,
            _ => Weights::None,
        }
    }
}

/// The page of equity.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EquityView {
    /// The edition; none where nothing is valued yet.
    pub edition: Option<u64>,
    /// The answer, as one sentence.
    pub answer: String,
    /// Without weights, and with either kind.
    pub tabs: Vec<Tab>,
    /// That weights are a value judgement, and what they do.
    pub judgement: Vec<String>,
    /// What the picture says.
    pub chart_title: String,
    /// The picture.
    pub chart: Option<String>,
    /// How to read it.
    pub chart_reading: &'static str,
    /// A row a fifth.
    pub fifths: Vec<FifthRow>,
    /// All of them together.
    pub total: FifthRow,
    /// Whether weights are on.
    pub weighted: bool,
    /// What cannot be given to fifths.
    pub left_out: Vec<String>,
    /// The headings of the table of services.
    pub columns: Vec<Column>,
    /// The services.
    pub rows: Vec<EquityRow>,
    /// Where in them.
    pub pager: Option<Pager>,
    /// How we know.
    pub notes: Vec<String>,
}

/// One fifth.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FifthRow {
    /// Which.
    pub fifth: String,
    /// Health gained.
    pub gain: String,
    /// How far that may lie.
    pub gain_range: Option<String>,
    /// Health that the money would have bought elsewhere.
    pub forgone: String,
    /// The one less the other.
    pub net: String,
    /// How far that may lie.
    pub net_range: Option<String>,
    /// What a healthy year counts; where weights are on.
    pub weight: String,
    /// The net, weighted.
    pub weighted: String,
}

/// One service.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EquityRow {
    /// The service.
    pub link: Link,
    /// `provider/service`.
    pub key: String,
    /// Net by fifth, most deprived first.
    pub net: Vec<String>,
    /// Their sum.
    pub total: String,
    /// The sum, weighted; where weights are on.
    pub weighted: Option<String>,
}

/// The fifths, most deprived first.
const FIFTHS: [&str; 5] =
    ["Most deprived fifth", "Second fifth", "Third fifth", "Fourth fifth", "Least deprived fifth"];

const READING: &str = "For each fifth of the people, from the most deprived to the least: the \
    healthy years (QALYs) its people gain, those that the same money would have brought them \
    elsewhere, and what is left.";

impl EquityView {
    /// The page of one edition.
    pub fn new(edition: u64, equity: &EquityJson, query: &EquityQuery) -> Self {
        let asked = if equity.weights.is_some() { query.weights.clone() } else { String::new() };
        let address = Address {
            path: "/value/equity".to_owned(),
            query: vec![("weights", asked.clone()), ("sort", query.sort.clone())],
        };
        let sort = Sort::read(if query.sort.is_empty() { "name" } else { &query.sort });
        let weighted = equity.weights.is_some();
        let rows = sorted(&equity.services, &sort).into_iter().map(EquityRow::from).collect();
        let (rows, pager) = page_of(rows, query.page.unwrap_or(1), &address);
        let chart_title = title(&equity.health);
        let known = !equity.services.is_empty();
        Self {
            edition: Some(edition),
            answer: answer(equity),
            tabs: tabs(&asked, &address),
            judgement: equity.weights.as_ref().map_or_else(Vec::new, |it| judgement(it, equity)),
            chart: known.then(|| picture(&equity.health, &chart_title)),
            chart_title,
            chart_reading: READING,
            fifths: fifths(equity),
            total: total(equity),
            weighted,
            left_out: left_out(equity),
            columns: columns(&sort, &address, weighted),
            rows,
            pager,
            notes: equity.notes.clone(),
        }
    }

    /// Before anything is valued.
    pub fn not_yet(why: &str) -> Self {
        let why = why.trim_end_matches('.');
        Self { answer: format!("{}.", sentence_case(why)), ..Self::default() }
    }
}

fn answer(equity: &EquityJson) -> String {
    if equity.services.is_empty() {
        return "Nobody can say yet who gains: no service that can be assessed says how deprived \
                its patients are."
            .to_owned();
    }
    let [most, .., least] = equity.health.net_qaly;
    let more = if most >= least { "more" } else { "less" };
    let range = |at: usize| {
        let range = equity.ranges.as_ref().and_then(|it| it.net_qaly.get(at));
        let range = range.and_then(|range| between(*range, qaly_signed));
        range.map_or_else(String::new, |range| format!(" ({range})"))
    };
    format!(
        "The most deprived fifth is left with {}{} healthy years (QALYs) a year once what the \
         money would buy elsewhere is taken off, the least deprived with {}{}: the most deprived \
         gain {more}, by {}.",
        qaly_signed(most),
        range(0),
        qaly_signed(least),
        range(4),
        qaly((most - least).abs()),
    )
}

fn title(health: &DistributionJson) -> String {
    let losers = health.net_qaly.iter().filter(|net| **net < 0.0).count();
    match losers {
        0 => "Every fifth gains more than the money would buy elsewhere".to_owned(),
        5 => "The money would buy every fifth more elsewhere".to_owned(),
        losers => format!("{losers} of 5 fifths would gain more if the money went elsewhere"),
    }
}

fn tabs(asked: &str, address: &Address) -> Vec<Tab> {
    [
        ("", "Every healthy year counts the same"),
        ("atkinson", "Weighted: relative inequality"),
        ("kolm", "Weighted: absolute inequality"),
    ]
    .map(|(weights, text)| Tab {
        link: Link::new(text, address.with("weights", weights)),
        current: weights == asked,
    })
    .into()
}

fn judgement(weights: &WeightsJson, equity: &EquityJson) -> Vec<String> {
    let (name, symbol) = match weights.kind.as_str() {
        "kolm" => ("Kolm", "α"),
        _ => ("Atkinson", "ε"),
    };
    let [most, .., least] = weights.by_quintile;
    let mut said = vec![format!(
        "These weights are a value judgement about fairness, not a measurement: with {name} \
         aversion {symbol} = {} a healthy year of the most deprived fifth counts {most:.2} and one \
         of the least deprived {least:.2}; on average they count 1.",
        weights.aversion
    )];
    if let Some(net) = equity.weighted_net_qaly {
        said.push(format!(
            "So weighted, {} healthy years (QALYs) a year are left; with every one counting the \
             same, {}.",
            qaly_signed(net),
            qaly_signed(equity.health.net_total_qaly)
        ));
    }
    said.push(format!(
        "By the same judgement today's unequal health is worth as much as {:.1} years of full \
         health for everybody: {} of the mean would be given up for equality.",
        weights.equally_distributed_equivalent_qaly,
        crate::pages::format::pct(weights.index * 100.0)
    ));
    said
}

fn picture(health: &DistributionJson, title: &str) -> String {
    let group = |at: usize, fifth: &str| {
        let of = |figures: &[f64; 5]| figures.get(at).copied().unwrap_or_default();
        let (gain, forgone, net) =
            (of(&health.gain_qaly), of(&health.opportunity_cost_qaly), of(&health.net_qaly));
        BarGroup {
            label: fifth.to_owned(),
            bars: vec![
                Bar { kind: BarKind::Gain, value: gain, label: qaly(gain) },
                Bar { kind: BarKind::Forgone, value: forgone, label: qaly(forgone) },
                Bar { kind: BarKind::Net, value: net, label: qaly_signed(net) },
            ],
        }
    };
    bars(&Bars {
        heading: Heading {
            id: "fifths".to_owned(),
            title: title.to_owned(),
            description: READING.to_owned(),
        },
        unit: "Healthy years (QALYs) a year".to_owned(),
        groups: FIFTHS.iter().enumerate().map(|(at, fifth)| group(at, fifth)).collect(),
    })
}

fn fifths(equity: &EquityJson) -> Vec<FifthRow> {
    let health = &equity.health;
    let figures = health.gain_qaly.iter().zip(health.opportunity_cost_qaly).zip(health.net_qaly);
    let ranges = equity.ranges.as_ref();
    let weights: [Option<f64>; 5] =
        equity.weights.as_ref().map_or([None; 5], |weights| weights.by_quintile.map(Some));
    FIFTHS
        .iter()
        .zip(figures)
        .zip(weights)
        .enumerate()
        .map(|(at, ((fifth, ((gain, forgone), net)), weight))| FifthRow {
            fifth: (*fifth).to_owned(),
            gain: qaly(*gain),
            gain_range: ranges.and_then(|it| between(*it.gain_qaly.get(at)?, qaly)),
            forgone: qaly(forgone),
            net: qaly_signed(net),
            net_range: ranges.and_then(|it| between(*it.net_qaly.get(at)?, qaly_signed)),
            weight: weight.map_or_else(String::new, |weight| format!("{weight:.2}")),
            weighted: weight.map_or_else(String::new, |weight| qaly_signed(net * weight)),
        })
        .collect()
}

/// A range in words; nothing where an end has no limit.
pub fn between(range: IntervalJson, words: impl Fn(f64) -> String) -> Option<String> {
    Some(range_words(&words(range.low?), &words(range.high?)))
}

fn total(equity: &EquityJson) -> FifthRow {
    let health = &equity.health;
    FifthRow {
        fifth: "All".to_owned(),
        gain: qaly(health.gain_qaly.iter().sum()),
        gain_range: None,
        forgone: qaly(health.opportunity_cost_qaly.iter().sum()),
        net: qaly_signed(health.net_total_qaly),
        net_range: equity.ranges.as_ref().and_then(|it| between(it.net_total_qaly, qaly_signed)),
        weight: String::new(),
        weighted: equity.weighted_net_qaly.map_or_else(String::new, qaly_signed),
    }
}

fn left_out(equity: &EquityJson) -> Vec<String> {
    let millions = |millions: f64| pounds_short(millions * 1e6);
    let mut said = vec![format!(
        "{} of spend is behind the figures by fifth.",
        millions(equity.valued_spend_gbp_m)
    )];
    if equity.lines_without_shares > 0 {
        said.push(format!(
            "{} with {} of valued spend {} not say how deprived their patients are: their gain of \
             {} healthy years (QALYs), net {}, is in no fifth.",
            plural(equity.lines_without_shares.into(), "service", "services"),
            millions(equity.spend_without_shares_gbp_m),
            if equity.lines_without_shares == 1 { "does" } else { "do" },
            qaly(equity.gain_without_shares_qaly),
            qaly_signed(equity.net_without_shares_qaly),
        ));
    }
    if equity.not_assessable_gbp_m > 0.0 {
        said.push(format!(
            "{} of spend cannot be assessed: nobody knows what it gains, nor for whom.",
            millions(equity.not_assessable_gbp_m)
        ));
    }
    said
}

fn columns(sort: &Sort, address: &Address, weighted: bool) -> Vec<Column> {
    let columns = [
        ("name", "Service", false),
        ("q1", "Net (QALYs), most deprived fifth", true),
        ("q2", "Second", true),
        ("q3", "Third", true),
        ("q4", "Fourth", true),
        ("q5", "Least deprived", true),
        ("net", "Net, all (QALYs)", true),
    ];
    let weights = weighted.then_some(("weighted", "Net, weighted (QALYs)", true));
    columns
        .into_iter()
        .chain(weights)
        .map(|(key, text, numeric)| sort.column(key, text, numeric, address))
        .collect()
}

/// By the figure asked for; equals, and all by default, in the order of their names.
fn sorted<'a>(services: &'a [ServiceEquityJson], sort: &Sort) -> Vec<&'a ServiceEquityJson> {
    let figure = |service: &ServiceEquityJson| -> f64 {
        let [first, second, third, fourth, fifth] = service.health.net_qaly;
        match sort.key.as_str() {
            "q1" => first,
            "q2" => second,
            "q3" => third,
            "q4" => fourth,
            "q5" => fifth,
            "net" => service.health.net_total_qaly,
            "weighted" => service.weighted_net_qaly.unwrap_or_default(),
            _ => 0.0,
        }
    };
    let name = |service: &ServiceEquityJson| (service.name.to_lowercase(), service.service.clone());
    let mut services: Vec<&ServiceEquityJson> = services.iter().collect();
    services.sort_by_cached_key(|service| name(service));
    services.sort_by(|one, other| figure(one).total_cmp(&figure(other)));
    if sort.descending {
        services.reverse();
    }
    services
}

impl From<&ServiceEquityJson> for EquityRow {
    fn from(service: &ServiceEquityJson) -> Self {
        Self {
            link: Link::new(&service.name, service_href(&service.service)),
            key: service.service.clone(),
            net: service.health.net_qaly.map(qaly_signed).into(),
            total: qaly_signed(service.health.net_total_qaly),
            weighted: service.weighted_net_qaly.map(qaly_signed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(service: &str, name: &str, net: [f64; 5]) -> ServiceEquityJson {
        let health = DistributionJson {
            net_qaly: net,
            net_total_qaly: net.iter().sum(),
            ..DistributionJson::default()
        };
        ServiceEquityJson {
            service: service.to_owned(),
            name: name.to_owned(),
            health,
            weighted_net_qaly: None,
        }
    }

    #[test]
    fn services_stand_by_name_unless_a_fifth_is_asked_for() {
        let services = [
            line("R1/B", "b", [1.0, 0.0, 0.0, 0.0, 5.0]),
            line("R1/A", "A", [2.0, 0.0, 0.0, 0.0, 0.0]),
            line("R1/C", "c", [-3.0, 0.0, 0.0, 0.0, 9.0]),
        ];
        let order = |sort: &str| -> Vec<String> {
            let sorted = sorted(&services, &Sort::read(sort));
            sorted.into_iter().map(|line| line.name.clone()).collect()
        };
        assert_eq!(order("name"), ["A", "b", "c"]);
        assert_eq!(order("-name"), ["c", "b", "A"]);
        assert_eq!(order("q1"), ["c", "b", "A"]);
        assert_eq!(order("-net"), ["c", "b", "A"]);
    }

    #[test]
    fn the_answer_says_who_is_left_with_more() {
        let health = DistributionJson {
            net_qaly: [8.0, 6.0, 4.0, 2.0, 0.0],
            net_total_qaly: 20.0,
            ..DistributionJson::default()
        };
        let services = vec![line("R1/A", "A", health.net_qaly)];
        let equity = EquityJson { health, services, ..EquityJson::default() };
        let said = answer(&equity);
        assert!(said.contains("+8.0") && said.ends_with("gain more, by 8.0."), "{said}");
        assert!(answer(&EquityJson::default()).starts_with("Nobody can say"));
    }
}
