//! The cookies: one of the session, one while a right password waits for its code.

use actix_web::http::header::{HeaderName, SET_COOKIE};
use store::{ABSOLUTE_LIMIT, PENDING_LIMIT};
use tenancy::SessionToken;

use crate::config::Site;

/// The header that keeps a session in the browser.
#[must_use]
pub fn keep(site: &Site, token: &SessionToken) -> (HeaderName, String) {
    (SET_COOKIE, text(site, site.cookie_name(), token.reveal(), ABSOLUTE_LIMIT.as_secs()))
}

/// The header that makes the browser forget its session.
#[must_use]
pub fn forget(site: &Site) -> (HeaderName, String) {
    (SET_COOKIE, text(site, site.cookie_name(), "", 0))
}

/// The header that keeps in the browser that a password was right.
#[must_use]
pub fn keep_waiting(site: &Site, token: &SessionToken) -> (HeaderName, String) {
    let name = site.waiting_cookie_name();
    (SET_COOKIE, text(site, name, token.reveal(), PENDING_LIMIT.as_secs()))
}

/// The header that makes the browser forget it.
#[must_use]
pub fn forget_waiting(site: &Site) -> (HeaderName, String) {
    (SET_COOKIE, text(site, site.waiting_cookie_name(), "", 0))
}

fn text(site: &Site, name: &str, value: &str, seconds: u64) -> String {
    let secure = if site.is_secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}
