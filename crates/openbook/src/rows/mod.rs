//! The tables' rows, typed. Made only from checked tables.

use jiff::civil::Date;
use quantities::{
    Activity, FinYear, Pence, PlaceCode, PoolId, ProviderCode, ServiceKey, Share, Wte,
};

use crate::table::Row;

mod compare;
mod options;
mod plan;
pub use compare::{MarketForces, NeedStream, NeedWeight, OutlierReview, ServicePlace};
pub use options::{
    OptionEffect, OptionResource, OptionRule, OptionStaff, Proposal, Resource, ServiceResource,
    Substitution,
};
pub use plan::{BridgeLine, Contract, Growth, Pathway, ServiceNeed};

/// A typed row of one table.
pub trait FromRow: Sized {
    /// The table's name.
    const TABLE: &'static str;

    /// The typed row; nothing where the table's definition lacks a column it needs.
    fn from_row(row: &Row<'_>) -> Option<Self>;
}

fn owned(row: &Row<'_>, column: &str) -> Option<String> {
    row.text(column).map(str::to_owned)
}

fn share(row: &Row<'_>, column: &str) -> Option<Share> {
    row.number(column).and_then(Share::new)
}

/// An organisation that gives care.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// Its code.
    pub code: ProviderCode,
    /// Its name.
    pub name: String,
    /// `acute`, `community`, `mental_health`, `primary_care`, `ambulance` or `social_care`.
    pub sector: String,
    /// The place it mainly serves.
    pub place: PlaceCode,
    /// Whether others see named lines (or indices only).
    pub named_to_others: bool,
}

impl FromRow for Provider {
    const TABLE: &'static str = "providers";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            code: row.provider()?,
            name: owned(row, "provider_name")?,
            sector: owned(row, "sector")?,
            place: row.text("place_code")?.parse().ok()?,
            named_to_others: row.text("disclosure") != Some("index"),
        })
    }
}

/// A service line.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// `provider/service`.
    pub key: ServiceKey,
    /// Its name.
    pub name: String,
    /// The programme of care.
    pub programme: String,
    /// Where the care is given.
    pub setting: String,
    /// Whether it supports services that treat patients, and treats none itself.
    pub support: bool,
    /// The fund that pays for it.
    pub fund: String,
    /// Labels.
    pub tags: Vec<String>,
    /// The pathway whose gain it shares.
    pub pathway: Option<String>,
    /// Its share of that gain; the whole where there is no pathway.
    pub pathway_share: Share,
    /// The post that answers for the budget.
    pub budget_holder: Option<String>,
    /// The post that answers for the care.
    pub clinical_lead: Option<String>,
}

impl FromRow for Service {
    const TABLE: &'static str = "services";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        let tags = row.text("tags").unwrap_or_default();
        Some(Self {
            key: row.service()?,
            name: owned(row, "service_name")?,
            programme: owned(row, "programme")?,
            setting: owned(row, "setting")?,
            support: row.text("role") == Some("support"),
            fund: owned(row, "fund")?,
            tags: tags.split(';').filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            pathway: owned(row, "pathway_id"),
            pathway_share: share(row, "pathway_share").unwrap_or(Share::ONE),
            budget_holder: owned(row, "budget_holder"),
            clinical_lead: owned(row, "clinical_lead"),
        })
    }
}

/// How a cost follows activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behaviour {
    /// It stays when patients fall.
    Fixed,
    /// It falls in steps.
    SemiFixed,
    /// It falls with each patient.
    Variable,
}

/// A cost, added up to the table's key.
#[derive(Clone, Debug, PartialEq)]
pub struct CostRow {
    /// The service line.
    pub service: ServiceKey,
    /// The financial year.
    pub year: FinYear,
    /// 0 for the whole year, 1 to 12 from April.
    pub month: u8,
    /// Day case, outpatient, …
    pub point_of_delivery: String,
    /// The unit of activity.
    pub currency: String,
    /// What the money buys.
    pub resource_group: String,
    /// How it follows activity.
    pub behaviour: Behaviour,
    /// How much work; absent where not given.
    pub activity: Option<Activity>,
    /// How much money.
    pub cost: Pence,
    /// `plics`, `aggregate`, `apportioned` or `contract_price`.
    pub basis: String,
    /// The day up to which the data is complete.
    pub as_at: Option<Date>,
    /// The row of its file; the first, where rows were added up.
    pub line: u64,
}

impl FromRow for CostRow {
    const TABLE: &'static str = "costs";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            service: row.service()?,
            year: row.year("fin_year")?,
            month: row.month("fin_month")?,
            point_of_delivery: owned(row, "point_of_delivery")?,
            currency: owned(row, "currency_code")?,
            resource_group: owned(row, "resource_group")?,
            behaviour: match row.text("cost_behaviour")? {
                "variable" => Behaviour::Variable,
                "semi_fixed" => Behaviour::SemiFixed,
                _ => Behaviour::Fixed,
            },
            activity: row.activity("activity"),
            cost: row.money("cost_gbp")?,
            basis: owned(row, "cost_basis")?,
            as_at: row.date("data_as_at"),
            line: row.line(),
        })
    }
}

/// Staff of a service line in one group.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkforceRow {
    /// The service line.
    pub service: ServiceKey,
    /// The financial year.
    pub year: FinYear,
    /// The group.
    pub staff_group: String,
    /// Whole-time equivalents.
    pub wte: f64,
    /// Their pay with on-costs.
    pub pay_cost: Option<Pence>,
}

impl FromRow for WorkforceRow {
    const TABLE: &'static str = "workforce";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            service: row.service()?,
            year: row.year("fin_year")?,
            staff_group: owned(row, "staff_group")?,
            wte: row.number("wte")?,
            pay_cost: row.money("pay_cost_gbp"),
        })
    }
}

/// The strength of evidence, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Randomised or national, casemix adjusted.
    A,
    /// Local, paired, at least half complete.
    B,
    /// Mapped from a condition measure.
    C,
    /// A published model carried over.
    D,
    /// Structured judgement.
    E,
}

impl Grade {
    /// The letter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::A, Self::B, Self::C, Self::D, Self::E]
            .into_iter()
            .find(|grade| grade.as_str() == text)
    }
}

/// What one cohort of a service gains, as measured by its provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The row of its file.
    pub line: u64,
    /// The service line.
    pub service: ServiceKey,
    /// The financial year.
    pub year: FinYear,
    /// Which of the service's patients.
    pub cohort: String,
    /// The instrument.
    pub measure: String,
    /// The value set, for utilities.
    pub value_set: Option<String>,
    /// Patients in the year.
    pub patients: f64,
    /// Mean before.
    pub baseline: Option<f64>,
    /// Mean after.
    pub followup: Option<f64>,
    /// Mean gain.
    pub gain: Option<f64>,
    /// Standard error of the mean gain.
    pub gain_se: Option<f64>,
    /// Proposed duration.
    pub duration_years: Option<f64>,
    /// Proposed decay.
    pub decay_per_year: Option<f64>,
    /// Proposed counterfactual.
    pub counterfactual: Option<Share>,
    /// Proposed grade.
    pub grade: Grade,
    /// Proposed share of spend.
    pub spend_share: Option<Share>,
    /// Where it comes from.
    pub source: String,
}

impl FromRow for Outcome {
    const TABLE: &'static str = "outcomes";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            line: row.line(),
            service: row.service()?,
            year: row.year("fin_year")?,
            cohort: owned(row, "cohort")?,
            measure: owned(row, "measure")?,
            value_set: owned(row, "value_set"),
            patients: row.number("patients")?,
            baseline: row.number("baseline_mean"),
            followup: row.number("followup_mean"),
            gain: row.number("gain_mean"),
            gain_se: row.number("gain_se"),
            duration_years: row.number("duration_years"),
            decay_per_year: row.number("decay_per_year"),
            counterfactual: share(row, "counterfactual_fraction"),
            grade: Grade::parse(row.text("evidence_grade")?)?,
            spend_share: share(row, "spend_share"),
            source: owned(row, "source")?,
        })
    }
}

/// Who is treated, by deprivation quintile.
#[derive(Clone, Debug, PartialEq)]
pub struct EquityRow {
    /// The row of its file.
    pub line: u64,
    /// The service line.
    pub service: ServiceKey,
    /// Average shares, most deprived first.
    pub average: [f64; 5],
    /// Marginal shares, where given.
    pub marginal: Option<[f64; 5]>,
}

fn quintiles(row: &Row<'_>, prefix: &str) -> Option<[f64; 5]> {
    let mut shares = [0.0; 5];
    for (quintile, share) in (1..=5).zip(&mut shares) {
        *share = row.number(&format!("{prefix}{quintile}"))?;
    }
    Some(shares)
}

impl FromRow for EquityRow {
    const TABLE: &'static str = "equity";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            line: row.line(),
            service: row.service()?,
            average: quintiles(row, "imd_q")?,
            marginal: quintiles(row, "marginal_q"),
        })
    }
}

/// One line of a provider's reconciliation.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// The provider.
    pub provider: ProviderCode,
    /// The financial year.
    pub year: FinYear,
    /// `operating_expenses`, `income_netted_off`, `adjustment` or `exclusion`.
    pub line: String,
    /// The amount.
    pub amount: Pence,
}

impl FromRow for LedgerRow {
    const TABLE: &'static str = "ledger";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            provider: row.provider()?,
            year: row.year("fin_year")?,
            line: owned(row, "line")?,
            amount: row.money("amount_gbp")?,
        })
    }
}

/// What the board's reviewer accepted of an outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// The row of its file.
    pub line: u64,
    /// The service line.
    pub service: ServiceKey,
    /// Which patients; `all` stands for every cohort without a row of its own.
    pub cohort: String,
    /// Accepted duration.
    pub duration_years: Option<f64>,
    /// Accepted decay.
    pub decay_per_year: Option<f64>,
    /// Accepted counterfactual.
    pub counterfactual: Option<Share>,
    /// Accepted grade.
    pub grade: Option<Grade>,
    /// Accepted share of spend.
    pub spend_share: Option<Share>,
    /// `statutory`, `safety` or `rescue`; nothing where not protected.
    pub protection: Option<String>,
    /// The post that judged it.
    pub reviewer: String,
    /// When.
    pub reviewed_on: Option<Date>,
}

impl FromRow for Assumption {
    const TABLE: &'static str = "assumptions";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            line: row.line(),
            service: row.service()?,
            cohort: owned(row, "cohort")?,
            duration_years: row.number("duration_years"),
            decay_per_year: row.number("decay_per_year"),
            counterfactual: share(row, "counterfactual_fraction"),
            grade: row.text("evidence_grade").and_then(Grade::parse),
            spend_share: share(row, "spend_share"),
            protection: owned(row, "protection").filter(|kind| kind != "none"),
            reviewer: owned(row, "reviewer")?,
            reviewed_on: row.date("reviewed_on"),
        })
    }
}

/// How health follows spend in one service.
#[derive(Clone, Debug, PartialEq)]
pub struct ElasticityRow {
    /// The row of its file.
    pub line: u64,
    /// The service line.
    pub service: ServiceKey,
    /// A given elasticity.
    pub elasticity: Option<f64>,
    /// Patients lost for a cut of 10 %, in percent.
    pub patients_lost_pct: Option<f64>,
    /// Their gain against the average.
    pub marginal_to_average: Option<f64>,
    /// A slope from a programme average, QALY per £m.
    pub slope: Option<f64>,
    /// Standard error of the elasticity.
    pub se: Option<f64>,
    /// Who was asked.
    pub elicited_from: Option<String>,
    /// Where it comes from.
    pub source: String,
}

impl FromRow for ElasticityRow {
    const TABLE: &'static str = "elasticities";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            line: row.line(),
            service: row.service()?,
            elasticity: row.number("elasticity"),
            patients_lost_pct: row.number("patients_lost_pct_per_10pct_cut"),
            marginal_to_average: row.number("marginal_to_average_gain"),
            slope: row.number("slope_qaly_per_gbp_m"),
            se: row.number("elasticity_se"),
            elicited_from: owned(row, "elicited_from"),
            source: owned(row, "source")?,
        })
    }
}

/// A pot the money comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Fund {
    /// Its code.
    pub fund: String,
    /// The financial year.
    pub year: FinYear,
    /// Its size.
    pub amount: Pence,
}

impl FromRow for Fund {
    const TABLE: &'static str = "funds";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        Some(Self {
            fund: owned(row, "fund")?,
            year: row.year("fin_year")?,
            amount: row.money("amount_gbp")?,
        })
    }
}

/// How far a staff pool reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolScope {
    /// The whole board.
    Icb,
    /// One place.
    Place(String),
    /// One sector.
    Sector(String),
    /// One provider.
    Provider(String),
}

/// A staff pool.
#[derive(Clone, Debug, PartialEq)]
pub struct StaffPool {
    /// The row of its file.
    pub line: u64,
    /// Its id.
    pub id: PoolId,
    /// The staff group.
    pub staff_group: String,
    /// How far it reaches; nothing where the scope's code is missing.
    pub scope: Option<PoolScope>,
    /// In post and available.
    pub wte_available: f64,
    /// Posts that can be filled in a year.
    pub recruitable_a_year: Wte,
    /// What filling one costs, once.
    pub recruitment_cost: Pence,
    /// The most agency staff.
    pub agency_cap: Wte,
    /// What an agency post costs more, a year.
    pub agency_premium: Pence,
    /// Of staff freed by a cut, the share others can use.
    pub redeployable: Share,
}

impl FromRow for StaffPool {
    const TABLE: &'static str = "staff_pools";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        let code = owned(row, "scope_code");
        let wte = |column| Wte::new(row.number(column).unwrap_or(0.0));
        let money = |column| row.money(column).unwrap_or_default();
        Some(Self {
            line: row.line(),
            id: row.text("pool_id")?.parse().ok()?,
            staff_group: owned(row, "staff_group")?,
            scope: match row.text("scope_kind")? {
                "icb" => Some(PoolScope::Icb),
                "place" => code.map(PoolScope::Place),
                "sector" => code.map(PoolScope::Sector),
                _ => code.map(PoolScope::Provider),
            },
            wte_available: row.number("wte_available")?,
            recruitable_a_year: wte("recruitable_wte_per_year"),
            recruitment_cost: money("recruitment_cost_gbp"),
            agency_cap: wte("agency_wte_cap"),
            agency_premium: money("agency_premium_gbp"),
            redeployable: share(row, "redeployable_share").unwrap_or(Share::ONE),
        })
    }
}

/// People of a place in one deprivation quintile.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// The place.
    pub place: PlaceCode,
    /// 1 (most deprived) to 5.
    pub quintile: u8,
    /// People.
    pub people: f64,
    /// People weighted for need of all care together.
    pub weighted: f64,
}

impl FromRow for Population {
    const TABLE: &'static str = "population";
    fn from_row(row: &Row<'_>) -> Option<Self> {
        let quintile = row.number("imd_quintile")?;
        Some(Self {
            place: row.text("place_code")?.parse().ok()?,
            quintile: (1..=5).find(|known| (f64::from(*known) - quintile).abs() < 1e-9)?,
            people: row.number("population")?,
            weighted: row.number("weighted_population")?,
        })
    }
}
