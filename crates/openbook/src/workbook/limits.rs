//! What one workbook may hold. A table beyond these is handed in as CSV, which has no such limits.

use std::time::Duration;

/// Parts of the ZIP container: a workbook of thirty sheets has about seventy.
pub const MOST_PARTS: usize = 2_000;
/// Bytes of all parts once inflated.
pub const MOST_BYTES: u64 = 256 * MEGABYTE;
/// Cells of all sheets: 200,000 keys of costs are 2.4 million.
pub const MOST_CELLS: u64 = 5_000_000;
/// Different texts.
pub const MOST_TEXTS: u64 = 1_000_000;
/// Columns of one sheet; the widest table has about thirty.
pub const MOST_COLUMNS: u32 = 256;
/// Rows of one sheet, as of Excel.
pub const MOST_ROWS: u32 = 1_048_576;
/// Bytes of one text. Excel holds 32,767 characters in a cell.
pub const LONGEST_CELL: usize = 4 * 32_767;
/// Bytes of one XML tag, or of the text between two.
pub const LONGEST_RUN: usize = 4 << 20;
/// XML elements within one another.
pub const DEEPEST: u32 = 256;
/// Bytes of all the CSV files written: a text that many cells share is written for each.
pub const MOST_WRITTEN: u64 = 256 * MEGABYTE;
/// Address space of the process that reads a workbook, in bytes.
pub const MEMORY: u64 = 512 * MEGABYTE;
/// Processor seconds of the process that reads a workbook.
pub const CPU_SECONDS: u64 = 20;
/// How long its parent waits for it.
pub const WAIT: Duration = Duration::from_secs(20);

const MEGABYTE: u64 = 1 << 20;
