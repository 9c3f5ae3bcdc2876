//! Spend and health against need: per need-weighted head by place, and how far each place lies from
//! the fair share that weighted populations imply. Supply, not need, drives today's pattern.
//!
//! A line's fair share for a place is the line's spend on people of known places, times the place's
//! part of the population weighted for the line's kind of care. Shares of several lines add up, so
//! sectors and programmes sum to the whole, and distances sum to nought over the places.

use openbook::Book;
use openbook::rows::NeedStream;
use quantities::{Millions, PlaceCode, Qaly};
use std::collections::{BTreeMap, BTreeSet};

use crate::table::{Interval, ServiceValue, ValueTable};
use crate::uncertainty::{self, Addend};

/// What lines are added up by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeedGroup {
    /// All lines.
    All,
    /// Lines of one sector.
    Sector(String),
    /// Lines of one programme of care.
    Programme(String),
}

/// One place's part of a group of lines.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceNeed {
    /// The place.
    pub place: PlaceCode,
    /// People.
    pub people: f64,
    /// People weighted for need of the group's kinds of care (by spend, where there are several).
    pub weighted: f64,
    /// Spend on people of the place.
    pub spend: Millions,
    /// What it would be if need alone drove it.
    pub fair_spend: Millions,
    /// Health of the assessable lines for people of the place.
    pub health: Qaly,
    /// What it would be if need alone drove it.
    pub fair_health: Qaly,
    /// How far the health may lie; nothing without draws.
    pub health_range: Option<Interval>,
    /// How far the health less its fair share may lie.
    pub health_distance_range: Option<Interval>,
}

impl PlaceNeed {
    /// Spend per need-weighted head, £.
    #[must_use]
    pub fn spend_per_head_gbp(&self) -> Option<f64> {
        (self.weighted > 0.0).then(|| self.spend.get() * 1e6 / self.weighted)
    }

    /// Health per thousand need-weighted heads, QALY.
    #[must_use]
    pub fn health_per_thousand(&self) -> Option<f64> {
        (self.weighted > 0.0).then(|| self.health.get() * 1e3 / self.weighted)
    }

    /// Spend less fair share.
    #[must_use]
    pub fn distance(&self) -> Millions {
        self.spend - self.fair_spend
    }

    /// The same in percent of the fair share: above nought is above it.
    #[must_use]
    pub fn distance_pct(&self) -> Option<f64> {
        let fair = self.fair_spend.get();
        (fair > 0.0).then(|| self.distance().get() / fair * 100.0)
    }

    /// Health less its fair share.
    #[must_use]
    pub fn health_distance(&self) -> Qaly {
        self.health - self.fair_health
    }
}

/// A group of lines over all places.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupNeed {
    /// Which lines.
    pub group: NeedGroup,
    /// Places in the order of their codes; empty where no line says where its patients live.
    pub places: Vec<PlaceNeed>,
    /// Spend on people of elsewhere, or of no known place: no part of the places.
    pub unplaced: Millions,
    /// Health of the assessable lines that goes there.
    pub unplaced_health: Qaly,
    /// Spend of its lines that are not assessable, of known places or not.
    pub not_assessable: Millions,
}

/// Spend and health against need.
#[derive(Clone, Debug, PartialEq)]
pub struct NeedTable {
    /// All lines, then sectors, then programmes.
    pub groups: Vec<GroupNeed>,
    /// Kinds of care with weights of their own; for others all care's weighted population stands.
    pub streams: Vec<NeedStream>,
    /// Tables that the book lacks.
    pub missing: Vec<&'static str>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// The part of the allocations formula that a line's need is weighted by; nothing for sectors that
/// it has no part for.
#[must_use]
pub fn stream_of(sector: &str) -> Option<NeedStream> {
    match sector {
        "acute" => Some(NeedStream::GeneralAndAcute),
        "community" => Some(NeedStream::Community),
        "mental_health" => Some(NeedStream::MentalHealth),
        "primary_care" => Some(NeedStream::PrimaryMedical),
        _ => None,
    }
}

/// Weighted populations by place.
type ByPlace<'a> = BTreeMap<&'a PlaceCode, f64>;

struct Need<'a> {
    people: ByPlace<'a>,
    overall: ByPlace<'a>,
    streams: BTreeMap<NeedStream, ByPlace<'a>>,
}

impl<'a> Need<'a> {
    fn of(book: &'a Book) -> Self {
        let mut need =
            Self { people: BTreeMap::new(), overall: BTreeMap::new(), streams: BTreeMap::new() };
        for row in &book.population {
            *need.people.entry(&row.place).or_default() += row.people;
            *need.overall.entry(&row.place).or_default() += row.weighted;
        }
        for row in &book.need_weights {
            *need.streams.entry(row.stream).or_default().entry(&row.place).or_default() +=
                row.weighted;
        }
        // A kind of care that lacks a place, or weighs nobody, is not used.
        let Self { people, streams, .. } = &mut need;
        streams.retain(|_, places| {
            people.keys().all(|place| places.contains_key(*place))
                && places.values().sum::<f64>() > 0.0
        });
        need
    }

    /// The weighted population for lines of a sector.
    fn for_sector(&self, sector: &str) -> &ByPlace<'a> {
        stream_of(sector).and_then(|stream| self.streams.get(&stream)).unwrap_or(&self.overall)
    }
}

#[derive(Default)]
struct Sums<'a> {
    places: BTreeMap<&'a PlaceCode, Parts>,
    unplaced: Millions,
    unplaced_health: Qaly,
    not_assessable: Millions,
    /// Placed spend, by which weighted populations of several kinds of care are averaged.
    placed: f64,
}

#[derive(Clone, Default)]
struct Parts {
    spend: Millions,
    fair_spend: Millions,
    health: Qaly,
    fair_health: Qaly,
    weighted_times_spend: f64,
    /// Of each line, by its place in the table: the part that is here, and that would be fair.
    lines: BTreeMap<usize, (f64, f64)>,
}

impl NeedTable {
    /// Need, spend and health of a valued book.
    #[must_use]
    pub fn of(book: &Book, table: &ValueTable) -> Self {
        let need = Need::of(book);
        let mut work: BTreeMap<_, Vec<(&PlaceCode, f64)>> = BTreeMap::new();
        for row in &book.service_places {
            work.entry(&row.service).or_default().push((&row.place, row.share.get()));
        }
        let mut sums: BTreeMap<NeedGroup, Sums<'_>> = BTreeMap::new();
        let spending = |(_, service): &(usize, &ServiceValue)| service.spend.get() > 0;
        for (at, service) in table.services.iter().enumerate().filter(spending) {
            let places = work.get(&service.key).map_or(&[][..], Vec::as_slice);
            let programme = book.services.get(&service.key).map(|known| known.programme.clone());
            let groups = [
                Some(NeedGroup::All),
                Some(NeedGroup::Sector(service.sector.clone())),
                programme.map(NeedGroup::Programme),
            ];
            for group in groups.into_iter().flatten() {
                add(sums.entry(group).or_default(), &need, (at, service), places);
            }
        }
        let groups: Vec<GroupNeed> =
            sums.into_iter().map(|(group, sums)| finish(group, sums, &need, table)).collect();
        let notes = notes(book, &need, &groups);
        let tables = [
            ("population", book.population.is_empty()),
            ("service_places", book.service_places.is_empty()),
            ("need_weights", book.need_weights.is_empty()),
        ];
        let missing = tables.into_iter().filter_map(|(table, lacks)| lacks.then_some(table));
        Self {
            groups,
            streams: need.streams.keys().copied().collect(),
            missing: missing.collect(),
            notes,
        }
    }

    /// One group of lines.
    #[must_use]
    pub fn group(&self, group: &NeedGroup) -> Option<&GroupNeed> {
        self.groups.iter().find(|known| known.group == *group)
    }
}

fn add<'a>(
    sums: &mut Sums<'a>,
    need: &Need<'a>,
    (at, service): (usize, &ServiceValue),
    places: &[(&'a PlaceCode, f64)],
) {
    let spend = service.spend.to_millions();
    let health = service.health.unwrap_or(Qaly::ZERO);
    if service.health.is_none() {
        sums.not_assessable = sums.not_assessable + spend;
    }
    let weights = need.for_sector(&service.sector);
    let whole: f64 = weights.values().sum();
    let known = |place: &&PlaceCode| need.people.contains_key(*place);
    let placed: f64 = places.iter().filter(|(place, _)| known(place)).map(|(_, part)| part).sum();
    if whole <= 0.0 || placed <= 0.0 {
        sums.unplaced = sums.unplaced + spend;
        sums.unplaced_health = sums.unplaced_health + health;
        return;
    }
    sums.unplaced = sums.unplaced + spend * (1.0 - placed);
    sums.unplaced_health = sums.unplaced_health + health * (1.0 - placed);
    sums.placed += spend.get() * placed;
    for (place, share) in places.iter().filter(|(place, _)| known(place)) {
        let parts = sums.places.entry(place).or_default();
        parts.spend = parts.spend + spend * *share;
        parts.health = parts.health + health * *share;
        parts.lines.entry(at).or_default().0 += share;
    }
    for (place, weighted) in weights {
        let parts = sums.places.entry(place).or_default();
        let fair = placed * weighted / whole;
        parts.fair_spend = parts.fair_spend + spend * fair;
        parts.fair_health = parts.fair_health + health * fair;
        parts.lines.entry(at).or_default().1 += fair;
        parts.weighted_times_spend += weighted * spend.get() * placed;
    }
}

/// How far the health of each place, and its distance from the fair share, may lie.
fn health_ranges(sums: &Sums<'_>, table: &ValueTable) -> Vec<Option<Interval>> {
    uncertainty::sums(table, sums.places.len().saturating_mul(2), |at, _| {
        let places = sums.places.values().enumerate();
        let parts = places.filter_map(|(place, parts)| Some((place, parts.lines.get(&at)?)));
        let parts = parts.flat_map(|(place, (share, fair))| {
            [
                Addend { sum: 2 * place, health: *share, forgone: 0.0 },
                Addend { sum: 2 * place + 1, health: share - fair, forgone: 0.0 },
            ]
        });
        parts.collect()
    })
}

fn finish(group: NeedGroup, sums: Sums<'_>, need: &Need<'_>, table: &ValueTable) -> GroupNeed {
    let overall = group == NeedGroup::All;
    let mut ranges = health_ranges(&sums, table).into_iter();
    let places = sums.places.into_iter().map(|(place, parts)| PlaceNeed {
        place: place.clone(),
        people: need.people.get(place).copied().unwrap_or_default(),
        weighted: if overall {
            need.overall.get(place).copied().unwrap_or_default()
        } else {
            parts.weighted_times_spend / sums.placed
        },
        spend: parts.spend,
        fair_spend: parts.fair_spend,
        health: parts.health,
        fair_health: parts.fair_health,
        health_range: ranges.next().flatten(),
        health_distance_range: ranges.next().flatten(),
    });
    GroupNeed {
        group,
        places: places.collect(),
        unplaced: sums.unplaced,
        unplaced_health: sums.unplaced_health,
        not_assessable: sums.not_assessable,
    }
}

fn notes(book: &Book, need: &Need<'_>, groups: &[GroupNeed]) -> Vec<String> {
    let mut notes = Vec::new();
    if need.people.is_empty() {
        notes.push(
            "The book has no population table, so need is not known: add people and weighted \
             population by place."
                .to_owned(),
        );
    } else if book.service_places.is_empty() {
        notes.push(
            "No line says where its patients live (table service_places), so no spend can be set \
             against need: the place of a provider is not that of its patients."
                .to_owned(),
        );
    } else if let Some(all) = groups.iter().find(|known| known.group == NeedGroup::All) {
        let placed: f64 = all.places.iter().map(|place| place.spend.get()).sum();
        let whole = placed + all.unplaced.get();
        if all.unplaced.get() > 0.0 && whole > 0.0 {
            notes.push(format!(
                "£{:.1}m of £{whole:.1}m ({:.0} %) is spent on people of elsewhere or of no known \
                 place and is no part of the comparison.",
                all.unplaced.get(),
                all.unplaced.get() / whole * 100.0
            ));
        }
    }
    let sectors: BTreeSet<&str> =
        book.providers.values().map(|provider| provider.sector.as_str()).collect();
    let unweighted: Vec<&str> = sectors
        .into_iter()
        .filter(|sector| stream_of(sector).is_none_or(|stream| !need.streams.contains_key(&stream)))
        .collect();
    if !need.people.is_empty() && !unweighted.is_empty() {
        notes.push(format!(
            "Need of {} is taken from the weighted population of all care together: the book has \
             no weights of their own for every place.",
            unweighted.join(", ").replace('_', " ")
        ));
    }
    notes.push(
        "Care that people get from providers outside the book is no part of it: a place that goes \
         elsewhere seems to get less."
            .to_owned(),
    );
    notes.push(
        "Fair shares divide what the book spends today; they do not say what should be spent."
            .to_owned(),
    );
    notes
}
