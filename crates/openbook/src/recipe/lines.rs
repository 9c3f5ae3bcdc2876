//! The three CSV files that say what a service line costs and what its money buys.

use std::collections::BTreeMap;

use super::definition::Origin;
use super::fault::Faults;
use super::sheet::Sheet;
use crate::published::Decimal;

/// `lines.csv`: what each service line costs, one row for each currency.
pub(super) const LINES: &str = "lines.csv";
/// `mix.csv`: what the money of each line buys.
pub(super) const MIX: &str = "mix.csv";
/// `profiles.csv`: how what is not pay divides.
pub(super) const PROFILES: &str = "profiles.csv";

/// A service line: provider and service code.
pub(super) type Key = (String, String);

/// One row of `lines.csv`.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub row: u64,
    pub key: Key,
    pub point_of_delivery: String,
    pub currency: String,
    pub basis: String,
    pub cost: String,
    pub activity: String,
    pub kind: Origin,
    pub source: String,
}

/// One row of `mix.csv`.
#[derive(Clone, Debug)]
pub(super) struct Mix {
    pub row: u64,
    pub key: Key,
    pub rest: String,
    pub pay_variable_pct: Decimal,
    /// The weight of each staff group; groups without one have no row.
    pub staff: BTreeMap<String, String>,
}

/// What is not pay: weights by resource group and cost behaviour.
pub(super) type Profile = Vec<(String, String, Decimal)>;

fn key(row: &super::sheet::SheetRow<'_>) -> Key {
    (row.get("provider_code").to_owned(), row.get("service_code").to_owned())
}

/// Reads `lines.csv`.
pub(super) fn lines(sheet: &Sheet) -> Result<Vec<Line>, Faults> {
    let needed = [
        "provider_code",
        "service_code",
        "point_of_delivery",
        "currency_code",
        "cost_basis",
        "cost_gbp",
        "activity",
        "kind",
        "source",
    ];
    sheet.expect(&needed, |_| false)?;
    let mut faults = Faults::default();
    let mut lines = Vec::new();
    for row in sheet.rows() {
        let kind = faults.take(LINES, Some(row.line), Origin::read(row.get("kind")));
        if row.get("source").is_empty() {
            faults.push(LINES, Some(row.line), "the source is empty; every row needs one");
        }
        let Some(kind) = kind else { continue };
        lines.push(Line {
            row: row.line,
            key: key(&row),
            point_of_delivery: row.get("point_of_delivery").to_owned(),
            currency: row.get("currency_code").to_owned(),
            basis: row.get("cost_basis").to_owned(),
            cost: row.get("cost_gbp").to_owned(),
            activity: row.get("activity").to_owned(),
            kind,
            source: row.get("source").to_owned(),
        });
    }
    faults.into_result().map(|()| lines)
}

/// Reads `mix.csv`; columns beyond its own are staff groups.
pub(super) fn mixes(sheet: &Sheet, groups: &[&str]) -> Result<BTreeMap<Key, Mix>, Faults> {
    let needed = ["provider_code", "service_code", "rest", "pay_variable_pct"];
    sheet.expect(&needed, |column| groups.contains(&column))?;
    let mut faults = Faults::default();
    let mut mixes = BTreeMap::new();
    for row in sheet.rows() {
        let pct = row.get("pay_variable_pct");
        let pay_variable_pct = Decimal::parse(pct)
            .filter(|pct| !pct.is_negative() && pct.at_most(Decimal::whole(100)));
        let Some(pay_variable_pct) = pay_variable_pct else {
            let message = format!("pay_variable_pct is a percentage from 0 to 100, not \"{pct}\"");
            faults.push(MIX, Some(row.line), message);
            continue;
        };
        let weight = |group: &&str| {
            let weight = row.get(group);
            (!weight.is_empty()).then(|| ((*group).to_owned(), weight.to_owned()))
        };
        let mix = Mix {
            row: row.line,
            key: key(&row),
            rest: row.get("rest").to_owned(),
            pay_variable_pct,
            staff: groups.iter().filter_map(weight).collect(),
        };
        if mixes.insert(mix.key.clone(), mix).is_some() {
            faults.push(MIX, Some(row.line), "the service line is there twice; remove one");
        }
    }
    faults.into_result().map(|()| mixes)
}

/// Reads `profiles.csv`.
pub(super) fn profiles(sheet: &Sheet) -> Result<BTreeMap<String, Profile>, Faults> {
    sheet.expect(&["profile", "resource_group", "cost_behaviour", "weight"], |_| false)?;
    let mut faults = Faults::default();
    let mut profiles: BTreeMap<String, Profile> = BTreeMap::new();
    for row in sheet.rows() {
        let weight = Decimal::parse(row.get("weight")).filter(|weight| !weight.is_negative());
        let Some(weight) = weight else {
            let message = format!("\"{}\" is not a weight of 0 or more", row.get("weight"));
            faults.push(PROFILES, Some(row.line), message);
            continue;
        };
        let (group, behaviour) = (row.get("resource_group"), row.get("cost_behaviour"));
        let profile = profiles.entry(row.get("profile").to_owned()).or_default();
        if profile.iter().any(|(known, how, _)| known == group && how == behaviour) {
            faults.push(PROFILES, Some(row.line), "this part of the profile is there twice");
        }
        profile.push((group.to_owned(), behaviour.to_owned(), weight));
    }
    faults.into_result().map(|()| profiles)
}
