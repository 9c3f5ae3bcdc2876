//! How long the functions of a Rust source are, by counting braces outside text and comments.

/// A function with a body.
#[derive(Debug, PartialEq)]
pub struct Function {
    /// What it is called.
    pub name: String,
    /// The line its `fn` stands on, from 1.
    pub line: usize,
    /// From its `fn` to its closing brace.
    pub lines: usize,
}

/// Every function in the source, one within another too.
pub fn functions(source: &str) -> Vec<Function> {
    let code = without_text(source);
    let mut found = Vec::new();
    let mut line = 1;
    let mut before = ' ';
    let mut rest = code.as_slice();
    while let [first, after @ ..] = rest {
        if let ['f', 'n', ' ' | '\n', named @ ..] = rest
            && !is_word(before)
        {
            let name: String = named.iter().take_while(|c| is_word(**c)).collect();
            if let Some(breaks) = breaks_to_closing_brace(named) {
                let lines = breaks + 1;
                found.push(Function { name, line, lines });
            }
        }
        line += usize::from(*first == '\n');
        before = *first;
        rest = after;
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Line breaks up to the end of the body; `None` where a semicolon stands in the body's place.
fn breaks_to_closing_brace(code: &[char]) -> Option<usize> {
    let (mut breaks, mut brackets, mut braces) = (0, 0, 0);
    for c in code {
        match c {
            '\n' => breaks += 1,
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            ';' if brackets == 0 && braces == 0 => return None,
            '{' => braces += 1,
            '}' if braces == 1 => return Some(breaks),
            '}' => braces -= 1,
            _ => {}
        }
    }
    None
}

/// The source with blanks in place of strings, characters and comments; line breaks stay.
fn without_text(source: &str) -> Vec<char> {
    let source: Vec<char> = source.chars().collect();
    let mut code = Vec::with_capacity(source.len());
    let mut rest = source.as_slice();
    while let [first, after @ ..] = rest {
        let in_word = code.last().is_some_and(|c| is_word(*c));
        let length = text_at_start(rest, in_word).min(rest.len());
        if length == 0 {
            code.push(*first);
            rest = after;
        } else {
            let (text, after) = rest.split_at(length);
            code.extend(text.iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    code
}

/// How many characters at the start are a string, a character or a comment; 0 for code.
fn text_at_start(rest: &[char], in_word: bool) -> usize {
    let to = |end: char, from: usize| {
        let found = rest.iter().skip(from).position(|c| *c == end);
        found.map_or(rest.len(), |at| from + at)
    };
    match rest {
        ['/', '/', ..] => to('\n', 2),
        ['/', '*', inner @ ..] => 2 + to_comment_end(inner),
        ['"', inner @ ..] => 1 + to_quote(inner),
        ['r', raw @ ..] if !in_word => raw_string(raw).map_or(0, |length| 1 + length),
        ['b' | 'c', 'r', raw @ ..] if !in_word => raw_string(raw).map_or(0, |length| 2 + length),
        ['\'', '\\', _, ..] => to('\'', 3) + 1,
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

fn to_quote(inner: &[char]) -> usize {
    let mut escaped = false;
    for (at, c) in inner.iter().enumerate() {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    inner.len()
}

fn to_comment_end(inner: &[char]) -> usize {
    let (mut open, mut length, mut rest) = (1, 0, inner);
    while open > 0 && !rest.is_empty() {
        let step = match rest {
            ['/', '*', ..] => {
                open += 1;
                2
            }
            ['*', '/', ..] => {
                open -= 1;
                2
            }
            _ => 1,
        };
        length += step;
        rest = rest.split_at(step).1;
    }
    length
}

/// The length of `#"…"#` with any number of hashes; `None` where it is something else (`r#type`).
fn raw_string(raw: &[char]) -> Option<usize> {
    let hashes = raw.iter().take_while(|c| **c == '#').count();
    if raw.get(hashes) != Some(&'"') {
        return None;
    }
    let mut end = vec!['"'];
    end.resize(hashes + 1, '#');
    let inner = raw.split_at(hashes + 1).1;
    let at = inner.windows(end.len()).position(|it| it == end)?;
    Some(hashes + 1 + at + end.len())
}

#[test]
fn measures_functions_and_is_not_misled_by_text() {
    let source = r##"
/// fn not_this() {
const fn short<'a>(x: &'a [u8; 4]) -> char { '{' }
trait T {
    fn absent(&self, size: [u8; 2]);
    fn given(&self) -> &str {
        "} \" } fn nor_this() {" // }
    }
}
async fn long(
    handler: fn(u8) -> u8,
) -> String {
    let quote = '\''; /* } /* } */ } */
    let raw = r#"} " } "#;
    fn inner() {
        if true {}
    }
    format!("{quote}{raw}")
}
"##;
    let found: Vec<(String, usize, usize)> =
        functions(source).into_iter().map(|it| (it.name, it.line, it.lines)).collect();
    let expected = [("short", 3, 1), ("given", 6, 3), ("long", 10, 10), ("inner", 15, 3)];
    let expected = expected.map(|(name, line, lines)| (name.to_owned(), line, lines));
    assert_eq!(found, expected);
}
