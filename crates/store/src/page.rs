/// Most entries of one page of a list.
const LARGEST: u32 = 100;
/// Entries of a page when none are asked for.
const USUAL: u32 = 50;

/// Which part of a list: newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Only what is older than this cursor, which came with the part before.
    pub after: Option<String>,
    /// How many entries: 50 unless told, 100 at most.
    pub size: Option<u32>,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// The entries, newest first.
    pub items: Vec<T>,
    /// The cursor of the next part; nothing at the end.
    pub next: Option<String>,
}

impl Page {
    /// Entries to show.
    pub(crate) fn size(&self) -> usize {
        let size = self.size.unwrap_or(USUAL).clamp(1, LARGEST);
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    /// Rows to fetch: one more than is shown, to know whether there are more.
    pub(crate) fn fetch(&self) -> i64 {
        i64::try_from(self.size()).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// A cursor above every id, where none is given.
    pub(crate) fn before(&self) -> String {
        self.after.clone().unwrap_or_else(|| "~".to_owned())
    }
}

impl<T> Listing<T> {
    /// The fetched rows cut to the page's size.
    pub(crate) fn cut(mut items: Vec<T>, page: &Page, cursor: impl Fn(&T) -> String) -> Self {
        let more = items.len() > page.size();
        items.truncate(page.size());
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }

    /// Each entry turned into another.
    pub fn map<U>(self, with: impl FnMut(T) -> U) -> Listing<U> {
        Listing { items: self.items.into_iter().map(with).collect(), next: self.next }
    }
}
