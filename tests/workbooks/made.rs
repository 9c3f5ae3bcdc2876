//! Workbooks written by hand: a sound one, and whatever is then done to its parts.

use super::container::{Part, zip};

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;

const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

/// Formats: 0 general, 1 a day, 2 percent, 3 text, 4 hours beyond a day.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="49"/><xf numFmtId="46"/></cellXfs></styleSheet>"#;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook as its parts.
#[derive(Clone)]
pub struct Made {
    pub parts: Vec<Part>,
}

impl Made {
    /// A workbook with these sheets, each the XML of its rows.
    pub fn of(sheets: &[(&str, String)]) -> Self {
        let mut list = String::new();
        let mut links = String::new();
        let mut parts = vec![
            Part::plain("[Content_Types].xml", TYPES.as_bytes()),
            Part::plain("_rels/.rels", RELATIONSHIPS.as_bytes()),
            Part::plain("xl/styles.xml", STYLES.as_bytes()),
        ];
        for (at, (name, rows)) in (1..).zip(sheets) {
            list.push_str(&format!(r#"<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>"#));
            links.push_str(&format!(
                r#"<Relationship Id="rId{at}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>"#
            ));
            let sheet =
                format!(r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#);
            parts.push(Part::plain(&sheet_part(at), sheet.as_bytes()));
        }
        let book = format!(
            r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr/><sheets>{list}</sheets></workbook>"#
        );
        let links = format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>"#
        );
        parts.push(Part::plain("xl/workbook.xml", book.as_bytes()));
        parts.push(Part::plain("xl/_rels/workbook.xml.rels", links.as_bytes()));
        Self { parts }
    }

    /// The parts of a workbook that some program wrote.
    pub fn read(bytes: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a container");
        let parts = (0..archive.len()).map(|index| {
            let mut part = archive.by_index(index).expect("a part");
            let name = part.entry().name().expect("a name").into_owned();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut bytes).expect("its bytes");
            Part::plain(&name, &bytes)
        });
        Self { parts: parts.collect() }
    }

    /// The text of a part.
    pub fn text(&self, name: &str) -> String {
        let part = self.parts.iter().find(|part| part.name == name).expect("the part");
        String::from_utf8(part.stored.clone()).expect("text")
    }

    /// The same with a part more, or in the place of that name.
    pub fn with(mut self, part: Part) -> Self {
        self.parts.retain(|known| known.name != part.name);
        self.parts.push(part);
        self
    }

    /// The same without a part.
    pub fn without(mut self, name: &str) -> Self {
        let before = self.parts.len();
        self.parts.retain(|part| part.name != name);
        assert_eq!(self.parts.len() + 1, before, "no part {name}");
        self
    }

    /// The same with the first `from` of a part replaced.
    pub fn patched(self, name: &str, from: &str, to: &str) -> Self {
        let text = self.text(name);
        assert!(text.contains(from), "{name} has no {from}: {text}");
        self.with(Part::plain(name, text.replacen(from, to, 1).as_bytes()))
    }

    /// The same with something done to one part.
    pub fn changed(mut self, name: &str, change: impl FnOnce(&mut Part)) -> Self {
        change(self.parts.iter_mut().find(|part| part.name == name).expect("the part"));
        self
    }

    pub fn zip(&self) -> Vec<u8> {
        zip(&self.parts)
    }
}

/// The part of the sheet at that place, counted from 1.
pub fn sheet_part(at: usize) -> String {
    format!("xl/worksheets/sheet{at}.xml")
}

/// Rows from CSV, as a person's sheet has them: figures as figures, days as days (counted from
/// 1900), all else as text.
pub fn rows(csv: &str) -> String {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv.as_bytes());
    let records = reader.records().map(|record| record.expect("a row"));
    let row = |(at, record): (usize, csv::StringRecord)| {
        let cells: String =
            (0..).zip(&record).map(|(column, text)| cell(&place(column, at), text)).collect();
        format!(r#"<row r="{at}">{cells}</row>"#)
    };
    (1..).zip(records).map(row).collect()
}

/// A cell's name, such as B12.
pub fn place(column: usize, row: usize) -> String {
    let letters: Vec<char> = ('A'..='Z').collect();
    format!("{}{row}", letters.get(column).expect("a narrow table"))
}

/// One cell as a person would have typed it.
pub fn cell(place: &str, text: &str) -> String {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let leading_zero = digits.starts_with('0') && digits.len() > 1 && !digits.starts_with("0.");
    let figure = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if text.is_empty() {
        String::new()
    } else if let Some(serial) = serial(text) {
        format!(r#"<c r="{place}" s="1"><v>{serial}</v></c>"#)
    } else if figure && !leading_zero {
        let number: f64 = text.parse().expect("a figure");
        format!(r#"<c r="{place}"><v>{number}</v></c>"#)
    } else {
        text_cell(place, text)
    }
}

/// A cell with a text.
pub fn text_cell(place: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!(r#"<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#)
}

/// Days since the last day of 1899, as spreadsheets count them after February 1900.
fn serial(text: &str) -> Option<i32> {
    let day: jiff::civil::Date = text.parse().ok()?;
    let first = jiff::civil::date(1899, 12, 30);
    (text.len() == 10).then(|| day.since(first).expect("a span").get_days())
}
