use api::result::{GroupJson, MovedJson, OptionJson, QuintileJson, RunJson, StaffJson, SwapJson};
use quantities::Pence;
use serde::Serialize;

use crate::charts::sector_label;
use crate::pages::format::{
    list_words, money_short, money_signed, pct, pct_signed, plural, qaly_signed, short_name, wte,
    wte_signed,
};
use crate::pages::view::labels::staff_group;
use crate::pages::view::service::Fact;

/// Pairs of moves that are shown.
const SWAPS: usize = 10;
/// Providers named in a sentence.
const NAMED: usize = 3;

/// A provider or a sector.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GroupRow {
    /// Its name.
    pub name: String,
    /// Its code, where that is not the name.
    pub code: String,
    /// Spend today.
    pub today: String,
    /// Spend under the plan.
    pub plan: String,
    /// Change of spend.
    pub money: String,
    /// The same in percent.
    pub percent: String,
    /// Cost that stays behind in year one.
    pub stranded: String,
    /// Change of healthy years.
    pub health: String,
    /// Spend of which nothing can be said.
    pub not_assessable: String,
    /// Change of staff.
    pub staff: String,
}

/// A staff pool.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StaffRow {
    /// The pool.
    pub pool: String,
    /// The staff group.
    pub group: String,
    /// In post and available.
    pub available: String,
    /// Needed today.
    pub today: String,
    /// Needed by the plan.
    pub plan: String,
    /// What one more would be worth.
    pub price: String,
}

/// A fifth of the population by deprivation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QuintileRow {
    /// Which.
    pub name: String,
    /// Change of healthy years.
    pub health: String,
}

/// Money released in one line and what it buys in another.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SwapRow {
    /// The line that gives.
    pub from: String,
    /// The line that receives.
    pub to: String,
    /// The money.
    pub money: String,
    /// Healthy years lost.
    pub lost: String,
    /// Healthy years gained.
    pub gained: String,
}

/// An option that is taken up.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OptionRow {
    /// Its name.
    pub name: String,
    /// How much of it.
    pub take_up: String,
    /// What it costs in the year.
    pub cost: String,
    /// Healthy years it brings in the year.
    pub health: String,
}

/// Work that moves along a pathway.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AlongRow {
    /// The line that gives.
    pub from: String,
    /// The line that takes.
    pub to: String,
    /// The giver's work that moves.
    pub money: String,
    /// What the receiver needs for it.
    pub needed: String,
    /// Healthy years its patients gain.
    pub health: String,
}

/// Options that are taken up, and how many are not.
pub fn options(run: &RunJson) -> (Vec<OptionRow>, Option<String>) {
    let taken = |option: &&OptionJson| option.take_up > 1e-6;
    let row = |option: &OptionJson| OptionRow {
        name: option.name.clone(),
        take_up: pct(option.take_up * 100.0),
        cost: money_short(option.cost_gbp),
        health: qaly_signed(option.gain_qaly),
    };
    let rows: Vec<OptionRow> = run.options.iter().filter(taken).map(row).collect();
    let left = u64::try_from(run.options.len() - rows.len()).unwrap_or(u64::MAX);
    let words = plural(left, "option is not taken up", "options are not taken up");
    (rows, (left > 0).then_some(words))
}

/// Work that moves along pathways.
pub fn along(run: &RunJson) -> Vec<AlongRow> {
    let row = |moved: &MovedJson| AlongRow {
        from: line_name(run, &moved.from),
        to: line_name(run, &moved.to),
        money: money_short(moved.moved_gbp),
        needed: money_short(moved.needed_gbp),
        health: qaly_signed(moved.gain_qaly),
    };
    run.moves.iter().map(row).collect()
}

fn line_name(run: &RunJson, key: &str) -> String {
    let found = run.services.iter().find(|service| service.service == key);
    found.map_or_else(|| key.to_owned(), |it| format!("{}, {}", it.name, it.provider))
}

/// Who gains and who loses, as one sentence.
pub fn providers_answer(run: &RunJson) -> String {
    let change = |group: &GroupJson| group.plan_gbp - group.base_gbp;
    let named = |wanted: &dyn Fn(Pence) -> bool| -> String {
        let mut found: Vec<&GroupJson> =
            run.providers.iter().filter(|group| wanted(change(group))).collect();
        found.sort_by_key(|group| std::cmp::Reverse(change(group).get().unsigned_abs()));
        let more = found.len().saturating_sub(NAMED);
        let mut names: Vec<String> = found
            .into_iter()
            .take(NAMED)
            .map(|group| format!("{} ({})", short_name(&group.name), money_signed(change(group))))
            .collect();
        if more > 0 {
            names.push(format!("{more} more"));
        }
        list_words(&names)
    };
    let up = named(&|change| change > Pence::ZERO);
    let down = named(&|change| change < Pence::ZERO);
    match (up.is_empty(), down.is_empty()) {
        (true, true) => "No provider's money changes.".to_owned(),
        (false, true) => format!("More money goes to {up}."),
        (true, false) => format!("Less money goes to {down}."),
        (false, false) => format!("Less money goes to {down}; more to {up}."),
    }
}

/// Impact per sector, with the sectors in words.
pub fn sectors(run: &RunJson) -> Vec<GroupRow> {
    let named = |group: &GroupJson| GroupRow {
        name: sector_label(&group.id),
        code: String::new(),
        ..GroupRow::from(group)
    };
    run.sectors.iter().map(named).collect()
}

/// The largest pairs of moves.
pub fn swaps(run: &RunJson) -> Vec<SwapRow> {
    let row = |swap: &SwapJson| SwapRow {
        from: line_name(run, &swap.from),
        to: line_name(run, &swap.to),
        money: money_short(swap.amount_gbp),
        lost: qaly_signed(-swap.lost_qaly.abs()),
        gained: qaly_signed(swap.gained_qaly),
    };
    run.swaps.iter().take(SWAPS).map(row).collect()
}

/// Where the money goes, down to what is left.
pub fn money(run: &RunJson) -> Vec<Fact> {
    let Some(totals) = &run.totals else { return Vec::new() };
    let always = [
        ("May be spent", totals.budget_gbp),
        ("Spent today", totals.base_spend_gbp),
        ("Spent on services by this plan", totals.plan_spend_gbp),
    ];
    let where_any = [
        ("Cost that stays behind", totals.stranded_gbp),
        ("Recruiting, once", totals.recruitment_gbp),
        ("Agency premium", totals.agency_gbp),
        ("Running old and new together", totals.double_running_gbp),
        ("Options taken up", totals.options_gbp),
        ("Left over", totals.unallocated_gbp),
        ("Beyond the budget if all carries on as today", totals.cost_of_standing_still_gbp),
    ];
    let some = where_any.into_iter().filter(|(_, amount)| *amount != Pence::ZERO);
    always
        .into_iter()
        .chain(some)
        .map(|(key, amount)| Fact { key: key.to_owned(), value: money_short(amount), note: None })
        .collect()
}

impl From<&GroupJson> for GroupRow {
    fn from(group: &GroupJson) -> Self {
        let staff: Vec<String> = group
            .wte_change
            .iter()
            .filter(|change| change.value.abs() >= 0.05)
            .map(|change| format!("{} {}", staff_group(&change.key), wte_signed(change.value)))
            .collect();
        Self {
            name: group.name.clone(),
            code: group.id.clone(),
            today: money_short(group.base_gbp),
            plan: money_short(group.plan_gbp),
            money: money_signed(group.plan_gbp - group.base_gbp),
            percent: pct_signed(group.change_pct),
            stranded: group.stranded_gbp.map_or_else(|| "–".to_owned(), money_short),
            health: qaly_signed(group.gain_qaly),
            not_assessable: money_short(group.not_assessable_gbp),
            staff: if staff.is_empty() { "no change".to_owned() } else { staff.join(", ") },
        }
    }
}

impl From<&StaffJson> for StaffRow {
    fn from(pool: &StaffJson) -> Self {
        Self {
            pool: pool.pool.clone(),
            group: staff_group(&pool.staff_group),
            available: wte(pool.available_wte),
            today: wte(pool.base_wte),
            plan: wte(pool.plan_wte),
            price: qaly_signed(pool.price_qaly_per_wte),
        }
    }
}

impl From<&QuintileJson> for QuintileRow {
    fn from(quintile: &QuintileJson) -> Self {
        Self {
            name: match quintile.quintile {
                1 => "1, the most deprived".to_owned(),
                5 => "5, the least deprived".to_owned(),
                other => other.to_string(),
            },
            health: qaly_signed(quintile.gain_qaly),
        }
    }
}
