//! The model as MPS text: read back by a reader of our own it is the same model, figure by figure;
//! and one golden file.

use allocation::families::Built;
use allocation::model::{LpModel, RowUnit, Sense};
use std::collections::BTreeMap;
use std::fs;

use crate::books::{TABLES, case, models};
use crate::models as random_models;
use crate::random::{Proof, for_each_seed};
use crate::sketches;

/// `%XX` undone.
fn key(name: &str) -> Option<String> {
    if name == "%" {
        return Some(String::new());
    }
    let mut parts = name.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// What is read before the parts are put together.
#[derive(Default)]
struct Reading {
    model: LpModel,
    rows: BTreeMap<String, usize>,
    columns: BTreeMap<String, usize>,
}

impl Reading {
    /// One line of a section; nothing where it is not understood.
    fn take(&mut self, section: &str, fields: &[&str]) -> Option<()> {
        match (section, fields) {
            ("OBJSENSE", ["MAX"]) | ("ROWS", ["N", "%objective"]) => {}
            ("ROWS", [kind, name]) => {
                let sense = match *kind {
                    "L" => Sense::AtMost,
                    "G" => Sense::AtLeast,
                    _ => return None,
                };
                let none = Default::default();
                let at = self.model.row(key(name)?, none, sense, 0.0, RowUnit::Money, 1);
                self.rows.insert((*name).to_owned(), at);
            }
            ("COLUMNS", [name, "%objective", gain]) => {
                let at = self.model.column(key(name)?, 0.0, 0.0, gain.parse().ok()?);
                self.columns.insert((*name).to_owned(), at);
            }
            ("COLUMNS", [name, row, part]) => {
                let row = self.model.rows.get_mut(*self.rows.get(*row)?)?;
                row.terms.push((*self.columns.get(*name)?, part.parse().ok()?));
            }
            ("RHS", ["RHS", "%objective", turned]) => {
                self.model.constant = -turned.parse::<f64>().ok()?;
            }
            ("RHS", ["RHS", row, limit]) => {
                let row = self.model.rows.get_mut(*self.rows.get(*row)?)?;
                row.limit = limit.parse().ok()?;
            }
            ("BOUNDS", [side, "BND", name, at]) => {
                let column = self.model.columns.get_mut(*self.columns.get(*name)?)?;
                match *side {
                    "LO" => column.lower = at.parse().ok()?,
                    "UP" => column.upper = at.parse().ok()?,
                    _ => return None,
                }
            }
            _ => return None,
        }
        Some(())
    }
}

/// Reads free-format MPS. Units and numbers of services are no part of it.
fn read(text: &str) -> Result<LpModel, String> {
    let mut reading = Reading::default();
    let mut section = "";
    for line in text.lines().filter(|line| !line.starts_with('*')) {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        if line.starts_with(' ') {
            reading.take(section, &fields).ok_or_else(|| format!("{section}: {line:?}"))?;
        } else {
            section = fields.first().copied().unwrap_or_default();
        }
    }
    if section == "ENDATA" { Ok(reading.model) } else { Err("it does not end".to_owned()) }
}

/// A model without what MPS does not hold.
fn bare(model: &LpModel) -> LpModel {
    let mut model = model.clone();
    for row in &mut model.rows {
        row.unit = RowUnit::Money;
        row.services = 1;
        row.pennies_worth = 0.0;
    }
    model
}

fn returns(model: &LpModel) -> Proof {
    let text = model.to_mps().map_err(|error| error.to_string())?;
    let back = read(&text)?;
    if back != bare(model) {
        return Err(format!("another model came back\n{text}"));
    }
    Ok(true)
}

#[test]
fn a_model_read_back_is_the_same_figure_by_figure() {
    for_each_seed(70_001..70_201, 200, |random| returns(&random_models::model(random)));
    for_each_seed(71_001..71_101, 100, |random| {
        returns(&Built::of(&sketches::sketch(random).case()?).model)
    });
}

#[test]
fn odd_keys_and_odd_figures_come_back_too() {
    let mut model = LpModel { constant: -1e-300, ..LpModel::default() };
    for (at, key) in ["", "two words", "%20", "$1", "* not a comment", "ämter/ß"].iter().enumerate()
    {
        let figure = f64::from(u8::try_from(at).expect("small")) / 3.0;
        let column = model.column((*key).to_owned(), -1.0 / 3.0, 1e22 + figure, figure - 0.1);
        let terms = vec![(column, 0.1 + 0.2), (0, 5e-324)];
        let expression = allocation::model::Expression { constant: 0.0, terms };
        model.row((*key).to_owned(), expression, Sense::AtLeast, 1e-7, RowUnit::Staff, 2);
    }
    let text = model.to_mps().expect("a text");
    assert_eq!(read(&text), Ok(bare(&model)));
}

#[test]
fn the_second_golden_case_as_text() {
    let golden = models().join("../tests/golden/four-services");
    let (book, report) =
        openbook::folder::read(&TABLES, &golden.join("book")).expect("a book folder");
    assert!(report.accepted(), "{:?}", report.problems());
    let scenario = fs::read_to_string(golden.join("scenarios/case-2.toml")).expect("a scenario");
    let case = case(&book.expect("a book"), &scenario).expect("a case");
    let found = Built::of(&case).model.to_mps().expect("a text");
    let wanted = fs::read_to_string(golden.join("case-2.mps")).expect("a golden file");
    assert!(found == wanted, "case-2.mps has changed; run `make golden` and read the difference");
}
