use api::uncertainty::ServiceWorthJson;
use serde::Serialize;

use super::provider;
use crate::pages::format::qaly;
use crate::pages::view::Link;
use crate::pages::view::service::money;
use crate::pages::view::table::service_href;

/// What to do with a service's last pounds, and what knowing it better would be worth.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LineRow {
    /// The service.
    pub service: Link,
    /// The provider's code.
    pub provider: String,
    /// Whether its last pounds are better kept, by what is known now.
    pub choice: &'static str,
    /// What that choice is worth, healthy years a year.
    pub benefit: String,
    /// What knowing all of it is worth, healthy years a year.
    pub qaly: String,
    /// The same as money a year.
    pub money: String,
}

impl From<&ServiceWorthJson> for LineRow {
    fn from(line: &ServiceWorthJson) -> Self {
        Self {
            service: Link::new(&line.name, service_href(&line.service)),
            provider: provider(&line.service).to_owned(),
            choice: if line.keep { "Keep" } else { "Release" },
            benefit: qaly(line.benefit_qaly.abs()),
            qaly: qaly(line.worth.qaly),
            money: money(line.worth),
        }
    }
}
