//! What the other providers of a Board see of a provider's published lines: one function, for what
//! a director is shown before the sign-off and for what the others are served afterwards.

use api::value::{ServiceValueJson, ValueJson};
use openbook::Book;
use openbook::rows::{CostRow, Provider, Service};
use quantities::{FinYear, Pence, ProviderCode, ServiceKey, Share};
use std::collections::{BTreeMap, BTreeSet};
use store::OwnedTable;

use super::{EngineError, book, value};
use crate::models::Catalogue;

/// One service line as other providers see it. A provider that shares indices only is not named
/// and shows no money; nobody shows resource groups, pay, answers or accounts.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenLine {
    /// Whose it is: kept to serve each their own, shown only where `named`.
    pub provider: ProviderCode,
    /// Which line it is: as `provider`.
    pub service: ServiceKey,
    /// Whether its provider is named, with money; otherwise there is an index only.
    pub named: bool,
    /// The provider's name, or `another provider`.
    pub provider_name: String,
    /// The line's name.
    pub name: String,
    /// The programme of care.
    pub programme: String,
    /// Where the care is given.
    pub setting: String,
    /// The sector.
    pub sector: String,
    /// Spend in the base year.
    pub spend: Option<Pence>,
    /// The part of it that has an accepted outcome.
    pub valued_spend: Option<Pence>,
    /// Work done in the base year, by point of delivery.
    pub activity: Vec<Activity>,
    /// The measures of the outcomes that were valued.
    pub measures: Vec<String>,
    /// The weakest grade among them.
    pub grade: Option<String>,
    /// Health gain, QALY a year.
    pub qaly: Option<f64>,
    /// Average cost per QALY, in pounds.
    pub average: Option<f64>,
    /// Its unit costs over the means of the book, weighted by its own work: 1.00 is the mean.
    /// Nothing where no other provider does the same work.
    pub unit_cost_index: Option<f64>,
}

/// Work done.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Day case, outpatient, …
    pub point_of_delivery: String,
    /// How much.
    pub amount: quantities::Activity,
}

/// Every line of a book as other providers see it, in the order of the value table.
#[must_use]
pub fn lines(book: &Book, value: &ValueJson) -> Vec<SeenLine> {
    let Ok(year) = value.base_year.parse() else { return Vec::new() };
    let means = means(book, year);
    let lines = value.services.iter().filter_map(|line| {
        let key: ServiceKey = line.service.parse().ok()?;
        let (service, provider) = (book.services.get(&key)?, book.provider_of(&key)?);
        Some(of_line(book, year, &means, service, provider, line))
    });
    lines.collect()
}

/// The lines of an edition as other providers see them.
///
/// # Errors
/// When the tables make no book.
pub fn seen(
    catalogue: &Catalogue,
    parts: &[OwnedTable],
    value: &ValueJson,
) -> Result<Vec<SeenLine>, EngineError> {
    Ok(lines(&book::assembled(catalogue, parts)?, value))
}

/// The lines as other providers would see them, were these tables published.
///
/// # Errors
/// When the tables make no book, or it cannot be valued.
pub fn seen_if_published(
    catalogue: &Catalogue,
    parts: &[OwnedTable],
) -> Result<Vec<SeenLine>, EngineError> {
    let book = book::assembled(catalogue, parts)?;
    // No column of a line is drawn.
    Ok(lines(&book, &value::undrawn(catalogue, &book)?))
}

fn of_line(
    book: &Book,
    year: FinYear,
    means: &Means<'_>,
    service: &Service,
    provider: &Provider,
    line: &ServiceValueJson,
) -> SeenLine {
    let named = provider.named_to_others;
    let rows: Vec<&CostRow> = book.costs_of(&service.key, year).collect();
    let mut activity: BTreeMap<&str, quantities::Activity> = BTreeMap::new();
    for row in rows.iter().filter(|_| named) {
        let sum = activity.entry(&row.point_of_delivery).or_default();
        *sum = *sum + row.activity.unwrap_or_default();
    }
    // As the money, the work is the Board's part of it.
    let part = book.portion_of(&service.key, year).share();
    let measures: BTreeSet<&String> = line.valued_by.iter().map(|it| &it.measure).collect();
    SeenLine {
        provider: provider.code.clone(),
        service: service.key.clone(),
        named,
        provider_name: if named { provider.name.clone() } else { "another provider".to_owned() },
        name: service.name.clone(),
        programme: service.programme.clone(),
        setting: service.setting.clone(),
        sector: provider.sector.clone(),
        spend: named.then_some(line.spend_gbp),
        valued_spend: named.then_some(line.valued_spend_gbp),
        activity: activity
            .into_iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(point, amount)| Activity {
                point_of_delivery: point.to_owned(),
                amount: of_board(amount, part),
            })
            .collect(),
        measures: measures.into_iter().cloned().collect(),
        grade: line.evidence_grade.clone(),
        qaly: line.qaly.filter(|_| named),
        average: line.average_gbp_per_qaly.filter(|_| named),
        unit_cost_index: means.index(&rows),
    }
}

/// The Board's part of work, to the four decimals that are kept of it.
fn of_board(amount: quantities::Activity, part: Share) -> quantities::Activity {
    if part == Share::ONE {
        return amount;
    }
    format!("{:.4}", amount.to_number() * part.get()).parse().unwrap_or(amount)
}

/// Work of one kind: point of delivery and currency.
type Work<'a> = (&'a str, &'a str);

/// What each kind of work costs over the whole book.
struct Means<'a> {
    by_work: BTreeMap<Work<'a>, Mean<'a>>,
}

#[derive(Default)]
struct Mean<'a> {
    cost: Pence,
    amount: quantities::Activity,
    providers: BTreeSet<&'a ProviderCode>,
}

fn work(row: &CostRow) -> Work<'_> {
    (&row.point_of_delivery, &row.currency)
}

fn means(book: &Book, year: FinYear) -> Means<'_> {
    let mut by_work: BTreeMap<Work<'_>, Mean<'_>> = BTreeMap::new();
    for row in book.costs.iter().filter(|row| row.year == year) {
        let mean = by_work.entry(work(row)).or_default();
        mean.cost = mean.cost + row.cost;
        if let Some(amount) = row.activity.filter(|amount| !amount.is_zero()) {
            mean.amount = mean.amount + amount;
            mean.providers.insert(row.service.provider());
        }
    }
    Means { by_work }
}

impl Means<'_> {
    /// A line's cost over what its work would cost at the means, as far as others do the same.
    fn index(&self, rows: &[&CostRow]) -> Option<f64> {
        let mut own: BTreeMap<Work<'_>, (Pence, quantities::Activity)> = BTreeMap::new();
        for row in rows {
            let entry = own.entry(work(row)).or_default();
            *entry = (entry.0 + row.cost, entry.1 + row.activity.unwrap_or_default());
        }
        let (mut cost, mut expected) = (0.0, 0.0);
        for (work, (spent, amount)) in own {
            let mean = self.by_work.get(&work).filter(|mean| mean.providers.len() > 1);
            if let Some(mean) = mean
                && !amount.is_zero()
            {
                cost += spent.to_pounds();
                expected += mean.cost.to_pounds() / mean.amount.to_number() * amount.to_number();
            }
        }
        (expected > 0.0).then(|| cost / expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openbook::{Report, read};

    const PROVIDERS: &str = "provider_code,provider_name,sector,place_code,disclosure\n\
        RTG,Derby,acute,D,named\nRFS,Chesterfield,acute,C,index\n";
    const SERVICES: &str = "provider_code,service_code,service_name,programme,setting\n\
        RTG,1,Hips,msk,inpatient\nRFS,1,Hips,msk,inpatient\nRFS,2,Talking,mind,clinic\n";
    const COSTS: &str = "provider_code,service_code,fin_year,fin_month,point_of_delivery,\
        currency_code,resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n\
        RTG,1,2024-25,0,EL,HN22,nursing,variable,100,300.00,plics,2025-03-31\n\
        RTG,1,2024-25,0,EL,HN22,drugs,variable,0,100.00,plics,2025-03-31\n\
        RTG,1,2023-24,0,EL,HN22,drugs,variable,7,9.00,plics,2025-03-31\n\
        RFS,1,2024-25,0,EL,HN22,nursing,variable,300,800.00,plics,2025-03-31\n\
        RFS,2,2024-25,0,OP,A01,nursing,variable,5,50.00,plics,2025-03-31\n";

    fn found() -> Vec<SeenLine> {
        let catalogue = Catalogue::embedded().expect("reads");
        let mut report = Report::default();
        let tables = [("providers", PROVIDERS), ("services", SERVICES), ("costs", COSTS)];
        let tables = tables.map(|(name, csv)| {
            let definition = catalogue.tables.get(name).expect("a table");
            read::accepted(&catalogue.tables, definition, csv.as_bytes(), &mut report).expect(name)
        });
        let book = Book::assemble(tables, &mut report).expect("a book");
        lines(&book, &value::undrawn(&catalogue, &book).expect("valued"))
    }

    #[test]
    fn a_named_provider_shows_its_lines_and_no_resource_group() {
        let lines = found();
        let [rfs, _, rtg] = &lines[..] else { panic!("three lines: {lines:#?}") };
        assert_eq!((rtg.provider_name.as_str(), rtg.named), ("Derby", true));
        assert_eq!(rtg.spend, "400.00".parse().ok());
        let amount = "100".parse().expect("an amount");
        let point_of_delivery = "EL".to_owned();
        assert_eq!(rtg.activity, [Activity { point_of_delivery, amount }], "of the base year");
        // 4.00 against (300 + 100 + 800) / 400 = 3.00.
        assert!(rtg.unit_cost_index.is_some_and(|index| (index - 4.0 / 3.0).abs() < 1e-12));
        assert_eq!(rfs.provider_name, "another provider");
    }

    #[test]
    fn a_provider_that_shares_indices_only_shows_no_money_and_no_amounts() {
        let lines = found();
        let [hips, talking, _] = &lines[..] else { panic!("three lines: {lines:#?}") };
        for line in [hips, talking] {
            assert!(!line.named && line.spend.is_none() && line.valued_spend.is_none());
            assert!(line.average.is_none() && line.qaly.is_none());
            assert!(line.activity.is_empty());
        }
        let index = hips.unit_cost_index.expect("somebody else does it too");
        assert!((index - 800.0 / 300.0 / 3.0).abs() < 1e-12);
        assert_eq!(talking.unit_cost_index, None, "nobody else does it");
    }
}
