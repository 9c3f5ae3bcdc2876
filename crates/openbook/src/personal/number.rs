//! NHS numbers.

/// The digit a character stands for, in the scripts a keyboard or a spreadsheet may write.
pub(super) fn digit(c: char) -> Option<u32> {
    let first = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    u32::from(c).checked_sub(u32::from(first))
}

fn joins(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '_' | '/' | '\u{a0}' | '\u{2010}'..='\u{2013}' | '\u{202f}')
}

/// Whether ten digits pass the check of an NHS number.
fn passes(digits: &[u32]) -> bool {
    let [first @ .., check] = digits else { return false };
    if digits.len() != 10 {
        return false;
    }
    let sum: u32 = first.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let wanted = 11 - sum % 11;
    sum > 0 && (wanted == 11 && *check == 0 || wanted == *check)
}

/// Digits side by side: the digits, and the characters before and after them.
struct Run {
    digits: Vec<u32>,
    before: Option<char>,
    after: Option<char>,
    /// Whether one character that joins groups is all that stands between it and the run before.
    joined: bool,
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut before, mut between) = (None, 2);
    for c in text.chars() {
        match (digit(c), runs.last_mut()) {
            (Some(digit), Some(run)) if between == 0 => run.digits.push(digit),
            (Some(digit), _) => {
                let joined = between == 1 && before.is_some_and(joins);
                runs.push(Run { digits: vec![digit], before, after: None, joined });
                between = 0;
            }
            (None, Some(run)) if between == 0 => {
                run.after = Some(c);
                between = 1;
            }
            (None, _) => between = 2,
        }
        before = Some(c);
    }
    runs
}

/// Whether a text holds ten digits that pass the NHS number's check: as a word, grouped 3-3-4, or
/// the whole of it but for spaces and hyphens.
#[must_use]
pub fn has_nhs_number(text: &str) -> bool {
    let runs = runs(text);
    let is_bound = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    // `NHS9434765919` is a word too; other letters make it a code.
    let labelled = text.to_ascii_lowercase().contains("nhs");
    let word = |run: &Run| (is_bound(run.before) || labelled) && is_bound(run.after);
    // The digits before and after a point are of one figure.
    let is_after_point = |run: &Run| run.joined && run.before == Some('.');
    let alone = |at: usize, run: &Run| {
        word(run) && !is_after_point(run) && !runs.get(at + 1).is_some_and(is_after_point)
    };
    let grouped = |group: &[Run]| match group {
        [a, b, c] => {
            (a.digits.len(), b.digits.len(), c.digits.len()) == (3, 3, 4)
                && (b.joined && c.joined && is_bound(a.before) && is_bound(c.after))
                && passes(&[a.digits.as_slice(), &b.digits, &c.digits].concat())
        }
        _ => false,
    };
    let whole = || text.chars().all(|c| digit(c).is_some() || joins(c) && !matches!(c, '.' | '/'));
    runs.iter().enumerate().any(|(at, run)| alone(at, run) && passes(&run.digits))
        || runs.windows(3).any(grouped)
        || (whole() && passes(&text.chars().filter_map(digit).collect::<Vec<_>>()))
}

/// Whether a figure is certain to be an NHS number: ten digits alone, in a range that is issued
/// (or kept for tests), that pass the check.
pub(super) fn is_issued(text: &str) -> bool {
    let text = text.trim();
    text.len() == 10
        && text.starts_with(['4', '6', '7', '9'])
        && passes(&text.chars().filter_map(digit).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nhs_numbers_by_their_check_digit() {
        for text in [
            "9434765919",
            "943 476 5919",
            "943-476-5919",
            "943.476.5919",
            "943\u{a0}476\u{a0}5919",
            "94347 65919",
            "patient 9434765919 seen",
            "patient 943 476 5919 seen",
            "no. 12, 943 476 5919",
            "NHS9434765919",
            "９４３４７６５９１９",
        ] {
            assert!(has_nhs_number(text), "{text}");
        }
        for text in [
            "9434765918",
            "0000000000",
            "1234567890",
            "94347659190",
            "19434765919",
            "HN22A",
            "A9434765919B",
            "943, 476, 5919",
            "2024-25",
            "£943 476 5918",
            "12747619.72",
            "3041097.6789929797",
            "0.9434765919",
            "9434765919.5",
            "",
        ] {
            assert!(!has_nhs_number(text), "{text}");
        }
    }
}
