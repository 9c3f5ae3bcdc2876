//! Spend and health by place against the fair share that need implies.

use api::need::{GroupNeedJson, NeedJson, PlaceNeedJson};
use serde::{Deserialize, Serialize};

use super::Link;
use super::equity::between;
use super::table::{Address, Pager, page_of_size};
use super::value::Tab;
use crate::charts::{Bar, BarGroup, BarKind, Bars, Heading, bars, sector_label};
use crate::pages::format::{
    pct_signed, pounds_short, pounds_signed, qaly, qaly_signed, sentence_case, share, short_name,
    thousands,
};

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NeedQuery {
    /// `sector` or `programme`; all care together otherwise.
    pub by: String,
    /// Which page of the groups.
    pub page: Option<usize>,
}

/// The page of need.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NeedView {
    /// The edition; none where nothing is valued yet.
    pub edition: Option<u64>,
    /// The answer, as one sentence.
    pub answer: String,
    /// All care, or by sector or programme.
    pub tabs: Vec<Tab>,
    /// Groups of services.
    pub groups: Vec<GroupView>,
    /// Where in them.
    pub pager: Option<Pager>,
    /// Tables without which nothing can be said.
    pub missing: Vec<MissingTable>,
    /// How we know.
    pub notes: Vec<String>,
}

/// A table that is not there.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MissingTable {
    /// The way to its description.
    pub link: Link,
    /// What it says.
    pub about: &'static str,
    /// Who can give it.
    pub who: &'static str,
}

/// One group of services over all places.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GroupView {
    /// Starts its ids.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What the picture says.
    pub chart_title: String,
    /// The picture.
    pub chart: Option<String>,
    /// Its figures in a sentence or two.
    pub finding: Vec<String>,
    /// A row a place.
    pub rows: Vec<PlaceRow>,
    /// What is not placed.
    pub left_out: Vec<String>,
}

/// One place.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PlaceRow {
    /// The place.
    pub place: String,
    /// People, and weighted for need.
    pub people: String,
    /// People weighted for need.
    pub weighted: String,
    /// Spend.
    pub spend: String,
    /// Spend per need-weighted head.
    pub per_head: String,
    /// The fair share.
    pub fair: String,
    /// Spend less that.
    pub distance: String,
    /// The same in percent.
    pub distance_pct: String,
    /// Healthy years per thousand need-weighted heads.
    pub health: String,
    /// How far that may lie.
    pub health_range: Option<String>,
    /// Healthy years less their fair share.
    pub health_distance: String,
    /// How far that may lie.
    pub health_distance_range: Option<String>,
}

/// Groups on one page.
const GROUPS: usize = 6;
/// Places in one picture; all are in the table.
const PLACES: usize = 24;

impl NeedView {
    /// The page of one edition.
    pub fn new(edition: u64, need: &NeedJson, query: &NeedQuery) -> Self {
        let by = match query.by.as_str() {
            by @ ("sector" | "programme") => by,
            _ => "all",
        };
        let address = Address {
            path: "/value/need".to_owned(),
            query: vec![("by", if by == "all" { "" } else { by }.to_owned())],
        };
        let known = need.groups.iter().any(|group| !group.places.is_empty());
        let groups: Vec<&GroupNeedJson> = need.groups.iter().filter(|it| it.by == by).collect();
        let (groups, pager) = page_of_size(groups, query.page.unwrap_or(1), GROUPS, &address);
        let groups = if known { groups } else { Vec::new() };
        Self {
            edition: Some(edition),
            answer: answer(need),
            tabs: if known { tabs(by, &address) } else { Vec::new() },
            groups: groups.iter().enumerate().map(|(at, group)| of_group(at, group)).collect(),
            pager: pager.filter(|_| known),
            missing: need.missing.iter().filter_map(|table| missing(table)).collect(),
            notes: need.notes.clone(),
        }
    }

    /// Before anything is valued.
    pub fn not_yet(why: &str) -> Self {
        let why = why.trim_end_matches('.');
        Self { answer: format!("{}.", sentence_case(why)), ..Self::default() }
    }
}

fn tabs(by: &str, address: &Address) -> Vec<Tab> {
    [("all", "All care"), ("sector", "By sector"), ("programme", "By programme")]
        .map(|(which, text)| Tab {
            link: Link::new(text, address.with("by", if which == "all" { "" } else { which })),
            current: which == by,
        })
        .into()
}

fn answer(need: &NeedJson) -> String {
    let all = need.groups.iter().find(|group| group.by == "all");
    match all.filter(|group| !group.places.is_empty()) {
        None => "Nobody can say yet whether money follows need: tables are missing.".to_owned(),
        Some(all) => {
            let (moved, spend) = (misplaced(all), placed(all));
            if moved < 0.005 * spend {
                return "Today's pattern of spend follows need: each place gets about its fair \
                        share."
                    .to_owned();
            }
            format!(
                "Supply, not need, drives today's pattern: {} of {} would be spent in another \
                 place if need alone drove it.",
                pounds_short(moved * 1e6),
                pounds_short(spend * 1e6)
            )
        }
    }
}

/// £m that places have above their fair shares; as much as others have below.
fn misplaced(group: &GroupNeedJson) -> f64 {
    group.places.iter().map(|place| place.distance_gbp_m.max(0.0)).sum()
}

/// £m spent on people of known places.
fn placed(group: &GroupNeedJson) -> f64 {
    group.places.iter().map(|place| place.spend_gbp_m).sum()
}

fn of_group(at: usize, group: &GroupNeedJson) -> GroupView {
    let name = match (group.by.as_str(), &group.group) {
        ("sector", Some(code)) => sector_label(code),
        (_, Some(code)) => sentence_case(&code.replace('_', " ")),
        (_, None) => "All care".to_owned(),
    };
    let mut places: Vec<&PlaceNeedJson> = group.places.iter().collect();
    places.sort_by(|one, other| other.distance_gbp_m.total_cmp(&one.distance_gbp_m));
    let chart_title = title(&places);
    GroupView {
        id: format!("group-{}", at + 1),
        chart: (!places.is_empty()).then(|| picture(at, &places, &chart_title)),
        chart_title,
        name,
        finding: finding(group, &places),
        rows: group.places.iter().map(PlaceRow::from).collect(),
        left_out: left_out(group),
    }
}

/// The finding; places with the furthest above first.
fn title(places: &[&PlaceNeedJson]) -> String {
    let (Some(most), Some(least)) = (places.first(), places.last()) else {
        return "No spend of it can be placed".to_owned();
    };
    let of = |place: &PlaceNeedJson| {
        let percent = percent(place).unwrap_or_else(|| "at its share".to_owned());
        format!("{} ({percent})", short_name(&place.place))
    };
    if places.len() == 1 {
        return "There is one place only, so nothing lies elsewhere".to_owned();
    }
    format!("Furthest above its fair share: {}; furthest below: {}", of(most), of(least))
}

fn finding(group: &GroupNeedJson, places: &[&PlaceNeedJson]) -> Vec<String> {
    let mut said = Vec::new();
    let (moved, spend) = (misplaced(group), placed(group));
    if spend > 0.0 && places.len() > 1 {
        said.push(format!(
            "{} of {} ({}) lies where need alone would not put it.",
            pounds_short(moved * 1e6),
            pounds_short(spend * 1e6),
            share(moved / spend)
        ));
    }
    let heads = |place: &&PlaceNeedJson| {
        place.spend_per_weighted_head_gbp.map(|head| (head, place.place.clone()))
    };
    let mut heads: Vec<(f64, String)> = places.iter().filter_map(heads).collect();
    heads.sort_by(|one, other| one.0.total_cmp(&other.0));
    if let [(least, poor), .., (most, rich)] = heads.as_slice() {
        said.push(format!(
            "Spend per need-weighted head runs from {} in {} to {} in {}.",
            pounds_short(*least),
            short_name(poor),
            pounds_short(*most),
            short_name(rich)
        ));
    }
    said
}

fn picture(at: usize, places: &[&PlaceNeedJson], title: &str) -> String {
    // The furthest above and the furthest below; the middle is in the table.
    let half = PLACES.div_euclid(2);
    let skipped = |at: usize| places.len() > PLACES && at >= half && at + half < places.len();
    let shown = places.iter().enumerate().filter(|(at, _)| !skipped(*at));
    let groups = shown.map(|(_, place)| {
        let pounds = place.distance_gbp_m;
        let percent = percent(place).map_or_else(String::new, |percent| format!(", {percent}"));
        BarGroup {
            label: place.place.clone(),
            bars: vec![Bar {
                kind: if pounds < 0.0 { BarKind::Below } else { BarKind::Above },
                value: pounds,
                label: format!("{}{percent}", pounds_signed(pounds * 1e6)),
            }],
        }
    });
    bars(&Bars {
        heading: Heading {
            id: format!("places-{}", at + 1),
            title: title.to_owned(),
            description:
                "A bar a place: how far spend on its people lies above its fair share, to \
                the right, or below it, to the left. The table lists every place."
                    .to_owned(),
        },
        unit: "Distance from the fair share, £m a year".to_owned(),
        groups: groups.collect(),
    })
}

/// The distance in percent; nothing where there is none.
fn percent(place: &PlaceNeedJson) -> Option<String> {
    place.distance_pct.map(pct_signed).filter(|percent| percent != "no change")
}

impl From<&PlaceNeedJson> for PlaceRow {
    fn from(place: &PlaceNeedJson) -> Self {
        let people = |people: f64| thousands(&format!("{people:.0}"));
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        Self {
            place: place.place.clone(),
            people: people(place.people),
            weighted: people(place.weighted_people),
            spend: pounds_short(place.spend_gbp_m * 1e6),
            per_head: or_dash(place.spend_per_weighted_head_gbp.map(pounds_short)),
            fair: pounds_short(place.fair_share_gbp_m * 1e6),
            distance: pounds_signed(place.distance_gbp_m * 1e6),
            distance_pct: percent(place).unwrap_or_default(),
            health: or_dash(place.health_per_thousand_weighted_qaly.map(qaly)),
            health_range: place.health_range_qaly.filter(|_| place.weighted_people > 0.0).and_then(
                |range| between(range, |years| qaly(years * 1e3 / place.weighted_people)),
            ),
            health_distance: qaly_signed(place.health_distance_qaly),
            health_distance_range: place
                .health_distance_range_qaly
                .and_then(|range| between(range, qaly_signed)),
        }
    }
}

fn left_out(group: &GroupNeedJson) -> Vec<String> {
    let mut said = Vec::new();
    if group.unplaced_gbp_m > 0.0 {
        said.push(format!(
            "{} with {} healthy years (QALYs) a year is for people of elsewhere or of no known \
             place.",
            pounds_short(group.unplaced_gbp_m * 1e6),
            qaly(group.unplaced_qaly)
        ));
    }
    if group.not_assessable_gbp_m > 0.0 {
        said.push(format!(
            "{} of its spend cannot be assessed: the health of it is no part of the figures.",
            pounds_short(group.not_assessable_gbp_m * 1e6)
        ));
    }
    said
}

fn missing(table: &str) -> Option<MissingTable> {
    let (name, about, who) = match table {
        "population" => (
            "Population",
            "people of each place by deprivation, and weighted for need",
            "the Board's analysts, from the national allocations",
        ),
        "service_places" => (
            "Service places",
            "where the patients of each service live",
            "each provider, from its activity data",
        ),
        "need_weights" => (
            "Need weights",
            "people weighted for their need of each kind of care; without it the weights of all \
             care together stand for every kind",
            "the Board's analysts, from the national allocations",
        ),
        _ => return None,
    };
    Some(MissingTable { link: Link::new(name, format!("/formats/{table}")), about, who })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, spend: f64, fair: f64) -> PlaceNeedJson {
        PlaceNeedJson {
            place: name.to_owned(),
            people: 1_000.0,
            weighted_people: 1_000.0,
            spend_gbp_m: spend,
            spend_per_weighted_head_gbp: Some(spend * 1e3),
            fair_share_gbp_m: fair,
            distance_gbp_m: spend - fair,
            distance_pct: Some((spend - fair) / fair * 100.0),
            health_qaly: 3.0,
            health_per_thousand_weighted_qaly: Some(3.0),
            fair_health_qaly: 2.0,
            health_distance_qaly: 1.0,
            health_range_qaly: None,
            health_distance_range_qaly: None,
        }
    }

    fn need(places: Vec<PlaceNeedJson>) -> NeedJson {
        let group = GroupNeedJson {
            by: "all".to_owned(),
            group: None,
            places,
            unplaced_gbp_m: 1.0,
            unplaced_qaly: 2.0,
            not_assessable_gbp_m: 0.0,
        };
        NeedJson {
            schema: api::need::SCHEMA.to_owned(),
            groups: vec![group],
            streams: Vec::new(),
            missing: vec!["need_weights".to_owned()],
            notes: Vec::new(),
        }
    }

    #[test]
    fn the_answer_names_what_would_lie_elsewhere() {
        let far = need(vec![place("A", 12.0, 10.0), place("B", 8.0, 10.0)]);
        let view = NeedView::new(3, &far, &NeedQuery::default());
        assert!(view.answer.contains("£2.0m of £20.0m"), "{}", view.answer);
        let group = view.groups.first().expect("a group");
        assert_eq!(
            group.chart_title,
            "Furthest above its fair share: A (+20%); furthest below: B (−20%)"
        );
        assert!(group.finding.iter().any(|said| said.contains("£8,000 in B to £12,000 in A")));
        let even = need(vec![place("A", 10.0, 10.0), place("B", 10.0, 10.0)]);
        assert!(NeedView::new(3, &even, &NeedQuery::default()).answer.contains("follows need"));
    }

    #[test]
    fn a_book_without_places_says_which_tables_are_missing_and_who_has_them() {
        let mut empty = need(Vec::new());
        empty.missing.extend(["population".to_owned(), "service_places".to_owned()]);
        let view = NeedView::new(3, &empty, &NeedQuery::default());
        assert!(view.groups.is_empty() && view.answer.contains("tables are missing"));
        let links: Vec<&str> = view.missing.iter().map(|it| it.link.href.as_str()).collect();
        assert_eq!(
            links,
            ["/formats/need_weights", "/formats/population", "/formats/service_places"]
        );
    }
}
