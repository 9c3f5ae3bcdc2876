//! Workbooks as honest people and programs write them: read like the same tables in CSV, to the
//! byte, and whatever a spreadsheet may do on the way is understood or named.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

#[expect(dead_code, reason = "three tests share it, each using a part")]
mod workbooks;

use openbook::workbook::{UnpackError, Unpacker, is_workbook};
use openbook::{Book, Report, Tables, folder, workbook};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;
use workbooks::container::Part;
use workbooks::made::{Made, cell, rows, text_cell};
use workbooks::{four_services, part_of, run};

fn tables() -> Tables {
    server::Catalogue::from_folder(&tests::root().join("models")).expect("definitions").tables
}

fn unpacker() -> Unpacker {
    Unpacker::new(tests::binary().expect("the binary"))
}

/// Reads a workbook as `valuebook check` does.
fn read(bytes: &[u8]) -> (Option<Book>, Report) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.xlsx");
    std::fs::write(&path, bytes).expect("writes");
    let into = folder.path().join("sheets");
    std::fs::create_dir(&into).expect("a folder");
    workbook::read(&unpacker(), &tables(), &path, &into).expect("runs")
}

/// The CSV of one sheet, as unpacked.
fn unpacked(table: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.xlsx");
    std::fs::write(&path, bytes).expect("writes");
    let sheets = unpacker().unpack(&tables(), &path, folder.path());
    let sheets = sheets.unwrap_or_else(|error| panic!("{error:?}"));
    let sheet = sheets.into_iter().find(|sheet| sheet.table == table).expect("the sheet");
    std::fs::read_to_string(sheet.csv).expect("a file")
}

fn hashes(book: &Book) -> BTreeMap<String, String> {
    let hash = |table: &openbook::CheckedTable| table.sha256().expect("bytes");
    book.tables().iter().map(|(name, table)| (name.clone(), hash(table))).collect()
}

fn four_services_hashes() -> BTreeMap<String, String> {
    let path = tests::root().join("tests/golden/four-services/book");
    hashes(&folder::read(&tables(), &path).expect("reads").0.expect("a book"))
}

#[test]
fn a_workbook_is_the_same_book_as_the_folder_to_the_byte() {
    let (book, report) = read(&four_services().zip());
    let book = book.unwrap_or_else(|| panic!("{:?}", report.problems()));
    let wanted = four_services_hashes();
    assert_eq!(wanted.len(), 8);
    assert_eq!(hashes(&book), wanted);

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.xlsx");
    std::fs::write(&path, four_services().zip()).expect("writes");
    let checked = run::check(&path);
    let golden = tests::root().join("tests/golden/four-services/book");
    let of_folder = tests::valuebook([
        "check".as_ref(),
        golden.as_os_str(),
        "--format".as_ref(),
        "json".as_ref(),
    ]);
    let of_folder = of_folder.expect("runs");
    assert_eq!((checked.code, of_folder.code), (0, 0));
    assert_eq!(checked.out, of_folder.out);
    assert!(checked.out.contains("\"cost_gbp\": \"25000000.00\""), "{}", checked.out);
}

/// Whatever is done to it here, the book stays what it was.
#[test]
fn what_programs_do_to_a_workbook_does_not_change_the_book() {
    let costs = part_of("costs");
    let shared = {
        // Texts moved to the shared list, one of them in pieces with a reading aid.
        let text = four_services().text(&part_of("providers"));
        let (before, rest) = text.split_once("<is>").expect("a text");
        let (inline, after) = rest.split_once("</is>").expect("its end");
        let value = inline.split(['<', '>']).nth(2).expect("the text");
        let (one, two) = value.split_at(3);
        let list = format!(
            "<sst uniqueCount=\"1\"><si><r><t>{one}</t></r><r><rPr><b/></rPr><t>{two}</t></r>\
             <rPh sb=\"0\" eb=\"1\"><t>aid</t></rPh></si></sst>"
        );
        let sheet = format!("{before}<v>0</v>{after}").replacen("t=\"inlineStr\"", "t=\"s\"", 1);
        four_services()
            .with(Part::plain(&part_of("providers"), sheet.as_bytes()))
            .with(Part::plain("xl/sharedStrings.xml", list.as_bytes()))
    };
    let prefixed = {
        let text = four_services().text(&costs);
        let text = text.replace("</", "</x:").replace('<', "<x:").replace("<x:/x:", "</x:");
        four_services().with(Part::plain(&costs, text.replace("xmlns=", "xmlns:x=").as_bytes()))
    };
    let unnumbered = {
        let text = four_services().text(&costs);
        let plain: Vec<&str> = text.split(" r=\"").collect();
        let plain: String = plain
            .iter()
            .enumerate()
            .map(|(at, piece)| if at == 0 { piece } else { piece.split_once('"').expect("r").1 })
            .collect();
        four_services().with(Part::plain(&costs, plain.as_bytes()))
    };
    let people = Made::of(&[("costs", String::new())]).text("xl/worksheets/sheet1.xml").replace(
        "<sheetData>",
        &format!(
            "<sheetData><row r=\"1\"><c r=\"A1\"><f>NOW()</f><v>1</v></c>{}</row>",
            text_cell("XFD1", "x")
        ),
    );
    let with_sheet = |name: &str| {
        four_services()
            .with(Part::plain("xl/worksheets/sheet9.xml", people.as_bytes()))
            .patched("xl/workbook.xml", "</sheets>", &format!("<sheet name=\"{name}\" sheetId=\"9\" r:id=\"rId9\"/></sheets>"))
            .patched("xl/_rels/workbook.xml.rels", "</Relationships>", "<Relationship Id=\"rId9\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet9.xml\"/></Relationships>")
    };
    let cases = [
        ("shared and rich texts", shared),
        ("a prefix for every name", prefixed),
        ("cells without their places", unnumbered),
        ("a sheet for people", with_sheet("WORKINGS 2")),
        ("a sheet of notes", with_sheet("Notes for us")),
        (
            "a dimension that is too small",
            four_services().patched(&costs, "<sheetData>", "<dimension ref=\"A1\"/><sheetData>"),
        ),
        (
            "styled empty cells beside and below",
            four_services().patched(
                &costs,
                "</sheetData>",
                "<row r=\"90000\"><c r=\"XFD90000\" s=\"3\"/></row></sheetData>",
            ),
        ),
        (
            "blanks beside and below",
            four_services().patched(
                &costs,
                "</sheetData>",
                &format!("<row r=\"90\">{}</row></sheetData>", text_cell("ZZ90", "  ")),
            ),
        ),
        (
            "a hidden sheet",
            four_services().patched(
                "xl/workbook.xml",
                "name=\"costs\"",
                "name=\"costs\" state=\"hidden\"",
            ),
        ),
        (
            "a link to another file",
            four_services()
                .with(Part::plain("xl/externalLinks/externalLink1.xml", b"<externalLink/>")),
        ),
        (
            "a picture and a comment",
            four_services()
                .with(Part::plain("xl/media/image1.png", b"\x89PNG\xFF\xFE"))
                .with(Part::plain("xl/comments1.xml", b"<!-- <x> --><comments/>")),
        ),
    ];
    let wanted = four_services_hashes();
    for (name, made) in cases {
        let (book, report) = read(&made.zip());
        let book = book.unwrap_or_else(|| panic!("{name}: {:?}", report.problems()));
        assert_eq!(hashes(&book), wanted, "{name}");
    }
}

#[test]
fn rows_keep_the_numbers_that_a_person_sees() {
    // The table begins in the fourth row and the second column, and has a gap.
    let header = "fund,fin_year,amount_gbp,source";
    let line = |row: usize, fund: &str, amount: &str| {
        let cells = [("B", fund), ("C", "2024-25"), ("D", amount), ("E", "x")];
        let cells: String =
            cells.iter().map(|(at, text)| cell(&format!("{at}{row}"), text)).collect();
        format!("<row r=\"{row}\">{cells}</row>")
    };
    let heads: String = ["B4", "C4", "D4", "E4"]
        .iter()
        .zip(header.split(','))
        .map(|(at, name)| text_cell(at, name))
        .collect();
    let sheet = format!(
        "<row r=\"4\">{heads}</row>{}{}{}",
        line(5, "core", "1"),
        line(9, "bcf", "1.005"),
        line(12, "core", "2")
    );
    let (none, report) = read(&Made::of(&[("funds", sheet)]).zip());
    assert!(none.is_none());
    let mut of_rows = report.problems().iter().filter(|problem| problem.row.is_some());
    let found: Vec<_> = of_rows.clone().map(|problem| (problem.rule, problem.row)).collect();
    assert_eq!(found, [("money.decimals", Some(9)), ("key.duplicate", Some(12))]);
    let duplicate = of_rows.next_back().expect("a problem");
    assert!(duplicate.message.contains("row 5"), "{}", duplicate.message);
}

#[test]
fn everything_to_mend_is_said_at_once() {
    let made = four_services()
        .patched("xl/workbook.xml", "name=\"ledger\"", "name=\"leger\"")
        .patched(&part_of("services"), "provider_code", "provider_cod");
    let formula = "<f>1</f><v>10000000</v>";
    let made = made.patched(&part_of("costs"), "<v>10000000</v>", formula);
    let (_, report) = read(&made.zip());
    for rule in ["workbook.unknown_sheet", "workbook.formula", "header.unknown"] {
        assert!(report.counts().contains_key(rule), "{rule}: {:?}", report.counts());
    }
    let sentence = report.problems().first().expect("a problem").sentence();
    assert!(
        sentence.starts_with("the workbook: ") && sentence.contains("did you mean \"ledger\"?")
    );
}

#[test]
fn cells_come_as_a_spreadsheet_shows_them() {
    let header: String =
        ('A'..='H').map(|at| text_cell(&format!("{at}1"), &format!("c{at}"))).collect();
    let sheet = |is_1904: bool| {
        let day = if is_1904 { 44_285 } else { 45_747 };
        let cells = format!(
            "<c r=\"A2\" s=\"3\" t=\"inlineStr\"><is><t>0110</t></is></c><c r=\"B2\"><v>110</v></c>\
             <c r=\"C2\" s=\"1\"><v>{day}</v></c><c r=\"D2\" s=\"2\"><v>0.25</v></c>\
             <c r=\"E2\"><v>1234.5600000000001</v></c><c r=\"F2\" t=\"b\"><v>0</v></c>\
             <c r=\"G2\" t=\"inlineStr\"><is><t>a, &quot;b&quot;_x000A_c</t></is></c>\
             <c r=\"H2\" t=\"d\"><v>2025-03-31T00:00:00</v></c>"
        );
        let made = Made::of(&[(
            "costs",
            format!("<row r=\"1\">{header}</row><row r=\"2\">{cells}</row>"),
        )]);
        let flag = if is_1904 { "<workbookPr date1904=\"1\"/>" } else { "<workbookPr/>" };
        made.patched("xl/workbook.xml", "<workbookPr/>", flag).zip()
    };
    let wanted = "cA,cB,cC,cD,cE,cF,cG,cH\n\
                  0110,110,2025-03-31,0.25,1234.56,FALSE,\"a, \"\"b\"\"\nc\",2025-03-31\n";
    for is_1904 in [false, true] {
        assert_eq!(unpacked("costs", &sheet(is_1904)), wanted, "1904: {is_1904}");
    }
}

#[test]
fn tables_without_rows_are_left_out() {
    let made = Made::of(&[
        ("costs", rows("provider_code,service_code\n")),
        ("services", String::new()),
        ("funds", rows("fund,fin_year,amount_gbp,source\ncore,2024-25,1,x\n")),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.xlsx");
    std::fs::write(&path, made.zip()).expect("writes");
    let sheets = unpacker().unpack(&tables(), &path, folder.path()).expect("unpacks");
    assert_eq!(sheets.iter().map(|sheet| sheet.table.as_str()).collect::<Vec<_>>(), ["funds"]);
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 2, "the workbook and one sheet");
}

/// One sheet alone, and a file by another name, through the command line.
#[test]
fn one_sheet_can_be_checked_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.download");
    std::fs::write(&path, four_services().zip()).expect("writes");
    let check = |table: &str| {
        tests::valuebook(["check".as_ref(), path.as_os_str(), "--table".as_ref(), table.as_ref()])
            .expect("runs")
    };
    let ledger = check("ledger");
    assert_eq!((ledger.code, ledger.out.trim()), (0, "Accepted."));
    let funds = check("funds");
    assert_eq!(funds.code, 2);
    assert!(funds.err.contains("no sheet funds"), "{}", funds.err);
    let absent = tests::valuebook(["check", "/nowhere/book.xlsx"]).expect("runs");
    assert_eq!(absent.code, 2);
    assert!(absent.err.contains("check the path"), "{}", absent.err);
}

fn refusal(program: &str, wait: Duration) -> Vec<&'static str> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.xlsx");
    std::fs::write(&path, four_services().zip()).expect("writes");
    let unpacker = Unpacker::new(Path::new(program).to_owned()).waiting(wait);
    let ended = loop {
        match unpacker.unpack(&tables(), &path, folder.path()) {
            // Another test's child may hold the fresh script open for a moment.
            Err(UnpackError::Run { source, .. })
                if source.kind() == ErrorKind::ExecutableFileBusy => {}
            ended => break ended,
        }
    };
    match ended {
        Err(UnpackError::Refused { report, sheets }) => {
            assert!(sheets.is_empty());
            report.counts().keys().copied().collect()
        }
        other => panic!("{other:?}"),
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_breaks_hangs_or_babbles_ends_as_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("writes");
        let run = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&path, run).expect("may run");
        path.to_str().expect("a path").to_owned()
    };
    let minute = Duration::from_secs(60);
    assert_eq!(refusal(&script("breaks", "exit 101"), minute), ["workbook.unreadable"]);
    assert_eq!(refusal(&script("aborts", "kill -ABRT $$"), minute), ["workbook.too_large"]);
    assert_eq!(
        refusal(&script("lies", "echo 'sheets = [\"costs\"]'"), minute),
        ["workbook.unreadable"]
    );
    assert_eq!(
        refusal(&script("invents", "printf 'sheets = [\"../x\"]\\n[counts]\\n'"), minute),
        ["workbook.unreadable"]
    );
    assert_eq!(refusal(&script("babbles", "exec cat /dev/zero"), minute), ["workbook.unreadable"]);
    let hangs = script("hangs", "exec sleep 600");
    assert_eq!(refusal(&hangs, Duration::from_millis(20)), ["workbook.too_slow"]);
    let nowhere = Unpacker::new("/nowhere/valuebook".into());
    let file = folder.path().join("breaks");
    let error = nowhere.unpack(&tables(), &file, folder.path()).expect_err("no program");
    assert!(matches!(error, UnpackError::Run { .. }), "{error}");
}

#[test]
fn a_workbook_is_told_by_its_first_bytes() {
    assert!(is_workbook(&four_services().zip()));
    assert!(!is_workbook(b"provider_code,service_code\n"));
}
