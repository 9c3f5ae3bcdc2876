use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AuditEntry, AuditQuery, Page, SignedHead};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// How a Board's audit record ends, signed by this installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditHeadJson {
    /// The Board's code.
    pub tenant: String,
    /// How many lines the record has.
    pub entries: u64,
    /// The hash of the last one.
    pub head: String,
    /// When this was said (RFC 3339, UTC).
    pub at: String,
    /// The Ed25519 key that the signature is checked with: 64 hexadecimal digits.
    pub public_key: String,
    /// The signature, 128 hexadecimal digits, of the lines `valuebook audit head 1`,
    /// `tenant …`, `entries …`, `head …`, `at …`, each ended by a line feed.
    pub signature: String,
}

impl From<SignedHead> for AuditHeadJson {
    fn from(head: SignedHead) -> Self {
        Self {
            tenant: head.tenant.to_string(),
            entries: head.entries,
            head: head.head,
            at: head.at.to_string(),
            public_key: head.public_key,
            signature: head.signature,
        }
    }
}

impl TryFrom<AuditHeadJson> for SignedHead {
    type Error = &'static str;

    fn try_from(json: AuditHeadJson) -> Result<Self, Self::Error> {
        Ok(Self {
            tenant: json.tenant.parse().map_err(|_| "\"tenant\" is not the code of a Board")?,
            entries: json.entries,
            head: json.head,
            at: json.at.parse().map_err(|_| "\"at\" is not a time")?,
            public_key: json.public_key,
            signature: json.signature,
        })
    }
}

/// A line of the audit record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntryJson {
    /// Its number, from 1.
    pub line: i64,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// Who: a person's id, `operator` or `worker`.
    pub person: String,
    /// What was done, such as `edition.publish`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What else is said of it.
    #[schema(value_type = Object)]
    pub details: Value,
    /// Its hash.
    pub hash: String,
}

impl From<AuditEntry> for AuditEntryJson {
    fn from(entry: AuditEntry) -> Self {
        Self {
            line: entry.seq,
            at: entry.at.to_string(),
            person: entry.person.to_string(),
            action: entry.action,
            subject: entry.subject,
            details: serde_json::from_str(&entry.details).unwrap_or(Value::Null),
            hash: entry.hash,
        }
    }
}

/// A line of the audit record as a row of a file: what else is said of it stays one cell.
#[derive(Clone, Debug, Serialize)]
pub struct AuditRow {
    line: i64,
    at: String,
    person: String,
    action: String,
    subject: String,
    details: String,
    hash: String,
}

impl AuditRow {
    /// The columns of the file.
    pub const COLUMNS: [&str; 7] = ["line", "at", "person", "action", "subject", "details", "hash"];
}

impl From<AuditEntry> for AuditRow {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry { seq, at, person, action, subject, details, hash } = entry;
        let (at, person) = (at.to_string(), person.to_string());
        Self { line: seq, at, person, action, subject, details, hash }
    }
}

/// Which lines of the audit record. An empty text asks for nothing, as a form sends it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditSearchQuery {
    /// What was done, such as `edition.publish`.
    #[serde(default)]
    pub action: String,
    /// Who did it: a person's id, `operator` or `worker`.
    #[serde(default)]
    pub person: String,
    /// What it was done to, as the record names it.
    #[serde(default)]
    pub subject: String,
    /// The first day, such as `2026-11-01` (UTC).
    #[serde(default)]
    pub from: String,
    /// The last day, such as `2026-11-30` (UTC).
    #[serde(default)]
    pub to: String,
    /// The `next` of the part before.
    pub after: Option<String>,
    /// Entries in this part: 50 unless told, 100 at most.
    pub size: Option<u32>,
}

impl AuditSearchQuery {
    /// What to look for.
    ///
    /// # Errors
    /// When a day is not one; names the field.
    pub fn asked(&self) -> Result<AuditQuery, (&'static str, Problem)> {
        let some = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let day = |field: &'static str, text: &str| {
            let wrong = || {
                let why = format!("\"{field}\" is a day written like 2026-11-24");
                (field, Problem::invalid(why))
            };
            some(text).map(|text| text.parse::<Date>().map_err(|_| wrong())).transpose()
        };
        let begins = |day: Date| day.to_zoned(TimeZone::UTC).ok().map(|it| it.timestamp());
        let until = day("to", &self.to)?.map(|day| day.checked_add(1.day()).unwrap_or(day));
        Ok(AuditQuery {
            action: some(&self.action),
            person: some(&self.person),
            subject: some(&self.subject),
            from: day("from", &self.from)?.and_then(begins),
            until: until.and_then(begins).or_else(|| until.map(|_| Timestamp::MAX)),
        })
    }

    /// Which part.
    #[must_use]
    pub fn page(&self) -> Page {
        let after = self.after.clone().filter(|after| !after.is_empty());
        Page { after, size: self.size }
    }
}
