//! What a plan means for a provider, as JSON.

use allocation::run::{Impact, Income, StaffChange};
use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a plan means for a provider in a year: the cash of the year against no change in that year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImpactJson {
    /// Change in what its services cost; what stays behind is `stranded_gbp` of the provider.
    #[schema(value_type = String)]
    pub cost_change_gbp: Pence,
    /// Income by mechanism, of those that its contracts in the book have.
    pub income: Vec<IncomeJson>,
    /// Lines that are not contracted in this book: they count as nothing above, not as nought.
    pub not_contracted_lines: u32,
    /// Of those, how many the plan changes.
    pub not_contracted_changing: u32,
    /// Change in what they cost.
    #[schema(value_type = String)]
    pub not_contracted_cost_change_gbp: Pence,
    /// Income that follows by itself less what cost does, what stays behind included: a gap below
    /// nought, a windfall above. Absent where a line that changes is not contracted.
    #[schema(value_type = Option<String>)]
    pub position_gbp: Option<Pence>,
    /// The same once fixed and block payments follow cost.
    #[schema(value_type = Option<String>)]
    pub position_after_agreement_gbp: Option<Pence>,
    /// Change in staff by group.
    pub staff: Vec<StaffChangeJson>,
    /// All of it in words, beside the whole system's gain.
    pub sentence: String,
}

/// A provider's income of one mechanism.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncomeJson {
    /// `fixed`, `variable`, `block` or `activity`.
    pub mechanism: String,
    /// How many lines are paid so.
    pub lines: u32,
    /// Income today.
    #[schema(value_type = String)]
    pub income_gbp: Pence,
    /// Change that follows by itself, with the work.
    #[schema(value_type = String)]
    pub follows_gbp: Pence,
    /// Change that would have to be agreed for income to follow cost.
    #[schema(value_type = String)]
    pub to_agree_gbp: Pence,
}

/// Change in one staff group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffChangeJson {
    /// The group.
    pub staff_group: String,
    /// Change in what its lines need.
    pub change_wte: f64,
    /// Lines that change and have no figure for this group: left out, and not nought.
    pub lines_without_figure: u32,
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl From<&Impact> for ImpactJson {
    fn from(impact: &Impact) -> Self {
        let none = impact.not_contracted;
        Self {
            cost_change_gbp: impact.cost_change,
            income: impact.income.iter().map(IncomeJson::from).collect(),
            not_contracted_lines: count(none.lines),
            not_contracted_changing: count(none.changing),
            not_contracted_cost_change_gbp: none.cost_change,
            position_gbp: impact.position,
            position_after_agreement_gbp: impact.after_agreement,
            staff: impact.staff.iter().map(StaffChangeJson::from).collect(),
            sentence: impact.sentence.clone(),
        }
    }
}

impl From<&Income> for IncomeJson {
    fn from(income: &Income) -> Self {
        Self {
            mechanism: income.mechanism.as_str().to_owned(),
            lines: count(income.lines),
            income_gbp: income.income,
            follows_gbp: income.follows,
            to_agree_gbp: income.to_agree,
        }
    }
}

impl From<&StaffChange> for StaffChangeJson {
    fn from(staff: &StaffChange) -> Self {
        Self {
            staff_group: staff.group.clone(),
            change_wte: staff.change.get(),
            lines_without_figure: count(staff.silent),
        }
    }
}
