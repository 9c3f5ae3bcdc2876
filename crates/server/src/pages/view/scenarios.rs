//! Scenarios: the list, one of them, and the form that makes a new one.

use serde::Serialize;

use super::{FieldError, Link, Tag};
use crate::pages::format::plural;
use crate::pages::scenario_form::ScenarioForm;

/// The list of scenarios.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScenariosView {
    /// The answer, as one sentence.
    pub answer: String,
    /// Whether this person may write and run them.
    pub may_run: bool,
    /// The latest first.
    pub rows: Vec<ScenarioRow>,
    /// The address of older ones.
    pub older: Option<String>,
}

/// One scenario in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScenarioRow {
    /// The scenario.
    pub link: Link,
    /// When it was written.
    pub when: String,
    /// Its latest run.
    pub run: Option<RunRow>,
}

/// One run in a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RunRow {
    /// The run.
    pub link: Link,
    /// Of which edition, and when.
    pub when: String,
    /// What came of it.
    pub tag: Tag,
}

/// One scenario.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScenarioView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was written.
    pub when: String,
    /// What may change, as a file.
    pub toml: String,
    /// Whether this person may run it.
    pub may_run: bool,
    /// Its runs, the latest first.
    pub runs: Vec<RunRow>,
}

/// The form for a new scenario.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScenarioFormView {
    /// What is in the fields.
    pub form: ScenarioForm,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// The edition it would be solved on; nothing where none is published.
    pub edition: Option<String>,
}

impl ScenariosView {
    /// The list for somebody.
    pub fn new(rows: Vec<ScenarioRow>, may_run: bool) -> Self {
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let solved = rows.iter().filter(|row| row.run.is_some()).count();
        let answer = match count {
            0 => "No scenario has been written yet.".to_owned(),
            _ => format!(
                "{} written, {solved} of them solved at least once.",
                plural(count, "scenario is", "scenarios are")
            ),
        };
        Self { answer, may_run, rows, older: None }
    }
}
