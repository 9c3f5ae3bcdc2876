// A workbook as a spreadsheet program writes it: a sheet for each table, cells as text.
import { crc32, deflateRawSync } from 'node:zlib'

const xml = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** The cells of a CSV text. */
export function cells(text) {
  const field = /(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/y
  return text.trimEnd().split('\n').map((line) => {
    const row = []
    field.lastIndex = 0
    while (field.lastIndex < line.length) {
      const [, quoted, plain] = field.exec(line)
      row.push(quoted?.replaceAll('""', '"') ?? plain)
    }
    return line.endsWith(',') ? [...row, ''] : row
  })
}

function sheet(text) {
  const rows = cells(text).map((row) => {
    const texts = row.map((cell) => `<c t="inlineStr"><is><t>${xml(cell)}</t></is></c>`)
    return `<row>${texts.join('')}</row>`
  })
  return `${head}<worksheet xmlns="${main}"><sheetData>${rows.join('')}</sheetData></worksheet>`
}

/** `{ costs: csv, ledger: csv }` as one XLSX file. */
export function workbook(tables) {
  const names = Object.keys(tables)
  const each = (part) => names.map((name, at) => part(name, at + 1)).join('')
  return zip({
    '[Content_Types].xml': `${head}<Types xmlns="${packages}/content-types">
      <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
      <Override PartName="/xl/workbook.xml" ContentType="${spreadsheet}.sheet.main+xml"/>${each((_, at) =>
        `<Override PartName="/xl/worksheets/sheet${at}.xml" ContentType="${spreadsheet}.worksheet+xml"/>`
      )}</Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${packages}/relationships">
      <Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${each((name, at) =>
      `<sheet name="${name}" sheetId="${at}" r:id="rId${at}"/>`)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packages}/relationships">${each((_, at) =>
      `<Relationship Id="rId${at}" Type="${office}/worksheet" Target="worksheets/sheet${at}.xml"/>`
    )}</Relationships>`,
    ...Object.fromEntries(names.map((name, at) =>
      [`xl/worksheets/sheet${at + 1}.xml`, sheet(tables[name])]))
  })
}

/** Texts by their names as a ZIP archive. */
function zip(files) {
  const parts = []
  const directory = []
  let offset = 0
  for (const [name, text] of Object.entries(files)) {
    const plain = Buffer.from(text)
    const packed = deflateRawSync(plain)
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt16LE(8, 4)
    facts.writeUInt16LE(0x21, 8)
    facts.writeUInt32LE(crc32(plain), 10)
    facts.writeUInt32LE(packed.length, 14)
    facts.writeUInt32LE(plain.length, 18)
    facts.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), facts, rest, Buffer.from(name)]))
    parts.push(local)
    offset += local.length
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(entries.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, entries, Buffer.from('PK\x05\x06'), end])
}
