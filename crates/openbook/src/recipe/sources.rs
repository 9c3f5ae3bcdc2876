//! `SOURCES.csv`: where every row of every table comes from.

use super::definition::Origin;
use super::lines::Key;

/// Where a part of the book comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SourceLine {
    table: String,
    provider: String,
    service: String,
    what: String,
    kind: Origin,
    source: String,
}

impl SourceLine {
    /// A source of a row, or of a column of it.
    pub fn new(table: &str, at: [&str; 2], what: &str, kind: Origin, source: &str) -> Self {
        let [provider, service] = at.map(str::to_owned);
        let (table, what, source) = (table.to_owned(), what.to_owned(), source.to_owned());
        Self { table, provider, service, what, kind, source }
    }

    /// The same, of a service line.
    pub fn of_line(table: &str, key: &Key, what: &str, kind: Origin, source: &str) -> Self {
        Self::new(table, [&key.0, &key.1], what, kind, source)
    }
}

/// The file, sorted.
pub(super) fn csv(mut lines: Vec<SourceLine>) -> Result<Vec<u8>, csv::Error> {
    lines.sort();
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(["table", "provider_code", "service_code", "what", "kind", "source"])?;
    for SourceLine { table, provider, service, what, kind, source } in &lines {
        writer.write_record([table, provider, service, what, kind.as_str(), source])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
