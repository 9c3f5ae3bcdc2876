//! Words and their meaning, from `models/glossary.toml`.

use serde::{Deserialize, Serialize};

/// The glossary.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GlossaryDefinition {
    /// By name.
    #[serde(rename = "term", default)]
    pub terms: Vec<TermDefinition>,
}

/// One word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TermDefinition {
    /// The word.
    pub term: String,
    /// What it means.
    pub meaning: String,
}

impl GlossaryDefinition {
    /// The glossary of a file's text, sorted by name.
    ///
    /// # Errors
    /// When the text is not a glossary.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut glossary: Self = toml::from_str(text)?;
        glossary.terms.sort_by_key(|entry| entry.term.to_lowercase());
        Ok(glossary)
    }
}

#[test]
fn the_glossary_reads_and_is_sorted() {
    let text = include_str!("../../../../../models/glossary.toml");
    let glossary = GlossaryDefinition::read(text).expect("a glossary");
    let terms: Vec<String> = glossary.terms.iter().map(|entry| entry.term.to_lowercase()).collect();
    assert!(terms.is_sorted() && terms.contains(&"qaly".to_owned()));
}
