//! Who is asking.

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, COOKIE};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use tenancy::{Demand, Permitted, Scope, SessionToken, SignIn};

use crate::problem::Problem;
use crate::state::{AppState, blocking};

/// Someone who is signed in, whatever they may do.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who, and where.
    pub scope: Scope,
    /// The session they came with.
    pub token: SessionToken,
}

/// Someone who may do `P`: a permission as part of a handler's signature.
#[derive(Clone, Debug)]
pub struct May<P>(pub Permitted<P>);

impl<P> Deref for May<P> {
    type Target = Permitted<P>;
    fn deref(&self) -> &Permitted<P> {
        &self.0
    }
}

/// The session token of a request: from its cookie, or as a bearer token.
#[must_use]
pub fn session_token(request: &HttpRequest, cookie: &str) -> Option<SessionToken> {
    let header = |name| request.headers().get_all(name).filter_map(|value| value.to_str().ok());
    let bearer = header(AUTHORIZATION)
        .find_map(|value| value.strip_prefix("Bearer ").map(str::trim))
        .and_then(|token| SessionToken::read(token).ok());
    let cookies = header(COOKIE).flat_map(|value| value.split(';'));
    let mut tokens = cookies.filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        if name == cookie { SessionToken::read(value).ok() } else { None }
    });
    bearer.or_else(|| tokens.next())
}

async fn signed_in(request: HttpRequest) -> Result<SignedIn, Problem> {
    let state = request
        .app_data::<web::Data<AppState>>()
        .ok_or_else(|| Problem::internal(&"the service has no state"))?;
    let token =
        session_token(&request, state.site.cookie_name()).ok_or_else(Problem::unauthenticated)?;
    let hash = token.hash();
    let found =
        blocking(state, move |state| match state.store.session_scope(&SignIn::begin(), &hash) {
            Err(store::StoreError::NotFound) => Err(Problem::unauthenticated()),
            other => other.map_err(Problem::from),
        });
    let scope = found.await?;
    // Kept for the page of a problem: it still says who is signed in.
    request.extensions_mut().insert(scope.clone());
    Ok(SignedIn { scope, token })
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(signed_in(request.clone()))
    }
}

impl<P: Demand + 'static> FromRequest for May<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(signed_in(request).await?.scope.permit()?)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_cookie_of_our_name_is_read_and_no_other() {
        let token = "ab".repeat(32);
        let read = |header: (&'static str, String)| {
            let request = TestRequest::default().insert_header(header).to_http_request();
            session_token(&request, "valuebook").map(|found| found.reveal().to_owned())
        };
        let cookie = |text: String| read(("Cookie", text));
        assert_eq!(cookie(format!("a=b; valuebook={token}")), Some(token.clone()));
        assert_eq!(cookie(format!("__Host-valuebook={token}")), None);
        assert_eq!(cookie("valuebook=short".to_owned()), None);
        assert_eq!(read(("Authorization", format!("Bearer {token}"))), Some(token.clone()));
        assert_eq!(read(("Authorization", format!("Basic {token}"))), None);
    }
}
