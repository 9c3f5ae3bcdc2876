use quantities::Pence;
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::trace::Trace;
use crate::engine::TracedTable;

/// More rows of a table than this are in its download only.
const MOST_ROWS: usize = 1_000;

/// The rows that a service line's figures come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceJson {
    /// The edition.
    pub edition: u64,
    /// The financial year that is valued.
    pub base_year: String,
    /// `provider/service`.
    pub service: String,
    /// By table and who handed it in: costs first, then outcomes and what the Board says of them.
    pub tables: Vec<TracedTableJson>,
}

/// Rows of one table.
#[derive(Debug, Serialize, ToSchema)]
pub struct TracedTableJson {
    /// The table.
    pub table: String,
    /// The provider that handed it in; absent for the Board's own.
    pub owner: Option<String>,
    /// The submission it came in.
    pub submission: String,
    /// Of costs, what the rows of the base year come to.
    #[schema(value_type = Option<String>)]
    pub spend_gbp: Option<Pence>,
    /// The columns.
    pub columns: Vec<String>,
    /// How many rows there are.
    pub row_count: u64,
    /// The first of them as they were signed off, at most 1,000: one text a column.
    pub rows: Vec<Vec<String>>,
}

impl From<Trace> for TraceJson {
    fn from(found: Trace) -> Self {
        Self {
            edition: found.edition,
            base_year: found.year.to_string(),
            service: found.line.service,
            tables: found.tables.into_iter().map(TracedTableJson::from).collect(),
        }
    }
}

impl From<TracedTable> for TracedTableJson {
    fn from(table: TracedTable) -> Self {
        Self {
            table: table.table,
            owner: table.owner.map(|owner| owner.to_string()),
            submission: table.submission.to_string(),
            spend_gbp: table.spend,
            columns: table.columns,
            row_count: u64::try_from(table.rows.len()).unwrap_or(u64::MAX),
            rows: table.rows.into_iter().take(MOST_ROWS).collect(),
        }
    }
}
