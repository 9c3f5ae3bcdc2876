//! The look at a whole file before any sheet of it is read: is it a workbook, and is it one that
//! can be read within bounds? Every part is inflated once, in pieces, and counted while it grows:
//! what the container says of sizes and counts is compared with what is there, never believed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use zip::ZipArchive;
use zip::result::ZipError;

use super::limits::{MOST_BYTES, MOST_CELLS, MOST_PARTS, MOST_ROWS, MOST_TEXTS};
use super::rules;
use super::scan::{Fault, Scanner, Tag};
use crate::problem::Problem;

const ZIP: &[u8] = b"PK\x03\x04";
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Whether a file that begins with these bytes is a workbook of any kind (or claims to be): a ZIP
/// container, or the container of older and of encrypted Office files.
#[must_use]
pub fn is_workbook(first_bytes: &[u8]) -> bool {
    first_bytes.starts_with(ZIP) || first_bytes.starts_with(OLE)
}

/// Why a file is not let through.
pub enum Stopped {
    /// It is refused.
    Refused(Box<Problem>),
    /// It cannot be read from the disk.
    Io(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A problem of the whole workbook.
pub fn refused(rule: &'static str, message: impl Into<String>) -> Stopped {
    Stopped::Refused(Box::new(Problem::of_file(super::TABLE, rule, message)))
}

/// A file whose parts contradict each other.
pub fn damaged(why: &str) -> Stopped {
    let message = format!(
        "the workbook is damaged ({why}); open it in the spreadsheet and save it again as Excel \
         Workbook (.xlsx)"
    );
    refused(rules::DAMAGED, message)
}

fn save_as_xlsx(rule: &'static str, what: &str) -> Stopped {
    let message = format!(
        "this is {what}; open it in the spreadsheet and save it as Excel Workbook (.xlsx), or as \
         one CSV UTF-8 file a table"
    );
    refused(rule, message)
}

/// What is known of a workbook that was let through.
pub struct Passed {
    /// Whether any sheet has merged cells.
    pub merged: bool,
}

/// Looks at a whole file.
pub fn pass(file: &mut File) -> Result<Passed, Stopped> {
    let mut start = Vec::new();
    file.by_ref().take(8).read_to_end(&mut start)?;
    if start.starts_with(OLE) {
        return Err(ole(file)?);
    }
    if !start.starts_with(ZIP) {
        return Err(save_as_xlsx(rules::NOT_XLSX, "not a workbook"));
    }
    let declared = declared_parts(file)?;
    if declared > MOST_PARTS {
        return Err(too_many_parts());
    }
    file.seek(SeekFrom::Start(0))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(of_zip)?;
    names(&archive, declared)?;
    let mut counts = Counts::default();
    for index in 0..archive.len() {
        part(&mut archive, index, &mut counts)?;
    }
    Ok(Passed { merged: counts.merged })
}

fn too_many_parts() -> Stopped {
    let message = format!(
        "the file has more than {MOST_PARTS} parts, which no workbook of these tables has; copy the \
         tables into a new workbook"
    );
    refused(rules::TOO_MANY_PARTS, message)
}

/// Older and encrypted Office files share one container; the encrypted ones name their package.
fn ole(file: &mut File) -> io::Result<Stopped> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut kept: Vec<u8> = Vec::new();
    let mut piece = vec![0; 1 << 16];
    let mut reader = file.take(MOST_BYTES);
    loop {
        let read = reader.read(&mut piece)?;
        if read == 0 {
            let what = "a workbook in the old .xls format";
            return Ok(save_as_xlsx(rules::OLD_FORMAT, what));
        }
        kept.extend(piece.iter().take(read));
        if kept.windows(name.len()).any(|window| window == name) {
            let message =
                "the workbook is password-protected: remove the password and save it again";
            return Ok(refused(rules::PASSWORD, message));
        }
        let past = kept.len().saturating_sub(name.len());
        kept.drain(..past);
    }
}

/// How many parts the end of the container says there are; the largest count means "more".
fn declared_parts(file: &mut File) -> Result<usize, Stopped> {
    const LONGEST_END: u64 = 22 + 65_535;
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST_END)))?;
    let mut end = Vec::new();
    file.take(LONGEST_END).read_to_end(&mut end)?;
    let at = end.windows(4).rposition(|bytes| bytes == b"PK\x05\x06");
    let count = at.and_then(|at| end.get(at + 10..at + 12));
    match count {
        Some([low, high]) => Ok(usize::from(u16::from_le_bytes([*low, *high]))),
        _ => Err(damaged("its end is missing")),
    }
}

fn of_zip(error: ZipError) -> Stopped {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            let message =
                "the workbook is password-protected: remove the password and save it again";
            refused(rules::PASSWORD, message)
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            damaged("a part is compressed in a way that workbooks do not use")
        }
        _ => damaged("a part cannot be read"),
    }
}

/// What the names of the parts say: which kind of file it is, and whether they are honest.
fn names(archive: &ZipArchive<BufReader<&mut File>>, declared: usize) -> Result<(), Stopped> {
    let mut lower = BTreeSet::new();
    for name in archive.file_names() {
        let name = name.map_err(|_| damaged("a part's name cannot be read"))?;
        let plain = name.replace('\\', "/").to_lowercase();
        let outside = plain.starts_with('/')
            || plain.contains('\0')
            || plain.chars().nth(1) == Some(':')
            || plain.split('/').any(|step| step == "..");
        if outside {
            let message = "a part of the file is named to be written outside of it, which no \
                           spreadsheet does; copy the tables into a new workbook";
            return Err(refused(rules::PART_NAME, message));
        }
        lower.insert(plain);
    }
    let has = |name: &str| lower.contains(name);
    if lower.iter().any(|name| name.ends_with("vbaproject.bin")) {
        return Err(macros());
    }
    if has("xl/workbook.bin") {
        return Err(save_as_xlsx(rules::BINARY_FORMAT, "a binary workbook (.xlsb)"));
    }
    if has("mimetype") && has("content.xml") {
        return Err(save_as_xlsx(rules::OPEN_DOCUMENT, "an OpenDocument spreadsheet (.ods)"));
    }
    if lower.len() != declared || archive.has_duplicate_names() {
        return Err(damaged("two of its parts have one name"));
    }
    if !has("[content_types].xml") || !has("_rels/.rels") {
        return Err(save_as_xlsx(rules::NOT_XLSX, "not a workbook"));
    }
    if has("word/document.xml") || has("ppt/presentation.xml") {
        return Err(save_as_xlsx(rules::NOT_XLSX, "a document of another Office program"));
    }
    Ok(())
}

fn macros() -> Stopped {
    let message = "the workbook holds macros; save it as Excel Workbook (.xlsx), which has none";
    refused(rules::MACROS, message)
}

#[derive(Default)]
struct Counts {
    bytes: u64,
    cells: u64,
    texts: u64,
    merged: bool,
}

/// Inflates one part and looks through it.
fn part(
    archive: &mut ZipArchive<BufReader<&mut File>>,
    index: usize,
    counts: &mut Counts,
) -> Result<(), Stopped> {
    let mut part = archive.by_index(index).map_err(of_zip)?;
    let name = part.entry().name().map_err(of_zip)?.to_lowercase();
    let declared = part.entry().size();
    let types = name == "[content_types].xml";
    let mut kept = Vec::new();
    let mut xml: Option<Scanner> = None;
    let mut piece = vec![0; 1 << 16];
    let mut length: u64 = 0;
    loop {
        let read = part.read(&mut piece).map_err(|_| damaged("a part cannot be inflated"))?;
        let bytes = piece.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        if length == 0 {
            xml = looks_like_xml(bytes)?.then(Scanner::new);
        }
        length += u64::try_from(read).unwrap_or(u64::MAX);
        if counts.bytes + length > MOST_BYTES {
            return Err(too_large());
        }
        if types {
            kept.extend(bytes);
        }
        if let Some(scanner) = &mut xml {
            scanner.feed(bytes, &mut |tag| counts.see(tag)).map_err(|fault| of(fault, &name))?;
        }
    }
    if length != declared {
        return Err(damaged("a part is not as long as it says"));
    }
    if let Some(scanner) = &xml {
        scanner.end().map_err(|fault| of(fault, &name))?;
    }
    counts.bytes += length;
    if types { content_types(&String::from_utf8_lossy(&kept)) } else { Ok(()) }
}

fn too_large() -> Stopped {
    let message =
        "the workbook holds more than 256 MB once unpacked; send the larger tables as CSV";
    refused(rules::TOO_LARGE, message)
}

fn of(fault: Fault, name: &str) -> Stopped {
    let part = crate::cell::shown(name);
    let message = format!(
        "the part {part} {}, which no spreadsheet writes; copy the tables into a new workbook",
        fault.why
    );
    refused(fault.rule, message)
}

/// Whether a part is XML. The other encodings of XML are refused: no spreadsheet writes them.
fn looks_like_xml(bytes: &[u8]) -> Result<bool, Stopped> {
    let wide = [&[0xFF, 0xFE][..], &[0xFE, 0xFF], &[0, b'<'], &[b'<', 0]];
    if wide.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(damaged("a part is not UTF-8"));
    }
    let text = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    Ok(text.trim_ascii_start().first() == Some(&b'<'))
}

fn content_types(types: &str) -> Result<(), Stopped> {
    if types.contains("macroEnabled") {
        return Err(macros());
    }
    if types.contains("spreadsheetml.sheet.main+xml") {
        return Ok(());
    }
    Err(save_as_xlsx(rules::NOT_XLSX, "not a workbook: its list of parts names none"))
}

impl Counts {
    /// Counts what a tag opens; refuses what would take the reader of sheets out of bounds.
    fn see(&mut self, tag: &Tag<'_>) -> Result<(), Fault> {
        let long =
            |name: &[u8], most: usize| tag.attribute(name).is_some_and(|value| value.len() > most);
        match tag.name() {
            b"c" => {
                self.cells += 1;
                if self.cells > MOST_CELLS {
                    let why = "takes the workbook beyond 5 million cells";
                    return Err(Fault { rule: rules::TOO_MANY_CELLS, why });
                }
                // XFD1048576 is the last cell.
                if long(b"r", 10) {
                    return Err(beyond());
                }
            }
            b"row" if long(b"r", 7) => return Err(beyond()),
            b"dimension" if long(b"ref", 21) => return Err(beyond()),
            b"dimension" if tag.attribute(b"ref").is_some_and(|range| !is_range(range)) => {
                return Err(beyond());
            }
            b"f" if long(b"ref", 21) => return Err(beyond()),
            b"mergeCell" => self.merged = true,
            b"sst" => {
                // The reader of sheets makes room for as many as are declared.
                let declared = tag.attribute(b"uniqueCount").map(String::from_utf8_lossy);
                let count = declared.map(|count| count.trim().parse::<u64>().unwrap_or(u64::MAX));
                if count.is_some_and(|count| count > MOST_TEXTS) {
                    return Err(too_many_texts());
                }
            }
            b"si" => {
                self.texts += 1;
                if self.texts > MOST_TEXTS {
                    return Err(too_many_texts());
                }
            }
            _ => {}
        }
        Ok(())
    }
}

const fn beyond() -> Fault {
    Fault { rule: rules::DAMAGED, why: "names cells beyond the last one of a sheet" }
}

const fn too_many_texts() -> Fault {
    Fault { rule: rules::TOO_MANY_TEXTS, why: "holds more than a million different texts" }
}

/// Whether a range such as A1:M200 lies on a sheet, its corners in order.
fn is_range(range: &[u8]) -> bool {
    let text = std::str::from_utf8(range).unwrap_or_default();
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    match (place_of(first), place_of(last)) {
        (Some((row, column)), Some((last_row, last_column))) => {
            row <= last_row && column <= last_column
        }
        _ => false,
    }
}

/// Row and column of a cell such as B12, counted from 1.
fn place_of(cell: &str) -> Option<(u32, u32)> {
    let letters = cell.chars().take_while(char::is_ascii_alphabetic).count();
    let (letters, row) = cell.split_at_checked(letters)?;
    let digit = |letter: char| letter.to_digit(36).map(|digit| digit - 9);
    let column = letters
        .chars()
        .try_fold(0_u32, |column, letter| column.checked_mul(26)?.checked_add(digit(letter)?))?;
    let row = row.parse().ok()?;
    let on_sheet = (1..=MOST_ROWS).contains(&row) && (1..=16_384).contains(&column);
    on_sheet.then_some((row, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_ranges_lie_on_a_sheet() {
        assert_eq!(place_of("A1"), Some((1, 1)));
        assert_eq!(place_of("xfd1048576"), Some((1_048_576, 16_384)));
        for cell in ["", "A", "1", "A0", "XFE1", "A1048577", "A-1", "É1"] {
            assert_eq!(place_of(cell), None, "{cell}");
        }
        assert!(is_range(b"A1:M200") && is_range(b"B7"));
        assert!(!is_range(b"B1:A2") && !is_range(b"A2:B1") && !is_range(b"A1:B2:C3"));
    }

    #[test]
    fn only_containers_are_workbooks() {
        assert!(is_workbook(b"PK\x03\x04rest"));
        assert!(is_workbook(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0]));
        assert!(!is_workbook(b"provider_code,") && !is_workbook(b"PK") && !is_workbook(b""));
    }
}
