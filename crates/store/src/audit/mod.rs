mod head;
mod search;
#[cfg(test)]
mod tampering;

pub use head::SignedHead;
pub use search::{AuditEntry, AuditQuery};

use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tenancy::{MasterKey, Operator, Permitted, demand};

use crate::connection::{self, Db};
use crate::hash::hex;
use crate::schema::tenant::{audit, audit_head};
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

/// The key of the one row that says which line is last.
const HEAD: i64 = 1;
/// How the record of the control database is called.
pub(crate) const CONTROL: &str = "control";

/// Whether the audit record is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// How many lines it has.
    pub entries: u64,
    /// The hash of its last line.
    pub head: String,
    /// The first line that does not follow from the one before, and why; nothing where all do.
    pub broken: Option<(i64, &'static str)>,
}

#[derive(Clone, Debug, Queryable, Insertable, Selectable)]
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
        hex(hasher.finalize())
    }
}

/// Which line is last, kept apart from the lines.
#[derive(Clone, Debug, Queryable, Insertable, Selectable, AsChangeset)]
#[diesel(table_name = audit_head)]
struct Head {
    id: i64,
    seq: i64,
    hash: String,
    mark: String,
}

impl Head {
    /// Marked with a key that is not in the database.
    fn of(whose: &str, key: &MasterKey, seq: i64, hash: &str) -> Self {
        let mark = key.mark(&format!("audit/{whose}"), &format!("{seq}:{hash}"));
        Self { id: HEAD, seq, hash: hash.to_owned(), mark }
    }

    fn is_marked(&self, whose: &str, key: &MasterKey) -> bool {
        self.mark == Self::of(whose, key, self.seq, &self.hash).mark
    }
}

/// Whose record a line is added to, and what marks its head.
pub(crate) struct Seal<'a> {
    pub(crate) whose: &'a str,
    pub(crate) key: &'a MasterKey,
}

/// Adds a line, in the transaction of the change it tells of. The control database and those of
/// the Boards have the same tables. A head that is not that of the line before is left as it is:
/// whoever has tampered with the record must not have it put right by the next change.
pub(crate) fn record(
    db: &mut Db,
    now: i64,
    person: &str,
    event: Event,
    seal: &Seal<'_>,
) -> Result<(), StoreError> {
    let last: Option<(i64, String)> = audit::table
        .order(audit::seq.desc())
        .select((audit::seq, audit::hash))
        .first(db)
        .optional()?;
    let (seq, prev_hash) = last.unwrap_or_else(|| (0, BEGINNING.to_owned()));
    let head = stored_head(db)?;
    let is_sound = match &head {
        None => seq == 0,
        Some(head) => {
            (head.seq, &head.hash) == (seq, &prev_hash) && head.is_marked(seal.whose, seal.key)
        }
    };
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
    if is_sound {
        let next = Head::of(seal.whose, seal.key, line.seq, &line.hash);
        if head.is_some() {
            diesel::update(audit_head::table.find(HEAD)).set(&next).execute(db)?;
        } else {
            diesel::insert_into(audit_head::table).values(&next).execute(db)?;
        }
    }
    Ok(())
}

fn stored_head(db: &mut Db) -> Result<Option<Head>, StoreError> {
    let head = audit_head::table.find(HEAD).select(Head::as_select());
    Ok(head.first(db).optional()?)
}

fn verify(db: &mut Db, seal: &Seal<'_>) -> Result<AuditReport, StoreError> {
    let head = stored_head(db)?;
    let lines = audit::table.order(audit::seq.asc()).select(Line::as_select());
    let lines = lines.load_iter(db)?.map(|line| line.map_err(StoreError::from));
    follow(lines, head.as_ref(), seal)
}

/// Follows a record from its first line to its last, and to the head that is kept apart.
fn follow(
    lines: impl Iterator<Item = Result<Line, StoreError>>,
    head: Option<&Head>,
    seal: &Seal<'_>,
) -> Result<AuditReport, StoreError> {
    let mut report = AuditReport { entries: 0, head: BEGINNING.to_owned(), broken: None };
    let (mut expected, mut at_head) = (1_i64, None);
    for line in lines {
        let line = line?;
        if head.is_some_and(|head| head.seq == line.seq) {
            at_head = Some(line.hash.clone());
        }
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
    let last = expected.saturating_sub(1);
    if report.broken.is_none() {
        report.broken = at_the_end(last, at_head.as_deref(), head, seal);
    }
    Ok(report)
}

/// What is wrong with the end of a record whose lines follow from each other.
fn at_the_end(
    last: i64,
    at_head: Option<&str>,
    head: Option<&Head>,
    seal: &Seal<'_>,
) -> Option<(i64, &'static str)> {
    let Some(head) = head else {
        return (last > 0).then_some((last, "the head that is kept apart is missing"));
    };
    if !head.is_marked(seal.whose, seal.key) {
        return Some((last, "the head that is kept apart is not marked with our key"));
    }
    match at_head {
        Some(hash) if hash != head.hash => Some((head.seq, "it is not the line that was marked")),
        Some(_) if head.seq < last => {
            Some((head.seq.saturating_add(1), "it was added without its mark"))
        }
        Some(_) => None,
        None => Some((last.saturating_add(1), "it and what follows are missing")),
    }
}

impl Store {
    /// Whose record it is, and what marks it.
    pub(crate) fn seal<'a>(&'a self, whose: &'a str) -> Seal<'a> {
        Seal { whose, key: self.key() }
    }

    /// Reads the whole audit record of one's Board and recomputes its chain.
    ///
    /// # Errors
    /// When the database fails.
    pub fn verify_audit(
        &self,
        who: &Permitted<demand::ReadAudit>,
    ) -> Result<AuditReport, StoreError> {
        let seal = self.seal(who.tenant().as_str());
        connection::read(&mut *self.tenant(who.tenant())?, |db| verify(db, &seal))
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
        let seal = self.seal(CONTROL);
        let control = connection::read(&mut *self.control()?, |db| verify(db, &seal))?;
        let mut reports = vec![(CONTROL.to_owned(), control)];
        for tenant in self.tenants(operator)? {
            let seal = self.seal(tenant.code.as_str());
            let report =
                connection::read(&mut *self.tenant(&tenant.code)?, |db| verify(db, &seal))?;
            reports.push((tenant.code.to_string(), report));
        }
        Ok(reports)
    }
}
