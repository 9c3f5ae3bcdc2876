use diesel::prelude::*;
use tenancy::{PersonId, Scope};

use super::{Decision, Dispute, NewDispute, Verdict, evidence};
use crate::connection::{Backend, Db};
use crate::schema::tenant::{dispute_decisions, dispute_results, disputes};
use crate::submissions::read_owner;
use crate::time::{from_db, time};
use crate::{DisputeId, ScenarioId, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = disputes, check_for_backend(Backend))]
pub(super) struct DisputeRow {
    pub(super) id: String,
    edition: i64,
    service: String,
    table_name: String,
    column_name: String,
    row_key: Option<String>,
    claim: String,
    proposed_value: Option<String>,
    evidence: String,
    scenario_id: Option<String>,
    pub(super) raised_for: String,
    created_at: i64,
    pub(super) created_by: String,
}

type DecisionRow = (String, String, i64, String);
type Seen = disputes::BoxedQuery<'static, Backend>;

/// The disputes that a person may see.
pub(super) fn seen(who: &Scope) -> Seen {
    match who.provider() {
        None => disputes::table.into_boxed(),
        Some(own) => {
            let own = own.as_str().to_owned();
            disputes::table
                .filter(disputes::raised_for.eq(own.clone()).or(disputes::provider.eq(own)))
                .into_boxed()
        }
    }
}

/// One dispute, where the person may see it.
pub(super) fn find(db: &mut Db, who: &Scope, id: &DisputeId) -> Result<DisputeRow, StoreError> {
    Ok(seen(who)
        .filter(disputes::id.eq(id.as_str().to_owned()))
        .select(DisputeRow::as_select())
        .first(db)?)
}

/// A dispute with what became of it.
pub(super) fn complete(db: &mut Db, row: DisputeRow) -> Result<Dispute, StoreError> {
    let corrupt = || StoreError::Corrupt("dispute");
    let decision: Option<DecisionRow> = dispute_decisions::table
        .filter(dispute_decisions::dispute_id.eq(&row.id))
        .select((
            dispute_decisions::state,
            dispute_decisions::reason,
            dispute_decisions::decided_at,
            dispute_decisions::decided_by,
        ))
        .first(db)
        .optional()?;
    let decision = decision.map(|(state, reason, decided_at, decided_by)| {
        Ok::<_, StoreError>(Decision {
            verdict: Verdict::read(&state)?,
            reason,
            decided_at: time(decided_at)?,
            decided_by: PersonId::new(decided_by),
        })
    });
    let found: Option<(Option<String>, Option<String>)> = dispute_results::table
        .filter(dispute_results::dispute_id.eq(&row.id))
        .select((dispute_results::result_json, dispute_results::error))
        .first(db)
        .optional()?;
    let (result, error) = found.unwrap_or_default();
    let files = evidence::of(db, &row.id)?;
    Ok(Dispute {
        id: DisputeId::stored(row.id),
        figure: NewDispute {
            edition: from_db(row.edition)?,
            service: row.service.parse().map_err(|_| corrupt())?,
            table: row.table_name,
            column: row.column_name,
            key: row.row_key,
            claim: row.claim,
            proposed: row.proposed_value,
            evidence: row.evidence,
            scenario: row.scenario_id.map(ScenarioId::stored),
        },
        raised_for: read_owner(&row.raised_for)?,
        created_at: time(row.created_at)?,
        created_by: PersonId::new(row.created_by),
        decision: decision.transpose()?,
        files,
        result,
        error,
    })
}
