//! The one selector grammar: several keys in one table must all hold.

use openbook::Book;
use quantities::ServiceKey;
use serde::Deserialize;

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

/// Declares a table of a scenario that selects lines: its own keys and those of [`Selector`].
/// (serde cannot refuse unknown keys through a flattened part, so the keys are written out.)
macro_rules! selecting {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$field_doc:meta])* pub $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
            service: Option<String>,
            provider: Option<String>,
            sector: Option<String>,
            place: Option<String>,
            programme: Option<String>,
            setting: Option<String>,
            fund: Option<String>,
            tag: Option<String>,
        }

        impl $name {
            /// The lines it selects.
            #[must_use]
            pub fn selector(&self) -> $crate::scenario::select::Selector {
                $crate::scenario::select::Selector {
                    service: self.service.clone(),
                    provider: self.provider.clone(),
                    sector: self.sector.clone(),
                    place: self.place.clone(),
                    programme: self.programme.clone(),
                    setting: self.setting.clone(),
                    fund: self.fund.clone(),
                    tag: self.tag.clone(),
                }
            }
        }
    };
}
pub(super) use selecting;

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
