//! A ZIP container written by hand, so that every field of it can lie.

use flate2::{Compress, Compression, Crc, FlushCompress};

/// One part.
#[derive(Clone)]
pub struct Part {
    pub name: String,
    /// As it lies in the file.
    pub stored: Vec<u8>,
    /// Whether it is deflated.
    pub deflated: bool,
    pub crc: u32,
    /// The length once inflated, as declared.
    pub length: u32,
    /// The general-purpose flags.
    pub flags: u16,
    /// Whether the directory names the data of the part before, instead of its own.
    pub shares_data: bool,
}

impl Part {
    /// A part as it is.
    pub fn plain(name: &str, bytes: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(bytes);
        Self {
            name: name.to_owned(),
            stored: bytes.to_owned(),
            deflated: false,
            crc: crc.sum(),
            length: u32::try_from(bytes.len()).expect("a small part"),
            flags: 0x0800,
            shares_data: false,
        }
    }

    /// `head`, then `piece` again and again, then `tail`, deflated: a small file, however long it
    /// says it is. Beyond 256 MB the checksum is wrong: nobody should come so far as to look.
    pub fn repeated(name: &str, head: &[u8], piece: &[u8], times: usize, tail: &[u8]) -> Self {
        let mut stored = deflate(head, FlushCompress::Full);
        let chunk = deflate(piece, FlushCompress::Full);
        for _ in 0..times {
            stored.extend(&chunk);
        }
        stored.extend(deflate(tail, FlushCompress::Finish));
        let length = head.len() + piece.len() * times + tail.len();
        let mut crc = Crc::new();
        if length <= 256 << 20 {
            crc.update(head);
            (0..times).for_each(|_| crc.update(piece));
            crc.update(tail);
        }
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        Self { stored, deflated: true, crc: crc.sum(), length, ..Self::plain(name, b"") }
    }
}

/// Raw deflate; a full flush ends at a byte and forgets what was before, so that pieces can be put
/// one after the other.
fn deflate(bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut deflate = Compress::new(Compression::default(), false);
    let mut out = Vec::with_capacity(bytes.len() + 1_024);
    deflate.compress_vec(bytes, &mut out, flush).expect("memory");
    assert_eq!(usize::try_from(deflate.total_in()).expect("small"), bytes.len());
    out
}

/// The whole container.
pub fn zip(parts: &[Part]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let mut at = 0;
    for part in parts {
        if !part.shares_data {
            at = u32::try_from(out.len()).expect("a small file");
            out.extend(b"PK\x03\x04");
            fields(&mut out, part);
            out.extend(part.name.as_bytes());
            out.extend(&part.stored);
        }
        directory.extend(b"PK\x01\x02\x14\x00");
        fields(&mut directory, part);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(part.name.as_bytes());
    }
    let start = u32::try_from(out.len()).expect("a small file");
    let count = u16::try_from(parts.len()).unwrap_or(u16::MAX).to_le_bytes();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count);
    out.extend(count);
    out.extend(u32::try_from(directory.len()).expect("a small directory").to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// What the header of a part and its line in the directory have in common.
fn fields(out: &mut Vec<u8>, part: &Part) {
    out.extend(20_u16.to_le_bytes());
    out.extend(part.flags.to_le_bytes());
    out.extend(if part.deflated { 8_u16 } else { 0 }.to_le_bytes());
    // Noon on the first day that the format knows.
    out.extend([0, 0x60, 0x21, 0]);
    out.extend(part.crc.to_le_bytes());
    let stored = u32::try_from(part.stored.len()).expect("a small part");
    out.extend(stored.to_le_bytes());
    out.extend(part.length.to_le_bytes());
    out.extend(u16::try_from(part.name.len()).expect("a short name").to_le_bytes());
    out.extend([0, 0]);
}
