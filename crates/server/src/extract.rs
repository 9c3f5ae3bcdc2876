//! Who is asking.

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, COOKIE, USER_AGENT};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use jiff::Timestamp;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::ops::Deref;
use std::pin::Pin;
use store::{Session, SessionId, StoreError};
use tenancy::{Admitted, ApiToken, Demand, Operator, Permitted, SessionToken, SignIn};

use crate::device;
use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Someone who is signed in, whatever they may do.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who, and where.
    pub who: Admitted,
    /// When their session ends at the latest; nothing for a program with an API token.
    pub ends_at: Option<Timestamp>,
}

/// Someone who signed in themselves: no program with an API token.
#[derive(Clone, Debug)]
pub struct InPerson {
    /// Who.
    pub who: Admitted,
    /// Their proof of it.
    pub person: tenancy::InPerson,
    /// The session they came with.
    pub session: SessionId,
}

/// Someone who may do `P`: a permission as part of a handler's signature.
#[derive(Clone, Debug)]
pub struct May<P>(pub Permitted<P>);

/// The person who runs the installation, and belongs to no Board.
#[derive(Clone, Debug)]
pub struct OnPlatform(pub Operator);

/// What somebody came with, in words.
#[derive(Clone, Debug)]
pub struct Device(pub String);

impl<P> Deref for May<P> {
    type Target = Permitted<P>;
    fn deref(&self) -> &Permitted<P> {
        &self.0
    }
}

/// What a request proves itself with.
#[derive(Debug)]
enum Proof {
    Session(SessionToken),
    Token(ApiToken),
}

/// The token of a request: what an `Authorization: Bearer` header says, or else its cookie.
fn proof(request: &HttpRequest, cookie: &str) -> Option<Proof> {
    let headers = request.headers().get_all(AUTHORIZATION).filter_map(|value| value.to_str().ok());
    let bearer = headers.filter_map(|value| value.strip_prefix("Bearer ").map(str::trim)).next();
    match bearer {
        Some(text) => match ApiToken::read(text) {
            Ok(token) => Some(Proof::Token(token)),
            Err(_) => SessionToken::read(text).ok().map(Proof::Session),
        },
        None => cookie_token(request, cookie).map(Proof::Session),
    }
}

/// The token in a cookie of that name.
#[must_use]
pub fn cookie_token(request: &HttpRequest, cookie: &str) -> Option<SessionToken> {
    let headers = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok());
    headers.flat_map(|value| value.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        if name == cookie { SessionToken::read(value).ok() } else { None }
    })
}

/// Whoever a request is of, with the session they came with; nothing for a program.
async fn asking(request: HttpRequest) -> Result<(Admitted, Option<Session>), Problem> {
    let state = request
        .app_data::<web::Data<AppState>>()
        .ok_or_else(|| Problem::internal(&"the service has no state"))?;
    let proof = proof(&request, state.site.cookie_name()).ok_or_else(Problem::unauthenticated)?;
    let found = blocking(state, move |state| {
        let door = SignIn::begin();
        let found = match proof {
            Proof::Session(token) => {
                let session = state.store.session(&door, &token.hash());
                session.map(|session| (session.who.clone(), Some(session)))
            }
            Proof::Token(token) => {
                let scope = state.store.token_scope(&door, &token.hash());
                scope.map(|scope| (Admitted::Member(scope), None))
            }
        };
        match found {
            Err(StoreError::NotFound) => Err(Problem::unauthenticated()),
            other => other.map_err(Problem::from),
        }
    });
    let found = found.await?;
    // Kept for the page of a problem: it still says who is signed in.
    request.extensions_mut().insert(found.0.clone());
    Ok(found)
}

type Asking<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Asking<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (who, session) = asking(request).await?;
            Ok(Self { who, ends_at: session.map(|session| session.ends_at) })
        })
    }
}

impl FromRequest for InPerson {
    type Error = Problem;
    type Future = Asking<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (who, session) = asking(request).await?;
            let person = who.in_person()?;
            let session = session.ok_or(tenancy::NotInPerson)?.id;
            Ok(Self { who, person, session })
        })
    }
}

impl<P: Demand + 'static> FromRequest for May<P> {
    type Error = Problem;
    type Future = Asking<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match asking(request).await?.0 {
                Admitted::Member(scope) => Ok(Self(scope.permit()?)),
                Admitted::Operator(_) => Err(Problem::forbidden(
                    "whoever runs the installation sees nothing of any ICB: sign in as one of its \
                     people",
                )),
            }
        })
    }
}

impl FromRequest for OnPlatform {
    type Error = Problem;
    type Future = Asking<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match asking(request).await?.0 {
                Admitted::Operator(operator) => Ok(Self(operator)),
                Admitted::Member(_) => {
                    Err(Problem::forbidden("only whoever runs the installation may do this"))
                }
            }
        })
    }
}

impl FromRequest for Device {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        ready(Ok(Self(device::described(text))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_cookie_of_our_name_is_read_and_no_other() {
        let token = "ab".repeat(32);
        let api = format!("vb_{token}");
        let read = |headers: &[(&'static str, String)]| {
            let request = headers.iter().fold(TestRequest::default(), |request, header| {
                request.append_header((header.0, header.1.clone()))
            });
            match proof(&request.to_http_request(), "valuebook")? {
                Proof::Session(token) => Some(token.reveal().to_owned()),
                Proof::Token(token) => Some(token.reveal().to_owned()),
            }
        };
        let cookie = |text: String| read(&[("Cookie", text)]);
        let bearer = |text: &str| read(&[("Authorization", format!("Bearer {text}"))]);
        assert_eq!(cookie(format!("a=b; valuebook={token}")), Some(token.clone()));
        assert_eq!(cookie(format!("__Host-valuebook={token}")), None);
        assert_eq!(cookie("valuebook=short".to_owned()), None);
        assert_eq!(cookie(format!("valuebook={api}")), None, "no API token in a cookie");
        assert_eq!(bearer(&token), Some(token.clone()));
        assert_eq!(bearer(&api), Some(api.clone()));
        assert_eq!(read(&[("Authorization", format!("Basic {token}"))]), None);
        let both = |bearer: &str| {
            read(&[
                ("Cookie", format!("valuebook={token}")),
                ("Authorization", format!("Bearer {bearer}")),
            ])
        };
        assert_eq!(both(&api), Some(api.clone()));
        assert_eq!(both("vb_short"), None, "a wrong bearer is not made good by a cookie");
    }
}
