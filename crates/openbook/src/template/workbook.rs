//! The template workbook: a sheet a table with the header and its notes, drop-downs and limits, an
//! example of each table, and a sheet that says what everything means.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties,
    ExcelDateTime, Format, FormatAlign, Formula, Note, Workbook, Worksheet, XlsxError,
};

use super::lists::{Lists, choices};
use super::{Selection, TemplateError, example, words};
use crate::definition::{ColumnDefinition, Kind, TableDefinition, Tables};

/// The sheet that says what every table and column means.
pub const ABOUT: &str = "ABOUT";
/// The sheet with an example of each table.
pub const EXAMPLES: &str = "EXAMPLES";
/// The sheet that holds what drop-downs offer.
pub const LISTS: &str = "LISTS";

const LAST_ROW: u32 = 1_048_575;
const NAVY: Color = Color::RGB(0x00_3087);
const GREY: Color = Color::RGB(0x42_5563);

/// A workbook with a sheet for each table of the selection. The same tables give the same bytes.
///
/// # Errors
/// When the selection is empty, or a definition does not fit a spreadsheet.
pub fn xlsx(tables: &Tables, selection: Selection<'_>) -> Result<Vec<u8>, TemplateError> {
    let chosen: Vec<&TableDefinition> = selection.of(tables).collect();
    if chosen.is_empty() {
        return Err(TemplateError::NoTables);
    }
    let lists = Lists::of(chosen.iter().copied());
    let mut book = Workbook::new();
    let first_day = ExcelDateTime::from_ymd(2026, 1, 1)?;
    let properties = DocProperties::new()
        .set_title("Open book: tables to fill in")
        .set_author("valuebook")
        .set_creation_datetime(&first_day);
    book.set_properties(&properties);
    about(book.add_worksheet(), &chosen)?;
    examples(book.add_worksheet(), &chosen)?;
    for table in &chosen {
        sheet(book.add_worksheet(), table, &lists)?;
    }
    list_sheet(book.add_worksheet(), &lists)?;
    Ok(book.save_to_buffer()?)
}

fn head(required: bool) -> Format {
    Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(if required { NAVY } else { GREY })
        .set_align(FormatAlign::VerticalCenter)
}

fn sheet(sheet: &mut Worksheet, table: &TableDefinition, lists: &Lists) -> Result<(), XlsxError> {
    sheet.set_name(&table.name)?.set_freeze_panes(1, 0)?.set_row_height(0, 24)?;
    for (at, column) in (0..).zip(&table.columns) {
        sheet.write_with_format(0, at, column.name.as_str(), &head(!column.optional))?;
        sheet.insert_note(0, at, &note(column))?;
        sheet.set_column_width(at, width(column))?;
        sheet.set_column_format(at, &format(column))?;
        if let Some(limits) = limits(column, lists)? {
            sheet.add_data_validation(1, at, LAST_ROW, at, &limits)?;
        }
    }
    Ok(())
}

/// Room for the name and for a cell as it might be, in characters.
fn width(column: &ColumnDefinition) -> u16 {
    let example = example(column).map_or(0, |text| text.chars().count());
    let longest = choices(column).into_iter().flatten().map(|text| text.chars().count()).max();
    let wanted = column.name.chars().count().max(example).max(longest.unwrap_or(0)) + 3;
    u16::try_from(wanted.clamp(12, 44)).unwrap_or(44)
}

fn note(column: &ColumnDefinition) -> Note {
    let mut text = format!("{}\n{}.", column.about, words::rule(column));
    if let Some(unit) = words::unit(column) {
        text.push_str(&format!("\nUnit: {unit}."));
    }
    text.push_str(&format!("\n{}.", capital(&words::required(column))));
    if column.key {
        text.push_str("\nPart of the key.");
    }
    if let Some(example) = &column.example {
        text.push_str(&format!("\nSuch as {example}"));
    }
    Note::new(text).set_author("valuebook").add_author_prefix(false).set_width(320).set_height(160)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// How a column's cells look, by the numbers of the formats that every spreadsheet has built in.
/// Codes are text, so that leading zeros survive and nothing is turned into a date.
fn format(column: &ColumnDefinition) -> Format {
    const WHOLE: u8 = 1;
    const PENCE: u8 = 4;
    const TEXT: u8 = 49;
    let format = Format::new();
    match column.kind {
        Kind::Money => format.set_num_format_index(PENCE),
        Kind::Month => format.set_num_format_index(WHOLE),
        Kind::Date => format.set_num_format("yyyy-mm-dd"),
        Kind::Activity | Kind::Number | Kind::Share => format,
        Kind::Code
        | Kind::Text
        | Kind::Year
        | Kind::Choice
        | Kind::Tags
        | Kind::Service
        | Kind::Flag => format.set_num_format_index(TEXT),
    }
}

/// What the spreadsheet itself lets into a column; nothing for plain text.
fn limits(column: &ColumnDefinition, lists: &Lists) -> Result<Option<DataValidation>, XlsxError> {
    let new = DataValidation::new;
    let limits = match column.kind {
        Kind::Choice | Kind::Flag | Kind::Year => match source(column, lists) {
            Some(source) => new().allow_list_formula(Formula::new(source)),
            None => return Ok(None),
        },
        Kind::Money => decimal(Some(-1e10), Some(1e10)),
        Kind::Activity => decimal(Some(0.0), None),
        Kind::Number => decimal(column.min, column.max),
        Kind::Share => decimal(Some(0.0), Some(1.0)),
        Kind::Month => new().allow_whole_number(DataValidationRule::Between(0, 12)),
        Kind::Date => new().allow_date(DataValidationRule::Between(
            ExcelDateTime::from_ymd(1990, 1, 1)?,
            ExcelDateTime::from_ymd(2099, 12, 31)?,
        )),
        Kind::Code => new().allow_text_length(DataValidationRule::Between(1, 40)),
        Kind::Text | Kind::Tags | Kind::Service => return Ok(None),
    };
    // Any year may be typed that the list does not offer.
    let style = match column.kind {
        Kind::Year => DataValidationErrorStyle::Warning,
        _ => DataValidationErrorStyle::Stop,
    };
    let limits = limits
        .set_error_style(style)
        .set_error_title(cut(&column.name, 32))?
        .set_error_message(cut(&format!("{}.", words::rule(column)), 255))?;
    Ok(Some(limits))
}

fn decimal(min: Option<f64>, max: Option<f64>) -> DataValidation {
    let (min, max) = (min.unwrap_or(-1e15), max.unwrap_or(1e15));
    DataValidation::new().allow_decimal_number(DataValidationRule::Between(min, max))
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Where the sheet of lists holds what a column offers.
fn source(column: &ColumnDefinition, lists: &Lists) -> Option<String> {
    let values = choices(column)?;
    let at = lists.column(&values)?;
    let letters = rust_xlsxwriter::utility::column_number_to_name(at);
    Some(format!("={LISTS}!${letters}$2:${letters}${}", values.len() + 1))
}

fn list_sheet(sheet: &mut Worksheet, lists: &Lists) -> Result<(), XlsxError> {
    sheet.set_name(LISTS)?.set_freeze_panes(1, 0)?;
    for (at, (name, values)) in (0..).zip(lists.iter()) {
        sheet.write_with_format(0, at, name.as_str(), &head(true))?;
        sheet.set_column_width(at, 30)?;
        for (row, value) in (1..).zip(values) {
            sheet.write(row, at, value.as_str())?;
        }
    }
    Ok(())
}

fn examples(sheet: &mut Worksheet, tables: &[&TableDefinition]) -> Result<(), XlsxError> {
    sheet.set_name(EXAMPLES)?;
    sheet.set_column_range_width(0, 40, 20)?;
    let bold = Format::new().set_bold();
    for (at, table) in (0..).zip(tables) {
        let row = at * 4;
        sheet.write_with_format(row, 0, table.name.as_str(), &bold)?;
        for (at, column) in (0..).zip(&table.columns) {
            sheet.write_with_format(row + 1, at, column.name.as_str(), &head(!column.optional))?;
            if let Some(text) = example(column) {
                write_example(sheet, row + 2, at, column, &text)?;
            }
        }
    }
    Ok(())
}

/// An example as a person would type it: a figure as a figure, a day as a day, all else as text.
fn write_example(
    sheet: &mut Worksheet,
    row: u32,
    at: u16,
    column: &ColumnDefinition,
    text: &str,
) -> Result<(), XlsxError> {
    let figure = matches!(
        column.kind,
        Kind::Money | Kind::Activity | Kind::Number | Kind::Share | Kind::Month
    );
    let format = format(column);
    if let Some(number) = figure.then(|| text.parse::<f64>().ok()).flatten() {
        sheet.write_with_format(row, at, number, &format)?;
    } else if let Some(day) =
        (column.kind == Kind::Date).then(|| ExcelDateTime::parse_from_str(text).ok()).flatten()
    {
        sheet.write_with_format(row, at, &day, &format)?;
    } else {
        sheet.write_with_format(row, at, text, &format)?;
    }
    Ok(())
}

const HOW_TO: [&str; 6] = [
    "One sheet a table, named as the table. Fill in values under the header; keep the names of the \
     columns. Dark blue columns are required, grey ones may be left empty or removed.",
    "Leave a sheet that you do not need as it is: a table without rows is left out.",
    "Values only: no formulas (paste as values), no merged cells, no macros, no password.",
    "Money in pounds and pence; shares as fractions from 0 to 1; an empty cell means missing, never \
     nought.",
    "No personal data: no NHS numbers, postcodes, dates of birth, names or rows of single patients.",
    "Sheets named in capitals, such as this one, are for people and are not read.",
];

fn about(sheet: &mut Worksheet, tables: &[&TableDefinition]) -> Result<(), XlsxError> {
    sheet.set_name(ABOUT)?;
    let widths: [u16; 9] = [20, 30, 8, 28, 44, 22, 24, 26, 60];
    for (at, width) in (0..).zip(widths) {
        sheet.set_column_width(at, width)?;
    }
    let bold = Format::new().set_bold().set_font_size(14);
    sheet.write_with_format(0, 0, "The open book: tables to fill in", &bold)?;
    let mut row = 1;
    for line in HOW_TO {
        sheet.write(row, 0, line)?;
        row += 1;
    }
    row += 1;
    for table in tables {
        sheet.write_with_format(row, 0, table.name.as_str(), &Format::new().set_bold())?;
        let about = format!(
            "{} From {}. Key: {}. {}",
            table.about,
            words::from(table),
            words::key(table),
            words::rows(table)
        );
        sheet.write(row, 1, about)?;
        row += 1;
    }
    columns(sheet, tables, row + 1)
}

fn columns(
    sheet: &mut Worksheet,
    tables: &[&TableDefinition],
    first: u32,
) -> Result<(), XlsxError> {
    let heads =
        ["table", "column", "key", "required", "holds", "unit", "values", "example", "means"];
    for (at, name) in (0..).zip(heads) {
        sheet.write_with_format(first, at, name, &head(true))?;
    }
    let wrapped =
        Format::new().set_text_wrap().set_align(FormatAlign::Top).set_num_format_index(49);
    let all = tables.iter().flat_map(|table| table.columns.iter().map(move |it| (table, it)));
    for (row, (table, column)) in (first + 1..).zip(all) {
        let cells = [
            table.name.clone(),
            column.name.clone(),
            if column.key { "key".to_owned() } else { String::new() },
            words::required(column),
            words::rule(column),
            words::unit(column).unwrap_or_default().to_owned(),
            column.values.join(", "),
            example(column).unwrap_or_default(),
            column.about.clone(),
        ];
        for (at, text) in (0..).zip(cells) {
            sheet.write_with_format(row, at, text, &wrapped)?;
        }
    }
    Ok(())
}
