//! The end of the record, signed: whoever keeps it elsewhere can tell later whether the record
//! still begins with it.

use diesel::prelude::*;
use jiff::Timestamp;
use quantities::TenantCode;
use tenancy::{Operator, Permitted, Signer, demand};

use super::{Seal, verify};
use crate::connection;
use crate::schema::tenant::audit;
use crate::time::time;
use crate::{Store, StoreError};

/// What the key is for that signs.
const PURPOSE: &str = "audit";

/// How long a Board's record is and how it ends, signed by this installation (Ed25519).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// The Board.
    pub tenant: TenantCode,
    /// How many lines the record has.
    pub entries: u64,
    /// The hash of the last one.
    pub head: String,
    /// When this was said.
    pub at: Timestamp,
    /// What the signature is checked with: 64 hexadecimal digits.
    pub public_key: String,
    /// The signature of [`SignedHead::text`]: 128 hexadecimal digits.
    pub signature: String,
}

impl SignedHead {
    /// What is signed: five lines, each ended by a line feed.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { tenant, entries, head, at, .. } = self;
        format!(
            "valuebook audit head 1\ntenant {tenant}\nentries {entries}\nhead {head}\nat {at}\n"
        )
    }
}

impl Store {
    /// The signed end of one's Board's record.
    ///
    /// # Errors
    /// When the record is not whole, or the database fails.
    pub fn audit_head(&self, who: &Permitted<demand::ReadAudit>) -> Result<SignedHead, StoreError> {
        self.signed_head(who.tenant())
    }

    /// The signed end of a Board's record.
    ///
    /// # Errors
    /// When there is no such Board, the record is not whole, or the database fails.
    pub fn audit_head_of(
        &self,
        _: &Operator,
        tenant: &TenantCode,
    ) -> Result<SignedHead, StoreError> {
        self.signed_head(tenant)
    }

    fn signed_head(&self, tenant: &TenantCode) -> Result<SignedHead, StoreError> {
        let seal: Seal<'_> = self.seal(tenant.as_str());
        let report = connection::read(&mut *self.tenant(tenant)?, |db| verify(db, &seal))?;
        if let Some((line, why)) = report.broken {
            let why =
                format!("the audit record is broken at line {line} ({why}): it is not signed");
            return Err(StoreError::Conflict(why));
        }
        let signer = self.key().signer(PURPOSE)?;
        let head = SignedHead {
            tenant: tenant.clone(),
            entries: report.entries,
            head: report.head,
            at: time(self.now())?,
            public_key: signer.public_key(),
            signature: String::new(),
        };
        let signature = signer.sign(&head.text());
        Ok(SignedHead { signature, ..head })
    }

    /// Whether a Board's record still begins with what a head said of it.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub fn follows_from(&self, _: &Operator, head: &SignedHead) -> Result<(), String> {
        let key = self.key().signer(PURPOSE).map_err(|error| error.to_string())?.public_key();
        if head.public_key != key || !Signer::is_signed(&head.text(), &head.signature, &key) {
            return Err("the head was not signed by this installation".to_owned());
        }
        if head.entries == 0 {
            return Ok(());
        }
        let fault = |error: StoreError| error.to_string();
        let seq = i64::try_from(head.entries).map_err(|error| error.to_string())?;
        let mut db = self.tenant(&head.tenant).map_err(fault)?;
        let found: Option<String> = audit::table
            .find(seq)
            .select(audit::hash)
            .first(&mut *db)
            .optional()
            .map_err(|error| fault(error.into()))?;
        match found {
            None => Err(format!("the record has no line {seq} any more")),
            Some(hash) if hash != head.head => {
                Err(format!("line {seq} of the record is not the one that the head tells of"))
            }
            Some(_) => Ok(()),
        }
    }
}
