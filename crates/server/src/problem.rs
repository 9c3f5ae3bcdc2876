//! The one place where an error becomes an answer.

use actix_web::error::{
    JsonPayloadError, PathError, PayloadError, QueryPayloadError, UrlencodedError,
};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::panic::Location;
use std::time::Duration;
use store::StoreError;
use tenancy::{Forbidden, NotInPerson};
use utoipa::ToSchema;

use crate::engine::EngineError;

/// Why a request was not answered as asked (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable code that programs may rely on.
    pub code: &'static str,
    /// The kind of problem in a few words.
    pub title: &'static str,
    /// One sentence on what to do.
    pub detail: String,
    /// Seconds after which to try again, where that may help.
    pub retry_after: Option<u32>,
}

/// A problem as JSON, `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// Always `about:blank`: `code` says which problem it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// A stable code.
    pub code: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// One sentence on what to do.
    pub detail: String,
}

/// Makes the error page of a request outside `/api`; registered as app data by the pages.
#[derive(Clone, Copy)]
pub struct ProblemPage(pub fn(&HttpRequest, &Problem) -> HttpResponse);

impl Problem {
    fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl ToString,
    ) -> Self {
        Self { status, code, title, detail: detail.to_string(), retry_after: None }
    }

    /// What you may not see, and what does not exist.
    #[must_use]
    pub fn not_found() -> Self {
        let detail = "there is no such thing, or it is not yours to see";
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", detail)
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        let detail = "sign in first: the session is missing or has ended";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Not signed in", detail)
    }

    /// A wrong address, password or code; which of them is not said.
    #[must_use]
    pub fn wrong_credentials() -> Self {
        let detail = "the e-mail address, the password or the code is wrong";
        Self::new(StatusCode::UNAUTHORIZED, "wrong_credentials", "Not signed in", detail)
    }

    /// A wrong password of somebody who is signed in.
    #[must_use]
    pub fn wrong_password() -> Self {
        let detail = "this is not your password";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_password", "Not accepted", detail)
    }

    /// A wrong code of somebody who is signed in.
    #[must_use]
    pub fn wrong_code() -> Self {
        let detail = "this code is wrong or has been used: wait for the next one your phone shows";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_code", "Not accepted", detail)
    }

    /// Whether it tells that a password or a code was wrong.
    #[must_use]
    pub fn is_a_wrong_guess(&self) -> bool {
        ["wrong_credentials", "wrong_password", "wrong_code"].contains(&self.code)
    }

    /// What you may see but not do.
    #[must_use]
    pub fn forbidden(detail: impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }

    /// A request that another site may have sent.
    #[must_use]
    pub fn foreign_origin() -> Self {
        let detail = "this request did not come from our own pages: send it as JSON, with a bearer \
                      token, or with a matching Origin header";
        Self::new(StatusCode::FORBIDDEN, "foreign_origin", "Not allowed", detail)
    }

    /// A request that cannot be read.
    #[must_use]
    pub fn malformed(detail: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read", detail)
    }

    /// A request that can be read, and asks for something that cannot be.
    #[must_use]
    pub fn invalid(detail: impl ToString) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Not accepted", detail)
    }

    /// Something that cannot be done in the state that things are in.
    #[must_use]
    pub fn conflict(detail: impl ToString) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "Not possible now", detail)
    }

    /// Queries without an answer stand against it.
    #[must_use]
    pub fn unanswered(detail: impl ToString) -> Self {
        Self::new(StatusCode::CONFLICT, "queries_unanswered", "Queries without an answer", detail)
    }

    /// Something that is being computed.
    #[must_use]
    pub fn pending(detail: impl ToString) -> Self {
        let problem = Self::new(StatusCode::CONFLICT, "pending", "Not ready yet", detail);
        Self { retry_after: Some(1), ..problem }
    }

    /// Something whose computing was given up.
    #[must_use]
    pub fn job_failed(detail: impl ToString) -> Self {
        Self::new(StatusCode::CONFLICT, "job_failed", "It could not be computed", detail)
    }

    /// More than is taken.
    #[must_use]
    pub fn too_large(detail: impl ToString) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Too large", detail)
    }

    /// A kind of content that is not read here.
    #[must_use]
    pub fn unsupported(detail: impl ToString) -> Self {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "unsupported_media_type", "Not a kind of content read here", detail)
    }

    /// Too many at once.
    #[must_use]
    pub fn busy() -> Self {
        let detail = "too many requests at the moment: try again in a few seconds";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy", detail);
        Self { retry_after: Some(5), ..problem }
    }

    /// The right password of an account that has a second factor, without a code.
    #[must_use]
    pub fn second_factor_needed() -> Self {
        let detail = "this account has a second factor: give its code as well";
        Self::new(StatusCode::UNAUTHORIZED, "second_factor_needed", "A code is needed", detail)
    }

    /// Too many wrong passwords or codes; whether there is such an account is not said.
    #[must_use]
    pub fn too_many_attempts(wait: Duration) -> Self {
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
        let minutes = seconds.div_ceil(60);
        let detail = format!(
            "too many wrong attempts on this address: try again in {minutes} {}",
            if minutes == 1 { "minute" } else { "minutes" }
        );
        let status = StatusCode::TOO_MANY_REQUESTS;
        let problem = Self::new(status, "too_many_attempts", "Too many attempts", detail);
        Self { retry_after: Some(seconds), ..problem }
    }

    /// The service is being stopped.
    #[must_use]
    pub fn stopping() -> Self {
        let detail = "the service is being restarted: try again in a minute";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "Restarting", detail);
        Self { retry_after: Some(60), ..problem }
    }

    /// More than one address, account or door may ask for.
    #[must_use]
    pub fn too_many_requests(wait: Duration) -> Self {
        let part = u64::from(wait.subsec_nanos() > 0);
        let seconds = u32::try_from(wait.as_secs().saturating_add(part)).unwrap_or(u32::MAX).max(1);
        let detail = format!("too many requests: try again in {seconds} seconds");
        let status = StatusCode::TOO_MANY_REQUESTS;
        let problem = Self::new(status, "too_many_requests", "Too many requests", detail);
        Self { retry_after: Some(seconds), ..problem }
    }

    /// Work that was not done in time. It may yet be.
    #[must_use]
    pub fn too_long() -> Self {
        let detail = "this took too long: look whether it was done before you try again";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let problem = Self::new(status, "too_long", "It took too long", detail);
        Self { retry_after: Some(30), ..problem }
    }

    /// A body that did not arrive in time.
    #[must_use]
    pub fn too_slow() -> Self {
        let detail = "the body of the request did not arrive in time: try again";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "It took too long", detail)
    }

    /// A request for another site than this.
    #[must_use]
    pub fn misdirected() -> Self {
        let detail = "this service does not answer to that name: use its own address";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "misdirected", "Another site", detail)
    }

    /// An address longer than any of ours.
    #[must_use]
    pub fn address_too_long() -> Self {
        let detail = "an address has at most 8 KiB";
        Self::new(StatusCode::URI_TOO_LONG, "address_too_long", "Too long", detail)
    }

    /// More headers than any browser sends.
    #[must_use]
    pub fn head_too_large() -> Self {
        let detail = "the headers of a request have at most 32 KiB";
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        Self::new(status, "head_too_large", "Too large", detail)
    }

    /// A fault of ours. Where it was found and of what kind goes to the log; its text goes
    /// nowhere, since it may hold what someone handed in.
    #[must_use]
    #[track_caller]
    pub fn internal<T: fmt::Display + ?Sized>(cause: &T) -> Self {
        let at = Location::caller();
        let kind = std::any::type_name_of_val(cause);
        tracing::error!(kind, file = at.file(), line = at.line(), "a request failed");
        Self::fault()
    }

    fn fault() -> Self {
        let detail = "something failed on our side: try again, and if it stays, tell whoever runs \
                      this service";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Our fault", detail)
    }

    /// The problem as JSON.
    #[must_use]
    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: "about:blank".to_owned(),
            code: self.code.to_owned(),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.content_type("application/problem+json");
        response.insert_header((CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.body(serde_json::to_string(&self.body()).unwrap_or_default())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Forbidden(why) => Self::forbidden(why),
            StoreError::Conflict(why) => Self::conflict(why),
            StoreError::Unanswered(_) => Self::unanswered(error),
            StoreError::Invalid(why) => Self::invalid(why),
            StoreError::Admission(why) => Self::forbidden(why),
            StoreError::Unavailable(_) => {
                tracing::error!(class = error.class(), "no database connection");
                Self::busy()
            }
            StoreError::Quarantined(_) => {
                tracing::error!("a Board's database is put aside");
                Self::busy()
            }
            StoreError::LeaseLost
            | StoreError::Token(_)
            | StoreError::Key(_)
            | StoreError::SecondFactor(_)
            | StoreError::Corrupt(_)
            | StoreError::Database(_)
            | StoreError::Migration(_)
            | StoreError::Backup(_)
            | StoreError::File(_) => {
                tracing::error!(class = error.class(), "the store failed");
                Self::fault()
            }
        }
    }
}

impl From<Forbidden> for Problem {
    fn from(error: Forbidden) -> Self {
        Self::forbidden(error)
    }
}

impl From<NotInPerson> for Problem {
    fn from(error: NotInPerson) -> Self {
        Self::forbidden(error)
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused(why) => Self::invalid(why),
            EngineError::Internal(_) => Self::internal(&error),
        }
    }
}

impl From<JsonPayloadError> for Problem {
    fn from(error: JsonPayloadError) -> Self {
        match error {
            JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
                Self::too_large("a JSON body has at most 2 MiB")
            }
            JsonPayloadError::ContentType => {
                Self::unsupported("send JSON with Content-Type: application/json")
            }
            JsonPayloadError::Deserialize(error) => Self::malformed(format!("JSON: {error}")),
            JsonPayloadError::Payload(error) => error.into(),
            _ => Self::malformed("the body ended early"),
        }
    }
}

impl From<PathError> for Problem {
    fn from(_: PathError) -> Self {
        Self::not_found()
    }
}

impl From<QueryPayloadError> for Problem {
    fn from(error: QueryPayloadError) -> Self {
        Self::malformed(format!("query: {error}"))
    }
}

impl From<UrlencodedError> for Problem {
    fn from(error: UrlencodedError) -> Self {
        match error {
            UrlencodedError::Overflow { .. } => Self::too_large("a form has at most 2 MiB"),
            UrlencodedError::ContentType => Self::unsupported("send a form"),
            UrlencodedError::Payload(error) => error.into(),
            error => Self::malformed(format!("form: {error}")),
        }
    }
}

impl From<PayloadError> for Problem {
    fn from(error: PayloadError) -> Self {
        match error {
            PayloadError::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                Self::too_slow()
            }
            _ => Self::malformed("the body ended early"),
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self::internal(&error)
    }
}
