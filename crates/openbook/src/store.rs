//! Rows kept small: one word a cell, and each different text once. A table of 200,000 rows of 12
//! columns takes some 20 MB.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use jiff::civil::Date;
use quantities::{Activity, FinYear, Pence};
use std::hash::BuildHasher;

use crate::cell::Cell;
use crate::definition::Kind;

/// The word of a cell that is missing. No value has it: it would be money or activity beyond what a
/// cell can hold, or minus nought, which is written as nought.
pub(crate) const EMPTY: u64 = 1 << 63;

/// Every different text of a table, once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    bytes: String,
    ends: Vec<usize>,
    index: HashTable<u32>,
    hasher: RandomState,
}

/// The text of a number, where there is one.
fn text_at<'a>(bytes: &'a str, ends: &[usize], at: u32) -> &'a str {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    let start = at.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied());
    let range = start.zip(ends.get(at)).map(|(start, end)| start..*end);
    range.and_then(|range| bytes.get(range)).unwrap_or_default()
}

impl Pool {
    /// The text of a word.
    pub(crate) fn text(&self, word: u64) -> &str {
        text_at(&self.bytes, &self.ends, u32::try_from(word).unwrap_or(u32::MAX))
    }

    /// How many bytes the texts have together.
    pub(crate) const fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The word of a text that is there.
    pub(crate) fn find(&self, text: &str) -> Option<u64> {
        let found = self
            .index
            .find(self.hasher.hash_one(text), |at| text_at(&self.bytes, &self.ends, *at) == text);
        found.map(|at| u64::from(*at))
    }

    /// The word of a text, put there where it was not; a missing cell beyond four billion texts.
    pub(crate) fn intern(&mut self, text: &str) -> u64 {
        if let Some(known) = self.find(text) {
            return known;
        }
        let Ok(at) = u32::try_from(self.ends.len()) else { return EMPTY };
        let Self { bytes, ends, index, hasher } = self;
        bytes.push_str(text);
        ends.push(bytes.len());
        index.insert_unique(hasher.hash_one(text), at, |at| {
            hasher.hash_one(text_at(bytes, ends, *at))
        });
        u64::from(at)
    }

    /// The place of every text among all of them in order.
    fn ranks(&self) -> Vec<u64> {
        let mut order: Vec<u32> = (0..).take(self.ends.len()).collect();
        let text = |at: u32| text_at(&self.bytes, &self.ends, at);
        order.sort_unstable_by(|a, b| text(*a).cmp(text(*b)));
        let mut ranks = vec![0; order.len()];
        for (rank, at) in (1..).zip(&order) {
            if let Some(slot) = usize::try_from(*at).ok().and_then(|at| ranks.get_mut(at)) {
                *slot = rank;
            }
        }
        ranks
    }
}

/// Whether the cells of a kind are texts.
pub(crate) const fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::Code | Kind::Text | Kind::Choice | Kind::Tags | Kind::Service | Kind::Flag)
}

/// The word of a day: year, month and day side by side, so that words sort as days.
pub(crate) fn word_of_day(day: Date) -> u64 {
    let part = |part: i8| u64::from(part.unsigned_abs());
    (u64::from(day.year().unsigned_abs()) << 16) | (part(day.month()) << 8) | part(day.day())
}

/// The day of a word.
pub(crate) fn day(word: u64) -> Option<Date> {
    let part = |shift: u32| i8::try_from((word >> shift) & 0xFF).ok();
    Date::new(i16::try_from(word >> 16).ok()?, part(8)?, part(0)?).ok()
}

/// The financial year of a word.
pub(crate) fn year(word: u64) -> Option<FinYear> {
    u16::try_from(word).ok().and_then(FinYear::starting)
}

/// The word of a cell whose texts are in the pool already; nothing where one is not.
pub(crate) fn known_word(cell: &Cell, pool: &Pool) -> Option<u64> {
    match cell {
        Cell::Text(text) => pool.find(text),
        other => Some(plain_word(other)),
    }
}

/// The word of a cell, its text put into the pool.
pub(crate) fn word(cell: &Cell, pool: &mut Pool) -> u64 {
    match cell {
        Cell::Text(text) => pool.intern(text),
        other => plain_word(other),
    }
}

fn plain_word(cell: &Cell) -> u64 {
    match cell {
        Cell::Empty | Cell::Text(_) => EMPTY,
        Cell::Money(amount) => amount.get().cast_unsigned(),
        Cell::Activity(activity) => activity.get().cast_unsigned(),
        Cell::Number(number) => number.to_bits(),
        Cell::Year(year) => u64::from(year.starts()),
        Cell::Month(month) => u64::from(*month),
        Cell::Date(date) => word_of_day(*date),
    }
}

/// Rows of words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    width: usize,
    words: Vec<u64>,
    lines: Vec<u64>,
    pub(crate) pool: Pool,
}

impl Rows {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    pub(crate) const fn len(&self) -> usize {
        self.lines.len()
    }

    /// Adds a row; its number, or nothing where there are four billion already.
    pub(crate) fn push(&mut self, line: u64, words: impl IntoIterator<Item = u64>) -> Option<u32> {
        let at = u32::try_from(self.lines.len()).ok()?;
        self.lines.push(line);
        self.words.extend(words.into_iter().take(self.width));
        self.words.resize(self.lines.len().saturating_mul(self.width), EMPTY);
        Some(at)
    }

    fn range(&self, row: u32) -> std::ops::Range<usize> {
        let start = usize::try_from(row).unwrap_or(usize::MAX).saturating_mul(self.width);
        start..start.saturating_add(self.width)
    }

    /// The words of a row, in the order of the definition.
    pub(crate) fn words(&self, row: u32) -> &[u64] {
        self.words.get(self.range(row)).unwrap_or_default()
    }

    pub(crate) fn words_mut(&mut self, row: u32) -> &mut [u64] {
        let range = self.range(row);
        self.words.get_mut(range).unwrap_or_default()
    }

    pub(crate) fn word(&self, row: u32, column: usize) -> u64 {
        self.words(row).get(column).copied().unwrap_or(EMPTY)
    }

    /// A cell's word in other rows.
    pub(crate) fn moved(&self, kind: Kind, word: u64, to: &mut Self) -> u64 {
        if is_text(kind) && word != EMPTY { to.pool.intern(self.pool.text(word)) } else { word }
    }

    /// The row of the file that a row came from.
    pub(crate) fn line(&self, row: u32) -> u64 {
        usize::try_from(row).ok().and_then(|row| self.lines.get(row)).copied().unwrap_or_default()
    }

    /// Appends a cell's canonical text.
    pub(crate) fn write(&self, kind: Kind, word: u64, out: &mut String) {
        use std::fmt::Write;
        if word == EMPTY {
            return;
        }
        // Writing to a text cannot fail.
        let _ = match kind {
            Kind::Code | Kind::Text | Kind::Choice | Kind::Tags | Kind::Service | Kind::Flag => {
                out.push_str(self.pool.text(word));
                Ok(())
            }
            Kind::Money => write!(out, "{}", Pence::new(word.cast_signed())),
            Kind::Activity => write!(out, "{}", Activity::new(word.cast_signed())),
            Kind::Number | Kind::Share => write!(out, "{}", f64::from_bits(word)),
            Kind::Year => year(word).map_or(Ok(()), |year| write!(out, "{year}")),
            Kind::Month => write!(out, "{word}"),
            Kind::Date => day(word).map_or(Ok(()), |day| write!(out, "{day}")),
        };
    }

    /// The rows in the order of their canonical text, column by column.
    pub(crate) fn order(&self, kinds: &[Kind]) -> Vec<u32> {
        let ranks = self.pool.ranks();
        let mut order: Vec<(u128, u32)> =
            (0..).take(self.len()).map(|row| (self.leading(row, kinds, &ranks), row)).collect();
        order.sort_by(|(one, a), (other, b)| {
            one.cmp(other).then_with(|| self.compare(*a, *b, kinds, &ranks))
        });
        order.into_iter().map(|(_, row)| row).collect()
    }

    /// As many of a row's first cells as fit side by side in one number that sorts as they do.
    fn leading(&self, row: u32, kinds: &[Kind], ranks: &[u64]) -> u128 {
        let text_bits = u64::BITS - u64::try_from(ranks.len()).unwrap_or(u64::MAX).leading_zeros();
        let (mut packed, mut left) = (0, u128::BITS);
        for (kind, word) in kinds.iter().zip(self.words(row)) {
            let bits = match kind {
                kind if is_text(*kind) => text_bits,
                Kind::Year => 12,
                Kind::Month => 4,
                Kind::Date => 28,
                _ => break,
            };
            if bits > left {
                break;
            }
            left -= bits;
            packed = (packed << bits) | u128::from(place(*kind, *word, ranks));
        }
        packed
    }

    fn compare(&self, a: u32, b: u32, kinds: &[Kind], ranks: &[u64]) -> std::cmp::Ordering {
        let cells = kinds.iter().zip(self.words(a).iter().zip(self.words(b)));
        cells
            .filter(|(_, (a, b))| a != b)
            .map(|(kind, (a, b))| match kind {
                Kind::Money | Kind::Activity | Kind::Number | Kind::Share => {
                    let (mut one, mut other) = (String::new(), String::new());
                    self.write(*kind, *a, &mut one);
                    self.write(*kind, *b, &mut other);
                    one.cmp(&other)
                }
                _ => place(*kind, *a, ranks).cmp(&place(*kind, *b, ranks)),
            })
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    }
}

/// A number that sorts as the cell's canonical text does; a missing cell comes first.
fn place(kind: Kind, word: u64, ranks: &[u64]) -> u64 {
    if word == EMPTY {
        return 0;
    }
    match kind {
        Kind::Code | Kind::Text | Kind::Choice | Kind::Tags | Kind::Service | Kind::Flag => {
            usize::try_from(word).ok().and_then(|at| ranks.get(at)).copied().unwrap_or_default()
        }
        // As texts: 0, 1, 10, 11, 12, 2, … 9.
        Kind::Month => match word {
            0 | 1 => word + 1,
            2..=9 => word + 4,
            _ => word.saturating_sub(7),
        },
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [Kind; 6] =
        [Kind::Number, Kind::Month, Kind::Text, Kind::Year, Kind::Date, Kind::Money];

    fn cell(kind: Kind) -> BoxedStrategy<Cell> {
        let some = match kind {
            Kind::Number => {
                (-40i32..40).prop_map(|n| Cell::Number(f64::from(n) / 4.0 + 0.0)).boxed()
            }
            Kind::Month => (0..=12u8).prop_map(Cell::Month).boxed(),
            Kind::Year => (1990..2100u16)
                .prop_map(|year| FinYear::starting(year).map_or(Cell::Empty, Cell::Year))
                .boxed(),
            Kind::Date => (1990..2100i16, 1..=12i8, 1..=28i8)
                .prop_map(|(y, m, d)| Date::new(y, m, d).map_or(Cell::Empty, Cell::Date))
                .boxed(),
            Kind::Money => (-20_000..20_000i64).prop_map(|p| Cell::Money(Pence::new(p))).boxed(),
            _ => "[a-c ]{1,2}".prop_map(|text| Cell::Text(text.into())).boxed(),
        };
        prop_oneof![1 => Just(Cell::Empty), 3 => some].boxed()
    }

    proptest! {
        /// Words hold what cells hold, and rows sort by the canonical texts of their cells joined
        /// by a character below every one of them.
        #[test]
        fn words_hold_and_sort_as_cells_do(
            mut order in Just(KINDS).prop_shuffle(),
            cells in prop::collection::vec(KINDS.map(cell), 0..30),
            first in 0..6usize,
        ) {
            order.rotate_left(first);
            let cell_of = |row: &[Cell; 6], kind: &Kind| {
                let at = KINDS.iter().position(|known| known == kind).expect("one of them");
                row[at].clone()
            };
            let mut rows = Rows::new(order.len());
            let mut texts = Vec::new();
            for (line, row) in (0..).zip(&cells) {
                let row: Vec<Cell> = order.iter().map(|kind| cell_of(row, kind)).collect();
                let words: Vec<u64> =
                    row.iter().map(|cell| word(cell, &mut rows.pool)).collect();
                let known: Vec<u64> =
                    row.iter().filter_map(|cell| known_word(cell, &rows.pool)).collect();
                prop_assert_eq!(&known, &words);
                rows.push(line, words);
                texts.push(row.iter().map(ToString::to_string).collect::<Vec<_>>().join("\u{1f}"));
            }
            let written = |row: u32| {
                let mut cells = Vec::new();
                for (kind, word) in order.iter().zip(rows.words(row)) {
                    let mut text = String::new();
                    rows.write(*kind, *word, &mut text);
                    cells.push(text);
                }
                cells.join("\u{1f}")
            };
            let sorted: Vec<String> = rows.order(&order).into_iter().map(written).collect();
            texts.sort();
            prop_assert_eq!(sorted, texts);
        }
    }
}
