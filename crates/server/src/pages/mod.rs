//! Pages for people: HTML first, working without JavaScript.
//!
//! A handler asks `actions` and hands what it gets to a view; a view (`view/`) turns it into words
//! and pictures; a template of `web/templates` places them. Whatever changes something is a form
//! that posts and is answered with the address of what came of it.

mod assets;
mod audit;
mod compare;
mod disputes;
mod doubt;
mod download;
mod editions;
mod errors;
mod formats;
mod frame;
mod glossary;
mod invitations;
#[cfg(test)]
mod journey;
mod method;
mod people;
mod platform;
#[cfg(test)]
mod preview;
#[cfg(test)]
mod preview_compare;
#[cfg(test)]
pub(crate) mod preview_doubt;
#[cfg(test)]
mod preview_open_book;
mod releases;
mod render;
mod runs;
#[cfg(test)]
pub(crate) mod samples;
mod scenario_form;
mod scenarios;
mod session;
mod sharing;
mod start;
mod submissions;
mod trace;
mod values;
mod view;

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, ServiceConfig};

use crate::problem::ProblemPage;
/// How figures are written on every page.
pub(crate) use quantities::words as format;

/// Adds every page, the assets they need, and the page of each problem.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(ProblemPage(errors::problem_page))
        .route("/assets/{name:.*}", web::get().to(assets::get))
        .service(session::ask)
        .service(session::sign_in)
        .service(session::ask_code)
        .service(session::give_code)
        .service(session::sign_out)
        .service(start::start)
        .service(glossary::glossary)
        .configure(formats::configure)
        .configure(submissions::configure)
        .service(editions::list)
        .service(editions::publish)
        .service(editions::one)
        .configure(disputes::configure)
        .configure(releases::configure)
        .configure(invitations::configure)
        .configure(people::configure)
        .configure(platform::configure)
        .configure(audit::configure)
        .service(sharing::show)
        .service(sharing::record)
        .service(sharing::of_others)
        .service(values::explorer)
        .service(values::table)
        .service(values::workbook)
        .service(doubt::doubt)
        .configure(compare::configure)
        .service(method::latest)
        .service(method::of_edition)
        .service(trace::rows)
        .service(trace::table)
        .service(values::service)
        .service(scenarios::list)
        .service(scenarios::ask)
        .service(scenarios::create)
        .service(scenarios::solve)
        .service(scenarios::one)
        .service(runs::progress)
        .service(runs::json)
        .service(runs::csv)
        .service(runs::one);
}

/// Go and look there: the answer to every form.
fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, place)).finish()
}
