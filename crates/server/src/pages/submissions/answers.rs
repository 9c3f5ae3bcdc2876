//! Answering what the checks ask.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpResponse, get, post};
use store::{AnswerText, NewAnswer, SubmissionId};
use tenancy::{Permitted, Scope, demand};

use super::{address, may_answer, owner, see_other, title};
use crate::actions::{answers, submissions};
use crate::extract::May;
use crate::pages::format::sentence_case;
use crate::pages::frame::{answered, shown};
use crate::pages::view::submission::{QueriesView, RowQuery, Typed};
use crate::pages::view::table::encoded;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// What is asked, a rule each; or the rows of one rule.
#[get("/submissions/{id}/answers")]
pub async fn ask(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    id: Path<String>,
    query: Query<RowQuery>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let query = query.into_inner();
    shown(&state, &who, "/submissions/one", "answers.html", move |state, who| {
        view(state, who, &sees, &id, &query, &[])
    })
    .await
}

/// Keeps answers: one for every row of a rule, or one a row.
#[post("/submissions/{id}/answers")]
pub async fn give(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::ReadSubmissions>,
    answers: May<demand::Upload>,
    id: Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let id: SubmissionId = id.parse()?;
    let given = Given::read(form.into_inner())?;
    let place = given.place(&id);
    let (kept, new) = (id.clone(), given.answers());
    let done = blocking(&state, move |state| answers::give(state, &answers, &kept, &new)).await;
    let why = match done {
        Ok(()) => return Ok(see_other(&place)),
        Err(problem) if problem.code == "invalid" => sentence_case(&problem.detail),
        Err(problem) => return Err(problem),
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    answered(&state, &who, status, "/submissions/one", "answers.html", move |state, who| {
        view(state, who, &sees, &id, &given.query(), &given.typed(&why))
    })
    .await
}

fn view(
    state: &AppState,
    who: &Scope,
    sees: &Permitted<demand::ReadSubmissions>,
    id: &SubmissionId,
    query: &RowQuery,
    typed: &[Typed],
) -> Result<QueriesView, Problem> {
    let submission = submissions::details(state, sees, id)?.submission;
    let asked = answers::list(state, sees, id)?;
    let rules = &state.catalogue.rules;
    let path = format!("{}/answers", address(id));
    let view = if query.rule.is_empty() {
        QueriesView::groups(&asked, rules, &path, typed)
    } else {
        QueriesView::rows(&asked, rules, &path, query, typed).ok_or_else(Problem::not_found)?
    };
    Ok(QueriesView {
        id: id.to_string(),
        title: title(&submission),
        owner: owner(&submission),
        may_answer: may_answer(who, &submission),
        ..view
    })
}

/// What the form holds: the rule, and either one answer for all its rows or one for some of them.
#[derive(Clone, Debug, Default)]
struct Given {
    table: String,
    rule: String,
    page: Option<usize>,
    text: String,
    again: bool,
    rows: Vec<GivenRow>,
}

/// What the form holds of one row.
#[derive(Clone, Debug, Default)]
struct GivenRow {
    row: Option<u64>,
    column: Option<String>,
    text: String,
    again: bool,
}

impl Given {
    /// The fields in the order in which a browser sends them: those of a row follow its `row`.
    fn read(fields: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut given = Self::default();
        for (name, value) in fields {
            match (name.as_str(), given.rows.last_mut()) {
                ("table", _) => given.table = value,
                ("rule", _) => given.rule = value,
                ("page", _) => given.page = value.parse().ok(),
                ("row", _) => {
                    let row = value.parse().map_err(|_| Problem::malformed("a row is a number"))?;
                    given.rows.push(GivenRow { row: Some(row), ..GivenRow::default() });
                }
                ("column", Some(row)) => row.column = Some(value).filter(|name| !name.is_empty()),
                ("text", Some(row)) => row.text = value,
                ("again", Some(row)) => row.again = true,
                ("text", None) => given.text = value,
                ("again", None) => given.again = true,
                _ => {
                    return Err(Problem::malformed("the form has a field that it should not have"));
                }
            }
        }
        Ok(given)
    }

    fn answer(&self, row: Option<&GivenRow>) -> NewAnswer {
        let (again, text) = row.map_or((self.again, &self.text), |row| (row.again, &row.text));
        NewAnswer {
            table: self.table.clone(),
            rule: self.rule.clone(),
            row: row.and_then(|row| row.row),
            column: row.and_then(|row| row.column.clone()),
            text: if again { AnswerText::AsBefore } else { AnswerText::Written(text.clone()) },
        }
    }

    /// The answers to keep: of rows only those that were written.
    fn answers(&self) -> Vec<NewAnswer> {
        if self.rows.is_empty() {
            return vec![self.answer(None)];
        }
        let written = |row: &&GivenRow| row.again || !row.text.trim().is_empty();
        self.rows.iter().filter(written).map(|row| self.answer(Some(row))).collect()
    }

    /// Which rows of which rule they were on.
    fn query(&self) -> RowQuery {
        let rule = if self.rows.is_empty() { String::new() } else { self.rule.clone() };
        RowQuery { table: self.table.clone(), rule, page: self.page }
    }

    /// What was typed, for the page that says why it was not kept.
    fn typed(&self, why: &str) -> Vec<Typed> {
        let of = |row: Option<u64>, column: Option<&String>, text: &str| Typed {
            table: self.table.clone(),
            rule: self.rule.clone(),
            row,
            column: column.cloned(),
            text: text.to_owned(),
            why: why.to_owned(),
        };
        if self.rows.is_empty() {
            return vec![of(None, None, &self.text)];
        }
        let written = self.rows.iter().filter(|row| !row.text.trim().is_empty());
        written.map(|row| of(row.row, row.column.as_ref(), &row.text)).collect()
    }

    /// Where one was.
    fn place(&self, id: &SubmissionId) -> String {
        let path = format!("{}/answers", address(id));
        if self.rows.is_empty() {
            return path;
        }
        let page = self.page.map(|page| format!("&page={page}")).unwrap_or_default();
        format!("{path}?table={}&rule={}{page}", encoded(&self.table), encoded(&self.rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(fields: &[(&str, &str)]) -> Given {
        let owned = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Given::read(owned.collect()).expect("a form")
    }

    #[test]
    fn one_answer_stands_for_every_row_of_a_rule() {
        let all = given(&[("table", "costs"), ("rule", "costs.negative"), ("text", "A refund.")]);
        let answers = all.answers();
        let [answer] = answers.as_slice() else { panic!("{answers:?}") };
        assert_eq!(
            (answer.row, &answer.text),
            (None, &AnswerText::Written("A refund.".to_owned()))
        );
        let again = given(&[("table", "costs"), ("rule", "x"), ("again", "yes"), ("text", "")]);
        assert_eq!(again.answers()[0].text, AnswerText::AsBefore);
    }

    #[test]
    fn of_rows_only_those_that_were_written_are_kept() {
        let rows = given(&[
            ("table", "costs"),
            ("rule", "costs.negative"),
            ("page", "2"),
            ("row", "7"),
            ("column", "cost_gbp"),
            ("text", " "),
            ("row", "9"),
            ("column", ""),
            ("text", "A refund."),
            ("row", "11"),
            ("column", "cost_gbp"),
            ("again", "yes"),
            ("text", ""),
        ]);
        let kept = rows.answers();
        let of: Vec<(Option<u64>, Option<&str>)> =
            kept.iter().map(|answer| (answer.row, answer.column.as_deref())).collect();
        assert_eq!(of, [(Some(9), None), (Some(11), Some("cost_gbp"))]);
        assert_eq!(kept[1].text, AnswerText::AsBefore);
        let id: SubmissionId = "0193f2a0-0000-7000-8000-000000000001".parse().expect("an id");
        let place = rows.place(&id);
        assert!(place.ends_with("/answers?table=costs&rule=costs.negative&page=2"), "{place}");
        assert_eq!(rows.typed("No.").len(), 1);
    }

    #[test]
    fn what_is_not_of_the_form_is_refused() {
        for fields in [[("row", "x")], [("scope", "all")], [("column", "cost_gbp")]] {
            let owned = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert!(Given::read(owned.to_vec()).is_err(), "{fields:?}");
        }
    }
}
