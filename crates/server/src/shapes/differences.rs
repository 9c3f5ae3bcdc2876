use openbook::differences::{Change, KeyedRow};
use quantities::Pence;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::engine::Changed;

/// Which version a submission is compared with.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgainstQuery {
    /// A submission's id; each table's accepted version before this one unless told.
    pub against: Option<String>,
}

/// Which edition another is compared with.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgainstEditionQuery {
    /// An edition's number; the one before this unless told.
    pub against: Option<u64>,
}

/// What changed, table by table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DifferencesJson {
    /// The tables, also those in which nothing changed.
    pub tables: Vec<TableDifferencesJson>,
}

/// What changed from one edition to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EditionDifferencesJson {
    /// The edition.
    pub edition: u64,
    /// The one it is compared with; absent where this is the first.
    pub against: Option<u64>,
    /// The tables, also those in which nothing changed.
    pub tables: Vec<TableDifferencesJson>,
}

/// What changed in one table. Rows are matched by their key columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TableDifferencesJson {
    /// The table's name.
    pub table: String,
    /// The submission it is compared with; absent where there was none, and between editions.
    pub against: Option<String>,
    /// The names of the key columns.
    pub key_columns: Vec<String>,
    /// How many rows are new.
    pub added_rows: u64,
    /// How many rows are gone.
    pub removed_rows: u64,
    /// How many rows have a cell that changed.
    pub changed_rows: u64,
    /// The new rows, the first 1,000.
    pub added: Vec<KeyedRowJson>,
    /// The rows that are gone, the first 1,000.
    pub removed: Vec<KeyedRowJson>,
    /// The cells that changed, the first 1,000.
    pub changed: Vec<ChangeJson>,
    /// Σ of the table's money before; absent where it has none.
    #[schema(value_type = Option<String>)]
    pub before_gbp: Option<Pence>,
    /// Σ of it now.
    #[schema(value_type = Option<String>)]
    pub after_gbp: Option<Pence>,
    /// The second less the first.
    #[schema(value_type = Option<String>)]
    pub difference_gbp: Option<Pence>,
}

/// One row, told by its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyedRowJson {
    /// The values of the key columns.
    pub key: Vec<String>,
    /// Its money.
    #[schema(value_type = Option<String>)]
    pub amount_gbp: Option<Pence>,
}

/// One cell that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChangeJson {
    /// The values of its row's key columns.
    pub key: Vec<String>,
    /// The column.
    pub column: String,
    /// What stood there; empty where nothing did.
    pub before: String,
    /// What stands there now.
    pub after: String,
}

impl From<KeyedRow> for KeyedRowJson {
    fn from(row: KeyedRow) -> Self {
        Self { key: row.key, amount_gbp: row.amount }
    }
}

impl From<Change> for ChangeJson {
    fn from(change: Change) -> Self {
        let Change { key, column, before, after } = change;
        Self { key, column, before, after }
    }
}

impl From<Changed> for TableDifferencesJson {
    fn from(changed: Changed) -> Self {
        let Changed { table, against, found } = changed;
        let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
        let less = |(after, before): (Pence, Pence)| after - before;
        Self {
            table,
            against: against.map(|id| id.to_string()),
            key_columns: found.key_columns,
            added_rows: count(found.added_count),
            removed_rows: count(found.removed_count),
            changed_rows: count(found.changed_count),
            added: found.added.into_iter().map(KeyedRowJson::from).collect(),
            removed: found.removed.into_iter().map(KeyedRowJson::from).collect(),
            changed: found.changed.into_iter().map(ChangeJson::from).collect(),
            before_gbp: found.before_total,
            after_gbp: found.after_total,
            difference_gbp: found.after_total.zip(found.before_total).map(less),
        }
    }
}

impl From<Vec<Changed>> for DifferencesJson {
    fn from(changed: Vec<Changed>) -> Self {
        Self { tables: changed.into_iter().map(TableDifferencesJson::from).collect() }
    }
}
