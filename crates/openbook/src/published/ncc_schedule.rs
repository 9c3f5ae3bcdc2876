//! The national schedule: mean unit costs, for comparison. It is no provider's book, so it becomes
//! a list beside the tables.

use quantities::Pence;

use super::build::{Build, InBook};
use super::decimal::Decimal;
use super::sheet::{Figure, Sheet, SheetRow};

pub const ROLES: [&str; 6] =
    ["department", "currency", "description", "activity", "unit_cost", "cost"];

/// The name of the file it makes.
const BESIDE: &str = "NATIONAL_UNIT_COSTS";

const HEAD: [&str; 7] = [
    "fin_year",
    "department",
    "currency_code",
    "description",
    "activity",
    "mean_unit_cost_gbp",
    "cost_gbp",
];

#[derive(Default)]
struct Sums {
    cost: Decimal,
    pence: Pence,
    without_activity: u64,
    cost_without_activity: Decimal,
    /// How far the rows were rounded, all in one direction.
    rounded: Decimal,
}

/// Reads the schedule into `NATIONAL_UNIT_COSTS.csv`.
pub fn read(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    let mut sums = Sums::default();
    for row in sheet.rows() {
        if let Some(line) = line(sheet, &row, build, &mut sums) {
            build.beside(BESIDE, HEAD, line);
        }
    }
    build.source(
        BESIDE,
        "",
        "",
        "all rows",
        "published",
        &sheet.definition.source(sheet.definition.year),
    );
    let why = "each cost is rounded to whole pence, a half to the even penny".to_owned();
    build.total(
        "cost of the national schedule",
        "£",
        sums.cost,
        InBook::Beside(Decimal::pounds(sums.pence)),
        Some((sums.rounded, why)),
    );
    if sums.without_activity > 0 {
        let message = format!(
            "{} rows have cost and no activity, {} together; they are kept, their activity and unit \
             cost missing",
            sums.without_activity,
            sums.cost_without_activity.to_pence().map_or_else(String::new, |it| format!("£{it}")),
        );
        build.note("import.cost_without_activity", message);
    }
}

fn line(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    build: &mut Build<'_>,
    sums: &mut Sums,
) -> Option<[String; 7]> {
    let department = row.needed("department", &mut build.report)?;
    let currency = row.needed("currency", &mut build.report)?;
    let cost = row.number("cost", &mut build.report)?;
    let activity = row.figure("activity", &mut build.report)?;
    let mean = row.figure("unit_cost", &mut build.report)?;
    if !build.once(
        sheet,
        row,
        "currency",
        &format!("{}, {department}, {currency}", sheet.definition.year),
    ) {
        return None;
    }
    let Some(pence) = cost.to_pence() else {
        let message = "the cost is more than can be counted";
        build.report.push(row.problem_in("cost", "import.too_large", message));
        return None;
    };
    build.add(&mut sums.cost, cost, row, "cost");
    sums.pence = sums.pence + pence;
    if let Some(off) = Decimal::pounds(pence).minus(cost) {
        build.add(&mut sums.rounded, off.size(), row, "cost");
    }
    match (activity, mean) {
        (Figure::Given(activity), Figure::Given(mean)) => agrees(row, build, activity, mean, cost),
        (Figure::Given(_), _) | (_, Figure::Given(_)) => {
            let message = "activity and unit cost stand together or not at all; download it again";
            build.report.push(row.problem_in("unit_cost", "import.arithmetic", message));
        }
        _ => {
            sums.without_activity += 1;
            build.add(&mut sums.cost_without_activity, cost, row, "cost");
        }
    }
    let shown = |figure: Figure, places| {
        figure.given().map_or_else(String::new, |number| number.rounded(places).to_string())
    };
    let description = row.text("description").to_owned();
    let (activity, mean) = (shown(activity, 4), shown(mean, 4));
    let (year, department) = (sheet.definition.year.to_string(), department.to_owned());
    let cost = pence.to_string();
    Some([year, department, currency.to_owned(), description, activity, mean, cost])
}

/// Activity times unit cost is the cost, but for the digits that the source leaves out.
fn agrees(
    row: &SheetRow<'_>,
    build: &mut Build<'_>,
    activity: Decimal,
    mean: Decimal,
    cost: Decimal,
) {
    let off = activity.times(mean).and_then(|product| product.minus(cost)).map(Decimal::size);
    let penny = Decimal::whole(1).hundredth();
    if !off.is_some_and(|off| off.at_most(penny)) {
        let message =
            "activity times unit cost is not the cost: the row is damaged; download it again";
        build.report.push(row.problem_in("cost", "import.arithmetic", message));
    }
}
