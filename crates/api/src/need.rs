//! Spend and health against need as JSON (`valuebook.need/1`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use value::need::{GroupNeed, NeedGroup, NeedTable, PlaceNeed};

use crate::uncertainty::IntervalJson;

/// The name and version of this shape.
pub const SCHEMA: &str = "valuebook.need/1";

/// Spend and health by place against the fair share that weighted populations imply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NeedJson {
    /// Always `valuebook.need/1`.
    pub schema: String,
    /// All lines, then sectors, then programmes.
    pub groups: Vec<GroupNeedJson>,
    /// Kinds of care with weighted populations of their own.
    pub streams: Vec<String>,
    /// Tables that the book lacks: `population`, `service_places` or `need_weights`.
    #[serde(default)]
    pub missing: Vec<String>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// A group of lines over all places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupNeedJson {
    /// `all`, `sector` or `programme`.
    pub by: String,
    /// The sector or programme; absent for all lines.
    pub group: Option<String>,
    /// Places in the order of their codes.
    pub places: Vec<PlaceNeedJson>,
    /// Spend on people of elsewhere, or of no known place, £m.
    pub unplaced_gbp_m: f64,
    /// Health that goes there, QALY a year.
    pub unplaced_qaly: f64,
    /// Spend of its lines that are not assessable, £m.
    pub not_assessable_gbp_m: f64,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceNeedJson {
    /// The place.
    pub place: String,
    /// People.
    pub people: f64,
    /// People weighted for need of this care.
    pub weighted_people: f64,
    /// Spend on people of the place, £m.
    pub spend_gbp_m: f64,
    /// Spend per need-weighted head, £.
    pub spend_per_weighted_head_gbp: Option<f64>,
    /// What it would be if need alone drove it, £m.
    pub fair_share_gbp_m: f64,
    /// Spend less fair share, £m.
    pub distance_gbp_m: f64,
    /// The same in percent of the fair share.
    pub distance_pct: Option<f64>,
    /// Health of assessable lines, QALY a year.
    pub health_qaly: f64,
    /// Health per thousand need-weighted heads, QALY a year.
    pub health_per_thousand_weighted_qaly: Option<f64>,
    /// What it would be if need alone drove it, QALY a year.
    pub fair_health_qaly: f64,
    /// Health less that, QALY a year.
    pub health_distance_qaly: f64,
    /// How far the health may lie, QALY a year.
    #[serde(default)]
    pub health_range_qaly: Option<IntervalJson>,
    /// How far the health less its fair share may lie, QALY a year.
    #[serde(default)]
    pub health_distance_range_qaly: Option<IntervalJson>,
}

impl From<&NeedTable> for NeedJson {
    fn from(table: &NeedTable) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            groups: table.groups.iter().map(of_group).collect(),
            streams: table.streams.iter().map(|stream| stream.as_str().to_owned()).collect(),
            missing: table.missing.iter().map(|table| (*table).to_owned()).collect(),
            notes: table.notes.clone(),
        }
    }
}

fn of_group(known: &GroupNeed) -> GroupNeedJson {
    let (by, group) = match &known.group {
        NeedGroup::All => ("all", None),
        NeedGroup::Sector(sector) => ("sector", Some(sector.clone())),
        NeedGroup::Programme(programme) => ("programme", Some(programme.clone())),
    };
    GroupNeedJson {
        by: by.to_owned(),
        group,
        places: known.places.iter().map(of_place).collect(),
        unplaced_gbp_m: known.unplaced.get(),
        unplaced_qaly: known.unplaced_health.get(),
        not_assessable_gbp_m: known.not_assessable.get(),
    }
}

fn of_place(place: &PlaceNeed) -> PlaceNeedJson {
    PlaceNeedJson {
        place: place.place.to_string(),
        people: place.people,
        weighted_people: place.weighted,
        spend_gbp_m: place.spend.get(),
        spend_per_weighted_head_gbp: place.spend_per_head_gbp(),
        fair_share_gbp_m: place.fair_spend.get(),
        distance_gbp_m: place.distance().get(),
        distance_pct: place.distance_pct(),
        health_qaly: place.health.get(),
        health_per_thousand_weighted_qaly: place.health_per_thousand(),
        fair_health_qaly: place.fair_health.get(),
        health_distance_qaly: place.health_distance().get(),
        health_range_qaly: place.health_range.map(IntervalJson::from),
        health_distance_range_qaly: place.health_distance_range.map(IntervalJson::from),
    }
}
