use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use tenancy::{Operator, Permitted, demand};

use crate::connection::{self, Db};
use crate::schema::tenant::audit;
use crate::{Store, StoreError};

/// The hash before the first line.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What a change says of itself in the audit record. Names of things, never figures or people.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) action: &'static str,
    pub(crate) subject: String,
    pub(crate) details: Value,
}

impl Event {
    pub(crate) fn new(action: &'static str, subject: impl ToString) -> Self {
        Self { action, subject: subject.to_string(), details: Value::Object(Default::default()) }
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(details) = &mut self.details {
            details.insert(key.to_owned(), value.into());
        }
        self
    }
}

/// Whether the audit record is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// How many lines it has.
    pub entries: u64,
    /// The hash of its last line: note it elsewhere, since a record cut short still chains.
    pub head: String,
    /// The first line that does not follow from the one before, and why; nothing where all do.
    pub broken: Option<(i64, &'static str)>,
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = audit)]
struct Line {
    seq: i64,
    at: i64,
    person: String,
    action: String,
    subject: String,
    details: String,
    prev_hash: String,
    hash: String,
}

impl Line {
    /// The hash of everything else in the line. Each part is written with its length, so that
    /// text cannot move from one part to the next.
    fn computed_hash(&self) -> String {
        let mut hasher = Sha256::new();
        let numbers = [self.seq.to_string(), self.at.to_string()];
        let texts = [&self.person, &self.action, &self.subject, &self.details, &self.prev_hash];
        for part in numbers.iter().chain(texts) {
            hasher.update(part.len().to_string());
            hasher.update(":");
            hasher.update(part);
        }
        hasher.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Adds a line, in the transaction of the change it tells of. The control database and those of
/// the Boards have the same table.
pub(crate) fn record(db: &mut Db, now: i64, person: &str, event: Event) -> Result<(), StoreError> {
    let last: Option<(i64, String)> = audit::table
        .order(audit::seq.desc())
        .select((audit::seq, audit::hash))
        .first(db)
        .optional()?;
    let (seq, prev_hash) = last.unwrap_or_else(|| (0, BEGINNING.to_owned()));
    let mut line = Line {
        seq: seq.saturating_add(1),
        at: now,
        person: person.to_owned(),
        action: event.action.to_owned(),
        subject: event.subject,
        details: event.details.to_string(),
        prev_hash,
        hash: String::new(),
    };
    line.hash = line.computed_hash();
    diesel::insert_into(audit::table).values(&line).execute(db)?;
    Ok(())
}

fn verify(db: &mut Db) -> Result<AuditReport, StoreError> {
    let lines = audit::table.order(audit::seq.asc()).select(Line::as_select());
    let mut report = AuditReport { entries: 0, head: BEGINNING.to_owned(), broken: None };
    let mut expected = 1_i64;
    for line in lines.load_iter(db)? {
        let line: Line = line?;
        let fault = if line.seq != expected {
            Some("a line is missing before it")
        } else if line.prev_hash != report.head {
            Some("it does not follow from the line before")
        } else if line.hash != line.computed_hash() {
            Some("it has been changed")
        } else {
            None
        };
        if report.broken.is_none() {
            report.broken = fault.map(|reason| (line.seq, reason));
        }
        report.entries = report.entries.saturating_add(1);
        report.head = line.hash;
        expected = line.seq.saturating_add(1);
    }
    Ok(report)
}

impl Store {
    /// Reads the whole audit record of one's Board and recomputes its chain.
    ///
    /// # Errors
    /// When the database fails.
    pub fn verify_audit(
        &self,
        who: &Permitted<demand::ReadAudit>,
    ) -> Result<AuditReport, StoreError> {
        connection::read(&mut *self.tenant(who.tenant())?, verify)
    }

    /// Reads every audit record of the installation: first that of the control database, then
    /// each Board's, by its code.
    ///
    /// # Errors
    /// When a database fails.
    pub fn verify_all_audits(
        &self,
        operator: &Operator,
    ) -> Result<Vec<(String, AuditReport)>, StoreError> {
        let control = connection::read(&mut *self.control()?, verify)?;
        let mut reports = vec![("control".to_owned(), control)];
        for tenant in self.tenants(operator)? {
            let report = connection::read(&mut *self.tenant(&tenant.code)?, verify)?;
            reports.push((tenant.code.to_string(), report));
        }
        Ok(reports)
    }
}
