//! One demonstration board: its people, its book handed in table by table through the same checks
//! as any upload, an edition, its scenarios and a run.

use api::result::RunJson;
use api::value::ValueJson;
use openbook::CheckedTable;
use openbook::definition::Origin;
use serde::Serialize;
use server::{AppState, actions, worker};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use store::{
    AnswerText, Beside, NewAgreement, NewAnswer, NewPerson, NewRun, NewScenario, NewSubmission,
    Page, SubmissionId, SubmissionState,
};
use tenancy::{Demand, Operator, PasswordHash, Permitted, Role, Scope, demand};

use super::example::STANDARD;
use crate::admin::{email, new_password};
use crate::inputs;
use crate::stop::Stop;

/// A ready-made person.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// Their role.
    pub role: String,
    /// What they sign in with.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Their board.
    pub tenant: String,
    /// Their provider.
    pub provider: Option<String>,
}

/// A demonstration board.
pub struct Board {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What tells its people's addresses from those of others.
    pub mark: &'static str,
}

/// What the people of the demonstration answer to the checks: nothing is claimed that nobody did.
const EXAMPLE_ANSWER: &str = "Illustrative answer: the figure stands as the example book has it. \
    SOURCES.csv beside the book says where it comes from, and whether it is published or \
    synthesised; nobody has checked it with the provider.";

/// Tables in the order in which each can be checked against those before it.
const ORDER: [&str; 29] = [
    "providers",
    "services",
    "costs",
    "workforce",
    "ledger",
    "outcomes",
    "equity",
    "population",
    "need_weights",
    "service_places",
    "market_forces",
    "outlier_reviews",
    "funds",
    "staff_pools",
    "assumptions",
    "elasticities",
    "contracts",
    "icb_bridge",
    "growth",
    "resources",
    "service_resources",
    "service_needs",
    "substitutions",
    "pathways",
    "options",
    "option_effects",
    "option_staff",
    "option_resources",
    "option_rules",
];

impl Board {
    fn address(&self, who: &str) -> String {
        format!("{who}@{}valuebook.example", self.mark)
    }

    fn scope(&self, state: &AppState, who: &str) -> Result<Scope, Stop> {
        let tenant = self.code.parse().map_err(Stop::cannot_run)?;
        let operator = Operator::from_command_line();
        state
            .store
            .act_as(&operator, &tenant, &email(&self.address(who))?)
            .map_err(Stop::cannot_run)
    }

    fn permitted<P: Demand>(&self, state: &AppState, who: &str) -> Result<Permitted<P>, Stop> {
        self.scope(state, who)?.permit::<P>().map_err(Stop::cannot_run)
    }

    /// Creates the board where it is not there yet, and everything in it.
    pub fn create(&self, state: &AppState, example: &Path) -> Result<Vec<User>, Stop> {
        let operator = Operator::from_command_line();
        let tenant = self.code.parse().map_err(Stop::cannot_run)?;
        state.store.create_tenant(&operator, &tenant, self.name).map_err(|error| {
            Stop::cannot_run(format!("{error}; give the demonstration a fresh --data-dir"))
        })?;
        let (book, _) = inputs::book(&state.catalogue, example)?;
        let providers: Vec<String> = book.providers.keys().map(ToString::to_string).collect();
        let users = self.people(state, &providers)?;
        self.agree(state)?;
        for name in ORDER {
            if let Some(table) = book.tables().get(name) {
                self.hand_in(state, table, &providers)?;
            }
        }
        let publish = self.permitted::<demand::Publish>(state, "finance")?;
        actions::editions::publish(state, &publish).map_err(Stop::cannot_run)?;
        self.scenarios(state, example)?;
        work(state)?;
        Ok(users)
    }

    fn people(&self, state: &AppState, providers: &[String]) -> Result<Vec<User>, Stop> {
        let own = |who: &str, name: &str, role| (who.to_owned(), name.to_owned(), role, None);
        let mut people = vec![
            own("administrator", "Asha Patel", Role::IcbAdministrator),
            own("finance", "Frances Okafor", Role::IcbFinance),
            own("clinical", "Dr Clive Lindqvist", Role::ClinicalLead),
        ];
        for code in providers {
            let name = format!("Director of {code}");
            let who = format!("director.{}", code.to_lowercase());
            people.push((who, name, Role::ProviderDirector, Some(code.clone())));
        }
        if let Some(code) = providers.first() {
            let (who, name) =
                (format!("analyst.{}", code.to_lowercase()), format!("Analyst of {code}"));
            people.push((who, name, Role::ProviderAnalyst, Some(code.clone())));
        }
        people.push(own("viewer", "Vera Nowak", Role::Viewer));
        people.into_iter().map(|person| self.person(state, person)).collect()
    }

    fn person(
        &self,
        state: &AppState,
        (who, name, role, provider): (String, String, Role, Option<String>),
    ) -> Result<User, Stop> {
        let password = new_password()?;
        let address = self.address(&who);
        let person = NewPerson {
            email: email(&address)?,
            display_name: name,
            password: PasswordHash::of(&password).map_err(Stop::cannot_run)?,
            role,
            provider: provider.as_deref().map(str::parse).transpose().map_err(Stop::cannot_run)?,
        };
        let tenant = self.code.parse().map_err(Stop::cannot_run)?;
        let operator = Operator::from_command_line();
        state.store.create_person(&operator, &tenant, &person).map_err(Stop::cannot_run)?;
        let role = role.code().to_owned();
        Ok(User { role, email: address, password, tenant: self.code.to_owned(), provider })
    }

    /// Each provider hands in its own rows; what is the board's, the board hands in.
    fn hand_in(
        &self,
        state: &AppState,
        table: &CheckedTable,
        providers: &[String],
    ) -> Result<(), Stop> {
        let definition = state.catalogue.tables.get(table.name());
        if definition.is_some_and(|definition| definition.from == Origin::Icb) {
            return self.submit(state, "finance", table);
        }
        let present: BTreeSet<String> =
            table.rows().filter_map(|row| Some(row.provider()?.to_string())).collect();
        for code in providers.iter().filter(|code| present.contains(*code)) {
            let own = table.filtered(|row| row.text("provider_code") == Some(code));
            self.submit(state, &format!("director.{}", code.to_lowercase()), &own)?;
        }
        Ok(())
    }

    fn submit(&self, state: &AppState, who: &str, table: &CheckedTable) -> Result<(), Stop> {
        let upload = self.permitted::<demand::Upload>(state, who)?;
        let bytes = table.canonical_csv().map_err(Stop::cannot_run)?;
        let path = state.store.arriving_file(&upload).map_err(Stop::cannot_run)?;
        fs::write(&path, &bytes).map_err(Stop::cannot_run)?;
        let new = NewSubmission {
            table: table.name().to_owned(),
            file_name: format!("{}.csv", table.name()),
            sha256: openbook::table::hex(&Sha256::digest(&bytes)),
            bytes: u64::try_from(bytes.len()).map_err(Stop::cannot_run)?,
        };
        let received = state.store.receive(&upload, &new, &path).map_err(Stop::cannot_run)?;
        work(state)?;
        let read = self.permitted::<demand::ReadSubmissions>(state, who)?;
        let id = received.submission.id;
        let details = actions::submissions::details(state, &read, &id).map_err(Stop::cannot_run)?;
        if details.submission.state == SubmissionState::Refused {
            let why = details.report.map(|report| format!("{:?}", report.problems));
            let name = table.name();
            return Err(Stop::refused(format!("{name} of {who}: {}", why.unwrap_or_default())));
        }
        self.answer(state, who, &id)?;
        actions::submissions::submit(state, &upload, &id).map_err(Stop::cannot_run)?;
        let sign = self.permitted::<demand::SignOff>(state, who)?;
        actions::submissions::sign_off(state, &sign, &id).map_err(Stop::cannot_run)?;
        Ok(())
    }

    /// Lets the providers of the demonstration see each other's lines, for the usual 13 months.
    fn agree(&self, state: &AppState) -> Result<(), Stop> {
        let from = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date();
        let until = from.checked_add(jiff::Span::new().months(13)).map_err(Stop::cannot_run)?;
        let purpose = "Planning care together in this demonstration (illustrative).".to_owned();
        let may = self.permitted::<demand::RecordAgreement>(state, "administrator")?;
        actions::agreement::record(state, &may, &NewAgreement { purpose, from, until })
            .map_err(Stop::cannot_run)
    }

    /// Answers what the checks ask, once a rule, as the people of an illustration can.
    fn answer(&self, state: &AppState, who: &str, id: &SubmissionId) -> Result<(), Stop> {
        let read = self.permitted::<demand::ReadSubmissions>(state, who)?;
        let asked = actions::answers::list(state, &read, id).map_err(Stop::cannot_run)?;
        let rules: BTreeSet<(String, String)> =
            asked.into_iter().map(|it| (it.query.table, it.query.rule)).collect();
        let new: Vec<NewAnswer> = rules
            .into_iter()
            .map(|(table, rule)| {
                let text = AnswerText::Written(EXAMPLE_ANSWER.to_owned());
                NewAnswer { table, rule, row: None, column: None, text }
            })
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let upload = self.permitted::<demand::Upload>(state, who)?;
        actions::answers::give(state, &upload, id, &new).map_err(Stop::cannot_run)
    }

    fn scenarios(&self, state: &AppState, example: &Path) -> Result<(), Stop> {
        let folder = example.join("scenarios");
        let mut paths: Vec<_> = fs::read_dir(&folder)
            .map_err(Stop::cannot_run)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        paths.sort();
        let may = self.permitted::<demand::RunScenarios>(state, "finance")?;
        for path in paths {
            let scenario = inputs::scenario(&path)?;
            let new = NewScenario { name: scenario.definition.name, toml: scenario.canonical };
            let id = state.store.create_scenario(&may, &new).map_err(Stop::cannot_run)?;
            if path.file_stem().is_some_and(|stem| stem == STANDARD) {
                let run = NewRun {
                    scenario: id,
                    edition: None,
                    draws: None,
                    seed: None,
                    beside: Beside { ranges: true, sensitivity: true, frontier: true },
                    idempotency_key: None,
                };
                actions::runs::start(state, &may, &run).map_err(Stop::cannot_run)?;
            }
        }
        Ok(())
    }

    /// The value table of the latest edition and the result of the standard scenario.
    pub fn headline(&self, state: &AppState) -> Result<(ValueJson, RunJson), Stop> {
        let read = self.permitted::<demand::ReadBook>(state, "finance")?;
        let values = actions::editions::value(state, &read, None).map_err(Stop::cannot_run)?;
        let runs = actions::runs::list(state, &read, &Page::default()).map_err(Stop::cannot_run)?;
        let run = runs
            .items
            .first()
            .ok_or_else(|| Stop::cannot_run("the standard scenario was not run"))?;
        let result = actions::runs::result(state, &read, &run.id).map_err(Stop::cannot_run)?;
        Ok((values, result))
    }
}

/// Does every job that waits, here and now.
fn work(state: &AppState) -> Result<(), Stop> {
    while worker::round(state, false).map_err(Stop::cannot_run)? {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_open_book_is_handed_in() {
        let catalogue = inputs::catalogue(None).expect("definitions");
        let mut order = ORDER.to_vec();
        order.sort_unstable();
        let tables: Vec<&str> = catalogue.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(order, tables);
    }
}
