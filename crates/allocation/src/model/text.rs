//! A model as algebra that a person can read.

use std::fmt::{self, Write};

use super::LpModel;

/// What subtracting equal figures leaves.
const NOISE: f64 = 1e-12;

/// A number rounded to six significant digits, without an exponent.
fn figure(number: f64) -> String {
    if number.abs() < NOISE {
        return "0".to_owned();
    }
    let rounded: f64 = format!("{number:.5e}").parse().unwrap_or(number);
    rounded.to_string()
}

/// `2 a + 3 b - c`; `0` where there is nothing.
fn sum<'a>(terms: impl Iterator<Item = (&'a str, f64)>) -> String {
    let mut text = String::new();
    for (key, part) in terms {
        let sign = match (text.is_empty(), part < 0.0) {
            (true, false) => "",
            (true, true) => "-",
            (false, false) => " + ",
            (false, true) => " - ",
        };
        let size = figure(part.abs());
        let size = if size == "1" { String::new() } else { format!("{size} ") };
        text.push_str(&format!("{sign}{size}{key}"));
    }
    if text.is_empty() { "0".to_owned() } else { text }
}

impl LpModel {
    /// The model as algebra: what is maximised, each variable with its bounds and what one unit of
    /// it adds, each row by its key. Figures are rounded to six significant digits.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        self.write(&mut text).map_or_else(|_: fmt::Error| String::new(), |()| text)
    }

    fn write(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "maximise {} + the gains of", figure(self.constant))?;
        for column in &self.columns {
            let (lower, upper) = (figure(column.lower), figure(column.upper));
            write!(text, "  {lower} <= {} <= {upper}", column.key)?;
            if column.gain != 0.0 {
                write!(text, ", gain {}", figure(column.gain))?;
            }
            writeln!(text, "{}", if column.whole { ", whole" } else { "" })?;
        }
        writeln!(text, "subject to")?;
        for row in &self.rows {
            let key = |at: usize| self.columns.get(at).map_or("?", |column| column.key.as_str());
            let terms = row.terms.iter().map(|(at, part)| (key(*at), *part));
            let (sign, limit) = (row.sense.as_str(), figure(row.limit));
            writeln!(text, "  {}: {} {sign} {limit}", row.key, sum(terms))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Expression, LpModel, RowUnit, Sense};

    #[test]
    fn a_model_reads_as_algebra() {
        let mut model = LpModel { constant: 12.0, ..LpModel::default() };
        let a = model.column("a".to_owned(), 0.0, 1.0 / 3.0, 22.795_949);
        let b = model.column("b".to_owned(), -1.5, 1_234_567.0, 0.0);
        let c = model.column("c".to_owned(), 0.0, 1.0, -1e-7);
        model.whole(c);
        let sum = Expression { constant: 1.0, terms: vec![(a, 2.0), (b, -3.0), (c, 1.0)] };
        model.row("sum".to_owned(), sum, Sense::AtMost, 4.0, RowUnit::Money, 2);
        model.row(
            "less".to_owned(),
            Expression::default(),
            Sense::AtLeast,
            -0.0,
            RowUnit::Share,
            1,
        );
        let wanted = "maximise 12 + the gains of\n\
                      \x20 0 <= a <= 0.333333, gain 22.7959\n\
                      \x20 -1.5 <= b <= 1234570\n\
                      \x20 0 <= c <= 1, gain -0.0000001, whole\n\
                      subject to\n\
                      \x20 sum: 2 a - 3 b + c <= 3\n\
                      \x20 less: 0 >= 0\n";
        assert_eq!(model.text(), wanted);
    }
}
