//! `valuebook admin verify-audit` and `valuebook admin audit-head`.

use quantities::TenantCode;
use server::shapes::AuditHeadJson;
use std::fs;
use std::path::Path;
use store::{SignedHead, Store};
use tenancy::Operator;

use crate::stop::{Ended, Exit, Stop};
use crate::text;

/// Follows every record, or one, from its first line to its last; and says whether a record still
/// begins with a head that was kept.
pub fn verify(store: &Store, tenant: Option<&str>, head: Option<&Path>) -> Ended {
    let operator = Operator::from_command_line();
    let head = head.map(read_head).transpose()?;
    let tenant = tenant.or_else(|| head.as_ref().map(|head| head.tenant.as_str()));
    let reports = store.verify_all_audits(&operator).map_err(Stop::cannot_run)?;
    let asked = |code: &str| tenant.is_none_or(|tenant| tenant == code);
    let reports: Vec<_> = reports.into_iter().filter(|(code, _)| asked(code)).collect();
    if let (Some(tenant), true) = (tenant, reports.is_empty()) {
        return Err(Stop::cannot_run(format!("there is no board {tenant}")));
    }
    let mut broken = None;
    for (code, report) in &reports {
        match &report.broken {
            None => text::print(&format!(
                "The audit record of {code} is whole: {} lines, head {}.\n",
                report.entries, report.head
            )),
            Some((line, why)) => {
                let why = format!("the audit record of {code} is broken at line {line}: {why}");
                broken.get_or_insert(why);
            }
        }
    }
    if let Some(why) = broken {
        return Err(Stop::refused(why));
    }
    if let Some(head) = head {
        store.follows_from(&operator, &head).map_err(|why| {
            Stop::refused(format!("the audit record of {} and the head: {why}", head.tenant))
        })?;
        text::print(&format!(
            "It still begins with the {} lines that the head of {} tells of.\n",
            head.entries, head.at
        ));
    }
    Ok(Exit::Done)
}

/// Prints how a Board's record ends, signed: JSON to be kept elsewhere.
pub fn head(store: &Store, tenant: &str) -> Ended {
    let code: TenantCode = tenant
        .parse()
        .map_err(|_| Stop::cannot_run(format!("\"{tenant}\" is not the code of a board")))?;
    let operator = Operator::from_command_line();
    let head = store.audit_head_of(&operator, &code).map_err(|error| match error {
        store::StoreError::NotFound => Stop::cannot_run(format!("there is no board {code}")),
        store::StoreError::Conflict(why) => Stop::refused(why),
        error => Stop::cannot_run(error),
    })?;
    let json =
        serde_json::to_string_pretty(&AuditHeadJson::from(head)).map_err(Stop::cannot_run)?;
    text::print(&format!("{json}\n"));
    Ok(Exit::Done)
}

fn read_head(path: &Path) -> Result<SignedHead, Stop> {
    let say = |why: &dyn std::fmt::Display| Stop::cannot_run(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| say(&error))?;
    let json: AuditHeadJson = serde_json::from_str(&text).map_err(|error| say(&error))?;
    json.try_into().map_err(|error: &str| say(&error))
}
