//! A model as free-format MPS text, so that any other solver can be asked.
//!
//! Our keys are the names. A character that MPS would read as something else is written as `%` and
//! the two hexadecimal digits of each of its bytes; no two keys share a name. The objective row is
//! `%objective`, which no key can be. As other programs have it, the right-hand side of the objective
//! row is the constant with its sign turned. Figures are the shortest text that reads back as the
//! same number.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{Column, LpModel, ModelError, Sense};

/// The name of the objective row.
const OBJECTIVE: &str = "%objective";

/// Why a model cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MpsError {
    /// The model itself is refused.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Names must tell rows and columns apart.
    #[error("the model has two rows or two columns called {0}; a file could not tell them apart")]
    Twice(String),
}

/// A key as a name: nothing that ends a field, starts a comment or quotes a word.
fn name(key: &str) -> String {
    if key.is_empty() {
        return "%".to_owned();
    }
    let mut name = String::with_capacity(key.len());
    for letter in key.chars() {
        let plain = letter.is_ascii_graphic() && !"%$*'\"&\\".contains(letter);
        if plain || (letter.is_alphanumeric() && !letter.is_ascii()) {
            name.push(letter);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in letter.encode_utf8(&mut bytes).bytes() {
            // Writing to a string cannot fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    name
}

fn all_different<'a>(keys: impl Iterator<Item = &'a String>) -> Result<(), MpsError> {
    let mut seen = BTreeSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(MpsError::Twice(key.clone()));
        }
    }
    Ok(())
}

impl LpModel {
    /// The model as free-format MPS, the same bytes for the same model.
    ///
    /// # Errors
    /// When a figure is not a number, bounds cross, or two rows or columns share a key.
    pub fn to_mps(&self) -> Result<String, MpsError> {
        self.validate()?;
        all_different(self.rows.iter().map(|row| &row.key))?;
        all_different(self.columns.iter().map(|column| &column.key))?;
        let mut lines = vec![
            "* Maximise. Money is in GBP million, staff in WTE, health in QALY.".to_owned(),
            "* %XX in a name is a byte of a character that MPS would misread.".to_owned(),
            "* The RHS of %objective is minus the constant of the objective.".to_owned(),
            format!("NAME {}", self.sha256()),
            "OBJSENSE".to_owned(),
            "    MAX".to_owned(),
            "ROWS".to_owned(),
            format!(" N {OBJECTIVE}"),
        ];
        lines.extend(self.rows.iter().map(|row| {
            let kind = match row.sense {
                Sense::AtMost => 'L',
                Sense::AtLeast => 'G',
            };
            format!(" {kind} {}", name(&row.key))
        }));
        lines.push("COLUMNS".to_owned());
        self.write_columns(&mut lines);
        lines.push("RHS".to_owned());
        if self.constant != 0.0 {
            lines.push(format!(" RHS {OBJECTIVE} {:?}", -self.constant));
        }
        let limits = self.rows.iter().filter(|row| row.limit != 0.0);
        lines.extend(limits.map(|row| format!(" RHS {} {:?}", name(&row.key), row.limit)));
        lines.push("BOUNDS".to_owned());
        lines.extend(self.columns.iter().flat_map(bounds));
        lines.push("ENDATA\n".to_owned());
        Ok(lines.join("\n"))
    }

    /// Column by column: its gain first, a nought too, so that no column is left out; then its
    /// entries, rows rising.
    fn write_columns(&self, lines: &mut Vec<String>) {
        let mut entries = vec![Vec::new(); self.columns.len()];
        for row in &self.rows {
            let row_name = name(&row.key);
            for (column, part) in &row.terms {
                if let Some(entries) = entries.get_mut(*column) {
                    entries.push(format!("{row_name} {part:?}"));
                }
            }
        }
        let mut whole = false;
        for (column, entries) in self.columns.iter().zip(entries) {
            if column.whole != whole {
                whole = column.whole;
                lines.push(marker(whole));
            }
            let name = name(&column.key);
            lines.push(format!(" {name} {OBJECTIVE} {:?}", column.gain));
            lines.extend(entries.into_iter().map(|entry| format!(" {name} {entry}")));
        }
        if whole {
            lines.push(marker(false));
        }
    }
}

/// The line between columns that take any number and those that take whole numbers only.
fn marker(whole: bool) -> String {
    format!(" %marker 'MARKER' '{}'", if whole { "INTORG" } else { "INTEND" })
}

/// Both sides of a column, the lower first: a negative upper one alone would mean no lower one.
fn bounds(column: &Column) -> [String; 2] {
    let name = name(&column.key);
    [format!(" LO BND {name} {:?}", column.lower), format!(" UP BND {name} {:?}", column.upper)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Expression, RowUnit};

    #[test]
    fn whole_numbers_stand_between_markers() {
        let mut model = LpModel::default();
        let first = model.column("a".to_owned(), 0.0, 1.0, 1.0);
        model.whole(first);
        model.column("b".to_owned(), 0.0, 1.0, 1.0);
        let text = model.to_mps().expect("a model");
        let place = |part: &str| text.find(part).expect(part);
        assert!(place("INTORG") < place(" a %objective"), "{text}");
        assert!(place(" a %objective") < place("INTEND"), "{text}");
        assert!(place("INTEND") < place(" b %objective"), "{text}");
    }

    #[test]
    fn no_two_keys_share_a_name() {
        let keys = ["", "%", "a b", "a%20b", "a\tb", "$a", "a$", "*a", "'MARKER'", "é", "a\u{a0}b"];
        let names: BTreeSet<String> = keys.iter().map(|key| name(key)).collect();
        assert_eq!(names.len(), keys.len());
        assert!(names.iter().all(|name| !name.is_empty() && !name.contains(char::is_whitespace)));
        assert_eq!(name("a b%é"), "a%20b%25é");
        assert_eq!(name("budget/core/1"), "budget/core/1");
        assert!(!names.contains(OBJECTIVE));
    }

    #[test]
    fn rows_or_columns_of_one_key_cannot_be_written() {
        let mut model = LpModel::default();
        let x = model.column("x".to_owned(), 0.0, 1.0, 1.0);
        let sum = Expression { constant: 0.0, terms: vec![(x, 1.0)] };
        model.row("x".to_owned(), sum.clone(), Sense::AtMost, 4.0, RowUnit::Money, 1);
        assert!(model.to_mps().is_ok(), "a row may be called like a column");
        model.row("x".to_owned(), sum, Sense::AtMost, 4.0, RowUnit::Money, 1);
        assert_eq!(model.to_mps(), Err(MpsError::Twice("x".to_owned())));
    }
}
