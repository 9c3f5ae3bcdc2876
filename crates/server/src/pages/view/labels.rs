//! Codes in words.

use super::Tag;

/// A service line's label.
pub fn service_label(code: &str) -> Tag {
    match code {
        "invest" => Tag::new("Invest", "green"),
        "hold" => Tag::new("Hold", "grey"),
        "low_value" => Tag::new("Low value at the margin", "orange"),
        "costly" => Tag::new("Costly", "yellow"),
        "uncertain" => Tag::new("Uncertain", "blue"),
        "not_assessable" => Tag::new("Not assessable", "white"),
        "protected" => Tag::new("Protected", "purple"),
        other => Tag::new(words(other), "grey"),
    }
}

/// A submission's state.
pub fn submission_state(code: &str) -> Tag {
    match code {
        "draft" => Tag::new("Being checked", "grey"),
        "refused" => Tag::new("Not accepted", "red"),
        "checked" => Tag::new("Checked", "yellow"),
        "submitted" => Tag::new("Waiting for sign-off", "blue"),
        "signed_off" => Tag::new("Signed off", "green"),
        "published" => Tag::new("Published", "green"),
        "superseded" => Tag::new("Superseded", "grey"),
        other => Tag::new(words(other), "grey"),
    }
}

/// How a provider's costs compare with its accounts.
pub fn reconciliation(code: &str) -> Tag {
    match code {
        "green" => Tag::new("Green", "green"),
        "amber" => Tag::new("Amber", "yellow"),
        "red" => Tag::new("Red", "red"),
        "unreconciled" => Tag::new("No accounts given", "grey"),
        other => Tag::new(words(other), "grey"),
    }
}

/// What a problem asks for.
pub fn severity(code: &str) -> Tag {
    match code {
        "refuse" => Tag::new("Mend", "red"),
        "query" => Tag::new("Answer", "yellow"),
        "note" => Tag::new("To know", "grey"),
        other => Tag::new(words(other), "grey"),
    }
}

/// Where an elasticity comes from.
pub fn elasticity_source(code: &str) -> String {
    match code {
        "elicited" => "elicited for this service".to_owned(),
        "given" => "given with a source for this kind of service".to_owned(),
        "anchored" => {
            "anchored on a programme's slope: it may inform, not label a service".to_owned()
        }
        "default" => {
            "a default, grade E, for nobody has been asked: it cannot label a service low value"
                .to_owned()
        }
        other => words(other),
    }
}

/// A measure of outcomes.
pub fn measure(code: &str) -> String {
    match code {
        "eq5d_index" => "EQ-5D index".to_owned(),
        "reqol_ui" => "ReQoL utility".to_owned(),
        "phq9" => "PHQ-9".to_owned(),
        "qaly_per_patient" => "published QALYs per patient".to_owned(),
        "dalys_averted_per_patient" => "DALYs averted per patient".to_owned(),
        "disability_weight" => "disability weight".to_owned(),
        other => words(other),
    }
}

/// A staff group.
pub fn staff_group(code: &str) -> String {
    match code {
        "ahp" => "allied health".to_owned(),
        "gp" => "general practitioners".to_owned(),
        other => words(other),
    }
}

/// A kind of upload table.
pub fn upload_table(code: &str) -> String {
    match code {
        "icb_bridge" => "ICB bridge".to_owned(),
        other => super::super::format::sentence_case(&words(other)),
    }
}

/// A code with its underscores as spaces.
pub fn words(code: &str) -> String {
    code.replace('_', " ")
}
