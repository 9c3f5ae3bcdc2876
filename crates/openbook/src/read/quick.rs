//! The quick way for a row: its key known by its bytes, its figures read from bytes.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

use super::header::Layout;
use super::records::Record;
use crate::cell::{self, quick};
use crate::definition::{Kind, TableDefinition};
use crate::store::{self, EMPTY, Pool, Rows};

/// The most bytes of keys that are remembered as they are written; the rest is read by all rules.
const MOST_BYTES: usize = 24 * 1024 * 1024;

/// From here on an amount is looked at by all the rules: it may be something else.
const LARGE: i64 = 400_000_000_000;

/// What is known of the file's columns and of the keys seen so far.
pub(super) struct Quick {
    width: usize,
    key: KeyCells,
    spellings: Spellings,
    values: Vec<Value>,
    /// For each record looked up last, where its key may be known.
    found: Vec<Option<Spelling>>,
    hashes: Vec<Option<u64>>,
    joined: Vec<u8>,
}

/// Where the cells of the key stand in the file.
enum KeyCells {
    /// Side by side, from one to another.
    Run(usize, usize),
    /// Here and there.
    Scattered(Vec<usize>),
}

/// A column that is not of the key.
struct Value {
    place: usize,
    /// Where it stands in the file; nothing where it is not there.
    at: Option<usize>,
    kind: Kind,
    values: Vec<Box<[u8]>>,
    /// The word of an empty cell, where that is allowed.
    empty: Option<u64>,
    /// The word of the row read last.
    word: u64,
}

impl Quick {
    /// Nothing where the file's columns, or their kinds, are not such as to be read quickly.
    pub(super) fn new(
        definition: &TableDefinition,
        layout: &Layout,
        pool: &mut Pool,
    ) -> Option<Self> {
        let places: Vec<usize> = layout.places.iter().copied().collect::<Option<_>>()?;
        let mut keys = Vec::new();
        let mut values = Vec::new();
        for (place, column) in definition.columns.iter().enumerate() {
            let at = places.iter().position(|other| *other == place);
            if column.key {
                keys.push(at?);
                continue;
            }
            let (Kind::Money | Kind::Activity | Kind::Date | Kind::Choice) = column.kind else {
                return None;
            };
            let empty = cell::parse(column, "").ok().map(|cell| store::word(&cell, pool));
            let word = empty.unwrap_or(EMPTY);
            let known = column.values.iter().map(|value| value.as_bytes().into()).collect();
            values.push(Value { place, at, kind: column.kind, values: known, empty, word });
        }
        keys.sort_unstable();
        let (first, last) = (*keys.first()?, *keys.last()?);
        let run = last.checked_sub(first).is_some_and(|length| length + 1 == keys.len());
        Some(Self {
            width: places.len(),
            key: if run { KeyCells::Run(first, last) } else { KeyCells::Scattered(keys) },
            spellings: Spellings::default(),
            values,
            found: Vec::new(),
            hashes: Vec::new(),
            joined: Vec::new(),
        })
    }

    /// Looks up the keys of records. Each step is taken for all of them before the next, so that
    /// the processor waits for memory once and not for each.
    pub(super) fn look_up<'r>(&mut self, records: impl Iterator<Item = Record<'r>> + Clone) {
        self.hashes.clear();
        for record in records.clone() {
            let key = self.key.bytes(&record, &mut self.joined);
            let key = key.filter(|_| record.len() == self.width);
            self.hashes.push(key.map(|key| self.spellings.hasher.hash_one(key)));
        }
        self.found.clear();
        for hash in &self.hashes {
            self.found.push(hash.and_then(|hash| self.spellings.like(hash)));
        }
        for (found, record) in self.found.iter_mut().zip(records) {
            let key = found.and_then(|_| self.key.bytes(&record, &mut self.joined));
            *found = found.filter(|spelling| spelling.of(&self.spellings.bytes) == key);
        }
    }

    /// Has the totals of the rows found brought near.
    pub(super) fn fetch(&self, rows: &Rows) {
        let (first, last) = (self.values.first(), self.values.last());
        let places = first.zip(last).map(|(first, last)| (first.place, last.place));
        let mut any = 0;
        for spelling in self.found.iter().flatten() {
            let words = rows.words(spelling.row);
            let word = |place: usize| words.get(place).copied().unwrap_or_default();
            any |= places.map_or(0, |(first, last)| word(first) | word(last));
        }
        std::hint::black_box(any);
    }

    /// The row of a record that was looked up.
    pub(super) fn known(&self, at: usize) -> Option<u32> {
        self.found.get(at).copied().flatten().map(|spelling| spelling.row)
    }

    /// Remembers the bytes in which a row's key was written.
    pub(super) fn remember(&mut self, record: &Record<'_>, row: u32) {
        if let Some(key) = self.key.bytes(record, &mut self.joined) {
            self.spellings.insert(key, row);
        }
    }

    /// Reads the cells that are not of the key; false where one is not as it nearly always is.
    pub(super) fn read(&mut self, record: &Record<'_>, ranks: &[Vec<u64>]) -> bool {
        self.values.iter_mut().all(|value| {
            let Some(at) = value.at else { return true };
            let ranks = ranks.get(value.place).map(Vec::as_slice).unwrap_or_default();
            match value.read(record.cell(at).trim_ascii(), ranks) {
                Some(word) => {
                    value.word = word;
                    true
                }
                None => false,
            }
        })
    }

    /// The places of the columns that are not of the key, and the words read last.
    pub(super) fn words(&self) -> impl Iterator<Item = (usize, u64)> {
        self.values.iter().map(|value| (value.place, value.word))
    }
}

impl Value {
    fn read(&self, bytes: &[u8], ranks: &[u64]) -> Option<u64> {
        if bytes.is_empty() {
            return self.empty;
        }
        match self.kind {
            Kind::Money => {
                quick::money(bytes).filter(|pence| *pence < LARGE).map(i64::cast_unsigned)
            }
            Kind::Activity => quick::activity(bytes).map(i64::cast_unsigned),
            Kind::Date => quick::day(bytes).map(store::word_of_day),
            _ => {
                let at = self.values.iter().position(|value| **value == *bytes)?;
                ranks.get(at).copied()
            }
        }
    }
}

impl KeyCells {
    /// The cells of the key as they are written, commas between them. Nothing where a cell itself
    /// holds a comma: then other cells could look the same.
    fn bytes<'a>(&self, record: &Record<'a>, joined: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        let (run, scattered) = match self {
            Self::Run(first, last) => {
                if let Some(written) = record.as_written(*first, *last) {
                    return Some(written);
                }
                (*first..*last + 1, [].as_slice())
            }
            Self::Scattered(cells) => (0..0, cells.as_slice()),
        };
        joined.clear();
        for at in run.chain(scattered.iter().copied()) {
            let cell = record.cell(at);
            if cell.contains(&b',') {
                return None;
            }
            joined.extend_from_slice(cell);
            joined.push(b',');
        }
        joined.pop();
        Some(joined)
    }
}

/// Keys as they are written, with their rows.
#[derive(Default)]
struct Spellings {
    bytes: Vec<u8>,
    index: HashTable<Spelling>,
    hasher: RandomState,
}

/// One key as it is written, and its row.
#[derive(Clone, Copy)]
struct Spelling {
    start: u32,
    length: u32,
    /// The upper half of its hash.
    tag: u32,
    row: u32,
}

impl Spelling {
    fn of<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let start = usize::try_from(self.start).ok()?;
        bytes.get(start..start.checked_add(usize::try_from(self.length).ok()?)?)
    }
}

fn tag(hash: u64) -> u32 {
    u32::try_from(hash >> 32).unwrap_or_default()
}

impl Spellings {
    /// The first key with the same hash: nearly always the same key, and to be compared with it.
    fn like(&self, hash: u64) -> Option<Spelling> {
        let tag = tag(hash);
        self.index.find(hash, |known| known.tag == tag).copied()
    }

    /// Keys whose hash another has already are not remembered: all the rules read them each time.
    fn insert(&mut self, key: &[u8], row: u32) {
        let sizes = (u32::try_from(self.bytes.len()), u32::try_from(key.len()));
        let (Ok(start), Ok(length)) = sizes else { return };
        let hash = self.hasher.hash_one(key);
        if self.bytes.len() + key.len() > MOST_BYTES || self.like(hash).is_some() {
            return;
        }
        let Self { bytes, index, hasher } = self;
        bytes.extend_from_slice(key);
        index.insert_unique(hash, Spelling { start, length, tag: tag(hash), row }, |known| {
            hasher.hash_one(known.of(bytes).unwrap_or_default())
        });
    }
}
