//! Payments to general practice: one provider a sub-ICB location, its service lines networks,
//! practices or kinds of payment. Every stated total is found again to the penny.

use quantities::FinYear;
use std::collections::{BTreeMap, BTreeSet};

use super::Cut;
use super::build::{Build, InBook, year_end};
use super::decimal::Decimal;
use super::definition::{CostDefinition, ServiceDefinition, StreamDefinition};
use super::sheet::{Sheet, SheetRow};

pub const ROLES: [&str; 10] = [
    "provider",
    "provider_name",
    "network",
    "network_name",
    "practice",
    "practice_name",
    "contract",
    "closed",
    "patients",
    "deductions",
];

/// What the definition calls the whole of general practice.
const ALL: &str = "all";

#[derive(Default)]
struct Sums {
    practices: u64,
    totals: BTreeMap<String, Decimal>,
    by_provider: BTreeMap<String, Decimal>,
    patients: Decimal,
    deductions: Decimal,
    not_above_nought: BTreeSet<String>,
    contract_unknown: BTreeSet<String>,
    closed: BTreeSet<String>,
    negative: u64,
    negative_sum: Decimal,
}

/// Reads payments into `costs`, `services`, `providers` and `ledger`.
pub fn read(sheet: &Sheet<'_>, build: &mut Build<'_>) {
    let Some(costs) = &sheet.definition.costs else { return };
    let mut sums = Sums::default();
    for row in sheet.rows() {
        practice(sheet, &row, costs, build, &mut sums);
    }
    say(build, &sums);
    totals(sheet, build, &sums);
    ledger(sheet, build, &sums);
}

fn practice(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    costs: &CostDefinition,
    build: &mut Build<'_>,
    sums: &mut Sums,
) -> Option<()> {
    let definition = sheet.definition;
    let provider = row.needed("provider", &mut build.report)?;
    let code = row.needed("practice", &mut build.report)?;
    row.needed("network", &mut build.report)?;
    let deductions = row.number("deductions", &mut build.report)?;
    let patients = row.figure("patients", &mut build.report)?.given();
    let paid = payments(sheet, row, build)?;
    let stated = stated(sheet, row, build, &paid)?;
    let fresh = build.once(sheet, row, "practice", &format!("{code}, {}", definition.year));
    if !build.wants(provider) || !fresh {
        return None;
    }
    sums.practices += 1;
    build.add(&mut sums.deductions, deductions, row, "deductions");
    build.add(&mut sums.patients, patients.unwrap_or_default(), row, "patients");
    for (label, amount) in &stated {
        let sum = sums.totals.entry(label.clone()).or_default();
        build.add(sum, *amount, row, "provider");
    }
    let whole = stated.last().map(|(_, amount)| *amount).unwrap_or_default();
    let sum = sums.by_provider.entry(provider.to_owned()).or_default();
    build.add(sum, whole, row, "provider");
    traps(row, sums, code, whole, &paid);
    build.provider(definition, provider, Some(row.text("provider_name")), None);
    for (stream, amount) in &paid {
        if !amount.is_zero() || stream.counts_patients {
            put(sheet, row, costs, build, stream, *amount, patients);
        }
    }
    Some(())
}

fn traps(
    row: &SheetRow<'_>,
    sums: &mut Sums,
    code: &str,
    whole: Decimal,
    paid: &[(&StreamDefinition, Decimal)],
) {
    if whole.is_negative() || whole.is_zero() {
        sums.not_above_nought.insert(code.to_owned());
    }
    if row.text("contract") == "Unknown" {
        sums.contract_unknown.insert(code.to_owned());
    }
    if !row.text("closed").is_empty() {
        sums.closed.insert(format!("{code} on {}", row.text("closed")));
    }
    for (_, amount) in paid.iter().filter(|(_, amount)| amount.is_negative()) {
        sums.negative += 1;
        sums.negative_sum = sums.negative_sum.plus(*amount).unwrap_or(sums.negative_sum);
    }
}

/// Each payment of a practice, in whole pence.
fn payments<'a>(
    sheet: &'a Sheet<'a>,
    row: &SheetRow<'_>,
    build: &mut Build<'_>,
) -> Option<Vec<(&'a StreamDefinition, Decimal)>> {
    let mut paid = Vec::new();
    let mut whole = true;
    for stream in &sheet.definition.streams {
        match row.number_in(&stream.column, &mut build.report) {
            Some(amount) if amount.rounded(2) == amount => paid.push((stream, amount)),
            Some(_) => {
                let message = "a payment has at most two decimals; download it again";
                build.report.push(row.problem(&stream.column, "import.number", message));
                whole = false;
            }
            None => whole = false,
        }
    }
    whole.then_some(paid)
}

/// The totals that the row states, each the exact sum of its payments.
fn stated(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    build: &mut Build<'_>,
    paid: &[(&StreamDefinition, Decimal)],
) -> Option<Vec<(String, Decimal)>> {
    let mut found = Vec::new();
    for total in &sheet.definition.totals {
        let stated = row.number_in(&total.column, &mut build.report)?;
        let of = paid.iter().filter(|(stream, _)| total.of.contains(&stream.code));
        let sum = of.map(|(_, amount)| *amount).try_fold(Decimal::ZERO, Decimal::plus)?;
        if sum != stated {
            let message = format!(
                "the payments of the row add up to £{sum}, not to the £{stated} stated; download it \
                 again"
            );
            build.report.push(row.problem(&total.column, "import.arithmetic", message));
        }
        found.push((total.label.clone(), stated));
    }
    Some(found)
}

/// The service line of a payment.
fn service(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    cut: Cut,
    stream: &StreamDefinition,
) -> Option<ServiceDefinition> {
    let definition = sheet.definition;
    let all = definition.service_named(ALL)?;
    let line = |code: &str, name: &str| ServiceDefinition {
        code: code.to_owned(),
        name: name.to_owned(),
        ..all.clone()
    };
    let network = row.text("network");
    Some(match (cut, definition.service_named(network)) {
        (Cut::Network, Some(known)) => known.clone(),
        (Cut::Network, None) => line(network, row.text("network_name")),
        (Cut::Practice, _) => line(row.text("practice"), row.text("practice_name")),
        (Cut::Stream, _) => line(&stream.code, &stream.label),
        (Cut::Total, _) => all.clone(),
    })
}

fn put(
    sheet: &Sheet<'_>,
    row: &SheetRow<'_>,
    costs: &CostDefinition,
    build: &mut Build<'_>,
    stream: &StreamDefinition,
    amount: Decimal,
    patients: Option<Decimal>,
) {
    let definition = sheet.definition;
    let year = definition.year;
    let cut = build.selection.cut;
    let (Some(service), Some(pence)) = (service(sheet, row, cut, stream), amount.to_pence()) else {
        let message = "the payment is more than can be counted";
        build.report.push(row.problem(&stream.column, "import.too_large", message));
        return;
    };
    let provider = row.text("provider");
    build.service(definition, provider, &service);
    let patients = patients.filter(|_| stream.counts_patients);
    let cells = [
        ("provider_code", provider.to_owned()),
        ("service_code", service.code.clone()),
        ("fin_year", year.to_string()),
        ("fin_month", "0".to_owned()),
        ("point_of_delivery", costs.point_of_delivery.clone()),
        ("currency_code", stream.code.clone()),
        ("resource_group", stream.resource_group.clone()),
        ("cost_behaviour", stream.cost_behaviour.clone()),
        ("activity", patients.map_or_else(String::new, |it| it.rounded(4).to_string())),
        ("cost_gbp", pence.to_string()),
        ("cost_basis", costs.cost_basis.clone()),
        ("data_as_at", year_end(year)),
    ];
    build.row("costs", cells);
    let source = definition.source(year);
    build.source("costs", provider, &service.code, "activity, cost_gbp", "published", &source);
    let what = "point_of_delivery, resource_group, cost_behaviour, cost_basis, data_as_at";
    build.source("costs", provider, &service.code, what, "default", &definition.decided());
}

fn say(build: &mut Build<'_>, sums: &Sums) {
    let listed = |codes: &BTreeSet<String>| codes.iter().cloned().collect::<Vec<_>>().join(", ");
    let mut say = |codes: &BTreeSet<String>, code, what: &str| {
        if !codes.is_empty() {
            build.note(code, format!("{what}: {} ({})", codes.len(), listed(codes)));
        }
    };
    say(
        &sums.not_above_nought,
        "import.total_not_above_nought",
        "practices whose payments are nought or less in all, kept",
    );
    say(
        &sums.contract_unknown,
        "import.contract_unknown",
        "practices with the contract type Unknown, kept",
    );
    say(&sums.closed, "import.closed", "practices that have closed and were still paid, kept");
    if sums.negative > 0 {
        let message = format!(
            "negative payments, such as prescribing fees taken back, kept: {}, £{} together",
            sums.negative,
            sums.negative_sum.size()
        );
        build.note("import.negative_payment", message);
    }
    let message = format!(
        "£{} of deductions for pensions, levies and prescription charges are not taken off: the \
         book holds what practices were paid before them",
        sums.deductions.size()
    );
    build.note("import.deductions", message);
}

fn totals(sheet: &Sheet<'_>, build: &mut Build<'_>, sums: &Sums) {
    // The currency of a cost row is the kind of payment, however the lines are cut.
    for total in &sheet.definition.totals {
        let in_source = sums.totals.get(&total.label).copied().unwrap_or_default();
        let of = vec![("currency_code", total.of.iter().cloned().collect())];
        build.total(&total.label, "£", in_source, InBook::Of("costs", "cost_gbp", of), None);
    }
    let counted = sheet.definition.streams.iter().filter(|stream| stream.counts_patients);
    let of = vec![("currency_code", counted.map(|stream| stream.code.clone()).collect())];
    let in_book = InBook::Of("costs", "activity", of);
    build.total("registered patients", "people", sums.patients, in_book, None);
}

/// The published total stands in for accounts, which general practice does not publish.
fn ledger(sheet: &Sheet<'_>, build: &mut Build<'_>, sums: &Sums) {
    let definition = sheet.definition;
    let year: FinYear = definition.year;
    let label = definition.totals.last().map(|total| total.label.as_str()).unwrap_or_default();
    for (provider, total) in &sums.by_provider {
        let Some(pence) = total.to_pence() else { continue };
        let cells = [
            ("provider_code", provider.clone()),
            ("fin_year", year.to_string()),
            ("line", "operating_expenses".to_owned()),
            ("amount_gbp", pence.to_string()),
            ("note", format!("{label}, as published; not audited accounts")),
        ];
        build.row("ledger", cells);
        let source = definition.source(year);
        build.source("ledger", provider, "", "amount_gbp", "published", &source);
    }
}
