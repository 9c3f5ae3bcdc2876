//! Reading that tells how far it is.

use std::io::{Read, Result};

/// Bytes between two tellings.
const STEP: u64 = 1024 * 1024;

/// A reader that counts what is read from it and tells about every megabyte.
pub(super) struct Watched<R, F> {
    input: R,
    tell: F,
    bytes: u64,
    told: u64,
}

impl<R: Read, F: FnMut(u64)> Watched<R, F> {
    /// Watches a reader; `tell` is given the bytes read so far.
    pub(super) const fn new(input: R, tell: F) -> Self {
        Self { input, tell, bytes: 0, told: 0 }
    }

    /// The bytes read so far.
    pub(super) const fn count(&self) -> u64 {
        self.bytes
    }
}

impl<R: Read, F: FnMut(u64)> Read for Watched<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.input.read(buffer)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        if self.bytes.saturating_sub(self.told) >= STEP {
            self.told = self.bytes;
            (self.tell)(self.bytes);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::copy;

    #[test]
    fn it_tells_about_every_megabyte_and_counts_every_byte() {
        let mut told = Vec::new();
        let mut sink = Vec::new();
        let mut input = Watched::new(std::io::repeat(7).take(3 * STEP + 5), |at| told.push(at));
        copy(&mut input, &mut sink).expect("read");
        assert_eq!(input.count(), 3 * STEP + 5);
        assert_eq!(sink.len(), 3 * 1024 * 1024 + 5);
        assert!((2..=3).contains(&told.len()) && told.is_sorted(), "{told:?}");
    }
}
