//! Workbooks made to do harm, or broken on the way: each is refused by a named rule, through the
//! binary, within bounds, and nothing that may be personal is repeated.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up stops")]

#[expect(dead_code, reason = "three tests share it, each using a part")]
mod workbooks;

use workbooks::container::{Part, zip};
use workbooks::made::{Made, rows, text_cell};
use workbooks::{four_services, part_of, run};

/// What the checking process may hold. The reading process has a bound of its own.
const MOST_KB: u64 = 128 * 1024;

/// A file, and the rule that refuses it.
type Case = (&'static str, Vec<u8>, &'static str);

fn assert_refused(cases: Vec<Case>) {
    for (name, bytes, rule) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("book.xlsx");
        std::fs::write(&path, bytes).expect("writes");
        let checked = run::check(&path);
        assert_eq!(checked.code, 1, "{name}: {}", checked.out);
        let found = checked.found();
        assert!(!found.accepted, "{name}");
        assert!(found.counts.contains_key(rule), "{name}: {:?}", found.counts);
        assert!(checked.peak_kb < MOST_KB, "{name} took {} kB", checked.peak_kb);
        for problem in &found.problems {
            assert!(problem.message.len() > 30, "{name}: {}", problem.message);
            assert!(!problem.message.contains("943"), "{name}: {}", problem.message);
        }
    }
}

fn sheet(rows: &str) -> Vec<u8> {
    Made::of(&[("costs", rows.to_owned())]).zip()
}

const COSTS: &str = "xl/worksheets/sheet1.xml";

/// A workbook whose cells are `piece` repeated within one sheet.
fn flood(piece: &str, times: usize) -> Vec<u8> {
    let whole = Made::of(&[("costs", "|".to_owned())]);
    let text = whole.text(COSTS);
    let (head, tail) = text.split_once('|').expect("two halves");
    let part = Part::repeated(COSTS, head.as_bytes(), piece.as_bytes(), times, tail.as_bytes());
    whole.with(part).zip()
}

#[test]
fn what_is_no_workbook_is_named_for_what_it_is() {
    let ole = |inside: &str| {
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.resize(70_000, 0);
        bytes.extend(inside.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(80_000, 0);
        bytes
    };
    let files = |names: &[&str]| -> Vec<u8> {
        zip(&names.iter().map(|name| Part::plain(name, b"<a/>")).collect::<Vec<_>>())
    };
    let word = four_services()
        .patched(
            "[Content_Types].xml",
            "spreadsheetml.sheet.main",
            "wordprocessingml.document.main",
        )
        .patched("_rels/.rels", "xl/workbook.xml", "word/document.xml")
        .with(Part::plain("word/document.xml", b"<document/>"));
    let macros = four_services().patched(
        "[Content_Types].xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    );
    let code = four_services().with(Part::plain("xl/vbaProject.bin", b"\xD0\xCF"));
    let wrong = four_services().patched("[Content_Types].xml", "spreadsheetml", "drawingml");
    let locked = four_services().changed(COSTS, |part| part.flags |= 1);
    assert_refused(vec![
        ("nothing", Vec::new(), "workbook.not_xlsx"),
        ("one byte", vec![b'P'], "workbook.not_xlsx"),
        ("a picture", b"\x89PNG\r\n\x1a\n0000".to_vec(), "workbook.not_xlsx"),
        ("CSV by another name", b"provider_code,cost_gbp\nA,1\n".to_vec(), "workbook.not_xlsx"),
        ("a Word document", word.zip(), "workbook.not_xlsx"),
        ("a ZIP of ZIPs", files(&["a.zip", "b.zip"]), "workbook.not_xlsx"),
        ("wrong content types", wrong.zip(), "workbook.not_xlsx"),
        (
            "no content types",
            four_services().without("[Content_Types].xml").zip(),
            "workbook.not_xlsx",
        ),
        ("an encrypted workbook", ole("EncryptedPackage"), "workbook.password"),
        ("an encrypted part", locked.zip(), "workbook.password"),
        ("an old workbook", ole("Workbook"), "workbook.old_format"),
        ("a binary workbook", files(&["xl/workbook.bin"]), "workbook.binary_format"),
        ("OpenDocument", files(&["mimetype", "content.xml"]), "workbook.open_document"),
        ("macros by type", macros.zip(), "workbook.macros"),
        ("macros by part", code.zip(), "workbook.macros"),
    ]);
}

#[test]
fn containers_that_lie_are_damaged() {
    let whole = four_services().zip();
    let cut = |at: usize| whole.get(..at).expect("a beginning").to_vec();
    let costs = part_of("costs");
    let longer = four_services().changed(&costs, |part| part.length += 1_000);
    let shorter = four_services().changed(&costs, |part| part.length -= 100);
    let checksum = four_services().changed(&costs, |part| part.crc ^= 1);
    let named = |name: &str| four_services().with(Part::plain(name, b"x")).zip();
    let mut twice = four_services();
    twice.parts.push(Part::plain(&costs.to_uppercase(), b"<worksheet/>"));
    let many: Vec<Part> = (0..100_000).map(|at| Part::plain(&format!("xl/{at}"), b"")).collect();
    let utf_16: Vec<u8> = "<sst/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_refused(vec![
        ("cut at the end", cut(whole.len() - 1_000), "workbook.damaged"),
        ("cut after the start", cut(100), "workbook.damaged"),
        ("a part shorter than declared", longer.zip(), "workbook.damaged"),
        ("a part longer than declared", shorter.zip(), "workbook.damaged"),
        ("a wrong checksum", checksum.zip(), "workbook.damaged"),
        ("two parts of one name", twice.zip(), "workbook.damaged"),
        ("no workbook", four_services().without("xl/workbook.xml").zip(), "workbook.damaged"),
        (
            "no list of sheets' parts",
            four_services().without("xl/_rels/workbook.xml.rels").zip(),
            "workbook.damaged",
        ),
        ("a sheet that is not there", four_services().without(&costs).zip(), "workbook.damaged"),
        (
            "UTF-16",
            four_services().with(Part::plain("xl/sharedStrings.xml", &utf_16)).zip(),
            "workbook.damaged",
        ),
        ("a way out", named("xl/../../../etc/cron.d/x"), "workbook.part_name"),
        ("a way out with backslashes", named("xl\\..\\..\\x"), "workbook.part_name"),
        ("an absolute name", named("/etc/x"), "workbook.part_name"),
        ("a drive", named("C:/x"), "workbook.part_name"),
        ("100,000 parts", zip(&many), "workbook.too_many_parts"),
    ]);
}

#[test]
fn bombs_do_not_go_off() {
    let zeros = |times| Part::repeated(COSTS, b"", &vec![0; 16 << 20], times, b"");
    let bomb = four_services().with(zeros(640)).zip();
    assert!(bomb.len() < 20 << 20, "10 GB in {} bytes", bomb.len());
    // Many names for the same megabytes.
    let mut overlapping = four_services();
    overlapping.parts.push(Part { name: "xl/a.bin".to_owned(), ..zeros(4) });
    for at in 0..500 {
        let name = format!("xl/{at}.bin");
        overlapping.parts.push(Part { name, shares_data: true, ..zeros(4) });
    }
    let inner = four_services().with(Part::plain("xl/embeddings/inner.zip", &bomb)).with(zeros(40));
    let header = rows("provider_code,service_code\nA01,A\n");
    let cells = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(1_000));
    let texts: String = "<si><t/></si>".repeat(1_000_001);
    let shared = |strings: &str| {
        let made = Made::of(&[("costs", header.clone())]);
        made.with(Part::plain("xl/sharedStrings.xml", strings.as_bytes())).zip()
    };
    let long = "x".repeat(130_000);
    let many_long = format!("<row>{}</row>", r#"<c t="s"><v>0</v></c>"#.repeat(250));
    let wide = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(250));
    let amplified =
        Made::of(&[("costs", format!("{wide}{}", many_long.repeat(20)))]).with(Part::plain(
            "xl/sharedStrings.xml",
            format!("<sst><si><t>{long}</t></si></sst>").as_bytes(),
        ));
    assert_refused(vec![
        ("10 GB of zeros", bomb, "workbook.too_large"),
        ("a bomb within a bomb", inner.zip(), "workbook.too_large"),
        ("one part under 500 names", overlapping.zip(), "workbook.too_large"),
        ("10 GB of blanks", flood(&" ".repeat(16 << 20), 640), "workbook.too_large"),
        ("a tag of 64 MB", flood(&"<c r=\"".repeat(1 << 20), 11), "workbook.too_large"),
        ("30 million cells", flood(&cells, 30_000), "workbook.too_many_cells"),
        (
            "4 billion shared texts declared",
            shared(r#"<sst uniqueCount="4294967295"><si><t>a</t></si></sst>"#),
            "workbook.too_many_texts",
        ),
        (
            "a million and one shared texts",
            shared(&format!("<sst>{texts}</sst>")),
            "workbook.too_many_texts",
        ),
        ("one text in every cell", amplified.zip(), "workbook.too_large"),
        (
            "a cell longer than a cell",
            shared(&format!("<sst><si><t>{}</t></si></sst>", "x".repeat(5 << 20))),
            "workbook.too_large",
        ),
    ]);
}

#[test]
fn xml_that_is_a_trap_is_not_read() {
    let before = |declaration: &str| {
        let made = four_services();
        let text = format!("<?xml version=\"1.0\"?>{declaration}{}", made.text(COSTS));
        made.with(Part::plain(COSTS, text.as_bytes())).zip()
    };
    let laughs: String = (1..10)
        .map(|at| format!("<!ENTITY l{at} \"{}\">", format!("&l{};", at - 1).repeat(10)))
        .collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY l0 \"lol\">{laughs}]>");
    let outside = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
    let remote = "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\">";
    let nested = |times: usize| {
        let made = Made::of(&[("costs", "|".to_owned())]);
        let text = made.text(COSTS).replace('|', &"<a>".repeat(times));
        made.with(Part::plain(COSTS, text.as_bytes())).zip()
    };
    let undefined = four_services().patched(&part_of("services"), "Acute", "&undefined; Acute");
    let dimension = |range: &str| {
        four_services()
            .patched(COSTS, "<sheetData>", &format!("<dimension ref=\"{range}\"/><sheetData>"))
            .zip()
    };
    assert_refused(vec![
        ("a billion laughs", before(&laughs), "workbook.entities"),
        ("an entity from a file", before(outside), "workbook.entities"),
        ("a document type from elsewhere", before(remote), "workbook.entities"),
        ("an entity that nobody defined", undefined.zip(), "workbook.damaged"),
        ("nested a million deep", nested(1_000_000), "workbook.nesting"),
        ("cut in the middle of a sheet", nested(3), "workbook.damaged"),
        ("a billion rows declared", dimension("A1:C1000000000"), "workbook.damaged"),
        ("a range back to front", dimension("C9:A1"), "workbook.damaged"),
        ("a row beyond counting", sheet("<row r=\"99999999999\"/>"), "workbook.damaged"),
    ]);
}

#[test]
fn sheets_that_are_no_tables_are_refused() {
    let header = rows("provider_code,service_code\nA01,A\n");
    let far = |place: &str| sheet(&format!("{header}<row>{}</row>", text_cell(place, "x")));
    let wide = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(16_384));
    let renamed = |from: &str, to: &str| {
        let (from, to) = (format!("name=\"{from}\""), format!("name=\"{to}\""));
        four_services().patched("xl/workbook.xml", &from, &to)
    };
    let merged = four_services().patched(
        COSTS,
        "</sheetData>",
        "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:C1\"/></mergeCells>",
    );
    let backwards =
        "<row r=\"3\"><c r=\"A3\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>";
    let doubled = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>";
    let dangling = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>";
    let right = four_services().patched(
        COSTS,
        "</row><row r=\"3\">",
        "<c r=\"Z2\"><v>5</v></c></row><row r=\"3\">",
    );
    assert_refused(vec![
        ("a cell at XFD1048576", far("XFD1048576"), "workbook.too_many_columns"),
        ("a cell below the last row", far("A1048577"), "workbook.damaged"),
        ("a column beyond letters", far("ZZZZZZ1"), "workbook.damaged"),
        ("16,384 columns", sheet(&wide), "workbook.too_many_columns"),
        ("rows out of order", sheet(backwards), "workbook.damaged"),
        ("one cell twice", sheet(doubled), "workbook.damaged"),
        ("a text that is not there", sheet(dangling), "workbook.damaged"),
        ("no sheets", Made::of(&[]).zip(), "workbook.damaged"),
        ("an empty sheet", sheet(""), "workbook.no_tables"),
        ("headers only", sheet(&rows("provider_code,service_code\n")), "workbook.no_tables"),
        ("notes only", Made::of(&[("NOTES", header.clone())]).zip(), "workbook.no_tables"),
        ("an unknown sheet", renamed("costs", "cost").zip(), "workbook.unknown_sheet"),
        ("a table in capitals", renamed("costs", "COSTS").zip(), "workbook.unknown_sheet"),
        (
            "a hidden unknown sheet",
            renamed("costs", "x\" state=\"veryHidden").zip(),
            "workbook.unknown_sheet",
        ),
        (
            "a sheet named by a number",
            renamed("costs", "patient 9434765919").zip(),
            "workbook.unknown_sheet",
        ),
        ("two sheets of one name", renamed("ledger", "costs").zip(), "workbook.duplicate_sheet"),
        ("two sheets but for case", renamed("ledger", "Costs").zip(), "workbook.duplicate_sheet"),
        ("a merged header", merged.zip(), "workbook.merged"),
        ("a value beside the table", right.zip(), "workbook.no_header"),
    ]);
}

#[test]
fn cells_that_are_no_values_are_refused_with_their_place() {
    let costs = four_services();
    let text = costs.text(COSTS);
    let (_, rest) = text.split_once("r=\"J3\"").expect("a cost in the third row");
    let (cost, _) = rest.split_once("</c>").expect("its end");
    let with = |cell: &str| {
        let to = format!("r=\"J3\"{cell}</c>");
        costs.clone().patched(COSTS, &format!("r=\"J3\"{cost}</c>"), &to).zip()
    };
    let cases = [
        ("a formula", with("><f>SUM(A1:A2)</f><v>3</v>"), "workbook.formula"),
        ("a formula without a value", with("><f>1/0</f>"), "workbook.formula"),
        (
            "a shared formula",
            with("><f t=\"shared\" ref=\"J3:J5\" si=\"0\">A1</f><v>3</v>"),
            "workbook.formula",
        ),
        ("an error", with(" t=\"e\"><v>#REF!</v>"), "workbook.error_cell"),
        ("an error as its own rule sees it", with(" t=\"e\"><v>#N/A</v>"), "money.malformed"),
        ("three decimals", with("><v>12.005</v>"), "money.decimals"),
        ("infinity", with("><v>1e999</v>"), "money.malformed"),
        ("not a number", with("><v>nan</v>"), "money.malformed"),
        ("a day for money", with(" s=\"1\"><v>45747</v>"), "money.malformed"),
        ("hours for money", with(" s=\"4\"><v>1.5625</v>"), "money.malformed"),
        ("true for money", with(" t=\"b\"><v>1</v>"), "money.malformed"),
    ];
    for (name, bytes, rule) in &cases {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("book.xlsx");
        std::fs::write(&path, bytes).expect("writes");
        let found = run::check(&path).found();
        let problem = found.problems.iter().find(|problem| problem.rule == *rule);
        let problem = problem.unwrap_or_else(|| panic!("{name}: {:?}", found.problems));
        assert_eq!(problem.table, "costs", "{name}");
        assert_eq!((problem.row, problem.column.as_deref()), (Some(3), Some("cost_gbp")), "{name}");
    }
    assert_refused(cases.into());
}

#[test]
fn personal_data_is_refused_and_never_repeated() {
    let with = |cell: &str| {
        let text = four_services().text(COSTS);
        let (_, rest) = text.split_once("r=\"F3\"").expect("a currency in the third row");
        let (old, _) = rest.split_once("</c>").expect("its end");
        four_services()
            .patched(COSTS, &format!("r=\"F3\"{old}</c>"), &format!("r=\"F3\"{cell}</c>"))
            .zip()
    };
    let header = four_services().patched(COSTS, "currency_code", "NHS Number");
    let moment = with(" s=\"1\"><v>45747.4375</v>");
    assert_refused(vec![
        ("an NHS number as a figure", with("><v>9434765919</v>"), "personal.nhs_number"),
        (
            "an NHS number as text",
            with(" t=\"inlineStr\"><is><t>943 476 5919</t></is>"),
            "personal.nhs_number",
        ),
        ("a postcode", with(" t=\"inlineStr\"><is><t>DE22 3NE</t></is>"), "personal.postcode"),
        ("the moment of one event", moment, "personal.event_time"),
        ("a column of NHS numbers", header.zip(), "personal.header"),
    ]);
}
