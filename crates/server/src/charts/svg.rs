use std::fmt::Write;

use super::Heading;
use super::palette::Ink;

/// The smallest text of any picture, in the units of its view box.
pub const FONT: f64 = 16.0;

/// Black of the design system, for text, axes and whiskers.
pub const BLACK: &str = "#212b32";
/// Grey of the design system that text may have on white.
pub const GREY: &str = "#4c6272";
/// Grey of lines that only guide the eye.
pub const PALE: &str = "#d8dde0";

/// Where a text hangs from its point.
#[derive(Clone, Copy, Debug)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// Its middle lies there.
    Middle,
    /// It ends there.
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Where it hangs.
    pub anchor: Anchor,
    /// Its size.
    pub size: f64,
    /// Its colour.
    pub colour: &'static str,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether white around it keeps lines away.
    pub halo: bool,
}

impl Type {
    /// Plain black text.
    pub const fn new(anchor: Anchor) -> Self {
        Self { anchor, size: FONT, colour: BLACK, bold: false, halo: false }
    }

    /// The same in grey.
    pub const fn grey(self) -> Self {
        Self { colour: GREY, ..self }
    }

    /// The same with white around it.
    pub const fn halo(self) -> Self {
        Self { halo: true, ..self }
    }

    /// The same in bold.
    pub const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// A picture being drawn.
pub struct Picture {
    heading: Heading,
    width: f64,
    height: f64,
    inks: Vec<Ink>,
    body: String,
}

impl Picture {
    /// An empty one of this size.
    pub fn new(heading: &Heading, width: f64, height: f64) -> Self {
        Self {
            heading: heading.clone(),
            width: finite(width),
            height: finite(height),
            inks: Vec::new(),
            body: String::new(),
        }
    }

    /// What to fill a shape with for this ink.
    pub fn fill(&mut self, ink: Ink) -> String {
        if !self.inks.contains(&ink) {
            self.inks.push(ink);
        }
        format!("url(#{}-{})", escape(&self.heading.id), ink.id())
    }

    /// Adds what is already SVG.
    pub fn raw(&mut self, svg: &str) {
        self.body.push_str(svg);
    }

    /// A filled rectangle with an outline of the ink's colour.
    pub fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, ink: Ink) {
        let fill = self.fill(ink);
        self.add(format_args!(
            r#"<rect x="{}" y="{}" width="{}" height="{}" fill="{fill}" stroke="{}"/>"#,
            number(x),
            number(y),
            number(width.max(0.0)),
            number(height.max(0.0)),
            ink.colour(),
        ));
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        self.add(format_args!(
            r#"<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{colour}" stroke-width="{}"/>"#,
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1),
            number(width),
        ));
    }

    /// A text.
    pub fn text(&mut self, x: f64, y: f64, kind: Type, text: &str) {
        let anchor = match kind.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let halo = if kind.halo {
            r##" stroke="#fff" stroke-width="5" paint-order="stroke""##
        } else {
            ""
        };
        let weight = if kind.bold { r#" font-weight="bold""# } else { "" };
        self.add(format_args!(
            r#"<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="{anchor}"{weight}{halo}>{}</text>"#,
            number(x),
            number(y),
            number(kind.size),
            kind.colour,
            escape(text),
        ));
    }

    /// The finished picture.
    pub fn finish(self) -> String {
        let id = escape(&self.heading.id);
        let mut patterns = String::new();
        for ink in &self.inks {
            patterns.push_str(&ink.pattern(&id));
        }
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}""#,
                r#" font-family="Arial, sans-serif" aria-labelledby="{id}-title {id}-desc">"#,
                r#"<title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>"#,
                "<defs>{patterns}</defs>{body}</svg>",
            ),
            width = number(self.width),
            height = number(self.height),
            id = id,
            title = escape(&self.heading.title),
            description = escape(&self.heading.description),
            patterns = patterns,
            body = self.body,
        )
    }

    fn add(&mut self, part: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(part);
    }
}

/// A text made safe inside an element or a quoted attribute; control characters are left out.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

/// A coordinate to a tenth, never one that a browser would refuse.
pub fn number(value: f64) -> String {
    let value = finite(value);
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// How many, as a coordinate.
pub fn count(items: usize) -> f64 {
    u32::try_from(items).map_or(f64::from(u32::MAX), f64::from)
}

/// The number itself, or nothing where it is none.
pub fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// A text cut to about this width, with an ellipsis where it was cut.
pub fn fitted(text: &str, width: f64) -> String {
    if text_width(text) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for character in text.chars() {
        if text_width(&short) + 1.5 * FONT * WIDTH_OF_LETTER > width {
            break;
        }
        short.push(character);
    }
    format!("{}…", short.trim_end())
}

/// About how wide a text of the usual size is.
pub fn text_width(text: &str) -> f64 {
    count(text.chars().count()) * FONT * WIDTH_OF_LETTER
}

/// The width of a usual letter of Arial, as a share of its size.
const WIDTH_OF_LETTER: f64 = 0.54;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_name_holds_is_markup() {
        assert_eq!(
            escape("<b a=\"1\" c='2'>&\u{0}"),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp; "
        );
    }

    #[test]
    fn a_coordinate_is_always_a_number() {
        let cases =
            [(1.25, "1.2"), (-0.01, "0"), (3.0, "3"), (f64::NAN, "0"), (f64::INFINITY, "0")];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn long_names_are_cut_where_they_no_longer_fit() {
        assert_eq!(fitted("Hip replacement", 400.0), "Hip replacement");
        let cut = fitted(&"wörd ".repeat(40), 200.0);
        assert!(cut.ends_with('…') && text_width(&cut) <= 200.0, "{cut}");
        assert_eq!(fitted("abc", 0.0), "…");
    }
}
