use openbook::definition::ColumnDefinition;
use serde::{Deserialize, Serialize};
use store::{NewDispute, ScenarioId};

use crate::pages::format::sentence_case;
use crate::pages::view::FieldError;
use crate::pages::view::labels::{upload_table, words};
use crate::pages::view::table::Choice;

/// The form as it was typed; the address may fill its first fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeForm {
    /// The edition.
    pub edition: u64,
    /// The line: `provider/service`.
    pub service: String,
    /// The figure: `table.column`.
    #[serde(default)]
    pub figure: String,
    /// The row's key, where one row is meant.
    #[serde(default)]
    pub key: String,
    /// What is wrong with it.
    #[serde(default)]
    pub claim: String,
    /// What should stand there.
    #[serde(default)]
    pub proposed: String,
    /// Why, and where that can be seen.
    #[serde(default)]
    pub evidence: String,
    /// A scenario's id.
    #[serde(default)]
    pub scenario: String,
}

impl DisputeForm {
    /// What the form says, or what is wrong with it.
    pub fn read(&self) -> Result<NewDispute, Vec<FieldError>> {
        let mut errors = Vec::new();
        let figure = self.figure.split_once('.');
        if figure.is_none() {
            errors.push(FieldError::new("figure", "Choose the figure that is wrong"));
        }
        if self.claim.trim().is_empty() {
            errors.push(FieldError::new("claim", "Say what is wrong with it"));
        }
        if self.evidence.trim().is_empty() {
            errors.push(FieldError::new("evidence", "Say why, and where that can be seen"));
        }
        let scenario: Result<Option<ScenarioId>, _> =
            given(&self.scenario).map(|id| id.parse()).transpose();
        if scenario.is_err() {
            errors.push(FieldError::new("scenario", "Choose a scenario of the list"));
        }
        let service = self.service.parse();
        if service.is_err() && figure.is_some() {
            errors.push(FieldError::new("figure", "There is no such line"));
        }
        match (figure, service, scenario) {
            (Some((table, column)), Ok(service), Ok(scenario)) if errors.is_empty() => {
                Ok(NewDispute {
                    edition: self.edition,
                    service,
                    table: table.to_owned(),
                    column: column.to_owned(),
                    key: given(&self.key),
                    claim: plain(&self.claim),
                    proposed: given(&self.proposed),
                    evidence: plain(&self.evidence),
                    scenario,
                })
            }
            _ => Err(errors),
        }
    }

    /// The field that a refusal is about.
    pub fn refused(&self, why: &str) -> FieldError {
        let of = [
            ("the claim", "claim"),
            ("the evidence", "evidence"),
            ("proposed value", "proposed"),
            ("with that key", "key"),
            ("by its key", "key"),
        ];
        let found = of.into_iter().find(|(words, _)| why.contains(words));
        let field = found.map_or("figure", |(_, field)| field);
        FieldError::new(field, sentence_case(why))
    }
}

/// A field, unless it is empty.
fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Lines as they are kept: a browser sends two characters for each new one.
fn plain(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

/// What may be disputed, to choose from.
pub fn figure_choices(figures: &[(&str, &ColumnDefinition)], chosen: &str) -> Vec<Choice> {
    let first = Choice {
        value: String::new(),
        text: "Choose a figure".to_owned(),
        chosen: chosen.is_empty(),
    };
    let each = figures.iter().map(|(table, column)| {
        let value = format!("{table}.{}", column.name);
        Choice { chosen: value == chosen, text: figure_words(table, &column.name), value }
    });
    std::iter::once(first).chain(each).collect()
}

/// A figure in words: its table and what the column holds.
pub fn figure_words(table: &str, column: &str) -> String {
    let what = match (table, column) {
        ("costs", "cost_gbp") => "cost".to_owned(),
        ("costs", "activity") => "work done".to_owned(),
        ("outcomes", "gain_mean") => "mean gain a patient".to_owned(),
        ("workforce", "wte") => "staff (WTE)".to_owned(),
        (_, other) => match other.strip_suffix("_gbp") {
            Some(money) => format!("{} (£)", words(money)),
            None => words(other).replace("imd q", "deprivation quintile "),
        },
    };
    format!("{}: {what}", upload_table(table))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> DisputeForm {
        DisputeForm {
            edition: 3,
            service: "RTG/110".to_owned(),
            figure: "costs.cost_gbp".to_owned(),
            claim: "It counts a ward twice.\r\nSee there.".to_owned(),
            proposed: " 12.00 ".to_owned(),
            evidence: "Note 4".to_owned(),
            ..DisputeForm::default()
        }
    }

    #[test]
    fn a_whole_form_is_a_dispute_and_empty_fields_are_none() {
        let new = form().read().expect("a dispute");
        assert_eq!((new.table.as_str(), new.column.as_str()), ("costs", "cost_gbp"));
        assert_eq!((new.key, new.scenario), (None, None));
        assert_eq!(new.proposed.as_deref(), Some("12.00"));
        assert_eq!(new.claim, "It counts a ward twice.\nSee there.");
    }

    #[test]
    fn what_is_missing_is_named_at_its_field() {
        let none = DisputeForm { service: "RTG".to_owned(), ..DisputeForm::default() };
        let errors = none.read().expect_err("nothing is filled in");
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(fields, ["figure", "claim", "evidence"]);
        let field = |why: &str| form().refused(why).field.into_owned();
        assert_eq!(field("the proposed value cannot stand there: x"), "proposed");
        assert_eq!(field("edition 3 has no figure of RTG/110 in a of b with that key"), "key");
        assert_eq!(field("edition 3 has no figure of RTG/110 in a of b"), "figure");
    }

    #[test]
    fn figures_read_as_words() {
        assert_eq!(figure_words("costs", "cost_gbp"), "Costs: cost");
        assert_eq!(figure_words("workforce", "pay_cost_gbp"), "Workforce: pay cost (£)");
        assert_eq!(figure_words("equity", "imd_q1"), "Equity: deprivation quintile 1");
    }
}
