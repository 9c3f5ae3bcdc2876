//! Disputing a published figure.

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, get, post};
use api::dispute::DisputeResultJson;
use serde::Deserialize;
use store::{Dispute, DisputeId, EvidenceFile, JobState, Page, Verdict};
use tenancy::{Permission, Permitted, Scope, demand};

use super::format::sentence_case;
use super::frame::{answered, by, moment, shown};
use super::render::{html, render};
use super::see_other;
use super::view::agreement::Fact;
use super::view::chrome::Chrome;
use super::view::dispute::{
    self, DisputeForm, DisputeFormView, DisputeRow, DisputeView, DisputesView, FileRow, ResultView,
    figure_choices, figure_words,
};
use super::view::submission::Progress;
use super::view::table::{After, Choice, older, service_href};
use super::view::{FieldError, Link};
use crate::actions::disputes::{self, Status};
use crate::actions::{editions, scenarios};
use crate::extract::May;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Adds the pages of disputes.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list)
        .service(ask)
        .service(raise)
        .service(progress)
        .service(decide)
        .service(withdraw)
        .service(attach)
        .service(one);
}

/// The disputes that one may see.
#[get("/disputes")]
pub async fn list(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::Dispute>,
    query: Query<After>,
) -> Result<HttpResponse, Problem> {
    let page = Page { after: query.into_inner().after, size: None };
    shown(&state, &who, "/disputes", "disputes.html", move |state, who| {
        let found = disputes::list(state, &sees, &page)?;
        let rows = found.items.iter().map(|dispute| row(who, dispute)).collect();
        let older = older("/disputes", found.next.as_deref());
        Ok(DisputesView { older, ..DisputesView::new(rows, page.after.is_none()) })
    })
    .await
}

/// The form to dispute a figure of a line, filled with what the address says.
#[get("/disputes/new")]
pub async fn ask(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    _disputes: May<demand::Dispute>,
    query: Query<DisputeForm>,
) -> Result<HttpResponse, Problem> {
    let form = query.into_inner();
    shown(&state, &who, "/disputes/new", "dispute-new.html", move |state, who| {
        form_view(state, who, form, Vec::new())
    })
    .await
}

/// Disputes a figure.
#[post("/disputes")]
pub async fn raise(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    raises: May<demand::Dispute>,
    form: Form<DisputeForm>,
) -> Result<HttpResponse, Problem> {
    let form = form.into_inner();
    let errors = match form.read() {
        Err(errors) => errors,
        Ok(new) => {
            let reads = who.0.clone();
            let raised =
                blocking(&state, move |state| disputes::raise(state, &raises, &reads, &new));
            match raised.await {
                Ok(id) => return Ok(see_other(&format!("/disputes/{id}"))),
                Err(problem) if ["invalid", "forbidden"].contains(&problem.code) => {
                    vec![form.refused(&problem.detail)]
                }
                Err(problem) => return Err(problem),
            }
        }
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    answered(&state, &who, status, "/disputes/new", "dispute-new.html", move |state, who| {
        form_view(state, who, form, errors)
    })
    .await
}

/// One dispute.
#[get("/disputes/{id}")]
pub async fn one(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::Dispute>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: DisputeId = id.parse()?;
    shown(&state, &who, "/disputes/one", "dispute.html", move |state, who| {
        view(state, who, &sees, &id)
    })
    .await
}

/// How far the result is: a fragment that asks for the whole page once it is there.
#[get("/disputes/{id}/progress")]
pub async fn progress(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::Dispute>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: DisputeId = id.parse()?;
    let view = blocking(&state, move |state| view(state, &who, &sees, &id)).await?;
    if view.progress.is_none() {
        return Ok(HttpResponse::Ok().insert_header(("HX-Refresh", "true")).finish());
    }
    let text = render("dispute-progress.html", &Chrome::default(), &view)
        .map_err(|error| Problem::internal(&format!("{error:#}")))?;
    Ok(html(StatusCode::OK, text))
}

/// How a dispute ends, and why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    reason: String,
}

/// Accepts or rejects a dispute.
#[post("/disputes/{id}/decision")]
pub async fn decide(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::Dispute>,
    decides: May<demand::DecideDisputes>,
    id: Path<String>,
    form: Form<Ending>,
) -> Result<HttpResponse, Problem> {
    let id: DisputeId = id.parse()?;
    let form = form.into_inner();
    let verdict = [Verdict::Accepted, Verdict::Rejected]
        .into_iter()
        .find(|verdict| verdict.code() == form.verdict);
    let done = match verdict {
        None => Err(("verdict", Problem::invalid("choose whether it is accepted or rejected"))),
        Some(verdict) => {
            let (of, reason) = (id.clone(), form.reason.clone());
            let done = blocking(&state, move |state| {
                disputes::decide(state, &decides, &of, verdict, &reason)
            });
            done.await.map_err(|problem| ("reason", problem))
        }
    };
    ended(&state, &who, sees, id, form.reason, done).await
}

/// Withdraws a dispute that one's own organisation raised.
#[post("/disputes/{id}/withdraw")]
pub async fn withdraw(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::Dispute>,
    id: Path<String>,
    form: Form<Ending>,
) -> Result<HttpResponse, Problem> {
    let id: DisputeId = id.parse()?;
    let (of, reason, may) = (id.clone(), form.reason.clone(), sees.0.clone());
    let done = blocking(&state, move |state| disputes::withdraw(state, &may, &of, &reason));
    let done = done.await.map_err(|problem| ("withdraw_reason", problem));
    ended(&state, &who, sees, id, form.into_inner().reason, done).await
}

/// Attaches a file.
#[post("/disputes/{id}/evidence")]
pub async fn attach(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    sees: May<demand::Dispute>,
    id: Path<String>,
    form: Multipart,
) -> Result<HttpResponse, Problem> {
    let id: DisputeId = id.parse()?;
    let done = disputes::attach_form(&state, &sees, id.clone(), form).await;
    let done = done.map_err(|problem| ("file", problem));
    ended(&state, &who, sees, id, String::new(), done).await
}

/// Back to the dispute, or its page with what was wrong with a form on it.
async fn ended(
    state: &Data<AppState>,
    who: &May<demand::ReadBook>,
    sees: May<demand::Dispute>,
    id: DisputeId,
    reason: String,
    done: Result<(), (&'static str, Problem)>,
) -> Result<HttpResponse, Problem> {
    let (field, problem) = match done {
        Ok(()) => return Ok(see_other(&format!("/disputes/{id}"))),
        Err(why) => why,
    };
    if !["invalid", "too_large"].contains(&problem.code) {
        return Err(problem);
    }
    let errors = vec![FieldError::new(field, sentence_case(&problem.detail))];
    answered(state, who, problem.status, "/disputes/one", "dispute.html", move |state, who| {
        Ok(DisputeView { reason, errors, ..view(state, who, &sees, &id)? })
    })
    .await
}

fn form_view(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    form: DisputeForm,
    errors: Vec<FieldError>,
) -> Result<DisputeFormView, Problem> {
    let value = editions::value(state, who, Some(form.edition))?;
    let line = value.services.iter().find(|line| line.service == form.service);
    let line = line.ok_or_else(Problem::not_found)?;
    let provider = line.provider.parse().map_err(|_| Problem::not_found())?;
    let figures = disputes::figures(state, who, &provider);
    let page = Page { after: None, size: Some(100) };
    let scenarios = scenarios::list(state, who, &page)?.items.into_iter().map(|scenario| Choice {
        chosen: form.scenario == scenario.id.as_str(),
        value: scenario.id.to_string(),
        text: scenario.name,
    });
    let none = Choice {
        value: String::new(),
        text: "No scenario".to_owned(),
        chosen: form.scenario.is_empty(),
    };
    Ok(DisputeFormView {
        line: Link::new(&line.name, service_href(&line.service)),
        key: line.service.clone(),
        by_row: who.provider().is_none_or(|own| *own == provider),
        provider: line.provider.clone(),
        figures: figure_choices(&figures, &form.figure),
        scenarios: std::iter::once(none).chain(scenarios).collect(),
        form,
        errors,
    })
}

fn row(who: &Scope, dispute: &Dispute) -> DisputeRow {
    let figure = &dispute.figure;
    DisputeRow {
        link: Link::new(
            figure_words(&figure.table, &figure.column),
            format!("/disputes/{}", dispute.id),
        ),
        line: figure.service.to_string(),
        edition: figure.edition,
        raised: raised(who, dispute),
        when: moment(dispute.created_at),
        tag: dispute::state(dispute.state()),
    }
}

fn raised(who: &Scope, dispute: &Dispute) -> String {
    let of = dispute.raised_for.as_ref().map_or_else(|| "the ICB".to_owned(), ToString::to_string);
    format!("{of}{}", if by(who, &dispute.created_by).is_empty() { "" } else { " (you)" })
}

fn view(
    state: &AppState,
    who: &Permitted<demand::ReadBook>,
    sees: &Permitted<demand::Dispute>,
    id: &DisputeId,
) -> Result<DisputeView, Problem> {
    let Status { dispute, job } = disputes::status(state, sees, id)?;
    let result: Option<DisputeResultJson> = dispute
        .result
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(|error| Problem::internal(&error))?;
    let result = result.map(|it| ResultView::new(&it, dispute.figure.proposed.is_some()));
    let failed = dispute.error.clone().or_else(|| job.error.clone());
    let failed = failed.filter(|_| result.is_none() && job.state == JobState::Failed);
    let open = dispute.decision.is_none();
    let own = dispute.created_by == *who.person();
    let decides = who.may(Permission::DecideDisputes) && open;
    Ok(DisputeView {
        id: id.to_string(),
        title: figure_words(&dispute.figure.table, &dispute.figure.column),
        key: dispute.figure.service.to_string(),
        answer: answer(&dispute, result.as_ref(), failed.is_some()),
        tag: dispute::state(dispute.state()),
        facts: facts(who, &dispute),
        progress: (result.is_none() && failed.is_none()).then(|| Progress::from(&job)),
        failed,
        result,
        files: dispute.files.iter().map(|file| file_row(id, file)).collect(),
        may_attach: open,
        may_decide: decides && !own,
        may_withdraw: open && dispute.raised_for.as_ref() == who.provider(),
        own: decides && own,
        reason: String::new(),
        errors: Vec::new(),
    })
}

fn answer(dispute: &Dispute, result: Option<&ResultView>, failed: bool) -> String {
    let finding = match (result, failed) {
        (Some(result), _) => result.sentence.clone(),
        (None, true) => "The result with and without the figure could not be computed.".to_owned(),
        (None, false) => "The result with and without the figure is being computed.".to_owned(),
    };
    match dispute.decision.as_ref().map(|decision| decision.verdict) {
        None => finding,
        Some(Verdict::Accepted) => format!("The dispute was accepted. {finding}"),
        Some(Verdict::Rejected) => {
            format!("The dispute was rejected: the figure stands. {finding}")
        }
        Some(Verdict::Withdrawn) => format!("The dispute was withdrawn. {finding}"),
    }
}

fn facts(who: &Scope, dispute: &Dispute) -> Vec<Fact> {
    let figure = &dispute.figure;
    let fact = |key, value: String| Fact { key, value, note: None };
    let mut facts = vec![
        fact("Figure", figure_words(&figure.table, &figure.column)),
        fact("Line", figure.service.to_string()),
        fact("Edition", figure.edition.to_string()),
    ];
    facts.extend(figure.key.clone().map(|key| fact("Row", key)));
    facts.push(fact("What is wrong", figure.claim.clone()));
    let proposed = figure.proposed.clone();
    let proposed = proposed.unwrap_or_else(|| "nothing: it should be left out".to_owned());
    facts.push(fact("What should stand there", proposed));
    facts.push(fact("Evidence", figure.evidence.clone()));
    let raised = format!("{}, on {}", raised(who, dispute), moment(dispute.created_at));
    facts.push(fact("Raised by", raised));
    if let Some(decision) = &dispute.decision {
        let state = dispute::state(decision.verdict.code()).text;
        let by = by(who, &decision.decided_by);
        let note = Some(format!("{state}{by} on {}", moment(decision.decided_at)));
        facts.push(Fact { key: "Decision", value: decision.reason.clone(), note });
    }
    facts
}

fn file_row(id: &DisputeId, attached: &EvidenceFile) -> FileRow {
    let kind = match attached.file.media_type.as_str() {
        "application/pdf" => "PDF",
        "text/csv" => "CSV",
        _ => "XLSX",
    };
    let kilobytes = attached.file.bytes.div_ceil(1024);
    let href = format!("/api/v1/disputes/{id}/evidence/{}", attached.file.sha256);
    FileRow {
        link: Link::new(&attached.file.file_name, href),
        kind: format!("{kind}, {} kB", super::format::thousands(&kilobytes.to_string())),
        when: moment(attached.added_at),
    }
}
