//! What whoever runs the installation does: Boards by name, and nothing of what is in them.

use quantities::TenantCode;
use store::Tenant;
use tenancy::Operator;

use crate::problem::Problem;
use crate::state::AppState;

/// Every Board, by its code.
///
/// # Errors
/// When the database fails.
pub fn tenants(state: &AppState, operator: &Operator) -> Result<Vec<Tenant>, Problem> {
    Ok(state.store.tenants(operator)?)
}

/// Adds a Board with an empty book.
///
/// # Errors
/// When the code cannot be one or is taken, or there is no name.
pub fn create_tenant(
    state: &AppState,
    operator: &Operator,
    code: &str,
    name: &str,
) -> Result<Tenant, Problem> {
    let code: TenantCode = code.trim().parse().map_err(Problem::invalid)?;
    state.store.create_tenant(operator, &code, name)?;
    let made = state.store.tenants(operator)?.into_iter().find(|tenant| tenant.code == code);
    made.ok_or_else(Problem::not_found)
}
