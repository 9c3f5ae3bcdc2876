//! What each page shows, ready to be written down: every figure already in words.
//!
//! Templates only place these; they neither compute nor format.

pub mod agreement;
pub mod audit;
pub mod benchmark;
pub mod chrome;
pub mod dispute;
pub mod doubt;
pub mod edition;
pub mod editions;
pub mod equity;
pub mod errors;
pub mod flip;
pub mod formats;
pub mod glossary;
pub mod invitation;
pub mod labels;
pub mod method;
pub mod need;
pub mod people;
pub mod release;
pub mod run;
pub mod scenarios;
pub mod seen;
pub mod service;
pub mod sign_in;
pub mod start;
pub mod submission;
pub mod table;
pub mod trace;
pub mod value;

use serde::Serialize;
use std::borrow::Cow;

/// A place to go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

impl Link {
    /// A link.
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// A word on a coloured ground: the colour only repeats what the word says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// The word.
    pub text: String,
    /// The design system's name of the ground.
    pub colour: &'static str,
}

impl Tag {
    /// A tag.
    pub fn new(text: impl Into<String>, colour: &'static str) -> Self {
        Self { text: text.into(), colour }
    }
}

/// What is wrong with a field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's name, which is also its id.
    pub field: Cow<'static, str>,
    /// What to do.
    pub message: String,
}

impl FieldError {
    /// An error of one field.
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}
