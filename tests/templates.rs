//! What a template asks for is what an upload is held to, and the documentation of the formats is
//! what the checks do.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

#[expect(dead_code, reason = "three tests share it, each using a part")]
mod workbooks;

use calamine::{Reader, Xlsx};
use openbook::definition::{ColumnDefinition, Kind, Origin};
use openbook::template::{self, ABOUT, EXAMPLES, LISTS, Selection};
use openbook::workbook::Unpacker;
use openbook::{CheckedTable, Report, TableDefinition, Tables, folder, read};
use std::io::Cursor;
use workbooks::made::{Made, place, text_cell};

fn tables() -> Tables {
    server::Catalogue::from_folder(&tests::root().join("models")).expect("definitions").tables
}

fn checked(tables: &Tables, table: &TableDefinition, csv: &[u8]) -> CheckedTable {
    let mut report = Report::default();
    let read = read::table(tables, table, csv, &mut report);
    read.unwrap_or_else(|| panic!("{}: {:?}", table.name, report.problems()))
}

#[test]
fn a_csv_template_with_its_example_is_accepted() {
    let tables = tables();
    let mut seen = 0;
    for table in tables.iter() {
        let header = String::from_utf8(template::csv(table)).expect("text");
        let names: Vec<&str> = header.trim_end().split(',').collect();
        let wanted: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!((names, header.lines().count()), (wanted, 1));
        let filled = template::csv_example(table);
        assert!(filled.starts_with(header.as_bytes()));
        assert_eq!(checked(&tables, table, &filled).len(), 1, "{}", table.name);
        seen += 1;
    }
    assert!(seen >= 25, "{seen} tables");
}

/// The part of a sheet's XML by the sheet's name: sheets are in the order of the list.
fn part(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> String {
    let at = book.sheet_names().iter().position(|name| name == sheet).expect("the sheet");
    workbooks::made::sheet_part(at + 1)
}

fn open(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes.to_owned())).expect("a workbook")
}

/// The style that a sheet gives to a column, counted from 0; 0 where it gives none.
fn style(sheet: &str, column: usize) -> usize {
    let number = |tag: &str, name: &str| -> Option<usize> {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        rest.split('"').next()?.parse().ok()
    };
    let covers = |tag: &&str| {
        let ends = number(tag, "min").zip(number(tag, "max"));
        ends.is_some_and(|(min, max)| (min..=max).contains(&(column + 1)))
    };
    let tag = sheet.split("<col ").skip(1).find(covers).expect("the column");
    let (tag, _) = tag.split_once("/>").expect("its end");
    number(tag, "style").unwrap_or(0)
}

/// A cell as a spreadsheet writes what a person types into a column of the template.
fn typed(sheet: &str, at: usize, column: &ColumnDefinition) -> String {
    let Some(text) = template::example(column) else { return String::new() };
    let place = place(at, 2);
    let styled =
        |value: String| format!("<c r=\"{place}\" s=\"{}\"><v>{value}</v></c>", style(sheet, at));
    match column.kind {
        Kind::Money | Kind::Activity | Kind::Number | Kind::Share | Kind::Month => styled(text),
        Kind::Date => {
            let day: jiff::civil::Date = text.parse().expect("a day");
            let since = day.since(jiff::civil::date(1899, 12, 30)).expect("a span");
            styled(since.get_days().to_string())
        }
        _ => text_cell(&place, &text),
    }
}

#[test]
fn an_xlsx_template_with_its_examples_is_the_same_tables() {
    let tables = tables();
    let bytes = template::xlsx(&tables, Selection::All).expect("a workbook");
    let mut book = open(&bytes);
    let mut made = Made::read(&bytes);
    for table in tables.iter() {
        let name = part(&mut book, &table.name);
        let sheet = made.text(&name);
        let cells: String =
            (0..).zip(&table.columns).map(|(at, column)| typed(&sheet, at, column)).collect();
        let rows = format!("<row r=\"2\">{cells}</row></sheetData>");
        made = made.patched(&name, "</sheetData>", &rows);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("filled.xlsx");
    std::fs::write(&path, made.zip()).expect("writes");
    let sheets = Unpacker::new(tests::binary().expect("the binary"))
        .unpack(&tables, &path, folder.path())
        .unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(sheets.len(), tables.iter().count());
    for sheet in sheets {
        let table = tables.get(&sheet.table).expect("a table");
        let csv = std::fs::read(&sheet.csv).expect("a file");
        let (found, wanted) =
            (checked(&tables, table, &csv), checked(&tables, table, &template::csv_example(table)));
        let text = |table: CheckedTable| String::from_utf8(table.canonical_csv().expect("bytes"));
        assert_eq!(text(found), text(wanted), "{}", table.name);
    }
}

#[test]
fn every_column_and_its_choices_are_in_the_workbook() {
    let tables = tables();
    let bytes = template::xlsx(&tables, Selection::All).expect("a workbook");
    let (mut book, made) = (open(&bytes), Made::read(&bytes));
    let lists = book.worksheet_range(LISTS).expect("the lists");
    let about = book.worksheet_range(ABOUT).expect("the words");
    let examples = book.worksheet_range(EXAMPLES).expect("the examples");
    let says = |sheet: &calamine::Range<calamine::Data>, wanted: &[&str]| {
        sheet.rows().any(|cells| {
            let found: Vec<String> =
                cells.iter().take(wanted.len()).map(ToString::to_string).collect();
            found == wanted
        })
    };
    let mut drop_downs = 0;
    for table in tables.iter() {
        let head = book.worksheet_range(&table.name).expect("the sheet");
        let heads: Vec<String> =
            head.rows().next().expect("a header").iter().map(ToString::to_string).collect();
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(heads, names);
        assert_eq!(head.height(), 1, "{}", table.name);
        assert!(says(&examples, &names), "{} has no example", table.name);
        let sheet = made.text(&part(&mut book, &table.name));
        for (at, column) in (0..).zip(&table.columns) {
            assert!(says(&about, &[&table.name, &column.name]), "{}", column.name);
            let Some(values) = template::choices(column) else { continue };
            assert_eq!(offered(&sheet, at, &lists), values, "{}.{}", table.name, column.name);
            assert!(column.kind != Kind::Choice || values == column.values);
            drop_downs += 1;
        }
    }
    assert!(drop_downs > 10);
}

/// What the drop-down of a column offers, found through its reference to the sheet of lists.
fn offered(sheet: &str, at: usize, lists: &calamine::Range<calamine::Data>) -> Vec<String> {
    let letters = place(at, 2);
    let range = format!("sqref=\"{letters}:{}1048576\">", letters.trim_end_matches('2'));
    let (_, rest) = sheet.split_once(&range).unwrap_or_else(|| panic!("no limits at {range}"));
    let (_, rest) = rest.split_once("<formula1>LISTS!$").expect("a list");
    let (source, _) = rest.split_once("</formula1>").expect("its end");
    let (column, rows) = source.split_once("$2:$").expect("its rows");
    let last: usize = rows.split_once('$').expect("its last row").1.parse().expect("a number");
    let column =
        column.bytes().fold(0, |sum, letter| sum * 26 + usize::from(letter - b'A') + 1) - 1;
    let cell = |row: usize| lists.get((row, column)).expect("a value").to_string();
    (1..last).map(cell).collect()
}

#[test]
fn codes_stay_text_and_figures_have_limits() {
    let tables = tables();
    let bytes = template::xlsx(&tables, Selection::Table("costs")).expect("a workbook");
    let (mut book, made) = (open(&bytes), Made::read(&bytes));
    assert_eq!(book.sheet_names(), [ABOUT, EXAMPLES, "costs", LISTS]);
    let sheet = made.text(&part(&mut book, "costs"));
    // A code typed into the template keeps its leading zero: the column is text.
    let styles = made.text("xl/styles.xml");
    let (_, cells) = styles.split_once("<cellXfs").expect("formats");
    let code = style(&sheet, 1);
    assert!(cells.split("<xf ").nth(code + 1).expect("the format").starts_with("numFmtId=\"49\""));
    for limits in ["type=\"decimal\"", "type=\"whole\"", "type=\"date\"", "type=\"list\""] {
        assert!(sheet.contains(limits), "{limits}");
    }
    assert!(sheet.contains("state=\"frozen\""));
    assert!(sheet.contains("Pounds and pence: digits, at most one point and two decimals."));
    let notes: Vec<_> = made.parts.iter().filter(|part| part.name.contains("comments")).collect();
    let notes = String::from_utf8(notes.first().expect("notes").stored.clone()).expect("text");
    assert!(notes.contains("The cost in pounds and pence."), "{notes}");
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    let tables = tables();
    let once = template::xlsx(&tables, Selection::All).expect("a workbook");
    // The clock of a container has steps of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert!(once == template::xlsx(&tables, Selection::All).expect("a workbook"));
    assert!(template::xlsx(&tables, Selection::Table("cost")).is_err());
}

/// The examples of all tables are one book in which every reference resolves.
#[test]
fn the_examples_together_are_a_book() {
    let tables = tables();
    let folder = tempfile::tempdir().expect("a folder");
    for table in tables.iter() {
        let path = folder.path().join(format!("{}.csv", table.name));
        std::fs::write(path, template::csv_example(table)).expect("writes");
    }
    let (book, report) = folder::read(&tables, folder.path()).expect("reads");
    assert!(book.is_some(), "{:?}", report.problems());
}

#[test]
fn schemas_ask_for_what_the_definitions_do() {
    let tables = tables();
    for table in tables.iter() {
        let schema = template::json_schema(table);
        let row = schema.get("items").expect("rows");
        let properties = row.get("properties").and_then(|it| it.as_object()).expect("columns");
        assert_eq!(properties.len(), table.columns.len());
        let required: Vec<&str> = row
            .get("required")
            .and_then(|it| it.as_array())
            .expect("a list")
            .iter()
            .filter_map(|name| name.as_str())
            .collect();
        for column in &table.columns {
            let property = properties.get(&column.name).expect("the column");
            let needed = !column.optional && !column.may_be_empty;
            assert_eq!(required.contains(&column.name.as_str()), needed, "{}", column.name);
            if column.kind == Kind::Choice {
                assert_eq!(property.get("enum"), Some(&serde_json::json!(column.values)));
            }
            if let Some(max) = column.max {
                assert_eq!(property.get("maximum").and_then(serde_json::Value::as_f64), Some(max));
            }
        }
    }
}

#[test]
fn the_documentation_of_the_formats_is_current() {
    let found = template::markdown(&tables());
    let path = tests::root().join("docs/open-book-formats.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &found).expect("writes");
        return;
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/open-book-formats.md is not what the definitions say; \
         UPDATE_GOLDEN=1 cargo test -p tests --test templates writes it anew"
    );
}

#[test]
fn the_command_writes_what_is_asked_for_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str], out: &str| {
        let out = folder.path().join(out);
        let mut all: Vec<std::ffi::OsString> = vec!["template".into()];
        all.extend(arguments.iter().map(Into::into));
        all.extend(["--out".into(), out.into()]);
        tests::valuebook(all).expect("runs")
    };
    let lines = |ended: &tests::Ended| {
        assert_eq!(ended.code, 0, "{}", ended.err);
        ended.out.lines().count()
    };
    let of = |origin| Selection::From(origin).of(&tables()).count();
    assert_eq!(
        lines(&run(&["--for", "provider", "--format", "csv"], "p")),
        2 * of(Origin::Provider)
    );
    assert_eq!(lines(&run(&["--for", "icb", "--format", "json-schema"], "i")), of(Origin::Icb));
    assert_eq!(lines(&run(&["--format", "markdown"], "formats.md")), 1);
    assert_eq!(lines(&run(&["--table", "costs", "--format", "xlsx"], "deep/down/costs.xlsx")), 1);
    assert_eq!(lines(&run(&["--table", "costs", "--format", "csv"], "costs.csv")), 1);
    let header = std::fs::read(folder.path().join("costs.csv")).expect("a file");
    assert_eq!(header, template::csv(tables().get("costs").expect("costs")));
    // The folder as it is holds tables without rows, and the examples are not among them.
    let empty = tests::valuebook(["check".into(), folder.path().join("p").into_os_string()]);
    let empty = empty.expect("runs");
    assert_eq!(empty.code, 1);
    assert!(empty.out.contains("a header and no rows") && !empty.out.contains("EXAMPLES"));
    let slip = run(&["--table", "cost", "--format", "csv"], "x");
    assert_eq!(slip.code, 2);
    assert!(slip.err.contains("did you mean \"costs\"?"), "{}", slip.err);
    let part = run(&["--for", "icb", "--format", "markdown"], "x.md");
    assert_eq!(part.code, 2);
}
