use serde::{Deserialize, Serialize};
use store::{Answer, AnswerText, AskedQuery, EarlierAnswer, NewAnswer};
use utoipa::ToSchema;

/// What a submission's check asks, and how far it is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueriesJson {
    /// Rows that still need an answer; sign-off waits for them.
    pub unanswered: u64,
    /// What is asked, in the order of the report.
    pub queries: Vec<QueryJson>,
}

/// One query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueryJson {
    /// The table.
    pub table: String,
    /// The rule's stable code.
    pub rule: String,
    /// The row, counting from 1 at the header; absent where the whole file is meant.
    pub row: Option<u64>,
    /// The column; absent where the whole row is meant.
    pub column: Option<String>,
    /// The row's business key, where the row is known.
    pub key: Option<String>,
    /// What is asked.
    pub message: String,
    /// How many rows it stands for: more than 1 where they are not listed row by row.
    pub occurrences: u64,
    /// The answer that stands.
    pub answer: Option<AnswerJson>,
    /// Where there is none yet: what was answered before, to be confirmed.
    pub answered_before: Option<EarlierAnswerJson>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerJson {
    /// Its id.
    pub id: String,
    /// Whether it stands for every row of the rule.
    pub for_rule: bool,
    /// The words.
    pub text: String,
    /// The answer to an earlier version that it gives again.
    pub confirms: Option<String>,
    /// When it was given (RFC 3339, UTC).
    pub answered_at: String,
    /// Who gave it: a person's id.
    pub answered_by: String,
}

/// An answer to the same query of an earlier version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EarlierAnswerJson {
    /// The submission.
    pub submission: String,
    /// Its version.
    pub version: u64,
    /// The answer.
    pub answer: AnswerJson,
}

/// Answers to be kept: all or none of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswersJson {
    /// 1 to 1,000 answers.
    pub answers: Vec<NewAnswerJson>,
}

/// An answer to be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswerJson {
    /// The query's table.
    pub table: String,
    /// The query's rule.
    pub rule: String,
    /// The query's row; without it the answer stands for every row of the rule.
    pub row: Option<u64>,
    /// The query's column.
    pub column: Option<String>,
    /// The words, at most 2,000 characters; absent to confirm what was answered before.
    pub text: Option<String>,
}

impl From<NewAnswerJson> for NewAnswer {
    fn from(new: NewAnswerJson) -> Self {
        let NewAnswerJson { table, rule, row, column, text } = new;
        Self {
            table,
            rule,
            row,
            column,
            text: text.map_or(AnswerText::AsBefore, AnswerText::Written),
        }
    }
}

impl From<Answer> for AnswerJson {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.id.to_string(),
            for_rule: answer.row.is_none(),
            text: answer.text,
            confirms: answer.confirms.map(|id| id.to_string()),
            answered_at: answer.answered_at.to_string(),
            answered_by: answer.answered_by.to_string(),
        }
    }
}

impl From<EarlierAnswer> for EarlierAnswerJson {
    fn from(before: EarlierAnswer) -> Self {
        Self {
            submission: before.submission.to_string(),
            version: before.version,
            answer: before.answer.into(),
        }
    }
}

impl From<AskedQuery> for QueryJson {
    fn from(asked: AskedQuery) -> Self {
        let AskedQuery { query, answer, before } = asked;
        Self {
            table: query.table,
            rule: query.rule,
            row: query.row,
            column: query.column,
            key: query.key,
            message: query.message,
            occurrences: query.occurrences,
            answer: answer.map(AnswerJson::from),
            answered_before: before.map(EarlierAnswerJson::from),
        }
    }
}

impl From<Vec<AskedQuery>> for QueriesJson {
    fn from(asked: Vec<AskedQuery>) -> Self {
        let open = asked.iter().filter(|it| it.answer.is_none());
        Self {
            unanswered: open.map(|it| it.query.occurrences).sum(),
            queries: asked.into_iter().map(QueryJson::from).collect(),
        }
    }
}
