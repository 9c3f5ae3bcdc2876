//! XML looked through as bytes, before anything is built from it: no entities, no endless tags or
//! texts, no bottomless nesting. Memory is one tag.

use super::limits::{DEEPEST, LONGEST_RUN};
use super::rules;

/// Why XML is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The rule's stable code.
    pub rule: &'static str,
    /// What is wrong, after "the part … ".
    pub why: &'static str,
}

const fn fault<T>(rule: &'static str, why: &'static str) -> Result<T, Fault> {
    Err(Fault { rule, why })
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Text,
    /// Within `<…>`; the quote that an attribute's value is in, if any.
    Tag(Option<u8>),
    Comment,
    CData,
    Instruction,
}

/// Looks through one part, however its bytes are cut into pieces.
pub struct Scanner {
    state: State,
    depth: u32,
    /// The tag so far, or the last two bytes of a comment, CDATA section or instruction.
    tag: Vec<u8>,
    run: usize,
}

impl Scanner {
    pub const fn new() -> Self {
        Self { state: State::Text, depth: 0, tag: Vec::new(), run: 0 }
    }

    /// Looks through more bytes; `seen` is told of every tag that opens.
    pub fn feed(
        &mut self,
        bytes: &[u8],
        seen: &mut impl FnMut(&Tag<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        for byte in bytes {
            self.run += 1;
            if self.run > LONGEST_RUN {
                return fault(rules::TOO_LARGE, "holds one text or tag of more than 4 MB");
            }
            match self.state {
                State::Text if *byte == b'<' => {
                    self.enter(State::Tag(None));
                }
                State::Text => {}
                State::Tag(Some(quote)) => {
                    self.tag.push(*byte);
                    if *byte == quote {
                        self.state = State::Tag(None);
                    }
                }
                State::Tag(None) if *byte == b'>' => {
                    self.close(seen)?;
                    self.enter(State::Text);
                }
                State::Tag(None) => self.within_tag(*byte)?,
                State::Comment => self.skip_to(b"--", *byte),
                State::CData => self.skip_to(b"]]", *byte),
                State::Instruction => self.skip_to(b"?", *byte),
            }
        }
        Ok(())
    }

    /// To be called after the last byte.
    pub fn end(&self) -> Result<(), Fault> {
        if self.state == State::Text && self.depth == 0 {
            Ok(())
        } else {
            fault(rules::DAMAGED, "ends in the middle")
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.tag.clear();
        self.run = 0;
    }

    fn within_tag(&mut self, byte: u8) -> Result<(), Fault> {
        self.tag.push(byte);
        match self.tag.as_slice() {
            b"?" => self.enter(State::Instruction),
            b"!--" => self.enter(State::Comment),
            b"![CDATA[" => self.enter(State::CData),
            tag if b"!--".starts_with(tag) || b"![CDATA[".starts_with(tag) => {}
            tag if tag.starts_with(b"!") => {
                return fault(rules::ENTITIES, "declares a document type or entities");
            }
            b"<" => return fault(rules::DAMAGED, "is not well-formed XML"),
            _ if byte == b'"' || byte == b'\'' => self.state = State::Tag(Some(byte)),
            _ => {}
        }
        Ok(())
    }

    /// Goes back to text at `end` followed by `>`.
    fn skip_to(&mut self, end: &[u8], byte: u8) {
        if byte == b'>' && self.tag.ends_with(end) {
            self.enter(State::Text);
            return;
        }
        if self.tag.len() >= 2 {
            self.tag.remove(0);
        }
        self.tag.push(byte);
    }

    fn close(&mut self, seen: &mut impl FnMut(&Tag<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
        if self.tag.first() == Some(&b'/') {
            let Some(depth) = self.depth.checked_sub(1) else {
                return fault(rules::DAMAGED, "is not well-formed XML");
            };
            self.depth = depth;
            return Ok(());
        }
        if self.tag.last() != Some(&b'/') {
            self.depth += 1;
            if self.depth > DEEPEST {
                return fault(rules::NESTING, "nests its XML deeper than a workbook ever does");
            }
        }
        seen(&Tag(&self.tag))
    }
}

/// An opening tag, without its brackets.
pub struct Tag<'a>(&'a [u8]);

impl Tag<'_> {
    /// Its name without a prefix.
    pub fn name(&self) -> &[u8] {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'/';
        let name = self.0.split(ends).next().unwrap_or_default();
        name.rsplit(|byte| *byte == b':').next().unwrap_or_default()
    }

    /// The value of an attribute as written.
    pub fn attribute(&self, name: &[u8]) -> Option<&[u8]> {
        let mut rest = self.0;
        loop {
            let at = rest.iter().position(|byte| *byte == b'=')?;
            let (before, after) = rest.split_at_checked(at)?;
            let after = after.get(1..)?.trim_ascii_start();
            let (quote, value) = after.split_first()?;
            let end = value.iter().position(|byte| byte == quote)?;
            let (value, after) = value.split_at_checked(end)?;
            let written = before.trim_ascii_end();
            let key = written.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
            if key == name {
                return Some(value);
            }
            rest = after.get(1..)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(xml: &str, piece: usize) -> Result<Vec<String>, Fault> {
        let mut scanner = Scanner::new();
        let mut names = Vec::new();
        for bytes in xml.as_bytes().chunks(piece) {
            scanner.feed(bytes, &mut |tag| {
                let id = tag.attribute(b"r").unwrap_or_default();
                names.push([tag.name(), id].map(String::from_utf8_lossy).concat());
                Ok(())
            })?;
        }
        scanner.end().map(|()| names)
    }

    #[test]
    fn tags_are_seen_whole_however_the_bytes_are_cut() {
        let xml = "<?xml version=\"1.0\"?><!-- <a> > --><x:row s=\"1>2\" r = '7'>\n<c r=\"A1\"/>\
                   <![CDATA[ <b> ]] > ]]></x:row>";
        for piece in 1..xml.len() {
            assert_eq!(scan(xml, piece).expect("sound"), ["row7", "cA1"], "pieces of {piece}");
        }
    }

    #[test]
    fn entities_nesting_and_broken_ends_are_refused() {
        let rule = |xml: &str| scan(xml, 7).expect_err("a fault").rule;
        assert_eq!(rule("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), rules::ENTITIES);
        assert_eq!(rule("<!doctype a><a/>"), rules::ENTITIES);
        assert_eq!(rule(&"<a>".repeat(300)), rules::NESTING);
        for xml in ["<a>", "</a>", "<a", "<a b=\"", "<!-- ", "<<a>"] {
            assert_eq!(rule(xml), rules::DAMAGED, "{xml}");
        }
        assert_eq!(rule(&format!("<a b=\"{}", "x".repeat(5 << 20))), rules::TOO_LARGE);
        assert_eq!(rule(&"\0".repeat(5 << 20)), rules::TOO_LARGE);
    }
}
