//! A tiny check of markup, for tests: every element closed in order, every attribute quoted, every
//! `<` and `&` of a text escaped, no id twice.

use std::collections::BTreeSet;

/// Elements of HTML that have no end.
const VOID: [&str; 9] = ["area", "base", "br", "col", "hr", "img", "input", "link", "meta"];

/// Whether the text is well-formed XML, as far as we write it.
pub(crate) fn xml(text: &str) -> Result<(), String> {
    check(text, false)
}

/// Whether the text is an HTML document whose elements close in order.
pub(crate) fn html(text: &str) -> Result<(), String> {
    let rest = text.trim_start().strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    check(rest, true)
}

fn check(text: &str, is_html: bool) -> Result<(), String> {
    let mut open: Vec<String> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        entities(before)?;
        let end = end_of_tag(tag).ok_or_else(|| format!("a tag never ends: {}", head(tag)))?;
        let (tag, after) = tag.split_at(end);
        rest = after;
        let inside = tag.trim_start_matches('<').trim_end_matches('>');
        if let Some(name) = inside.strip_prefix('/') {
            let last = open.pop();
            if last.as_deref() != Some(name) {
                return Err(format!("</{name}> ends {last:?} before: {}", head(after)));
            }
            continue;
        }
        let (name, closed) = element(inside, is_html, &mut ids)?;
        if !closed {
            open.push(name);
        }
    }
    entities(rest)?;
    if open.is_empty() { Ok(()) } else { Err(format!("never closed: {open:?}")) }
}

/// The element's name and whether it needs no end.
fn element(
    inside: &str,
    is_html: bool,
    ids: &mut BTreeSet<String>,
) -> Result<(String, bool), String> {
    let closed = inside.ends_with('/');
    let inside = inside.trim_end_matches('/');
    let (name, mut attributes) =
        inside.split_once(|c: char| c.is_whitespace()).unwrap_or((inside, ""));
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(format!("not an element: <{}", head(inside)));
    }
    while !attributes.trim().is_empty() {
        attributes = attributes.trim_start();
        let end =
            attributes.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(attributes.len());
        let (key, rest) = attributes.split_at(end);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-:".contains(c);
        if key.is_empty() || !key.chars().all(plain) {
            return Err(format!("not an attribute in <{name}: {}", head(attributes)));
        }
        let Some(value) = rest.strip_prefix("=\"") else {
            if is_html && !rest.starts_with('=') {
                attributes = rest;
                continue;
            }
            return Err(format!("{key} of <{name} is not quoted"));
        };
        let (value, after) = value.split_once('"').ok_or("a quote never ends")?;
        entities(value)?;
        if key == "style" || key.starts_with("on") {
            return Err(format!("{key} of <{name} would be blocked"));
        }
        if key == "id" && !ids.insert(value.to_owned()) {
            return Err(format!("id {value} twice"));
        }
        attributes = after;
    }
    Ok((name.to_owned(), closed || (is_html && VOID.contains(&name))))
}

fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, character) in tag.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn entities(text: &str) -> Result<(), String> {
    for (_, after) in text.match_indices('&').map(|(at, _)| text.split_at(at)) {
        let end = after.find(';').filter(|end| (2..9).contains(end));
        let named = end.is_some_and(|end| {
            after
                .chars()
                .skip(1)
                .take(end - 1)
                .all(|c| c.is_ascii_alphanumeric() || "#".contains(c))
        });
        if !named {
            return Err(format!("a bare ampersand: {}", head(after)));
        }
    }
    Ok(())
}

fn head(text: &str) -> String {
    text.chars().take(60).collect()
}

#[test]
fn the_check_finds_what_is_wrong() {
    assert_eq!(xml(r#"<a x="1"><b/>t &amp; &#39;</a>"#), Ok(()));
    assert_eq!(html("<!DOCTYPE html><p hidden>a<br>b</p>"), Ok(()));
    let wrong = [
        "<a><b></a></b>",
        "<a>",
        "<a x=1/>",
        "a & b",
        "<a x=\"&\"/>",
        "<a hidden/>",
        "<a><1</a>",
        "<a id=\"x\"><b id=\"x\"/></a>",
        "<p style=\"color:red\"/>",
    ];
    for text in wrong {
        assert!(xml(text).is_err(), "{text}");
    }
}
