//! Who did what, and when.

use diesel::prelude::*;
use jiff::Timestamp;
use tenancy::{Permitted, PersonId, demand};

use super::{Event, Line};
use crate::connection::{Backend, Db};
use crate::schema::tenant::audit;
use crate::store::Change;
use crate::time::time;
use crate::{Listing, Page, Store, StoreError};

/// What to look for; everything where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// What was done, such as `edition.publish`.
    pub action: Option<String>,
    /// Who did it: a person's id.
    pub person: Option<String>,
    /// What it was done to, as the record names it.
    pub subject: Option<String>,
    /// Not before this time.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who: a person's id, `operator`, or the job that did it.
    pub person: PersonId,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What else is said of it, as JSON.
    pub details: String,
    /// Its hash.
    pub hash: String,
}

impl TryFrom<Line> for AuditEntry {
    type Error = StoreError;

    fn try_from(line: Line) -> Result<Self, StoreError> {
        let Line { seq, at, person, action, subject, details, hash, .. } = line;
        let (at, person) = (time(at)?, PersonId::new(person));
        Ok(Self { seq, at, person, action, subject, details, hash })
    }
}

/// The lines that a query asks for, in no order yet.
fn matching(query: &AuditQuery) -> audit::BoxedQuery<'_, Backend> {
    let mut found = audit::table.into_boxed();
    if let Some(action) = &query.action {
        found = found.filter(audit::action.eq(action));
    }
    if let Some(person) = &query.person {
        found = found.filter(audit::person.eq(person));
    }
    if let Some(subject) = &query.subject {
        found = found.filter(audit::subject.eq(subject));
    }
    if let Some(from) = query.from {
        found = found.filter(audit::at.ge(from.as_microsecond()));
    }
    if let Some(until) = query.until {
        found = found.filter(audit::at.lt(until.as_microsecond()));
    }
    found
}

fn all(db: &mut Db, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError> {
    let lines: Vec<Line> =
        matching(query).order(audit::seq.asc()).select(Line::as_select()).load(db)?;
    lines.into_iter().map(AuditEntry::try_from).collect()
}

impl Store {
    /// Lines of one's Board's record, newest first.
    ///
    /// # Errors
    /// When the cursor is not one, or the database fails.
    pub fn audit_entries(
        &self,
        who: &Permitted<demand::ReadAudit>,
        query: &AuditQuery,
        page: &Page,
    ) -> Result<Listing<AuditEntry>, StoreError> {
        let after = page.after.as_deref().map(str::parse::<i64>).transpose();
        let after = after.map_err(|_| {
            StoreError::Invalid("\"after\" is not a cursor of this list".to_owned())
        })?;
        let mut lines = matching(query);
        if let Some(after) = after {
            lines = lines.filter(audit::seq.lt(after));
        }
        let lines: Vec<Line> = lines
            .order(audit::seq.desc())
            .limit(page.fetch())
            .select(Line::as_select())
            .load(&mut *self.tenant(who.tenant())?)?;
        let found = lines.into_iter().map(AuditEntry::try_from).collect::<Result<_, _>>()?;
        Ok(Listing::cut(found, page, |entry: &AuditEntry| entry.seq.to_string()))
    }

    /// All lines that are asked for, oldest first, to be taken out of the service. That they were
    /// is a line of the record itself.
    ///
    /// # Errors
    /// When the database fails.
    pub fn export_audit(
        &self,
        who: &Permitted<demand::ReadAudit>,
        query: &AuditQuery,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.change(who.tenant(), who.person().as_str(), |db, _| {
            let found = all(db, query)?;
            let event = Event::new("audit.export", "audit").with("lines", found.len());
            Ok(Change::Made(found, event))
        })
    }

    /// Every kind of action that stands in one's Board's record, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn audit_actions(
        &self,
        who: &Permitted<demand::ReadAudit>,
    ) -> Result<Vec<String>, StoreError> {
        let actions = audit::table.select(audit::action).distinct().order(audit::action.asc());
        Ok(actions.load(&mut *self.tenant(who.tenant())?)?)
    }
}
