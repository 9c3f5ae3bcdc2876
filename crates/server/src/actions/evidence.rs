//! What stands behind the values of an edition, as far as a person may see it.

use api::equity::EquityJson;
use api::evidence::EvidenceJson;
use api::method::MethodJson;
use api::need::NeedJson;
use tenancy::{Permitted, demand};

use super::editions;
use crate::problem::Problem;
use crate::state::AppState;

/// What stands behind the values of an edition, the latest unless told, and its number. To people of
/// a provider: of service lines only their own, and no figure that rests on few others.
///
/// # Errors
/// When there is no such edition, or its values are not computed yet, could not be, or were before
/// this was kept.
pub fn of_edition(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<(u64, EvidenceJson), Problem> {
    let (number, mut evidence) = whole(state, who, edition)?;
    if let Some(own) = who.provider() {
        evidence.keep_own(own.as_str());
    }
    Ok((number, evidence))
}

/// What every figure of an edition rests on, and the edition's number. It names no service line, so
/// everyone who reads the book reads it whole.
///
/// # Errors
/// As [`of_edition`].
pub fn method(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<(u64, MethodJson), Problem> {
    let (number, evidence) = whole(state, who, edition)?;
    Ok((number, evidence.method))
}

/// Who gains, by deprivation quintile, with what weights; for people of the Board, since its sums
/// are made of every provider's lines.
///
/// # Errors
/// As [`of_edition`]; and there is none for people of a provider.
pub fn equity(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
    weights: Weights,
) -> Result<(u64, EquityJson), Problem> {
    let (number, evidence) = of_board(state, who, edition)?;
    let equity = evidence.equity;
    let found = match weights {
        Weights::None => equity.unweighted,
        Weights::Atkinson => equity.atkinson,
        Weights::Kolm => equity.kolm,
    };
    Ok((number, found))
}

/// Which weights a person asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// A QALY counts the same whoever gains it.
    #[default]
    None,
    /// By aversion to relative inequality.
    Atkinson,
    /// By aversion to absolute inequality.
    Kolm,
}

/// Spend and health against need; for people of the Board, since it sums up every provider's lines.
///
/// # Errors
/// As [`equity`].
pub fn need(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<(u64, NeedJson), Problem> {
    let (number, evidence) = of_board(state, who, edition)?;
    Ok((number, evidence.need))
}

fn of_board(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<(u64, EvidenceJson), Problem> {
    match who.provider() {
        Some(_) => Err(Problem::not_found()),
        None => whole(state, who, edition),
    }
}

fn whole(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    edition: Option<u64>,
) -> Result<(u64, EvidenceJson), Problem> {
    let (number, stored) = editions::stored(state, who, edition)?;
    let text = stored.evidence_json.ok_or_else(|| {
        Problem::conflict(
            "this edition was valued before what stands behind its values was kept; publish a new \
             one",
        )
    })?;
    let evidence = serde_json::from_str(&text).map_err(|error| Problem::internal(&error))?;
    Ok((number, evidence))
}
