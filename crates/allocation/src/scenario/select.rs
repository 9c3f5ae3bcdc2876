//! The one selector grammar: several keys in one table must all hold.

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
            pub fn selector(&self) -> openbook::Selector {
                openbook::Selector {
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
