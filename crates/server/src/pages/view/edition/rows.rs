use api::check::{QualityJson, ReconciliationJson};
use serde::Serialize;

use super::yes_or;
use crate::actions::standing::Part;
use crate::engine::Standing;
use crate::pages::format::{money_full, pct, thousands};
use crate::pages::frame::day;
use crate::pages::view::labels::{reconciliation, upload_table};
use crate::pages::view::submission::written_day;
use crate::pages::view::{Link, Tag};

/// How one provider's figures stand.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProviderRow {
    /// Its code.
    pub provider: String,
    /// Against its accounts.
    pub reconciled: Tag,
    /// By how much they differ.
    pub difference: String,
    /// How well its costs are found, of 100.
    pub score: String,
    /// Up to which day its costs are complete.
    pub complete_to: String,
    /// Whether that was recent enough.
    pub fresh: Option<Tag>,
}

/// One table of an edition.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PartRow {
    /// Whose it is.
    pub owner: String,
    /// The table.
    pub table: String,
    /// The version, where one may see it.
    pub version: Option<Link>,
    /// How many rows.
    pub rows: String,
    /// Its money in all.
    pub total: String,
    /// The day it was signed off.
    pub signed_off: String,
    /// How it compares with the edition before; nothing in the first.
    pub since: Option<Tag>,
    /// Whether it is new or was handed in anew.
    pub anew: bool,
    /// What changed in it, where one may see that.
    pub changes: Option<String>,
}

/// Every provider that is told of.
pub(super) fn providers(standing: &Standing) -> Vec<ProviderRow> {
    let quality = standing.review.quality.iter().map(QualityJson::from);
    let rows = quality.map(|quality| {
        let lines = standing.review.reconciliation.iter();
        let line = lines.map(ReconciliationJson::from).find(|it| it.provider == quality.provider);
        let status = line.as_ref().map_or("unreconciled", |line| line.status.as_str());
        let difference = line.as_ref().and_then(|line| line.difference_pct);
        ProviderRow {
            reconciled: reconciliation(status),
            difference: difference.map_or_else(|| "–".to_owned(), pct),
            score: quality.score.map_or_else(|| "–".to_owned(), |score| format!("{score:.0}")),
            complete_to: quality.complete_to.as_deref().map_or_else(|| "–".to_owned(), written_day),
            fresh: quality.stale.map(|stale| yes_or(!stale, ("Fresh", "Old"), "red")),
            provider: quality.provider,
        }
    });
    rows.collect()
}

impl PartRow {
    /// A row for a table of an edition; `first` where there is none before it.
    pub fn of(part: &Part, first: bool) -> Self {
        let summary = part.submission.as_ref().and_then(|submission| {
            submission.tables.iter().find(|table| table.table == part.part.table)
        });
        let unknown = || "–".to_owned();
        let address = format!("/submissions/{}", part.part.submission);
        let since = match &part.before {
            _ if first => None,
            None => Some(Tag::new("New", "blue")),
            Some(before) if before.submission == part.part.submission => {
                Some(Tag::new("As before", "grey"))
            }
            Some(_) => Some(Tag::new("Handed in anew", "blue")),
        };
        let anew = part.before.as_ref().is_some_and(|it| it.submission != part.part.submission);
        Self {
            owner: part
                .part
                .owner
                .as_ref()
                .map_or_else(|| "the ICB".to_owned(), ToString::to_string),
            table: upload_table(&part.part.table),
            version: part.submission.as_ref().map(|submission| {
                Link::new(format!("Version {}", submission.version), address.clone())
            }),
            rows: summary.map_or_else(unknown, |table| thousands(&table.rows.to_string())),
            total: summary.and_then(|table| table.total).map_or_else(unknown, money_full),
            signed_off: part
                .submission
                .as_ref()
                .and_then(|submission| submission.signed_off_at)
                .map_or_else(unknown, day),
            anew: !first && (anew || part.before.is_none()),
            since,
            changes: part
                .before
                .as_ref()
                .filter(|_| anew && part.submission.is_some())
                .map(|before| format!("{address}/differences?against={}", before.submission)),
        }
    }
}
