//! Long tables: sorted by a link, one page at a time.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::charts;

/// Rows on one page of a long table.
pub const ROWS: usize = 100;

/// Characters that need no encoding in a part of an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A column's heading, with the address that sorts by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The heading.
    pub text: String,
    /// Where it sorts; none where it cannot.
    pub href: Option<String>,
    /// `ascending`, `descending` or nothing.
    pub sorted: Option<&'static str>,
    /// Whether figures stand under it.
    pub numeric: bool,
}

/// What to sort by: `spend`, or `-spend` for the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// The column's key.
    pub key: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Sort {
    /// As it stands in an address.
    pub fn read(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(key) => Self { key: key.to_owned(), descending: true },
            None => Self { key: text.to_owned(), descending: false },
        }
    }

    /// As it stands in an address.
    pub fn write(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.key)
    }

    /// A column's heading: its link turns the order round where it is already sorted by it.
    pub fn column(&self, key: &str, text: &str, numeric: bool, address: &Address) -> Column {
        let here = self.key == key;
        let next = Self { key: key.to_owned(), descending: here && !self.descending };
        Column {
            text: text.to_owned(),
            href: Some(address.with("sort", &next.write())),
            sorted: here.then_some(if self.descending { "descending" } else { "ascending" }),
            numeric,
        }
    }
}

/// An address with its query, of which one part can be changed.
#[derive(Clone, Debug, Default)]
pub struct Address {
    /// The path.
    pub path: String,
    /// The query, in order.
    pub query: Vec<(&'static str, String)>,
}

impl Address {
    /// The address with one part set anew. Going elsewhere starts at the first page.
    pub fn with(&self, key: &'static str, value: &str) -> String {
        let kept = self.query.iter().filter(|(name, _)| *name != key && *name != "page");
        let mut parts: Vec<(&str, &str)> =
            kept.map(|(name, text)| (*name, text.as_str())).collect();
        parts.push((key, value));
        let query: Vec<String> = parts
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| format!("{name}={}", encoded(text)))
            .collect();
        if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, query.join("&"))
        }
    }
}

/// A text as one part of a path or a query.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// The address of a service's page, from `provider/service`.
pub fn service_href(service: &str) -> String {
    match service.split_once('/') {
        Some((provider, code)) => format!("/value/{}/{}", encoded(provider), encoded(code)),
        None => "/value".to_owned(),
    }
}

/// Where one is in a long table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pager {
    /// `Rows 101 to 200 of 2,000`.
    pub text: String,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// One page of rows, with the way to the others where there are more.
pub fn page_of<T>(rows: Vec<T>, page: usize, address: &Address) -> (Vec<T>, Option<Pager>) {
    page_of_size(rows, page, ROWS, address)
}

/// The same with so many rows on a page.
pub fn page_of_size<T>(
    rows: Vec<T>,
    page: usize,
    size: usize,
    address: &Address,
) -> (Vec<T>, Option<Pager>) {
    let all = rows.len();
    if all <= size {
        return (rows, None);
    }
    let last = all.saturating_sub(1).div_euclid(size);
    let page = page.clamp(1, last + 1) - 1;
    let shown: Vec<T> = rows.into_iter().skip(page * size).take(size).collect();
    let to = |page: usize| address.with("page", &page.to_string());
    let figure = |count: usize| crate::pages::format::thousands(&count.to_string());
    let pager = Pager {
        text: format!(
            "Rows {} to {} of {}",
            figure(page * size + 1),
            figure(page * size + shown.len()),
            figure(all)
        ),
        previous: (page > 0).then(|| to(page)),
        next: (page < last).then(|| to(page + 2)),
    };
    (shown, Some(pager))
}

/// Which part of a list, as it stands in an address.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct After {
    /// The cursor that came with the part before.
    pub after: Option<String>,
}

/// The address of what is older than a list's last entry.
pub fn older(path: &str, next: Option<&str>) -> Option<String> {
    next.map(|cursor| format!("{path}?after={}", encoded(cursor)))
}

/// A sector to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Every sector there is, after "all of them".
pub fn sector_choices<'a>(sectors: impl Iterator<Item = &'a str>, chosen: &str) -> Vec<Choice> {
    let codes: std::collections::BTreeSet<&str> = sectors.collect();
    let all =
        Choice { value: String::new(), text: "All sectors".to_owned(), chosen: chosen.is_empty() };
    let each = codes.into_iter().map(|code| Choice {
        value: code.to_owned(),
        text: charts::sector_label(code),
        chosen: code == chosen,
    });
    std::iter::once(all).chain(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address {
            path: "/value".to_owned(),
            query: vec![("sector", "mental_health".to_owned()), ("page", "3".to_owned())],
        }
    }

    #[test]
    fn an_address_keeps_its_filters_and_is_encoded() {
        assert_eq!(address().with("sort", "-spend"), "/value?sector=mental_health&sort=-spend");
        assert_eq!(address().with("sector", ""), "/value");
        assert_eq!(address().with("sector", "a&b=<c"), "/value?sector=a%26b%3D%3Cc");
        assert_eq!(service_href("RTG/1 0?"), "/value/RTG/1%200%3F");
    }

    #[test]
    fn a_heading_turns_its_order_round() {
        let sort = Sort::read("-spend");
        let column = sort.column("spend", "Spend", true, &address());
        assert_eq!(column.sorted, Some("descending"));
        assert!(column.href.is_some_and(|href| href.ends_with("sort=spend")));
        assert_eq!(sort.column("name", "Service", false, &address()).sorted, None);
    }

    #[test]
    fn pages_cover_all_rows_and_no_page_is_beyond() {
        let rows: Vec<usize> = (0..250).collect();
        let (shown, pager) = page_of(rows.clone(), 3, &address());
        assert_eq!((shown.len(), shown.first()), (50, Some(&200)));
        let pager = pager.expect("a pager");
        assert_eq!(pager.text, "Rows 201 to 250 of 250");
        assert_eq!((pager.next, pager.previous.is_some()), (None, true));
        let (shown, _) = page_of(rows.clone(), 99, &address());
        assert_eq!(shown.first(), Some(&200));
        assert_eq!(page_of(rows, 0, &address()).0.first(), Some(&0));
        assert_eq!(page_of(vec![1], 7, &address()), (vec![1], None));
    }
}
