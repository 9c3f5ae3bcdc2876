//! Cases whose answers are worked out by hand, family by family.
//!
//! The lines are the golden four services: spend A 10, C 6, M 4, P 5 (£m) and slopes per £m, two
//! pieces below today and two above, each a tenth of today's spend:
//!
//! ```text
//! A  22.7959  20.8516 | 19.2449  17.8924     C  94.9482  89.8042 | 85.4155  81.6135
//! M  92.3097  86.8234 | 82.1674  78.1532     P 110.3035 103.1712 | 97.1503  91.9841
//! ```
//!
//! Most cases have A and P alone: 2,250 QALY today. With £15m and a fifth either way P grows by 1
//! and A pays: A 9, P 6, 2250 − 20.8516 + 0.5 (97.1503 + 91.9841) = 2323.7156.

mod equity;
mod money;
mod option;
mod people;
mod shape;
mod staff;
mod text;

use allocation::{Run, RunStatus};
use openbook::Book;
use quantities::Pence;
use std::collections::BTreeMap;

use crate::support;

const NAMES: [&str; 7] =
    ["providers", "services", "costs", "outcomes", "elasticities", "workforce", "staff_pools"];

/// Tables by name, as CSV text.
#[derive(Clone)]
pub struct Tables(BTreeMap<String, String>);

impl Tables {
    /// The golden four services, but for the ledger.
    pub fn four() -> Self {
        let folder = tests::root().join("tests/golden/four-services/book");
        let read = |name: &str| {
            let text = std::fs::read_to_string(folder.join(format!("{name}.csv")));
            (name.to_owned(), text.expect("the golden book"))
        };
        Self(NAMES.map(read).into())
    }

    /// Of these providers alone; staff pools stay.
    pub fn of(providers: &[&str]) -> Self {
        let mut tables = Self::four();
        for (name, text) in &mut tables.0 {
            let ours = |line: &&str| providers.iter().any(|code| line.starts_with(code));
            let body = text.lines().skip(1).filter(|line| name == "staff_pools" || ours(line));
            let lines: Vec<&str> = text.lines().take(1).chain(body).collect();
            *text = format!("{}\n", lines.join("\n"));
        }
        tables
    }

    /// A and P.
    pub fn pair() -> Self {
        Self::of(&["A01", "P01"])
    }

    /// With a table as given, a row each.
    pub fn with(mut self, name: &str, rows: &[&str]) -> Self {
        self.0.insert(name.to_owned(), format!("{}\n", rows.join("\n")));
        self
    }

    /// With another text in the place of one that must be there.
    pub fn but(mut self, name: &str, from: &str, to: &str) -> Self {
        let text = self.0.get_mut(name).expect("a table");
        assert!(text.contains(from), "{name} has no {from:?}");
        *text = text.replace(from, to);
        self
    }

    /// With one more line of £m, without an outcome or staff.
    pub fn line(mut self, key: (&str, &str), millions: f64, role: &str) -> Self {
        let (provider, service) = key;
        let header = "provider_code,service_code,service_name,programme,setting,role\n";
        let services = self.0.get_mut("services").expect("services");
        if !services.contains("role") {
            let old: Vec<String> =
                services.lines().skip(1).map(|line| format!("{line},care\n")).collect();
            *services = format!("{header}{}", old.concat());
        }
        services.push_str(&format!("{provider},{service},{service},golden,x,{role}\n"));
        let pounds = millions * 1e6;
        let costs = self.0.get_mut("costs").expect("costs");
        costs.push_str(&format!(
            "{provider},{service},2024-25,0,ALL,ALL,all,variable,1,{pounds:.2},plics,2025-03-31\n"
        ));
        self
    }

    /// Growth of demand and prices, the same in each of two or three years.
    pub fn growing(self, demand: f64, price: f64) -> Self {
        let row = |year: &str| format!("all,{year},{demand},{price},0,x");
        let rows = ["2025-26", "2026-27", "2027-28"].map(row);
        let [one, two, three] = &rows;
        let header = "selector,fin_year,demand_pct,price_pct,efficiency_pct,source";
        self.with("growth", &[header, one, two, three])
    }

    fn list(&self) -> Vec<(&str, String)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.clone())).collect()
    }

    pub fn book(&self) -> Book {
        support::book(&self.list())
    }

    /// The rules by which the book is refused.
    pub fn refused_by(&self) -> Vec<&'static str> {
        support::refused(&self.list())
    }

    /// A proven run; `top` are keys of the scenario, `more` its tables but budget and pace.
    pub fn run(&self, top: &str, budget: &str, more: &str) -> Run {
        let run = support::run(&self.book(), &scenario(top, budget, more));
        assert_eq!(run.status, RunStatus::Optimal, "{}", run.sentence);
        run
    }
}

/// Two pieces a side; a fifth either way unless `more` has a pace; staff only where `more` says so.
pub fn scenario(top: &str, budget: &str, more: &str) -> String {
    let pace = "[pace]\nmax_cut_pct = 20\nmax_growth_pct = 20\n";
    let pace = if more.contains("[pace]") { "" } else { pace };
    let staff = if more.contains("[workforce]") { "" } else { "[workforce]\nuse = false\n" };
    let releases = if top.contains("releases") { "" } else { "releases = \"full\"\n" };
    let threshold = "threshold_gbp_per_qaly = 15000\nsegments_per_side = 2\n";
    format!("{threshold}{releases}{top}\n[budget]\n{budget}\n{pace}{staff}{more}\n")
}

pub const STILL: &str = "[pace]\nmax_cut_pct = 0\nmax_growth_pct = 0\n";
pub const STAFF: &str = "[workforce]\nuse = true\n";

pub fn pounds(millions: f64) -> String {
    format!("total_gbp = \"{:.2}\"", millions * 1e6)
}

pub fn close(what: &str, found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-4, "{what}: {found} is not {wanted}");
}

/// A year of the plan has these spends (£m, in the order of the keys) and this health; money adds
/// up to the penny.
pub fn answers(run: &Run, year: u8, spends: &[f64], health: f64) {
    let plan = run.plan.as_ref().expect("a plan");
    assert!(plan.certificate.holds());
    let result = plan.years.get(usize::from(year) - 1).expect("a year");
    let found: Vec<f64> =
        result.services.iter().map(|service| service.plan.to_millions().get()).collect();
    assert_eq!(found.len(), spends.len(), "{found:?}");
    for (found, wanted) in found.iter().zip(spends) {
        close(&format!("spends {spends:?} of year {year}"), *found, *wanted);
    }
    close(&format!("health of year {year}"), result.totals.plan_health.get(), health);
    let totals = result.totals;
    let parts = [
        totals.plan_spend,
        totals.stranded,
        totals.recruitment,
        totals.agency,
        totals.double_running,
        totals.options,
        totals.unallocated,
    ];
    assert_eq!(parts.into_iter().sum::<Pence>(), totals.budget, "to the penny");
}

/// How much of each option a year has.
pub fn take_up(run: &Run, year: u8) -> Vec<f64> {
    let plan = run.plan.as_ref().expect("a plan");
    let year = plan.years.get(usize::from(year) - 1).expect("a year");
    year.options.iter().map(|option| option.take_up).collect()
}

/// A year's totals.
pub fn totals(run: &Run, year: u8) -> allocation::run::Totals {
    let plan = run.plan.as_ref().expect("a plan");
    plan.years.get(usize::from(year) - 1).expect("a year").totals
}

/// The price of a limit.
pub fn price(run: &Run, key: &str) -> f64 {
    let plan = run.plan.as_ref().expect("a plan");
    plan.limits.iter().find(|limit| limit.key == key).expect(key).price
}
