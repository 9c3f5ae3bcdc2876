//! Organisations' cost lines by currency: one cost row each, in the service line that the
//! definition names for the currency.

use quantities::{FinYear, Pence};
use std::collections::BTreeSet;

use super::build::{Build, InBook, year_end};
use super::decimal::Decimal;
use super::definition::{CostDefinition, ServiceDefinition};
use super::sheet::{Figure, Sheet, SheetRow};

pub const ROLES: [&str; 6] = ["provider", "currency", "year", "activity", "unit_cost", "cost"];

#[derive(Default)]
struct Sums {
    cost: Decimal,
    rounded: Decimal,
    unassigned: BTreeSet<String>,
    years: BTreeSet<FinYear>,
}

/// Reads cost lines into `costs`, `services` and `providers`.
pub fn read(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    let Some(costs) = &sheet.definition.costs else { return };
    let mut sums = Sums::default();
    for row in sheet.rows() {
        line(sheet, &row, costs, build, &mut sums);
    }
    if !sums.unassigned.is_empty() {
        let codes: Vec<String> = sums.unassigned.into_iter().collect();
        let message = format!(
            "{} currencies belong to no service line of the definition and are a line each: {}",
            codes.len(),
            codes.join(", ")
        );
        build.note("import.unassigned", message);
    }
    if sums.years.len() > 1 && build.selection.year.is_none() {
        let years: Vec<String> = sums.years.iter().map(ToString::to_string).collect();
        let message = format!("the file holds the years {}; --year keeps one", years.join(" and "));
        build.note("import.years", message);
    }
    let why = "each cost is rounded to whole pence, a half to the even penny".to_owned();
    let in_book = InBook::All("costs", "cost_gbp");
    build.total("cost lines", "£", sums.cost, in_book, Some((sums.rounded, why)));
}

fn line(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    costs: &CostDefinition,
    build: &mut Build<'_>,
    sums: &mut Sums,
) -> Option<()> {
    let definition = sheet.definition;
    let provider = row.needed("provider", &mut build.report)?;
    let currency = row.needed("currency", &mut build.report)?;
    let year = row.year("year", &mut build.report)?;
    let cost = row.number("cost", &mut build.report)?;
    let activity = row.figure("activity", &mut build.report)?;
    if let (Figure::Given(activity), Figure::Given(unit)) =
        (activity, row.figure("unit_cost", &mut build.report)?)
    {
        agrees(row, build, activity, unit, cost);
    }
    let fresh = build.once(sheet, row, "currency", &format!("{provider}, {currency}, {year}"));
    sums.years.insert(year);
    if !build.wants(provider) || !build.wants_year(year) || !fresh {
        return None;
    }
    let Some(pence) = cost.to_pence() else {
        let message = "the cost is more than can be counted";
        build.report.push(row.problem_in("cost", "import.too_large", message));
        return None;
    };
    build.add(&mut sums.cost, cost, row, "cost");
    let off = Decimal::pounds(pence).minus(cost).unwrap_or_default().size();
    build.add(&mut sums.rounded, off, row, "cost");
    let own;
    let service = match definition.service_of(currency) {
        Some(service) => service,
        None => {
            sums.unassigned.insert(currency.to_owned());
            own = line_of_its_own(currency);
            &own
        }
    };
    build.provider(definition, provider, None, None);
    build.service(definition, provider, service);
    put(build, costs, &Line { provider, service: &service.code, year, currency, activity, pence });
    let source = definition.source(year);
    build.source("costs", provider, &service.code, "activity, cost_gbp", "published", &source);
    let decided = definition.decided();
    let what = "point_of_delivery, resource_group, cost_behaviour, cost_basis, data_as_at";
    build.source("costs", provider, &service.code, what, "default", &decided);
    Some(())
}

struct Line<'a> {
    provider: &'a str,
    service: &'a str,
    year: FinYear,
    currency: &'a str,
    activity: Figure,
    pence: Pence,
}

fn put(build: &mut Build<'_>, costs: &CostDefinition, line: &Line<'_>) {
    let activity = line.activity.given();
    build.row(
        "costs",
        [
            ("provider_code", line.provider.to_owned()),
            ("service_code", line.service.to_owned()),
            ("fin_year", line.year.to_string()),
            ("fin_month", "0".to_owned()),
            ("point_of_delivery", costs.point_of_delivery.clone()),
            ("currency_code", line.currency.to_owned()),
            ("resource_group", costs.resource_group.clone()),
            ("cost_behaviour", costs.cost_behaviour.clone()),
            ("activity", activity.map_or_else(String::new, |it| it.rounded(4).to_string())),
            ("cost_gbp", line.pence.to_string()),
            ("cost_basis", costs.cost_basis.clone()),
            ("data_as_at", year_end(line.year)),
        ],
    );
}

/// A currency that no service line of the definition claims.
fn line_of_its_own(currency: &str) -> ServiceDefinition {
    ServiceDefinition {
        of: vec![currency.to_owned()],
        code: currency.to_owned(),
        name: format!("Currency {currency}"),
        programme: "unassigned".to_owned(),
        setting: "unassigned".to_owned(),
    }
}

/// Activity times unit cost is the cost, but for the half penny by which a unit cost is rounded.
fn agrees(
    row: &SheetRow<'_>,
    build: &mut Build<'_>,
    activity: Decimal,
    unit: Decimal,
    cost: Decimal,
) {
    let off = activity.times(unit).and_then(|product| product.minus(cost)).map(Decimal::size);
    let penny = Decimal::whole(1).hundredth();
    let may = activity.size().times(penny).and_then(|it| it.plus(penny)).unwrap_or(penny);
    if !off.is_some_and(|off| off.at_most(may)) {
        let message =
            "activity times unit cost is not the cost: the row is damaged; download it again";
        build.report.push(row.problem_in("cost", "import.arithmetic", message));
    }
}
