//! What a check asks, and what the organisation answers before it signs off.

use diesel::prelude::*;
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use tenancy::{Permitted, PersonId, demand};

use super::SubmissionState;
use super::reading::find;
use super::row::SubmissionRow;
use super::signing::own;
use crate::audit::Event;
use crate::connection::{self, Backend, Db};
use crate::schema::tenant::{answers, submission_queries, submissions};
use crate::store::Change;
use crate::time::{from_db, time, to_db};
use crate::{AnswerId, Store, StoreError, SubmissionId};

/// Longest text of an answer, in characters.
const LONGEST: usize = 2_000;
/// Most answers given at once.
const MOST_AT_ONCE: usize = 1_000;
/// How many earlier versions are searched for answers to the same queries.
const EARLIER_VERSIONS: i64 = 12;

/// Something that a check asks of those who handed a file in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The table.
    pub table: String,
    /// The rule's stable code.
    pub rule: String,
    /// The row of the file; nothing where the whole file is meant.
    pub row: Option<u64>,
    /// The column; nothing where the whole row is meant.
    pub column: Option<String>,
    /// The row's business key in words, where the row is known: it stays when rows move.
    pub key: Option<String>,
    /// What is asked.
    pub message: String,
    /// How many rows it stands for: more than one where they are not listed row by row.
    pub occurrences: u64,
}

/// An answer to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnswer {
    /// The table.
    pub table: String,
    /// The rule.
    pub rule: String,
    /// The row; nothing where the answer stands for every row of the rule.
    pub row: Option<u64>,
    /// The column of that row, as the query has it.
    pub column: Option<String>,
    /// The answer.
    pub text: AnswerText,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerText {
    /// These words.
    Written(String),
    /// What was answered before to the same query of an earlier version.
    AsBefore,
}

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// The table.
    pub table: String,
    /// The rule.
    pub rule: String,
    /// The row; nothing where it stands for every row of the rule.
    pub row: Option<u64>,
    /// The column of that row.
    pub column: Option<String>,
    /// The words.
    pub text: String,
    /// The answer to an earlier version that it gives again.
    pub confirms: Option<AnswerId>,
    /// When.
    pub answered_at: Timestamp,
    /// Who.
    pub answered_by: PersonId,
}

/// What was answered to the same query of an earlier version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierAnswer {
    /// The submission.
    pub submission: SubmissionId,
    /// Its version.
    pub version: u64,
    /// The answer.
    pub answer: Answer,
}

/// A query and how far it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedQuery {
    /// The query.
    pub query: Query,
    /// The answer that stands.
    pub answer: Option<Answer>,
    /// Where there is none yet: what was answered before, to be confirmed.
    pub before: Option<EarlierAnswer>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = submission_queries, check_for_backend(Backend))]
struct QueryRow {
    table_name: String,
    rule: String,
    row_number: Option<i64>,
    column_name: Option<String>,
    business_key: Option<String>,
    message: String,
    occurrences: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = answers, check_for_backend(Backend))]
struct AnswerRow {
    id: String,
    table_name: String,
    rule: String,
    row_number: Option<i64>,
    column_name: Option<String>,
    text: String,
    confirms: Option<String>,
    answered_at: i64,
    answered_by: String,
}

impl TryFrom<QueryRow> for Query {
    type Error = StoreError;
    fn try_from(row: QueryRow) -> Result<Self, StoreError> {
        Ok(Self {
            table: row.table_name,
            rule: row.rule,
            row: row.row_number.map(from_db).transpose()?,
            column: row.column_name,
            key: row.business_key,
            message: row.message,
            occurrences: from_db(row.occurrences)?,
        })
    }
}

impl TryFrom<AnswerRow> for Answer {
    type Error = StoreError;
    fn try_from(row: AnswerRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: AnswerId::stored(row.id),
            table: row.table_name,
            rule: row.rule,
            row: row.row_number.map(from_db).transpose()?,
            column: row.column_name,
            text: row.text,
            confirms: row.confirms.map(AnswerId::stored),
            answered_at: time(row.answered_at)?,
            answered_by: PersonId::new(row.answered_by),
        })
    }
}

impl Query {
    /// What makes it the same query in another version of the file.
    fn identity(&self) -> (&str, &str, Option<&str>, bool, &str) {
        let known = self.key.as_deref();
        let text = known.unwrap_or(&self.message);
        (&self.table, &self.rule, self.column.as_deref(), known.is_some(), text)
    }

    fn is_of(&self, table: &str, rule: &str, row: Option<u64>, column: Option<&str>) -> bool {
        let same_row = row.is_none() || (row == self.row && column == self.column.as_deref());
        self.table == table && self.rule == rule && same_row
    }

    /// The newest answer to it; one to its own row goes before one to the whole rule.
    fn answered_by<'a>(&self, given: &'a [Answer]) -> Option<&'a Answer> {
        let covers = |answer: &&Answer| {
            let Answer { table, rule, row, column, .. } = answer;
            self.is_of(table, rule, *row, column.as_deref())
        };
        let own = given.iter().rev().filter(covers).find(|answer| answer.row.is_some());
        own.or_else(|| given.iter().rev().find(covers))
    }
}

/// Keeps what a check asks.
pub(super) fn insert_queries(
    db: &mut Db,
    id: &SubmissionId,
    queries: &[Query],
) -> Result<(), StoreError> {
    for (number, query) in (0_i64..).zip(queries) {
        diesel::insert_into(submission_queries::table)
            .values((
                submission_queries::submission_id.eq(id.as_str()),
                submission_queries::number.eq(number),
                submission_queries::table_name.eq(&query.table),
                submission_queries::rule.eq(&query.rule),
                submission_queries::row_number.eq(query.row.map(to_db).transpose()?),
                submission_queries::column_name.eq(query.column.as_deref()),
                submission_queries::business_key.eq(query.key.as_deref()),
                submission_queries::message.eq(&query.message),
                submission_queries::occurrences.eq(to_db(query.occurrences)?),
            ))
            .execute(db)?;
    }
    Ok(())
}

fn queries_of(db: &mut Db, id: &str) -> Result<Vec<Query>, StoreError> {
    let rows: Vec<QueryRow> = submission_queries::table
        .filter(submission_queries::submission_id.eq(id))
        .order(submission_queries::number)
        .select(QueryRow::as_select())
        .load(db)?;
    rows.into_iter().map(Query::try_from).collect()
}

fn answers_of(db: &mut Db, id: &str) -> Result<Vec<Answer>, StoreError> {
    let rows: Vec<AnswerRow> = answers::table
        .filter(answers::submission_id.eq(id))
        .order(answers::id)
        .select(AnswerRow::as_select())
        .load(db)?;
    rows.into_iter().map(Answer::try_from).collect()
}

/// How many rows still need an answer.
pub(super) fn unanswered(db: &mut Db, id: &str) -> Result<u64, StoreError> {
    let given = answers_of(db, id)?;
    let open = queries_of(db, id)?.into_iter().filter(|query| query.answered_by(&given).is_none());
    Ok(open.map(|query| query.occurrences).sum())
}

/// The queries of a submission with their answers, and what was answered before to those that
/// have none.
fn asked(db: &mut Db, row: &SubmissionRow) -> Result<Vec<AskedQuery>, StoreError> {
    let given = answers_of(db, &row.id)?;
    let mut asked: Vec<AskedQuery> = queries_of(db, &row.id)?
        .into_iter()
        .map(|query| {
            let answer = query.answered_by(&given).cloned();
            AskedQuery { query, answer, before: None }
        })
        .collect();
    for (id, version) in earlier_versions(db, row, &asked)? {
        let given = answers_of(db, &id)?;
        let queries = queries_of(db, &id)?;
        let known: HashMap<_, &Query> =
            queries.iter().map(|query| (query.identity(), query)).collect();
        for open in asked.iter_mut().filter(|it| it.answer.is_none() && it.before.is_none()) {
            let same = known.get(&open.query.identity());
            let answer = same.and_then(|query| query.answered_by(&given)).cloned();
            open.before = answer.map(|answer| EarlierAnswer {
                submission: SubmissionId::stored(id.clone()),
                version,
                answer,
            });
        }
    }
    Ok(asked)
}

/// The versions before this one in which queries of the same tables were answered, newest first.
fn earlier_versions(
    db: &mut Db,
    row: &SubmissionRow,
    asked: &[AskedQuery],
) -> Result<Vec<(String, u64)>, StoreError> {
    let open: BTreeSet<&str> =
        asked.iter().filter(|it| it.answer.is_none()).map(|it| it.query.table.as_str()).collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(String, i64)> = answers::table
        .inner_join(submissions::table.on(submissions::id.eq(answers::submission_id)))
        .filter(submissions::owner.eq(&row.owner))
        .filter(submissions::id.lt(&row.id))
        .filter(answers::table_name.eq_any(open))
        .order(submissions::id.desc())
        .select((submissions::id, submissions::version))
        .distinct()
        .limit(EARLIER_VERSIONS)
        .load(db)?;
    found.into_iter().map(|(id, version)| Ok((id, from_db(version)?))).collect()
}

/// The words of a new answer, and the earlier answer that they repeat.
fn words(new: &NewAnswer, asked: &[AskedQuery]) -> Result<(String, Option<AnswerId>), StoreError> {
    let NewAnswer { table, rule, row, column, text } = new;
    let mut of_it =
        asked.iter().filter(|it| it.query.is_of(table, rule, *row, column.as_deref())).peekable();
    if of_it.peek().is_none() {
        return Err(StoreError::Invalid(format!(
            "this submission has no such query: look at its queries for the rows of {}",
            rule.chars().take(60).collect::<String>()
        )));
    }
    match text {
        AnswerText::Written(text) => {
            let text = text.trim();
            let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
            if text.is_empty() || text.chars().count() > LONGEST || text.contains(odd) {
                return Err(StoreError::Invalid(format!(
                    "an answer has 1 to {LONGEST} characters of plain text"
                )));
            }
            Ok((text.to_owned(), None))
        }
        AnswerText::AsBefore => {
            let before = of_it.find_map(|it| it.before.as_ref()).ok_or_else(|| {
                StoreError::Invalid("there is no earlier answer to confirm: write one".to_owned())
            })?;
            Ok((before.answer.text.clone(), Some(before.answer.id.clone())))
        }
    }
}

impl Store {
    /// What a submission's check asks, with the answers.
    ///
    /// # Errors
    /// When there is none that this person may see.
    pub fn queries(
        &self,
        who: &Permitted<demand::ReadSubmissions>,
        id: &SubmissionId,
    ) -> Result<Vec<AskedQuery>, StoreError> {
        connection::read(&mut *self.tenant(who.tenant())?, |db| {
            let row = find(db, who, id)?;
            asked(db, &row)
        })
    }

    /// Answers queries of a submission of one's own organisation, before its sign-off: all or
    /// none of them. A later answer to the same query stands in place of an earlier one, which is
    /// kept.
    ///
    /// # Errors
    /// When it is not visible, not one's own, not in the state for it, or there is no such query.
    pub fn answer(
        &self,
        who: &Permitted<demand::Upload>,
        id: &SubmissionId,
        new: &[NewAnswer],
    ) -> Result<(), StoreError> {
        if new.is_empty() || new.len() > MOST_AT_ONCE {
            return Err(StoreError::Invalid(format!("give 1 to {MOST_AT_ONCE} answers at once")));
        }
        self.change(who.tenant(), who.person().as_str(), |db, now| {
            let row = own(db, who, id)?;
            match row.state()? {
                SubmissionState::Checked | SubmissionState::Submitted => {}
                SubmissionState::SignedOff => {
                    let why = "this is signed off: its answers stay as they were given";
                    return Err(StoreError::Conflict(why.to_owned()));
                }
                SubmissionState::Draft | SubmissionState::Refused => {
                    let why = "only what the checks have accepted has queries to answer";
                    return Err(StoreError::Conflict(why.to_owned()));
                }
            }
            let asked = asked(db, &row)?;
            for new in new {
                let (text, confirms) = words(new, &asked)?;
                diesel::insert_into(answers::table)
                    .values((
                        answers::id.eq(AnswerId::new().as_str()),
                        answers::submission_id.eq(id.as_str()),
                        answers::table_name.eq(&new.table),
                        answers::rule.eq(&new.rule),
                        answers::row_number.eq(new.row.map(to_db).transpose()?),
                        answers::column_name.eq(new.row.and(new.column.as_deref())),
                        answers::text.eq(text),
                        answers::confirms.eq(confirms.as_ref().map(AnswerId::as_str)),
                        answers::answered_at.eq(now),
                        answers::answered_by.eq(who.person().as_str()),
                    ))
                    .execute(db)?;
            }
            let rules: BTreeSet<&str> = new.iter().map(|it| it.rule.as_str()).collect();
            let event = Event::new("submission.answer", id)
                .with("answers", new.len())
                .with("rules", rules.into_iter().collect::<Vec<_>>());
            Ok(Change::Made((), event))
        })
    }
}
