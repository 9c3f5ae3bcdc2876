//! The rows of an edition that a service line's figures come from, as they were signed off.

use openbook::definition::Origin;
use quantities::{FinYear, Pence, ProviderCode, ServiceKey};
use std::collections::BTreeSet;
use store::{OwnedTable, SubmissionId};

use super::EngineError;
use crate::models::Catalogue;

/// The rows of one table, as one owner handed them in, that are about a service line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedTable {
    /// The table.
    pub table: String,
    /// Who handed it in: a provider, or the Board.
    pub owner: Option<ProviderCode>,
    /// In which submission.
    pub submission: SubmissionId,
    /// The table's columns.
    pub columns: Vec<String>,
    /// The rows, in the order of their keys.
    pub rows: Vec<Vec<String>>,
    /// Of costs, what the rows of the year that is valued come to.
    pub spend: Option<Pence>,
}

/// What most figures come from, in the order in which a reader asks.
const FIRST: [&str; 4] = ["costs", "outcomes", "assumptions", "elasticities"];

/// The rows of every table of an edition that are about a service line. What a provider handed in
/// itself stands in place of what the Board handed in for it.
///
/// # Errors
/// When a stored table cannot be read any more.
pub fn traced(
    catalogue: &Catalogue,
    parts: &[OwnedTable],
    service: &ServiceKey,
    year: FinYear,
) -> Result<Vec<TracedTable>, EngineError> {
    let own: BTreeSet<&str> = parts
        .iter()
        .filter(|part| part.owner.as_ref() == Some(service.provider()))
        .map(|part| part.table.table.as_str())
        .collect();
    let counts = |part: &&OwnedTable| match &part.owner {
        Some(owner) => owner == service.provider(),
        None => {
            let name = part.table.table.as_str();
            let from = catalogue.tables.get(name).map(|definition| definition.from);
            !(from == Some(Origin::Provider) && own.contains(name))
        }
    };
    let mut found = Vec::new();
    for part in parts.iter().filter(counts) {
        found.extend(of_part(part, service, year)?);
    }
    let place = |table: &str| FIRST.iter().position(|name| *name == table).unwrap_or(FIRST.len());
    found.sort_by(|a, b| {
        (place(&a.table), &a.table, &a.owner).cmp(&(place(&b.table), &b.table, &b.owner))
    });
    Ok(found)
}

fn of_part(
    part: &OwnedTable,
    service: &ServiceKey,
    year: FinYear,
) -> Result<Option<TracedTable>, EngineError> {
    let fault = |error: csv::Error| EngineError::internal(&error);
    let mut reader = csv::Reader::from_reader(&part.table.csv[..]);
    let columns: Vec<String> = reader.headers().map_err(fault)?.iter().map(str::to_owned).collect();
    let at = |name: &str| columns.iter().position(|column| column == name);
    let (Some(provider), Some(code)) = (at("provider_code"), at("service_code")) else {
        return Ok(None);
    };
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(fault)? {
        if record.get(provider) == Some(service.provider().as_str())
            && record.get(code) == Some(service.service_code())
        {
            rows.push(record.iter().map(str::to_owned).collect::<Vec<_>>());
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let spend = at("cost_gbp").zip(at("fin_year")).map(|(cost, years)| {
        let year = year.to_string();
        let of_year = rows.iter().filter(|row| row.get(years) == Some(&year));
        of_year.filter_map(|row| row.get(cost)?.parse::<Pence>().ok()).sum()
    });
    Ok(Some(TracedTable {
        table: part.table.table.clone(),
        owner: part.owner.clone(),
        submission: part.submission.clone(),
        columns,
        rows,
        spend,
    }))
}
