//! Small books as plain data, written as the tables that providers hand in, read by the same reader
//! and laid out as cases. Nothing here takes a short cut past the product.

use allocation::{Case, Scenario};
use openbook::{Book, CheckedTable, Report, Tables, read};
use quantities::Pence;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use value::{Instruments, Parameters};

use crate::changes::{Changes, Shares, in_columns};

/// An organisation.
#[derive(Clone, Debug)]
pub struct Provider {
    pub code: String,
    pub sector: &'static str,
    pub place: &'static str,
}

/// What patients of a service gain.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    pub patients: i64,
    /// Healthy years each.
    pub gain: f64,
    /// The share of the spend that these patients describe.
    pub share: f64,
}

/// A service line.
#[derive(Clone, Debug)]
pub struct Service {
    pub provider: String,
    pub code: String,
    pub fund: &'static str,
    pub tag: &'static str,
    pub role: &'static str,
    /// Fixed, semi-fixed and variable, in pence.
    pub cost: [i64; 3],
    /// Nothing where none was handed in.
    pub outcome: Option<Outcome>,
    pub elasticity: f64,
    /// Thousandths of a whole-time equivalent by group; a group that is not there is not nought.
    pub staff: BTreeMap<&'static str, i64>,
    /// Who gains, by quintile; nothing where it is not known.
    pub shares: Option<Shares>,
}

impl Service {
    pub fn pence(&self) -> i64 {
        self.cost.iter().sum()
    }
}

/// Staff who can be in only one place.
#[derive(Clone, Debug)]
pub struct Pool {
    pub id: &'static str,
    pub group: &'static str,
    /// Kind and code.
    pub scope: (&'static str, String),
    pub wte: f64,
    pub redeployable: f64,
    /// Posts that can be filled in a year, and what filling one costs, in pence.
    pub recruits: (f64, i64),
    /// The most agency staff, and what one costs more in a year, in pence.
    pub agency: (f64, i64),
}

/// A table of a scenario, and a sum of money in it.
#[derive(Clone, Debug)]
pub struct Rule {
    pub text: String,
    pub money: Option<(&'static str, i64)>,
}

impl Rule {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), money: None }
    }

    pub fn with_money(text: impl Into<String>, key: &'static str, pence: i64) -> Self {
        Self { text: text.into(), money: Some((key, pence)) }
    }
}

/// A book and a scenario.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    pub providers: Vec<Provider>,
    pub services: Vec<Service>,
    pub pools: Vec<Pool>,
    pub rules: Vec<Rule>,
    pub changes: Changes,
}

/// A table's name, its header and its rows.
pub type Lines = (&'static str, &'static str, Vec<String>);

impl Sketch {
    /// The scenario as a file.
    pub fn scenario(&self) -> String {
        let mut text = "name = \"proof\"\nbase_year = \"2024-25\"\n".to_owned();
        for rule in &self.rules {
            text += &format!("{}\n", rule.text);
            if let Some((key, pence)) = rule.money {
                text += &format!("{key} = \"{}\"\n", Pence::new(pence));
            }
        }
        text
    }

    /// The tables, row by row.
    pub fn tables(&self) -> Vec<Lines> {
        let each = |row: fn(&Service) -> Vec<String>| self.services.iter().flat_map(row).collect();
        let mut tables = vec![
            (
                "providers",
                "provider_code,provider_name,sector,place_code",
                self.providers
                    .iter()
                    .map(|it| format!("{0},Provider {0},{1},{2}", it.code, it.sector, it.place))
                    .collect(),
            ),
            (
                "services",
                "provider_code,service_code,service_name,programme,setting,role,fund,tags",
                each(|it| {
                    let Service { provider, code, role, fund, tag, .. } = it;
                    vec![format!("{provider},{code},Line {code},x,y,{role},{fund},{tag}")]
                }),
            ),
            (
                "costs",
                "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
                 resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at",
                each(cost_rows),
            ),
            (
                "outcomes",
                "provider_code,service_code,fin_year,measure,patients,gain_mean,gain_se,\
                 evidence_grade,spend_share,source",
                each(outcome_rows),
            ),
            (
                "elasticities",
                "provider_code,service_code,elasticity,elasticity_se,source",
                each(|it| vec![format!("{},{},{:.4},0.05,x", it.provider, it.code, it.elasticity)]),
            ),
            (
                "workforce",
                "provider_code,service_code,fin_year,staff_group,wte,pay_cost_gbp",
                each(staff_rows),
            ),
            (
                "staff_pools",
                "pool_id,staff_group,scope_kind,scope_code,wte_available,redeployable_share,\
                 recruitable_wte_per_year,recruitment_cost_gbp,agency_wte_cap,agency_premium_gbp",
                self.pools.iter().map(pool_row).collect(),
            ),
            (
                "equity",
                "provider_code,service_code,imd_q1,imd_q2,imd_q3,imd_q4,imd_q5",
                each(share_rows),
            ),
        ];
        tables.extend(self.changes.tables());
        tables
    }

    /// The book that the tables make.
    pub fn book(&self) -> Book {
        book(&self.tables())
    }

    /// The case of book and scenario.
    pub fn case(&self) -> Result<Case, String> {
        case(&self.book(), &self.scenario())
    }
}

fn cost_rows(service: &Service) -> Vec<String> {
    let Service { provider, code, cost, .. } = service;
    let kinds = ["fixed", "semi_fixed", "variable"].iter().zip(cost).enumerate();
    kinds
        .map(|(at, (kind, pence))| {
            let worked = if at == 0 { "1" } else { "" };
            let cost = Pence::new(*pence);
            format!("{provider},{code},2024-25,0,p,c,r,{kind},{worked},{cost},plics,2025-03-31")
        })
        .collect()
}

fn outcome_rows(service: &Service) -> Vec<String> {
    let of = |Outcome { patients, gain, share }: &Outcome| {
        let Service { provider, code, .. } = service;
        let error = gain.abs() / 10.0;
        format!(
            "{provider},{code},2024-25,qaly_per_patient,{patients},{gain:.9},{error:.9},B,\
             {share:.2},x"
        )
    };
    service.outcome.iter().map(of).collect()
}

fn staff_rows(service: &Service) -> Vec<String> {
    let Service { provider, code, .. } = service;
    let row = |(group, thousandths): (&&str, &i64)| {
        let (whole, part) = (thousandths.div_euclid(1_000), thousandths.rem_euclid(1_000));
        format!("{provider},{code},2024-25,{group},{whole}.{part:03},0.00")
    };
    service.staff.iter().map(row).collect()
}

fn share_rows(service: &Service) -> Vec<String> {
    let Service { provider, code, shares, .. } = service;
    shares.iter().map(|shares| format!("{provider},{code},{}", in_columns(*shares))).collect()
}

fn pool_row(pool: &Pool) -> String {
    let Pool { id, group, scope: (kind, code), wte, redeployable, .. } = pool;
    let ((recruits, cost), (agency, premium)) = (pool.recruits, pool.agency);
    let (cost, premium) = (Pence::new(cost), Pence::new(premium));
    format!(
        "{id},{group},{kind},{code},{wte:.6},{redeployable},{recruits:.3},{cost},{agency:.3},\
         {premium}"
    )
}

/// The folder of the repository's models.
pub fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

fn text(path: &str) -> String {
    fs::read_to_string(models().join(path)).expect("a file of models")
}

/// The definitions of the tables.
pub static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut files = Vec::new();
    for entry in fs::read_dir(models().join("uploads")).expect("a folder of definitions") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        if name.ends_with(".toml") {
            files.push((name.clone(), text(&format!("uploads/{name}"))));
        }
    }
    Tables::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
        .expect("definitions")
});

static INSTRUMENTS: LazyLock<Instruments> = LazyLock::new(|| {
    let [sets, mappings, measures, unit_costs] =
        ["value_sets", "mappings", "measures", "unit_costs"]
            .map(|name| text(&format!("value/{name}.toml")));
    Instruments::parse(&sets, &mappings, &measures, &unit_costs).expect("instruments")
});

static PARAMETERS: LazyLock<Parameters> =
    LazyLock::new(|| Parameters::parse(&text("parameters/national.toml")).expect("parameters"));

/// Reads tables that must be sound.
pub fn book(tables: &[Lines]) -> Book {
    let mut report = Report::default();
    let read: Vec<CheckedTable> = tables
        .iter()
        .filter(|(_, _, rows)| !rows.is_empty())
        .map(|(name, header, rows)| {
            let definition = TABLES.get(name).expect("a table");
            let csv = format!("{header}\n{}\n", rows.join("\n"));
            let read = read::accepted(&TABLES, definition, csv.as_bytes(), &mut report);
            assert!(read.is_some(), "{name}: {:?}\n{csv}", report.problems());
            read.expect("a sound table")
        })
        .collect();
    let book = Book::assemble(read, &mut report);
    assert!(book.is_some(), "{:?}", report.problems());
    book.expect("a sound book")
}

/// The case of a book and a scenario's text.
pub fn case(book: &Book, scenario: &str) -> Result<Case, String> {
    let scenario = Scenario::parse(scenario, |_| Err("no base".to_owned()))
        .map_err(|error| error.to_string())?;
    allocation::run::case(book, &scenario, &INSTRUMENTS, &PARAMETERS, None, None)
        .map_err(|error| error.to_string())
}
