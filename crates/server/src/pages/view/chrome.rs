//! The frame of every page: who is asking, of which book.

use serde::Serialize;
use tenancy::{Permission, Role};

use super::Link;

/// What stands around a page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Chrome {
    /// The Board's name; empty while nobody is signed in.
    pub tenant: String,
    /// Who is signed in.
    pub person: Option<Person>,
    /// The places to go.
    pub navigation: Vec<Place>,
    /// The grey line under the header.
    pub edition: Option<String>,
    /// Whether the book is an illustration.
    pub illustrative: bool,
}

/// Who is signed in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Person {
    /// The person's name.
    pub name: String,
    /// What the person is in this Board, with the provider where there is one.
    pub role: String,
}

/// An entry of the navigation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Place {
    /// The link.
    pub link: Link,
    /// Whether the page is in this part.
    pub current: bool,
}

/// The edition a page is about.
#[derive(Clone, Debug, Default)]
pub struct Edition {
    /// Its number.
    pub number: u64,
    /// The day it was published, in words.
    pub published: String,
    /// The year of its prices.
    pub base_year: Option<String>,
    /// How much of its spend reconciles with accounts.
    pub reconciled: Option<String>,
    /// Whether its figures are an illustration.
    pub illustrative: bool,
}

impl Chrome {
    /// The frame around a page for somebody.
    pub fn of(tenant: impl Into<String>, person: Person, role: Role) -> Self {
        let for_some = [
            (Permission::ReadBook, "Value", "/value"),
            (Permission::ReadBook, "Scenarios", "/scenarios"),
            (Permission::ReadSubmissions, "Submissions", "/submissions"),
            (Permission::ReadBook, "Editions", "/editions"),
            (Permission::ReadBook, "Data sharing", "/agreement"),
            (Permission::Dispute, "Disputes", "/disputes"),
            (Permission::Release, "Releases", "/releases"),
            (Permission::ManageColleagues, "People", "/people"),
            (Permission::ReadAudit, "Audit record", "/audit"),
        ];
        let mut places = vec![Link::new("Start", "/")];
        let seen = for_some.into_iter().filter(|(permission, ..)| role.may(*permission));
        places.extend(seen.map(|(_, text, href)| Link::new(text, href)));
        places.push(Link::new("Glossary", "/glossary"));
        let navigation = places.into_iter().map(|link| Place { link, current: false }).collect();
        Self { tenant: tenant.into(), person: Some(person), navigation, ..Self::default() }
    }

    /// The frame around a page for whoever runs the installation and belongs to no Board.
    pub fn of_platform(name: &str) -> Self {
        let person = Person { name: name.to_owned(), role: "Platform operator".to_owned() };
        let boards = Place { link: Link::new("Boards", "/platform"), current: false };
        Self {
            tenant: "No Board".to_owned(),
            person: Some(person),
            navigation: vec![boards],
            ..Self::default()
        }
    }

    /// The same with the grey line of an edition.
    #[must_use]
    pub fn about(mut self, edition: Option<&Edition>) -> Self {
        self.edition = edition.map(Edition::line);
        self.illustrative = edition.is_some_and(|edition| edition.illustrative);
        self
    }

    /// The same with the part of the navigation marked that an address lies in.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        for place in &mut self.navigation {
            let href = place.link.href.as_str();
            let below = path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
            place.current = path == href || (href != "/" && below);
        }
        self
    }
}

impl Edition {
    /// `Edition 12, published 14 November 2026 · prices of 2024-25 · 85% of spend reconciled`.
    fn line(&self) -> String {
        let mut parts = vec![format!("Edition {}, published {}", self.number, self.published)];
        if let Some(year) = &self.base_year {
            parts.push(format!("prices of {year}"));
        }
        if let Some(share) = &self.reconciled {
            parts.push(format!("{share} of spend reconciled"));
        }
        if self.illustrative {
            parts.push("illustrative data".to_owned());
        }
        parts.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grey_line_says_what_the_book_is() {
        let edition = Edition {
            number: 12,
            published: "14 November 2026".to_owned(),
            base_year: Some("2024-25".to_owned()),
            reconciled: Some("85%".to_owned()),
            illustrative: true,
        };
        assert_eq!(
            edition.line(),
            "Edition 12, published 14 November 2026 · prices of 2024-25 · \
             85% of spend reconciled · illustrative data"
        );
    }

    #[test]
    fn the_menu_has_what_a_role_may_open() {
        let menu = |role: Role| -> Vec<String> {
            let places = Chrome::of("NHS Somewhere", Person::default(), role).navigation;
            places.into_iter().map(|place| place.link.text).collect()
        };
        assert_eq!(menu(Role::Guest), ["Start", "Glossary"]);
        let viewer = ["Start", "Value", "Scenarios", "Editions", "Data sharing", "Glossary"];
        assert_eq!(menu(Role::Viewer), viewer);
        assert!(menu(Role::ProviderDirector).contains(&"People".to_owned()));
        assert!(!menu(Role::ProviderAnalyst).contains(&"Disputes".to_owned()));
    }

    #[test]
    fn the_part_of_a_page_is_marked() {
        let marked = |path: &str| -> Vec<String> {
            let chrome =
                Chrome::of("NHS Somewhere", Person::default(), Role::ClinicalLead).at(path);
            let current = chrome.navigation.into_iter().filter(|place| place.current);
            current.map(|place| place.link.text).collect()
        };
        assert_eq!(marked("/"), ["Start"]);
        assert_eq!(marked("/value/RTG/110"), ["Value"]);
        assert_eq!(marked("/valuable"), Vec::<String>::new());
    }
}
