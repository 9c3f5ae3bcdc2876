//! `/api/v1`, one file a resource, and what watches over the service.

mod account;
mod answers;
mod audit;
mod disputes;
mod editions;
mod events;
mod evidence;
mod figures;
mod invitations;
mod others;
mod people;
mod platform;
mod releases;
mod runs;
mod scenarios;
mod session;
mod submissions;
mod watch;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, ContentType};
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Where the API begins.
pub const BASE: &str = "/api/v1";

/// Adds every route of the API; what is added here is in the OpenAPI document.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(scope::scope(BASE).configure(doors).configure(book).configure(people_and_record));
}

/// Signing in, one's own account, and the Boards of the installation.
fn doors(config: &mut ServiceConfig<'_>) {
    config
        .service(session::begin)
        .service(session::end)
        .service(session::who_am_i)
        .service(account::sessions)
        .service(account::end_other_sessions)
        .service(account::end_session)
        .service(account::change_password)
        .service(account::second_factor)
        .service(account::begin_second_factor)
        .service(account::confirm_second_factor)
        .service(account::replace_recovery_codes)
        .service(account::remove_second_factor)
        .service(account::tokens)
        .service(account::create_token)
        .service(account::revoke_token)
        .service(platform::list)
        .service(platform::create);
}

/// What is handed in, published, planned, disputed and released.
fn book(config: &mut ServiceConfig<'_>) {
    config
        .service(submissions::list)
        .service(submissions::receive)
        .service(submissions::one)
        .service(submissions::problems)
        .service(submissions::bad_rows)
        .service(submissions::history)
        .service(submissions::differences)
        .service(answers::list)
        .service(answers::give)
        .service(others::of_submission)
        .service(figures::that_matter)
        .service(submissions::submit)
        .service(submissions::sign_off)
        .service(editions::list)
        .service(editions::publish)
        .service(editions::one)
        .service(editions::differences)
        .service(editions::value_of)
        .service(editions::value)
        .service(evidence::uncertainty)
        .service(evidence::benchmarks_of)
        .service(evidence::benchmarks)
        .service(evidence::equity)
        .service(evidence::need)
        .service(evidence::method)
        .service(evidence::rows)
        .service(others::of_edition)
        .service(others::stands)
        .service(others::record)
        .service(scenarios::list)
        .service(scenarios::create)
        .service(scenarios::one)
        .service(runs::list)
        .service(runs::start)
        .service(runs::result)
        .service(runs::frontier)
        .service(runs::how_far)
        .service(events::events)
        .service(disputes::list)
        .service(disputes::raise)
        .service(disputes::one)
        .service(disputes::decide)
        .service(disputes::withdraw)
        .service(disputes::attach)
        .service(disputes::evidence)
        .service(releases::list)
        .service(releases::make)
        .service(releases::csv)
        .service(releases::one);
}

/// Who belongs to a Board, and who did what.
fn people_and_record(config: &mut ServiceConfig<'_>) {
    config
        .service(people::list)
        .service(invitations::list)
        .service(invitations::invite)
        .service(invitations::withdraw)
        .service(invitations::accept)
        .service(people::one)
        .service(people::change_role)
        .service(people::end)
        .service(people::restore)
        .service(audit::head)
        .service(audit::entries)
        .service(audit::csv)
        .service(audit::whole);
}

/// Adds what watches over the service, outside the API.
pub fn configure_watch(config: &mut actix_web::web::ServiceConfig) {
    config.service(watch::healthz).service(watch::readyz).service(watch::metrics);
}

/// JSON that was stored as text.
fn json_text(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(text)
}

/// A file to keep rather than to show: no browser opens it on our pages.
fn attachment(name: &str, media_type: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}
