//! The one selector grammar: several keys must all hold.

use quantities::ServiceKey;
use serde::Deserialize;

use crate::Book;

/// The keys of a selector.
pub const KEYS: [&str; 8] =
    ["service", "provider", "sector", "place", "programme", "setting", "fund", "tag"];

/// Names service lines by what they are.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// `provider/service`.
    pub service: Option<String>,
    /// A provider's code.
    pub provider: Option<String>,
    /// A sector.
    pub sector: Option<String>,
    /// A place.
    pub place: Option<String>,
    /// A programme.
    pub programme: Option<String>,
    /// A setting.
    pub setting: Option<String>,
    /// A fund.
    pub fund: Option<String>,
    /// A tag.
    pub tag: Option<String>,
}

impl Selector {
    /// Its keys and values, in a fixed order.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, &str)> {
        [
            ("service", &self.service),
            ("provider", &self.provider),
            ("sector", &self.sector),
            ("place", &self.place),
            ("programme", &self.programme),
            ("setting", &self.setting),
            ("fund", &self.fund),
            ("tag", &self.tag),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.as_deref()?)))
        .collect()
    }

    /// Whether it selects a line.
    #[must_use]
    pub fn selects(&self, book: &Book, key: &ServiceKey) -> bool {
        self.parts().into_iter().all(|(part, wanted)| {
            if part == "tag" {
                return book
                    .services
                    .get(key)
                    .is_some_and(|service| service.tags.iter().any(|tag| tag == wanted));
            }
            value_of(book, key, part).is_some_and(|value| value == wanted)
        })
    }

    /// Every value in the book that a key could take, to name the nearest to a misspelt one.
    #[must_use]
    pub fn known(book: &Book, part: &str) -> Vec<String> {
        let mut values: Vec<String> = if part == "tag" {
            book.services.values().flat_map(|service| service.tags.clone()).collect()
        } else {
            book.services.keys().filter_map(|key| value_of(book, key, part)).collect()
        };
        values.sort_unstable();
        values.dedup();
        values
    }

    /// Reads the selector of a table's cell: `all`, or `key=value` pairs joined by `;`.
    ///
    /// # Errors
    /// A sentence with the mend.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut selector = Self::default();
        if matches!(text.trim(), "all" | "*") {
            return Ok(selector);
        }
        for pair in text.split(';').filter(|pair| !pair.trim().is_empty()) {
            let (key, value) = pair.split_once(['=', ':']).ok_or_else(|| {
                format!("\"{}\" is not key=value, such as sector=acute; or write all", pair.trim())
            })?;
            let (key, value) = (key.trim(), value.trim());
            let slot = selector.slot(key).ok_or_else(|| {
                format!(
                    "there is no selector \"{key}\"{}; use one of {}",
                    crate::did_you_mean(key, KEYS),
                    KEYS.join(", ")
                )
            })?;
            if value.is_empty() {
                return Err(format!("the selector {key} has no value"));
            }
            if slot.replace(value.to_owned()).is_some() {
                return Err(format!("the selector {key} is there twice; keep one"));
            }
        }
        if selector.parts().is_empty() {
            return Err("the selector is empty; write all for every line".to_owned());
        }
        Ok(selector)
    }

    fn slot(&mut self, key: &str) -> Option<&mut Option<String>> {
        Some(match key {
            "service" => &mut self.service,
            "provider" => &mut self.provider,
            "sector" => &mut self.sector,
            "place" => &mut self.place,
            "programme" => &mut self.programme,
            "setting" => &mut self.setting,
            "fund" => &mut self.fund,
            "tag" => &mut self.tag,
            _ => return None,
        })
    }

    /// A short id for row keys: the values, joined.
    #[must_use]
    pub fn id(&self) -> String {
        let values: Vec<&str> = self.parts().into_iter().map(|(_, value)| value).collect();
        if values.is_empty() { "all".to_owned() } else { values.join("+") }
    }
}

fn value_of(book: &Book, key: &ServiceKey, part: &str) -> Option<String> {
    let service = book.services.get(key)?;
    let provider = book.provider_of(key)?;
    Some(match part {
        "service" => key.as_str().to_owned(),
        "provider" => provider.code.as_str().to_owned(),
        "sector" => provider.sector.clone(),
        "place" => provider.place.as_str().to_owned(),
        "programme" => service.programme.clone(),
        "setting" => service.setting.clone(),
        "fund" => service.fund.clone(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_names_lines_by_several_keys() {
        let selector = Selector::parse("sector = acute; fund=core").expect("reads");
        assert_eq!(selector.parts(), [("sector", "acute"), ("fund", "core")]);
        assert_eq!(Selector::parse("all").expect("reads"), Selector::default());
        for (text, said) in [
            ("", "empty"),
            ("acute", "not key=value"),
            ("sectr=acute", "did you mean \"sector\""),
            ("sector=", "no value"),
            ("sector=a;sector=b", "twice"),
        ] {
            let message = Selector::parse(text).expect_err(text);
            assert!(message.contains(said), "{text}: {message}");
        }
    }
}
