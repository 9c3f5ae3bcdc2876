//! Books made by rule from a seed: service lines over providers and places, each with cost, outcome,
//! elasticity and staff, and fifteen staff pools by place, which make thirty staff rows.

use allocation::{Case, Scenario, run};
use openbook::{Book, Report, read};
use quantities::Pence;
use server::Catalogue;
use std::fmt::Write;

use crate::bench::generate::Draws;
use crate::stop::Stop;

/// How large a made case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Service lines.
    pub services: u32,
    /// Years of the plan.
    pub years: u8,
    /// Draws of every figure.
    pub draws: u32,
}

const PLACES: u32 = 5;
const PROVIDERS: u32 = 40;
const STAFF: [&str; 3] = ["nursing", "medical", "ahp"];

/// The tables by name, each begun with its header.
fn headers() -> [(&'static str, String); 8] {
    [
        ("providers", "provider_code,provider_name,sector,place_code"),
        ("services", "provider_code,service_code,service_name,programme,setting"),
        (
            "costs",
            "provider_code,service_code,fin_year,fin_month,point_of_delivery,currency_code,\
             resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at",
        ),
        (
            "outcomes",
            "provider_code,service_code,fin_year,measure,patients,gain_mean,gain_se,evidence_grade,\
             source",
        ),
        ("elasticities", "provider_code,service_code,elasticity,elasticity_se,source"),
        ("workforce", "provider_code,service_code,fin_year,staff_group,wte,pay_cost_gbp"),
        (
            "staff_pools",
            "pool_id,staff_group,scope_kind,scope_code,wte_available,redeployable_share",
        ),
        ("growth", "selector,fin_year,demand_pct,price_pct,efficiency_pct,source"),
    ]
    .map(|(name, header)| (name, format!("{header}\n")))
}

/// Writes a row to a table.
fn row(tables: &mut [(&'static str, String); 8], name: &str, row: std::fmt::Arguments<'_>) {
    if let Some((_, text)) = tables.iter_mut().find(|(table, _)| *table == name) {
        // Writing to a text cannot fail.
        let _written = writeln!(text, "{row}");
    }
}

/// A case of that size; the same seed makes the same.
pub fn case(catalogue: &Catalogue, size: Size, seed: u64) -> Result<Case, Stop> {
    let tables = tables(size, seed);
    let mut report = Report::default();
    let read: Vec<_> = tables
        .iter()
        .filter(|(_, csv)| csv.lines().nth(1).is_some())
        .filter_map(|(name, csv)| {
            let definition = catalogue.tables.get(name)?;
            read::table(&catalogue.tables, definition, csv.as_bytes(), &mut report)?.accepted()
        })
        .collect();
    let book = Book::assemble(read, &mut report).ok_or_else(|| {
        let why = report.problems().first().map(openbook::Problem::sentence);
        Stop::cannot_run(format!("the made book is refused: {}", why.unwrap_or_default()))
    })?;
    let text = format!(
        "name = \"made\"\nbase_year = \"2024-25\"\nyears = {}\nsegments_per_side = 5\n\
         [uncertainty]\ndraws = {}\nseed = {seed}\n",
        size.years, size.draws
    );
    let none = |_: &str| Err("a made scenario has no base".to_owned());
    let scenario = Scenario::parse(&text, none).map_err(Stop::cannot_run)?;
    let (instruments, parameters) = (&catalogue.instruments, &catalogue.parameters);
    run::case(&book, &scenario, instruments, parameters, None, None).map_err(Stop::cannot_run)
}

fn tables(size: Size, seed: u64) -> [(&'static str, String); 8] {
    let mut tables = headers();
    let sectors = ["acute", "community", "mental_health", "primary_care"];
    for provider in 0..PROVIDERS {
        let sector = sectors.iter().cycle().nth(usize::try_from(provider).unwrap_or_default());
        let place = provider.rem_euclid(PLACES);
        let sector = sector.copied().unwrap_or_default();
        row(
            &mut tables,
            "providers",
            format_args!("P{provider},Provider {provider},{sector},L{place}"),
        );
    }
    // A plan of one year needs none.
    for year in (2025..2025 + u32::from(size.years)).filter(|_| size.years > 1) {
        let fin_year = format!("{year}-{:02}", (year + 1).rem_euclid(100));
        // Demand grows; prices by what efficiency saves, so that the same money still reaches.
        row(&mut tables, "growth", format_args!("all,{fin_year},1.0,1.5,1.5,made"));
    }
    let mut draws = Draws::of(seed);
    let mut staff = [[0_u64; STAFF.len()]; 5];
    for service in 0..size.services {
        let provider = service.rem_euclid(PROVIDERS);
        let used = service_rows(&mut tables, &mut draws, service, provider);
        let place = usize::try_from(provider.rem_euclid(PLACES)).unwrap_or_default();
        if let Some(sums) = staff.get_mut(place) {
            for (sum, used) in sums.iter_mut().zip(used) {
                *sum += used;
            }
        }
    }
    for (place, sums) in staff.iter().enumerate() {
        for (group, used) in STAFF.iter().zip(sums) {
            // One in a hundred more than are needed today.
            let available = hundredths(used.saturating_mul(101).div_euclid(100));
            row(
                &mut tables,
                "staff_pools",
                format_args!("{group}-L{place},{group},place,L{place},{available},0.8"),
            );
        }
    }
    tables
}

/// A number of hundredths with its point.
fn hundredths(number: u64) -> String {
    format!("{}.{:02}", number.div_euclid(100), number.rem_euclid(100))
}

/// The rows of one service; returns its staff in hundredths of a WTE.
fn service_rows(
    tables: &mut [(&'static str, String); 8],
    draws: &mut Draws,
    service: u32,
    provider: u32,
) -> [u64; 3] {
    let line = format!("P{provider},S{service}");
    let programme = draws.below(20);
    row(tables, "services", format_args!("{line},Line {service},G{programme},x"));
    // £0.2m to £5.2m, a fifth to all of it variable.
    let thousands = 200 + draws.below(5_000);
    let pence = thousands * 100_000;
    let variable = pence.div_euclid(100) * (20 + draws.below(81));
    for (behaviour, pence, activity) in
        [("variable", variable, "1"), ("fixed", pence - variable, "")]
    {
        let pence = Pence::new(i64::try_from(pence).unwrap_or_default());
        row(
            tables,
            "costs",
            format_args!("{line},2024-25,0,p,c,r,{behaviour},{activity},{pence},plics,2025-03-31"),
        );
    }
    // 20 to 320 QALY for a million, by ten patients.
    let health = thousands * (20 + draws.below(300));
    let gain = format!("{}.{:04}", health.div_euclid(10_000), health.rem_euclid(10_000));
    let error = format!("{}.{:05}", health.div_euclid(100_000), health.rem_euclid(100_000));
    row(
        tables,
        "outcomes",
        format_args!("{line},2024-25,qaly_per_patient,10,{gain},{error},B,made"),
    );
    let elasticity = 15 + draws.below(70);
    row(tables, "elasticities", format_args!("{line},0.{elasticity:02},0.05,made"));
    let mut used = [0; 3];
    for (group, used) in STAFF.iter().zip(&mut used) {
        // Up to 20 WTE for a million.
        *used = thousands.div_euclid(10) * draws.below(20);
        let wte = hundredths(*used);
        row(tables, "workforce", format_args!("{line},2024-25,{group},{wte},0.00"));
    }
    used
}
