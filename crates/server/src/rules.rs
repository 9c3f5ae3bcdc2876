//! What the checks look for, in words: from `models/rules.toml`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The rules as the file has them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RulesDefinition {
    /// Rules that belong together.
    #[serde(rename = "group", default)]
    pub groups: Vec<GroupDefinition>,
}

/// Rules that belong together.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GroupDefinition {
    /// What they are about.
    pub title: String,
    /// The rules.
    pub rules: Vec<RuleDefinition>,
}

/// One rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RuleDefinition {
    /// Its stable code.
    pub code: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// `refuse`, `query` or `note`.
    pub severity: String,
}

/// The rules, found by their codes.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// As the file has them.
    pub definition: RulesDefinition,
    titles: BTreeMap<String, String>,
}

impl Rules {
    /// The rules of a file's text.
    ///
    /// # Errors
    /// When the text is not a list of rules.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let definition: RulesDefinition = toml::from_str(text)?;
        let rules = definition.groups.iter().flat_map(|group| &group.rules);
        let titles = rules.map(|rule| (rule.code.clone(), rule.title.clone())).collect();
        Ok(Self { definition, titles })
    }

    /// A rule in words; its code where a newer check knows more than this file.
    #[must_use]
    pub fn title(&self, code: &str) -> String {
        self.titles.get(code).cloned().unwrap_or_else(|| code.replace(['.', '_'], " "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Every rule that a source file names before its tests.
    fn named_in(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                named_in(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source file");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let literals = code.split('"').skip(1).step_by(2);
            found.extend(literals.filter(|text| is_rule(text)).map(str::to_owned));
        }
    }

    fn is_rule(text: &str) -> bool {
        let word =
            |word: &str| word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        // What an import says of a published file is never said of an upload.
        let import = text.starts_with("import.");
        let file = [".toml", ".csv", ".xml", ".rels", ".bin"].iter().any(|end| text.ends_with(end));
        !file && !import && text.split_once('.').is_some_and(|(of, what)| word(of) && word(what))
    }

    #[test]
    fn every_rule_of_the_checks_is_in_words_and_no_other() {
        let rules = Rules::parse(include_str!("../../../models/rules.toml")).expect("rules");
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut named = BTreeSet::new();
        for folder in ["openbook/src", "value/src", "server/src/engine"] {
            named_in(&crates.join(folder), &mut named);
        }
        assert!(named.contains("money.decimals"), "the sources are where they were");
        let known: BTreeSet<String> = rules.titles.keys().cloned().collect();
        assert_eq!(named.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
        assert_eq!(known.difference(&named).collect::<Vec<_>>(), Vec::<&String>::new());
        let severities = ["refuse", "query", "note"];
        let mut all = rules.definition.groups.iter().flat_map(|group| &group.rules);
        assert!(all.all(|rule| severities.contains(&rule.severity.as_str())));
    }
}
