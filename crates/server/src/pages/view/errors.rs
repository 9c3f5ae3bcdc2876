//! What is said when a page cannot be shown.

use serde::Serialize;

use super::Link;

/// An error page. What one may not see reads the same as what does not exist.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorView {
    /// The HTTP status.
    pub status: u16,
    /// The heading.
    pub title: String,
    /// What to do, as one sentence.
    pub sentence: String,
    /// Where to go.
    pub link: Link,
}

impl ErrorView {
    /// Not there, or not to be seen.
    pub fn not_found() -> Self {
        Self::new(404, "Page not found", "There is no such page, or it is not yours to see.")
    }

    /// To be seen, but not to be done.
    pub fn forbidden(why: &str) -> Self {
        Self::new(403, "You may not do this", why)
    }

    /// Refused for a reason that can be said.
    pub fn refused(status: u16, sentence: &str) -> Self {
        Self::new(status, "This could not be done", sentence)
    }

    /// Our own mistake.
    pub fn failed() -> Self {
        Self::new(
            500,
            "Something went wrong",
            "The page could not be shown. Nothing was lost; try again in a minute.",
        )
    }

    fn new(status: u16, title: &str, sentence: &str) -> Self {
        Self {
            status,
            title: title.to_owned(),
            sentence: format!(
                "{}.",
                crate::pages::format::sentence_case(sentence.trim_end_matches('.'))
            ),
            link: Link::new("Go to the start page", "/"),
        }
    }
}
