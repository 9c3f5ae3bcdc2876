//! The page that asks who you are.

use serde::Serialize;

use super::FieldError;

/// The sign-in page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SignInView {
    /// The address given before.
    pub email: String,
    /// Where to go afterwards, within this site.
    pub next: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// The page that asks for the code of the second factor.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CodeView {
    /// Where to go afterwards, within this site.
    pub next: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// An address within this site, or the start page: never one that leads elsewhere.
pub fn safe_next(next: &str) -> String {
    let within = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t'])
        && next.len() <= 2_000;
    if within { next.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(safe_next("/runs/1?page=2"), "/runs/1?page=2");
        for next in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb"] {
            assert_eq!(safe_next(next), "/", "{next:?}");
        }
    }
}
