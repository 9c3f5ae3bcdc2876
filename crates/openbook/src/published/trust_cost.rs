//! Actual and expected cost of trusts: one service line a trust, its cost by point of delivery and
//! what is left over, its nurses and doctors.

use super::build::{Build, InBook, year_end};
use super::decimal::Decimal;
use super::definition::CostDefinition;
use super::sheet::{Sheet, SheetRow};

pub const ROLES: [&str; 8] =
    ["provider", "name", "type", "actual", "expected", "gap", "nursing", "medical"];

/// The name of the file of expected costs.
const BESIDE: &str = "EXPECTED_COSTS";
const HEAD: [&str; 5] = ["fin_year", "provider_code", "actual_gbp", "expected_gbp", "gap_gbp"];

#[derive(Default)]
struct Sums {
    actual: Decimal,
    expected: Decimal,
    expected_beside: Decimal,
    staff: Decimal,
    rounded: Decimal,
    without_part: u64,
}

/// Reads trust totals into `costs`, `workforce`, `services` and `providers`.
pub fn read(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    let Some(costs) = &sheet.definition.costs else { return };
    let mut sums = Sums::default();
    for row in sheet.rows() {
        trust(sheet, &row, costs, build, &mut sums);
    }
    if sums.without_part > 0 {
        let message = format!(
            "{} parts of totals are not given; they are within the rest of the trust's cost",
            sums.without_part
        );
        build.note("import.part_missing", message);
    }
    let why = "each cost is rounded to whole pence, a half to the even penny".to_owned();
    let rounding = |sum| Some((sum, why.clone()));
    let in_book = InBook::All("costs", "cost_gbp");
    build.total("actual cost", "£", sums.actual, in_book, rounding(sums.rounded));
    let in_book = InBook::Beside(sums.expected_beside);
    build.total("expected cost", "£", sums.expected, in_book, rounding(sums.rounded));
    let in_book = InBook::All("workforce", "wte");
    build.total("nursing and medical staff", "WTE", sums.staff, in_book, None);
}

fn trust(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    costs: &CostDefinition,
    build: &mut Build<'_>,
    sums: &mut Sums,
) -> Option<()> {
    let definition = sheet.definition;
    let code = row.needed("provider", &mut build.report)?;
    let actual = pounds(sheet, row, "actual", build)?;
    let expected = pounds(sheet, row, "expected", build)?;
    let gap = pounds(sheet, row, "gap", build)?;
    gap_agrees(row, build, actual, expected, gap);
    if !build.once(sheet, row, "provider", code) || !build.wants(code) {
        return None;
    }
    let year = definition.year;
    let service = definition.services.first()?;
    build.provider(definition, code, Some(row.text("name")), Some(row.text("type")));
    build.service(definition, code, service);
    build.add(&mut sums.actual, actual, row, "actual");
    build.add(&mut sums.expected, expected, row, "expected");
    parts(sheet, row, costs, build, sums, actual)?;
    let beside = Decimal::pounds(expected.to_pence()?);
    build.add(&mut sums.expected_beside, beside, row, "expected");
    let shown = |amount: Decimal| amount.to_pence().map(|pence| pence.to_string());
    let (actual, expected, gap) = (shown(actual)?, shown(expected)?, shown(gap)?);
    build.beside(BESIDE, HEAD, [year.to_string(), code.to_owned(), actual, expected, gap]);
    for group in ["nursing", "medical"] {
        let Some(wte) = row.figure(group, &mut build.report)?.given() else { continue };
        build.add(&mut sums.staff, wte, row, group);
        let cells = [
            ("provider_code", code.to_owned()),
            ("service_code", service.code.clone()),
            ("fin_year", year.to_string()),
            ("staff_group", group.to_owned()),
            ("wte", wte.to_string()),
        ];
        build.row("workforce", cells);
    }
    let (source, decided) = (definition.source(year), definition.decided());
    build.source("workforce", code, &service.code, "wte", "published", &source);
    build.source(BESIDE, code, "", "all columns", "published", &source);
    build.source("costs", code, &service.code, "cost_gbp", "published", &source);
    let what = "resource_group, cost_behaviour, cost_basis, data_as_at";
    build.source("costs", code, &service.code, what, "default", &decided);
    Some(())
}

fn pounds(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    role: &str,
    build: &mut Build<'_>,
) -> Option<Decimal> {
    let figure = row.number(role, &mut build.report)?;
    sheet.definition.money_in.to_pounds(figure)
}

/// The trust's cost by part, and what the parts leave.
fn parts(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    costs: &CostDefinition,
    build: &mut Build<'_>,
    sums: &mut Sums,
    actual: Decimal,
) -> Option<()> {
    let definition = sheet.definition;
    let mut rest = actual;
    for part in &definition.streams {
        let Some(figure) = row.figure_in(&part.column, &mut build.report)?.given() else {
            sums.without_part += 1;
            continue;
        };
        let amount = definition.money_in.to_pounds(figure)?;
        rest = rest.minus(amount)?;
        let bought =
            (part.code.as_str(), part.resource_group.as_str(), part.cost_behaviour.as_str());
        put(sheet, row, costs, build, bought, amount, &mut sums.rounded);
    }
    if rest.is_negative() {
        let message =
            "the parts are more than the trust's cost: the row is damaged; download it again";
        build.report.push(row.problem_in("actual", "import.arithmetic", message));
    }
    let bought = (
        costs.point_of_delivery.as_str(),
        costs.resource_group.as_str(),
        costs.cost_behaviour.as_str(),
    );
    put(sheet, row, costs, build, bought, rest, &mut sums.rounded);
    Some(())
}

fn put(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    costs: &CostDefinition,
    build: &mut Build<'_>,
    (point_of_delivery, resource_group, cost_behaviour): (&str, &str, &str),
    amount: Decimal,
    rounded: &mut Decimal,
) {
    let definition = sheet.definition;
    let (Some(service), Some(pence)) = (definition.services.first(), amount.to_pence()) else {
        let message = "the cost is more than can be counted";
        build.report.push(row.problem_in("actual", "import.too_large", message));
        return;
    };
    let off = Decimal::pounds(pence).minus(amount).unwrap_or_default().size();
    build.add(rounded, off, row, "actual");
    let cells = [
        ("provider_code", row.text("provider").to_owned()),
        ("service_code", service.code.clone()),
        ("fin_year", definition.year.to_string()),
        ("fin_month", "0".to_owned()),
        ("point_of_delivery", point_of_delivery.to_owned()),
        ("currency_code", "all".to_owned()),
        ("resource_group", resource_group.to_owned()),
        ("cost_behaviour", cost_behaviour.to_owned()),
        ("activity", String::new()),
        ("cost_gbp", pence.to_string()),
        ("cost_basis", costs.cost_basis.clone()),
        ("data_as_at", year_end(definition.year)),
    ];
    build.row("costs", cells);
}

/// Actual less expected is the gap, but for the rounding of the three to £10,000.
fn gap_agrees(
    row: &SheetRow<'_>,
    build: &mut Build<'_>,
    actual: Decimal,
    expected: Decimal,
    gap: Decimal,
) {
    let off = actual.minus(expected).and_then(|it| it.minus(gap)).map(Decimal::size);
    if !off.is_some_and(|off| off.at_most(Decimal::whole(15_000))) {
        let message =
            "actual less expected cost is not the gap: the row is damaged; download it again";
        build.report.push(row.problem_in("gap", "import.arithmetic", message));
    }
}
