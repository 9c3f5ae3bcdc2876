//! The rules a workbook can break as a whole. A child process tells its parent which by name.

/// Not a spreadsheet in the XLSX format at all.
pub const NOT_XLSX: &str = "workbook.not_xlsx";
/// The format of Excel before 2007.
pub const OLD_FORMAT: &str = "workbook.old_format";
/// Excel's binary format.
pub const BINARY_FORMAT: &str = "workbook.binary_format";
/// An OpenDocument spreadsheet.
pub const OPEN_DOCUMENT: &str = "workbook.open_document";
/// Locked with a password.
pub const PASSWORD: &str = "workbook.password";
/// It carries program code.
pub const MACROS: &str = "workbook.macros";
/// Its parts contradict each other or cannot be read.
pub const DAMAGED: &str = "workbook.damaged";
/// A part's name leads out of the file.
pub const PART_NAME: &str = "workbook.part_name";
/// Too many parts.
pub const TOO_MANY_PARTS: &str = "workbook.too_many_parts";
/// Too much when inflated.
pub const TOO_LARGE: &str = "workbook.too_large";
/// Too many cells.
pub const TOO_MANY_CELLS: &str = "workbook.too_many_cells";
/// Too many different texts.
pub const TOO_MANY_TEXTS: &str = "workbook.too_many_texts";
/// A cell beyond the last column that any table has.
pub const TOO_MANY_COLUMNS: &str = "workbook.too_many_columns";
/// A text longer than a cell can hold.
pub const CELL_TOO_LONG: &str = "workbook.cell_too_long";
/// XML that defines entities.
pub const ENTITIES: &str = "workbook.entities";
/// XML nested beyond reason.
pub const NESTING: &str = "workbook.nesting";
/// Reading took too long.
pub const TOO_SLOW: &str = "workbook.too_slow";
/// The process that read it ended without a word.
pub const UNREADABLE: &str = "workbook.unreadable";
/// A sheet that is no table.
pub const UNKNOWN_SHEET: &str = "workbook.unknown_sheet";
/// Two sheets of one name.
pub const DUPLICATE_SHEET: &str = "workbook.duplicate_sheet";
/// No sheet with rows.
pub const NO_TABLES: &str = "workbook.no_tables";
/// A formula where a value belongs.
pub const FORMULA: &str = "workbook.formula";
/// A cell that shows an error.
pub const ERROR_CELL: &str = "workbook.error_cell";
/// Merged cells.
pub const MERGED: &str = "workbook.merged";
/// A value in a column without a header.
pub const NO_HEADER: &str = "workbook.no_header";

const ALL: [&str; 25] = [
    NOT_XLSX,
    OLD_FORMAT,
    BINARY_FORMAT,
    OPEN_DOCUMENT,
    PASSWORD,
    MACROS,
    DAMAGED,
    PART_NAME,
    TOO_MANY_PARTS,
    TOO_LARGE,
    TOO_MANY_CELLS,
    TOO_MANY_TEXTS,
    TOO_MANY_COLUMNS,
    CELL_TOO_LONG,
    ENTITIES,
    NESTING,
    TOO_SLOW,
    UNREADABLE,
    UNKNOWN_SHEET,
    DUPLICATE_SHEET,
    NO_TABLES,
    FORMULA,
    ERROR_CELL,
    MERGED,
    NO_HEADER,
];

/// The rule of that name.
pub(super) fn named(name: &str) -> Option<&'static str> {
    ALL.into_iter().find(|rule| *rule == name)
}
