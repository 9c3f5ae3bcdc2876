//! Answering what the checks ask.

use openbook::personal;
use store::{AnswerText, AskedQuery, NewAnswer, SubmissionId};
use tenancy::{Permitted, demand};

use crate::problem::Problem;
use crate::state::AppState;

/// What a submission's check asks, with the answers.
///
/// # Errors
/// When there is none that this person may see.
pub fn list(
    state: &AppState,
    who: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
) -> Result<Vec<AskedQuery>, Problem> {
    Ok(state.store.queries(who, id)?)
}

/// Answers queries of a submission, before its sign-off: all or none of them.
///
/// # Errors
/// When it is not visible, not one's own, not in the state for it, there is no such query, or the
/// words look as if they named a person.
pub fn give(
    state: &AppState,
    who: &Permitted<demand::Upload>,
    id: &SubmissionId,
    new: &[NewAnswer],
) -> Result<(), Problem> {
    for answer in new {
        if let AnswerText::Written(text) = &answer.text {
            of_nobody(text)?;
        }
    }
    Ok(state.store.answer(who, id, new)?)
}

/// Nothing that people write here is about one patient.
///
/// # Errors
/// When the text looks as if it named one.
pub fn of_nobody(text: &str) -> Result<(), Problem> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    // Within a sentence, an NHS number is written in groups of 3, 3 and 4.
    let grouped = words.windows(3).any(|three| personal::has_nhs_number(&three.concat()));
    if grouped || personal::found_in(text).is_some() {
        return Err(Problem::invalid(
            "the text looks as if it held an NHS number, a postcode, or the date and time of one \
             event; it was not kept: write it without",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_patient_is_not_kept() {
        for text in ["Refund for 943 476 5919.", "see 943-476-5919", "9434765919", "at DE22 3NE"] {
            assert!(of_nobody(text).is_err(), "{text}");
        }
        for text in ["A refund of £943 in 2024-25", "Ward 12, 3 beds, 476 stays", "Invoice 5919"] {
            assert!(of_nobody(text).is_ok(), "{text}");
        }
    }
}
