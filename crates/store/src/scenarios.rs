use diesel::prelude::*;
use jiff::Timestamp;
use tenancy::{Permitted, PersonId, demand};

use crate::audit::Event;
use crate::connection::Backend;
use crate::schema::tenant::scenarios;
use crate::store::Change;
use crate::time::time;
use crate::{Listing, Page, ScenarioId, Store, StoreError};

/// Longest text of a scenario.
const MOST_BYTES: usize = 1024 * 1024;

/// A scenario: never changed, a variant is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its id.
    pub id: ScenarioId,
    /// Its name.
    pub name: String,
    /// The scenario file's text.
    pub toml: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Who wrote it.
    pub created_by: PersonId,
}

/// A scenario to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewScenario {
    /// Its name.
    pub name: String,
    /// The scenario file's text, read and found to be one.
    pub toml: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = scenarios, check_for_backend(Backend))]
struct ScenarioRow {
    id: String,
    name: String,
    toml: String,
    created_at: i64,
    created_by: String,
}

impl TryFrom<ScenarioRow> for Scenario {
    type Error = StoreError;
    fn try_from(row: ScenarioRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: ScenarioId::stored(row.id),
            name: row.name,
            toml: row.toml,
            created_at: time(row.created_at)?,
            created_by: PersonId::new(row.created_by),
        })
    }
}

impl Store {
    /// Keeps a scenario.
    ///
    /// # Errors
    /// When it has no name or is too long.
    pub fn create_scenario(
        &self,
        who: &Permitted<demand::RunScenarios>,
        scenario: &NewScenario,
    ) -> Result<ScenarioId, StoreError> {
        let name = scenario.name.trim();
        if name.is_empty() || name.chars().count() > 200 {
            return Err(StoreError::Invalid(
                "a scenario needs a name of at most 200 characters".to_owned(),
            ));
        }
        if scenario.toml.len() > MOST_BYTES {
            return Err(StoreError::Invalid("a scenario has at most 1 MiB".to_owned()));
        }
        let id = ScenarioId::new();
        self.change(who.tenant(), who.person().as_str(), |db, now| {
            diesel::insert_into(scenarios::table)
                .values((
                    scenarios::id.eq(id.as_str()),
                    scenarios::name.eq(name),
                    scenarios::toml.eq(&scenario.toml),
                    scenarios::created_at.eq(now),
                    scenarios::created_by.eq(who.person().as_str()),
                ))
                .execute(db)?;
            Ok(Change::Made(id.clone(), Event::new("scenario.create", &id)))
        })
    }

    /// One scenario.
    ///
    /// # Errors
    /// When there is no such scenario.
    pub fn scenario(
        &self,
        who: &Permitted<demand::ReadBook>,
        id: &ScenarioId,
    ) -> Result<Scenario, StoreError> {
        let row: ScenarioRow = scenarios::table
            .filter(scenarios::id.eq(id.as_str()))
            .select(ScenarioRow::as_select())
            .first(&mut *self.tenant(who.tenant())?)?;
        row.try_into()
    }

    /// The Board's scenarios, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn scenarios(
        &self,
        who: &Permitted<demand::ReadBook>,
        page: &Page,
    ) -> Result<Listing<Scenario>, StoreError> {
        let rows: Vec<ScenarioRow> = scenarios::table
            .filter(scenarios::id.lt(page.before()))
            .order(scenarios::id.desc())
            .limit(page.fetch())
            .select(ScenarioRow::as_select())
            .load(&mut *self.tenant(who.tenant())?)?;
        let found = rows.into_iter().map(Scenario::try_from).collect::<Result<_, _>>()?;
        Ok(Listing::cut(found, page, |scenario| scenario.id.to_string()))
    }
}
