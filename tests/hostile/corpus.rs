//! Small hostile files: the bytes, and the rule that must refuse them.

/// A header of costs.
pub const HEADER: &str = "provider_code,service_code,fin_year,fin_month,point_of_delivery,\
    currency_code,resource_group,cost_behaviour,activity,cost_gbp,cost_basis,data_as_at\n";
/// A sound row of costs.
pub const GOOD: &str = "RTG,110,2024-25,0,OP,WF01A,medical,variable,10,12.50,plics,2025-03-31\n";

/// A file, and what must be said of it.
pub struct Hostile {
    /// What it is.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The rule that must refuse it.
    pub rule: &'static str,
    /// What a message must say.
    pub says: &'static str,
}

fn hostile(
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    rule: &'static str,
    says: &'static str,
) -> Hostile {
    Hostile { name, bytes: bytes.into(), rule, says }
}

/// A sound file.
pub fn good() -> String {
    format!("{HEADER}{GOOD}")
}

/// A sound row, then one with `from` replaced by `to`.
fn cell(from: &str, to: &str) -> String {
    format!("{HEADER}{GOOD}{}", GOOD.replacen(from, to, 1))
}

fn wide(text: &str, low_first: bool) -> Vec<u8> {
    let bytes = |unit: u16| if low_first { unit.to_le_bytes() } else { unit.to_be_bytes() };
    text.encode_utf16().flat_map(bytes).collect()
}

fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

/// A few bytes of a format, then bytes that are no text.
fn binary(mark: &[u8]) -> Vec<u8> {
    let noise =
        (0..4_096u32).map(|at| u8::try_from(at.wrapping_mul(2_654_435_761) >> 24).unwrap_or(0));
    mark.iter().copied().chain(noise).collect()
}

/// Files that are not CSV, or not in UTF-8.
pub fn encodings() -> Vec<Hostile> {
    let utf32: Vec<u8> = [0xFF, 0xFE, 0, 0]
        .into_iter()
        .chain(good().chars().flat_map(|c| u32::from(c).to_le_bytes()))
        .collect();
    vec![
        hostile("empty", "", "file.empty", "first row must name the columns"),
        hostile("one byte", "x", "header.missing", "add it"),
        hostile("one quote", "\"", "row.quote", "never closed"),
        hostile("mark only", "\u{feff}", "file.empty", "first row must name the columns"),
        hostile("line breaks only", "\r\n\n\r\n", "file.empty", "first row must name the columns"),
        hostile("header only", HEADER, "file.no_rows", "add the rows"),
        hostile(
            "header and empty rows",
            format!("{HEADER},,,,,,,,,,,\n\n"),
            "file.no_rows",
            "add the rows",
        ),
        hostile(
            "UTF-16 without its mark",
            wide(&good(), true),
            "file.encoding",
            "UTF-16 without its mark",
        ),
        hostile(
            "UTF-16 without its mark, high first",
            wide(&good(), false),
            "file.encoding",
            "UTF-16",
        ),
        hostile(
            "UTF-16 cut in a letter",
            {
                let mut bytes = wide(&format!("\u{feff}{}", good()), true);
                bytes.truncate(bytes.len() - 3);
                bytes
            },
            "date.malformed",
            "2025-03-31",
        ),
        hostile("UTF-32", utf32, "file.encoding", "UTF-32"),
        hostile("Latin-1", latin(&cell("medical", "médical")), "file.encoding", "CSV UTF-8"),
        hostile(
            "Windows-1252 pound",
            latin(&cell("12.50", "£12.50")),
            "file.encoding",
            "CSV UTF-8",
        ),
        hostile("bytes of nought", cell("medical", "med\0ical"), "file.encoding", "CSV UTF-8"),
        hostile(
            "broken UTF-8",
            [good().as_bytes(), b"RTG,\xC3\x28,\n"].concat(),
            "row.length",
            "the header 12",
        ),
        hostile("PNG", binary(b"\x89PNG\r\n\x1A\n"), "file.not_csv", "a picture"),
        hostile("gzip", binary(b"\x1F\x8B\x08\0"), "file.not_csv", "a compressed file"),
        hostile("PDF", binary(b"%PDF-1.7\n"), "file.not_csv", "a PDF document"),
        hostile(
            "old workbook",
            binary(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
            "file.not_csv",
            "an old Excel workbook",
        ),
        hostile(
            "workbook named CSV",
            binary(b"PK\x03\x04\x14\0"),
            "file.not_csv",
            "an Excel workbook",
        ),
        hostile(
            "web page",
            "<!DOCTYPE html>\n<html><body>Sign in</body>",
            "file.not_csv",
            "a web page",
        ),
        hostile("noise", binary(b"x"), "file.encoding", "CSV UTF-8"),
    ]
}

/// Files whose shape is not that of the table.
pub fn shapes() -> Vec<Hostile> {
    let swapped = |from: &str, to: &str| format!("{}{GOOD}", HEADER.replacen(from, to, 1));
    let separated = |mark: &str| good().replace(',', mark);
    vec![
        hostile("semicolons", separated(";"), "file.separator", "semicolons"),
        hostile("tabs", separated("\t"), "file.separator", "tabs"),
        hostile("bars", separated("|"), "file.separator", "bars"),
        hostile(
            "column twice",
            swapped("data_as_at", "cost_gbp"),
            "header.duplicate",
            "is there twice",
        ),
        hostile(
            "column in capitals",
            swapped("cost_gbp", "Cost_GBP"),
            "header.unknown",
            "did you mean \"cost_gbp\"",
        ),
        hostile(
            "column misspelt",
            swapped("cost_gbp", "cost_gpb"),
            "header.unknown",
            "did you mean \"cost_gbp\"",
        ),
        hostile(
            "column with a hidden character",
            swapped("cost_gbp", "cost\u{200b}_gbp"),
            "header.unknown",
            "cannot be seen",
        ),
        hostile(
            "column without a name",
            good().replacen("activity,", "activity,,", 1),
            "header.unknown",
            "column 10 has no name",
        ),
        hostile(
            "column missing",
            good().replacen("cost_gbp,", "", 1),
            "header.missing",
            "cost_gbp is missing",
        ),
        hostile("no header", GOOD.repeat(3), "header.absent", "put the names above"),
        hostile(
            "title above the header",
            format!("Costs of the Trust,,\n,,\n{}", good()),
            "header.not_first",
            "row 3",
        ),
        hostile(
            "patient extract",
            "PLEMI,CDSID,EpStDte,TotCst\n1,2,3,4\n",
            "personal.header",
            "record-linking",
        ),
        hostile(
            "patient extract, other case",
            swapped("activity", "ser_req_id"),
            "personal.header",
            "record-linking",
        ),
        hostile("quote never closed", cell("medical", "\"medical"), "row.quote", "never closed"),
        hostile("quote in a code", cell("110", "1\"10"), "code.malformed", "is not a code"),
        hostile(
            "row too long",
            cell(",plics", ",plics,plics"),
            "row.length",
            "the row has 13 cells",
        ),
        hostile("row too short", cell(",plics", ""), "row.length", "the row has 11 cells"),
        hostile(
            "comma for the point, unquoted",
            cell("12.50", "12,50"),
            "row.length",
            "quote a cell that holds a comma",
        ),
    ]
}

/// Files with one bad cell.
pub fn cells() -> Vec<Hostile> {
    let text = |to: &str| cell("medical", to);
    let money = |to: &str| cell("12.50", to);
    let day = |to: &str| cell("2025-03-31", to);
    vec![
        hostile("formula", text("=1+1"), "text.formula", "a spreadsheet would run it"),
        hostile("DDE", text("=cmd|' /C calc'!A0"), "text.formula", "a spreadsheet would run it"),
        hostile("formula by at", text("@SUM(A1:A9)"), "text.formula", "a spreadsheet would run it"),
        hostile("formula by plus", text("+1+1"), "text.formula", "a spreadsheet would run it"),
        hostile("formula for money", money("=A1*2"), "money.malformed", "paste its value"),
        hostile(
            "failed formula",
            money("#REF!"),
            "money.malformed",
            "a formula of the spreadsheet has failed",
        ),
        hostile("not a number", money("NaN"), "money.malformed", "a figure is needed"),
        hostile("infinity", money("inf"), "money.malformed", "is not money"),
        hostile("exponent", money("1.2E+05"), "money.malformed", "scientific notation"),
        hostile("hexadecimal", money("0x1F"), "money.malformed", "is not money"),
        hostile("underscore", money("1_000.00"), "money.malformed", "is not money"),
        hostile("digits of another script", money("١٢.٥٠"), "money.malformed", "is not money"),
        hostile("fullwidth digits", money("１２.５０"), "money.malformed", "is not money"),
        hostile("minus of print", money("−12.50"), "money.malformed", "write -12.50"),
        hostile(
            "too much money",
            money("99999999999999999999"),
            "money.too_large",
            "is it in pence?",
        ),
        hostile("three decimals", money("12.505"), "money.decimals", "at most two decimals"),
        hostile("decimal comma", money("\"12,50\""), "money.malformed", "write 12.50"),
        hostile("thousands", money("\"1,234.50\""), "money.malformed", "write 1234.50"),
        hostile("pound sign", money("£12.50"), "money.malformed", "write 12.50"),
        hostile("percent sign", money("12%"), "money.malformed", "percent sign"),
        hostile("brackets", money("(12.50)"), "money.malformed", "write -12.50"),
        hostile("no money", money(""), "cell.required", "cost_gbp is empty"),
        hostile("negative work", cell(",10,", ",-10,"), "activity.malformed", "no sign"),
        hostile(
            "five decimals of work",
            cell(",10,", ",1.00001,"),
            "activity.decimals",
            "four decimals",
        ),
        hostile(
            "too much work",
            cell(",10,", ",1000000001,"),
            "activity.too_large",
            "1,000,000,000",
        ),
        hostile("day that is none", day("2025-02-30"), "date.malformed", "is not a date"),
        hostile("day before 1990", day("1989-12-31"), "date.malformed", "1990 to 2099"),
        hostile("day after 2099", day("2100-01-01"), "date.malformed", "1990 to 2099"),
        hostile(
            "day in British form",
            day("31/03/2025"),
            "date.malformed",
            "write it as 2025-03-31",
        ),
        hostile("day number", day("45747"), "date.malformed", "2025-03-31"),
        hostile("month 13", cell(",0,OP", ",13,OP"), "month.range", "1 to 12 from April"),
        hostile("month with a sign", cell(",0,OP", ",+1,OP"), "month.range", "1 to 12 from April"),
        hostile("year of two", cell("2024-25", "2024/26"), "year.malformed", "ends in the next"),
        hostile(
            "year with a stroke",
            cell("2024-25", "2024/25"),
            "year.malformed",
            "write it as 2024-25",
        ),
        hostile("year long past", cell("2024-25", "1850-51"), "year.malformed", "2024-25"),
        hostile(
            "unknown choice",
            cell("variable", "Variable"),
            "choice.unknown",
            "did you mean \"variable\"",
        ),
        hostile(
            "bell and escape",
            text("med\u{7}\u{1b}[31mical"),
            "text.control",
            "cannot be shown",
        ),
        hostile("text turned round", text("med\u{202e}lacidem"), "text.control", "cannot be shown"),
        hostile(
            "hidden character in a text",
            text("med\u{200b}ical"),
            "text.control",
            "cannot be shown",
        ),
        hostile(
            "hidden character in a code",
            cell("110", "11\u{200d}0"),
            "code.malformed",
            "cannot be seen",
        ),
        hostile("lost character", text("m\u{fffd}dical"), "text.control", "cannot be shown"),
        hostile("picture for a code", cell("110", "🩺"), "code.malformed", "is not a code"),
        hostile(
            "path for a code",
            cell("110", "../../etc/passwd"),
            "code.malformed",
            "is not a code",
        ),
        hostile("long code", cell("110", &"A".repeat(41)), "code.malformed", "1 to 40 letters"),
        hostile(
            "very long code",
            cell("110", &"A".repeat(100_000)),
            "cell.too_long",
            "at most 2000 characters",
        ),
        hostile(
            "very long text",
            text(&"very ".repeat(1_000)),
            "cell.too_long",
            "at most 2000 characters",
        ),
    ]
}

/// Files with personal data. None of it may be repeated: each holds `SECRET` too.
pub fn personal() -> Vec<Hostile> {
    let text = |to: &str| format!("{}{}", cell("medical", to), GOOD.replace("12.50", SECRET));
    let before = |to: &str| {
        format!("{HEADER}{}{}", GOOD.replace("12.50", SECRET), GOOD.replace("medical", to))
    };
    vec![
        hostile(
            "NHS number",
            text("9434765919"),
            "personal.nhs_number",
            "looks like an NHS number",
        ),
        hostile(
            "NHS number in groups",
            before("943 476 5919"),
            "personal.nhs_number",
            "nothing of the file was kept",
        ),
        hostile(
            "NHS number for a service",
            before("medical").replacen("110", "9434765919", 2),
            "personal.nhs_number",
            "NHS number",
        ),
        hostile(
            "NHS number for work",
            before("medical").replace(",10,", ",9434765919,"),
            "personal.nhs_number",
            "NHS number",
        ),
        hostile(
            "NHS number for money",
            before("medical").replace("12.50", "9434765919"),
            "personal.nhs_number",
            "NHS number",
        ),
        hostile(
            "NHS number in place of the header",
            format!("9434765919,{SECRET}\n"),
            "personal.nhs_number",
            "NHS number",
        ),
        hostile(
            "NHS number in a cell too many",
            format!("{}{},9434765919\n", before("medical"), GOOD.trim_end()),
            "personal.nhs_number",
            "NHS number",
        ),
        hostile("postcode", before("DE22 3NE"), "personal.postcode", "looks like a postcode"),
        hostile(
            "postcode without its space",
            before("de223ne"),
            "personal.postcode",
            "looks like a postcode",
        ),
        hostile("date of birth", before("01/05/1956"), "personal.event_date", "a birth"),
        hostile(
            "date of birth by name",
            before("M DoB 1 May 1956"),
            "personal.birth_date",
            "date of birth",
        ),
        hostile(
            "moment",
            before("2024-05-01T10:30:00"),
            "personal.event_time",
            "date and time of one event",
        ),
        hostile(
            "moment for a date",
            before("medical").replace("2025-03-31", "2025-03-30 10:30"),
            "personal.event_time",
            "one event",
        ),
        hostile(
            "patient column",
            format!(
                "{}{}",
                HEADER.replace("activity", "NHS_No."),
                GOOD.replace(",10,", ",9434765919,")
            ),
            "personal.header",
            "nothing of the file was kept",
        ),
        hostile(
            "patient column under a long name",
            format!("{}{GOOD}", HEADER.replace("activity", "Patient postcode (full)")),
            "personal.header",
            "nothing of the file was kept",
        ),
    ]
}

/// What stands beside personal data in the files above, to be repeated nowhere.
pub const SECRET: &str = "Jane Secret";

/// Odd files that hold nothing wrong.
pub fn accepted() -> Vec<(&'static str, Vec<u8>)> {
    let lines = |mark: &str| good().replace('\n', mark).into_bytes();
    let quoted: Vec<String> =
        good().lines().map(|line| format!("\"{}\"\n", line.replace(',', "\",\""))).collect();
    vec![
        ("plain", good().into_bytes()),
        ("with a mark", format!("\u{feff}{}", good()).into_bytes()),
        ("UTF-16", wide(&format!("\u{feff}{}", good()), true)),
        ("UTF-16, high first", wide(&format!("\u{feff}{}", good()), false)),
        ("carriage returns and line feeds", lines("\r\n")),
        ("lone carriage returns", lines("\r")),
        (
            "line ends of every kind",
            format!("{}\r\n{GOOD}{}\r\n\n", HEADER.trim_end(), GOOD.trim_end()).into_bytes(),
        ),
        ("no last line end", good().trim_end().as_bytes().to_vec()),
        ("every cell quoted", quoted.concat().into_bytes()),
        ("spaces around names", good().replacen("cost_gbp", "  cost_gbp \u{a0}", 1).into_bytes()),
        ("spaces around cells", good().replace(",12.50,", ", 12.50 ,").into_bytes()),
        ("quote within a text", good().replace("medical", "med\"ical").into_bytes()),
        ("line break within a text", good().replace("medical", "\"med\nical\"").into_bytes()),
        ("letters of other languages", good().replace("medical", "médecin Ω 医").into_bytes()),
        ("empty lines and rows", format!("{HEADER}\n{GOOD},,,,,,,,,,,\n\n{GOOD}\n").into_bytes()),
        ("negative cost", good().replace("12.50", "-12.50").into_bytes()),
    ]
}
