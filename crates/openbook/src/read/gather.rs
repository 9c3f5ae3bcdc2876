//! Rows by their key. Where rows of one key are added up, a row is known again by the bytes of its
//! key as they stand in the file, so that a key is checked when it is first seen in a spelling and
//! never again; spellings of one key meet in one row all the same.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

use super::MOST_KEYS;
use super::header::Layout;
use super::quick::Quick;
use super::records::Record;
use crate::cell::Cell;
use crate::definition::{ColumnDefinition, Kind, RowRule, TableDefinition};
use crate::problem::{Problem, Report};
use crate::store::{self, EMPTY, Rows};

/// The most bytes of different texts in one table of one submission.
const MOST_TEXT: usize = 32 * 1024 * 1024;

/// Sound rows by their key.
pub(super) struct Gathered<'d> {
    definition: &'d TableDefinition,
    keys: Vec<usize>,
    /// For each column the words of a choice's values, the strongest first.
    ranks: Vec<Vec<u64>>,
    rows: Rows,
    by_key: HashTable<u32>,
    hasher: RandomState,
    quick: Option<Quick>,
    too_many: bool,
}

impl<'d> Gathered<'d> {
    pub(super) fn new(definition: &'d TableDefinition, layout: &Layout) -> Self {
        let keys = definition.columns.iter().enumerate().filter(|(_, column)| column.key);
        let mut rows = Rows::new(definition.columns.len());
        let ranks = definition
            .columns
            .iter()
            .map(|column| column.values.iter().map(|value| rows.pool.intern(value)).collect());
        let ranks = ranks.collect();
        let quick = match definition.rows {
            RowRule::AddUp => Quick::new(definition, layout, &mut rows.pool),
            RowRule::Unique => None,
        };
        Self {
            keys: keys.map(|(place, _)| place).collect(),
            definition,
            ranks,
            rows,
            by_key: HashTable::new(),
            hasher: RandomState::default(),
            quick,
            too_many: false,
        }
    }

    /// Looks up the rows of records that come next.
    pub(super) fn look_up<'r>(&mut self, records: impl Iterator<Item = Record<'r>> + Clone) {
        if let Some(quick) = &mut self.quick {
            quick.look_up(records);
            quick.fetch(&self.rows);
        }
    }

    /// Adds the record that was looked up in that place, where its key was seen before in this
    /// spelling and its other cells are written as they nearly always are. False where it is not so, and nothing was done.
    pub(super) fn add_quickly(
        &mut self,
        at: usize,
        record: &Record<'_>,
        line: u64,
        report: &mut Report,
    ) -> bool {
        let Some(quick) = &mut self.quick else { return false };
        let Some(row) = quick.known(at) else { return false };
        if !quick.read(record, &self.ranks) {
            return false;
        }
        let totals = self.rows.words_mut(row);
        for (place, word) in quick.words() {
            if let (Some(total), Some(ranks), Some(column)) =
                (totals.get_mut(place), self.ranks.get(place), self.definition.columns.get(place))
                && !add_up(column, ranks, total, word)
            {
                report.push(too_large(self.definition, column, line));
            }
        }
        true
    }

    /// Adds a row that was checked by all the rules.
    pub(super) fn add(
        &mut self,
        cells: &[Cell],
        record: &Record<'_>,
        line: u64,
        report: &mut Report,
    ) {
        match self.row_of(cells) {
            None => self.add_new(cells, record, line, report),
            Some(first) if self.definition.rows == RowRule::Unique => {
                report.refuse("key.duplicate", || self.duplicate(first, line));
            }
            Some(row) => {
                // Of words only the first are kept: those of a later row need no place.
                let word = |cell| store::known_word(cell, &self.rows.pool).unwrap_or(EMPTY);
                let words: Vec<u64> = cells.iter().map(word).collect();
                let totals = self.rows.words_mut(row);
                let columns = self.definition.columns.iter().zip(&self.ranks);
                for ((total, word), (column, ranks)) in totals.iter_mut().zip(words).zip(columns) {
                    if !column.key && !add_up(column, ranks, total, word) {
                        report.push(too_large(self.definition, column, line));
                    }
                }
                self.remember(record, row);
            }
        }
    }

    fn add_new(&mut self, cells: &[Cell], record: &Record<'_>, line: u64, report: &mut Report) {
        if self.rows.len() >= MOST_KEYS || self.rows.pool.size() > MOST_TEXT {
            if !std::mem::replace(&mut self.too_many, true) {
                report.push(self.no_more(line));
            }
            return;
        }
        let words: Vec<u64> =
            cells.iter().map(|cell| store::word(cell, &mut self.rows.pool)).collect();
        let hash = self.hash(self.keys.iter().filter_map(|place| words.get(*place)).copied());
        let Some(row) = self.rows.push(line, words) else { return };
        let Self { keys, rows, by_key, hasher, .. } = self;
        by_key.insert_unique(hash, row, |row| {
            hash_of(hasher, keys.iter().map(|place| rows.word(*row, *place)))
        });
        self.remember(record, row);
    }

    fn no_more(&self, line: u64) -> Problem {
        let table = &self.definition.name;
        if self.rows.len() >= MOST_KEYS {
            let message = format!(
                "more than {MOST_KEYS} different keys; add the rows up to service, month, currency \
                 and resource group first"
            );
            return Problem::of_row(table, line, "file.too_many_keys", message);
        }
        let message = "the different texts of the file come to more than 32 MB; shorten them, or \
                       add the rows up first";
        Problem::of_row(table, line, "file.too_much_text", message)
    }

    fn duplicate(&self, first: u32, line: u64) -> Problem {
        let columns = self.keys.iter().filter_map(|place| self.definition.columns.get(*place));
        let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        let message = format!(
            "row {} has the same {}; keep one of them",
            self.rows.line(first),
            names.join(", ")
        );
        Problem::of_row(&self.definition.name, line, "key.duplicate", message)
    }

    fn remember(&mut self, record: &Record<'_>, row: u32) {
        if let Some(quick) = &mut self.quick {
            quick.remember(record, row);
        }
    }

    fn hash(&self, words: impl Iterator<Item = u64>) -> u64 {
        hash_of(&self.hasher, words)
    }

    /// The row that has the key of these cells.
    fn row_of(&self, cells: &[Cell]) -> Option<u32> {
        let cells = self.keys.iter().filter_map(|place| cells.get(*place));
        let words: Vec<u64> =
            cells.map(|cell| store::known_word(cell, &self.rows.pool)).collect::<Option<_>>()?;
        let same = |row: &u32| {
            let own = self.keys.iter().map(|place| self.rows.word(*row, *place));
            own.eq(words.iter().copied())
        };
        self.by_key.find(self.hash(words.iter().copied()), same).copied()
    }

    /// Whether no row was sound.
    pub(super) const fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }

    /// The rows, where none of them lacks a column.
    pub(super) fn into_rows(self, complete: bool) -> Rows {
        if complete { self.rows } else { Rows::new(self.definition.columns.len()) }
    }
}

fn hash_of(hasher: &RandomState, words: impl Iterator<Item = u64>) -> u64 {
    let mut hash = hasher.build_hasher();
    words.for_each(|word| hash.write_u64(word));
    hash.finish()
}

fn too_large(definition: &TableDefinition, column: &ColumnDefinition, line: u64) -> Problem {
    let message = "the rows of this key add up to more than can be counted";
    Problem::of_row(&definition.name, line, "money.too_large", message).in_column(&column.name)
}

/// Adds a row's cell to the total of its key: money and activity are summed, of dates the earliest
/// and of choices the weakest (the later in the column's list) stays. False where a sum overflows.
fn add_up(column: &ColumnDefinition, ranks: &[u64], total: &mut u64, word: u64) -> bool {
    if word == EMPTY {
        return true;
    }
    if *total == EMPTY {
        *total = word;
        return true;
    }
    match column.kind {
        Kind::Money | Kind::Activity => match total.cast_signed().checked_add(word.cast_signed()) {
            Some(sum) if sum != i64::MIN => *total = sum.cast_unsigned(),
            _ => return false,
        },
        Kind::Date => *total = word.min(*total),
        Kind::Choice if *total != word => {
            let rank = |word: u64| ranks.iter().position(|known| *known == word);
            if rank(word) > rank(*total) {
                *total = word;
            }
        }
        _ => {}
    }
    true
}
