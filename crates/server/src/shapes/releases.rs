use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Release;
use utoipa::ToSchema;

use crate::actions::releases::{NewRelease, Released};
use crate::engine::{AskedRelease, By};
use crate::problem::Problem;

/// A release to be made: activity and cost of one year, as the providers handed them in, whoever
/// paid for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReleaseJson {
    /// The edition's number; the latest unless told.
    pub edition: Option<u64>,
    /// For whom, and what for, at most 1,000 characters.
    pub purpose: String,
    /// What the rows are made of: `provider`, `sector`, `programme`, `setting`, `service`,
    /// `point_of_delivery`, `currency`, one at least.
    pub by: Vec<String>,
    /// Only what is this by that, such as `"provider": "RTG"`.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
    /// The year, such as `2024-25`; the latest that has costs unless told.
    pub fin_year: Option<String>,
}

/// What has left the Board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseJson {
    /// Its id.
    pub id: String,
    /// The edition it was made from.
    pub edition: u64,
    /// For whom, and what for.
    pub purpose: String,
    /// The SHA-256 of the file.
    pub content_sha256: String,
    /// When (RFC 3339, UTC).
    pub created_at: String,
    /// Who released it: a person's id.
    pub created_by: String,
    /// The table; absent in lists.
    pub table: Option<ReleasedTableJson>,
}

/// A table as it left the Board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReleasedTableJson {
    /// The names of its columns: last `activity`, `cost_gbp` and `note`.
    pub columns: Vec<String>,
    /// Its rows, the total last. A hidden figure is `*`, and the note says why.
    pub rows: Vec<Vec<String>>,
}

fn by(code: &str) -> Result<By, Problem> {
    By::ALL.into_iter().find(|by| by.code() == code).ok_or_else(|| {
        let codes: Vec<&str> = By::ALL.into_iter().map(By::code).collect();
        Problem::invalid(format!("a release is made by {}", codes.join(", ")))
    })
}

impl TryFrom<NewReleaseJson> for NewRelease {
    type Error = Problem;
    fn try_from(new: NewReleaseJson) -> Result<Self, Problem> {
        let mut rows = Vec::new();
        for code in &new.by {
            let one = by(code)?;
            if !rows.contains(&one) {
                rows.push(one);
            }
        }
        if rows.is_empty() {
            return Err(Problem::invalid("say what the rows are made of, such as by programme"));
        }
        let only = new.only.into_iter().map(|(code, is)| Ok::<_, Problem>((by(&code)?, is)));
        let year = new.fin_year.as_deref().map(str::parse).transpose();
        let year = year.map_err(|_| Problem::invalid("a year is written as 2024-25"))?;
        Ok(Self {
            edition: new.edition,
            purpose: new.purpose,
            asked: AskedRelease { by: rows, only: only.collect::<Result<_, _>>()?, year },
        })
    }
}

impl From<Release> for ReleaseJson {
    fn from(release: Release) -> Self {
        Self {
            id: release.id.to_string(),
            edition: release.edition,
            purpose: release.purpose,
            content_sha256: release.content_sha256,
            created_at: release.created_at.to_string(),
            created_by: release.created_by.to_string(),
            table: None,
        }
    }
}

impl From<Released> for ReleaseJson {
    fn from(released: Released) -> Self {
        let Released { release, columns, rows } = released;
        Self { table: Some(ReleasedTableJson { columns, rows }), ..release.into() }
    }
}
