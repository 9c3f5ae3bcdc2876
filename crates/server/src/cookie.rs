//! The session cookie.

use actix_web::http::header::{HeaderName, SET_COOKIE};
use store::ABSOLUTE_LIMIT;
use tenancy::SessionToken;

use crate::config::Site;

/// The header that keeps a session in the browser.
#[must_use]
pub fn keep(site: &Site, token: &SessionToken) -> (HeaderName, String) {
    (SET_COOKIE, text(site, token.reveal(), ABSOLUTE_LIMIT.as_secs()))
}

/// The header that makes the browser forget its session.
#[must_use]
pub fn forget(site: &Site) -> (HeaderName, String) {
    (SET_COOKIE, text(site, "", 0))
}

fn text(site: &Site, value: &str, seconds: u64) -> String {
    let name = site.cookie_name();
    let secure = if site.is_secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}
