//! What stands behind the values of an edition.

use actix_web::get;
use actix_web::web::{Data, Json, Path, Query};
use api::benchmark::BenchmarkJson;
use api::equity::EquityJson;
use api::method::MethodJson;
use api::need::NeedJson;
use api::uncertainty::UncertaintyJson;
use serde::Deserialize;
use tenancy::demand;
use utoipa::{IntoParams, ToSchema};

use crate::actions::evidence::{self, Weights};
use crate::actions::trace;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::TraceJson;
use crate::state::{AppState, blocking};

/// On which costs lines are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BasisOfCosts {
    /// As they were reported.
    #[default]
    Reported,
    /// Without what local prices do to them.
    MarketForcesAdjusted,
}

/// On which costs.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BasisQuery {
    /// `reported` unless told; the two never stand in one table.
    #[serde(default)]
    #[param(inline)]
    basis: BasisOfCosts,
}

/// The same, of any edition.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BenchmarksQuery {
    /// The edition's number; the latest unless told.
    edition: Option<u64>,
    /// `reported` unless told; the two never stand in one table.
    #[serde(default)]
    #[param(inline)]
    basis: BasisOfCosts,
}

/// With which weights.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WeightsQuery {
    /// `none` unless told: weights are an optional layer.
    #[serde(default)]
    #[param(inline)]
    weights: Weights,
}

/// How sure the values of one edition are, what to find out next, and where answers flip; to a
/// provider, of its own lines.
#[utoipa::path(tag = "value", params(("number" = u64, Path)), responses(
    (status = 200, body = UncertaintyJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not computed yet, or it could not be")))]
#[get("/editions/{number}/uncertainty")]
pub(super) async fn uncertainty(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    number: Path<u64>,
) -> Result<Json<UncertaintyJson>, Problem> {
    let number = Some(number.into_inner());
    let found = blocking(&state, move |state| evidence::of_edition(state, &who, number)).await?;
    Ok(Json(found.1.uncertainty))
}

/// Unit costs of one edition against the national schedule and peers; to a provider, of its own
/// lines and without what would tell another's costs.
#[utoipa::path(tag = "value", params(("number" = u64, Path), BasisQuery), responses(
    (status = 200, body = BenchmarkJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not computed yet, or it could not be")))]
#[get("/editions/{number}/benchmarks")]
pub(super) async fn benchmarks_of(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    number: Path<u64>,
    query: Query<BasisQuery>,
) -> Result<Json<BenchmarkJson>, Problem> {
    benchmark(&state, who, Some(number.into_inner()), query.basis).await
}

/// Unit costs of the latest edition, or of the one named, against the national schedule and peers.
#[utoipa::path(tag = "value", params(BenchmarksQuery), responses(
    (status = 200, body = BenchmarkJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Nothing published or computed yet")))]
#[get("/benchmarks")]
pub(super) async fn benchmarks(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    query: Query<BenchmarksQuery>,
) -> Result<Json<BenchmarkJson>, Problem> {
    benchmark(&state, who, query.edition, query.basis).await
}

async fn benchmark(
    state: &Data<AppState>,
    who: May<demand::ReadBook>,
    edition: Option<u64>,
    basis: BasisOfCosts,
) -> Result<Json<BenchmarkJson>, Problem> {
    let found = blocking(state, move |state| evidence::of_edition(state, &who, edition)).await?;
    let on = found.1.benchmarks;
    Ok(Json(match basis {
        BasisOfCosts::Reported => on.reported,
        BasisOfCosts::MarketForcesAdjusted => on.market_forces_adjusted,
    }))
}

/// Who gains by one edition's values, by deprivation quintile; for people of the Board.
#[utoipa::path(tag = "value", params(("number" = u64, Path), WeightsQuery), responses(
    (status = 200, body = EquityJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not computed yet, or it could not be")))]
#[get("/editions/{number}/equity")]
pub(super) async fn equity(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    number: Path<u64>,
    query: Query<WeightsQuery>,
) -> Result<Json<EquityJson>, Problem> {
    let (number, weights) = (Some(number.into_inner()), query.weights);
    let found =
        blocking(&state, move |state| evidence::equity(state, &who, number, weights)).await?;
    Ok(Json(found.1))
}

/// Spend and health of one edition against need, by place; for people of the Board.
#[utoipa::path(tag = "value", params(("number" = u64, Path)), responses(
    (status = 200, body = NeedJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not computed yet, or it could not be")))]
#[get("/editions/{number}/need")]
pub(super) async fn need(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    number: Path<u64>,
) -> Result<Json<NeedJson>, Problem> {
    let number = Some(number.into_inner());
    let found = blocking(&state, move |state| evidence::need(state, &who, number)).await?;
    Ok(Json(found.1))
}

/// What the values of one edition rest on, what is missing, and what the measure leaves out.
#[utoipa::path(tag = "value", params(("number" = u64, Path)), responses(
    (status = 200, body = MethodJson),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, body = ProblemBody, content_type = "application/problem+json",
     description = "Not computed yet, or it could not be")))]
#[get("/editions/{number}/method")]
pub(super) async fn method(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    number: Path<u64>,
) -> Result<Json<MethodJson>, Problem> {
    let number = Some(number.into_inner());
    let (_, method) = blocking(&state, move |state| evidence::method(state, &who, number)).await?;
    Ok(Json(method))
}

/// The rows that a service line's figures come from, as they were signed off; to a provider, of its
/// own lines.
#[utoipa::path(tag = "value",
    params(("number" = u64, Path), ("provider" = String, Path), ("service" = String, Path)),
    responses(
        (status = 200, body = TraceJson),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json",
         description = "Not computed yet, or it could not be")))]
#[get("/editions/{number}/rows/{provider}/{service}")]
pub(super) async fn rows(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    path: Path<(u64, String, String)>,
) -> Result<Json<TraceJson>, Problem> {
    let (number, provider, service) = path.into_inner();
    let service = format!("{provider}/{service}");
    let found =
        blocking(&state, move |state| trace::rows(state, &who, Some(number), &service)).await?;
    Ok(Json(found.into()))
}
