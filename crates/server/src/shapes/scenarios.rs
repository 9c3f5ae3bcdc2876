use serde::{Deserialize, Serialize};
use store::Scenario;
use utoipa::ToSchema;

/// A scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScenarioJson {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The scenario file's text.
    pub toml: String,
    /// Since when (RFC 3339, UTC).
    pub created_at: String,
    /// Who wrote it: a person's id.
    pub created_by: String,
}

/// A scenario to be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScenarioJson {
    /// The scenario file's text.
    pub toml: String,
}

impl From<Scenario> for ScenarioJson {
    fn from(scenario: Scenario) -> Self {
        Self {
            id: scenario.id.to_string(),
            name: scenario.name,
            toml: scenario.toml,
            created_at: scenario.created_at.to_string(),
            created_by: scenario.created_by.to_string(),
        }
    }
}
