//! Passwords that are long and guessed all the same.

use crate::Email;

/// Characters that must be left when all that is easily guessed is taken away.
const ENOUGH: usize = 6;
/// Characters in a row, such as 1234 or qwer, that count as one guess.
const RUN: usize = 3;

/// Words that people begin or pad a password with; letters only, as they are after [`plain`].
const WORDS: [&str; 64] = [
    "valuebook",
    "password",
    "passwort",
    "passphrase",
    "passcode",
    "welcome",
    "letmein",
    "login",
    "logon",
    "signin",
    "admin",
    "administrator",
    "master",
    "secret",
    "private",
    "changeme",
    "default",
    "temporary",
    "testing",
    "test",
    "guest",
    "user",
    "hello",
    "iloveyou",
    "sunshine",
    "princess",
    "dragon",
    "monkey",
    "football",
    "liverpool",
    "arsenal",
    "chelsea",
    "everton",
    "hospital",
    "trust",
    "nhs",
    "finance",
    "director",
    "doctor",
    "nurse",
    "patient",
    "england",
    "london",
    "derby",
    "computer",
    "internet",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "summer",
    "winter",
    "spring",
    "autumn",
    "november",
    "december",
    "september",
];

/// Years that people were born in, or live in.
const YEARS: std::ops::RangeInclusive<u16> = 1940..=2059;

/// Rows of the keyboard.
const ROWS: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Whether little is left of a password without common words, years, the person's own address, and what
/// repeats or follows the alphabet, the digits or the keyboard.
pub(crate) fn is_guessable(password: &str, address: &Email) -> bool {
    let mut left = plain(password);
    let mut words: Vec<String> =
        address.as_str().split(['@', '.', '-', '_', '+']).map(plain).collect();
    words.push(plain(address.as_str()));
    words.extend(WORDS.iter().map(|word| plain(word)));
    words.extend(YEARS.map(|year| plain(&year.to_string())));
    words.retain(|word| word.chars().count() >= 3);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in &words {
        left = left.replace(word.as_str(), " ");
    }
    let blocks = left.split(' ').map(|block| without_runs(&once(block)));
    let letters: String = blocks.collect();
    letters.chars().count() < ENOUGH || distinct(&letters) < RUN + 1
}

/// Lower case, with the usual disguises taken off: `P@55w0rd` is `password`.
fn plain(text: &str) -> String {
    let letters = text.to_lowercase();
    let shown = letters.chars().filter(|c| !c.is_whitespace());
    shown
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' | '|' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

/// A text that is one part again and again, as that part.
fn once(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let part = (1..letters.len()).find(|size| {
        letters.len().is_multiple_of(*size)
            && letters.iter().zip(letters.iter().skip(*size)).all(|(one, next)| one == next)
    });
    letters.iter().take(part.unwrap_or(letters.len())).collect()
}

/// Every run of at least three neighbours as its first character.
fn without_runs(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut kept = String::new();
    let mut rest = letters.as_slice();
    while let [first, after @ ..] = rest {
        let run = run_length(rest);
        kept.push(*first);
        rest = if run >= RUN { rest.get(run..).unwrap_or(&[]) } else { after };
    }
    kept
}

/// How many characters at the beginning go on in the same direction.
fn run_length(letters: &[char]) -> usize {
    let longest = [-1, 0, 1].into_iter().map(|step| {
        let pairs = letters.iter().zip(letters.iter().skip(1));
        1 + pairs.take_while(|(one, next)| follows(**one, **next, step)).count()
    });
    longest.max().unwrap_or_default()
}

/// Whether a character is that many places after another: in the alphabet or on the keyboard.
fn follows(one: char, next: char, step: i32) -> bool {
    let (one, next) = (undisguised(one), undisguised(next));
    let place = |row: &str, c: char| row.chars().position(|it| it == c);
    let apart = |from: Option<usize>, to: Option<usize>| match (from, to) {
        (Some(from), Some(to)) => {
            i32::try_from(to).unwrap_or_default() - i32::try_from(from).unwrap_or_default() == step
        }
        _ => false,
    };
    let both = |row: &str| {
        one.iter().any(|one| next.iter().any(|next| apart(place(row, *one), place(row, *next))))
    };
    if step == 0 {
        return one == next;
    }
    both("abcdefghijklmnopqrstuvwxyz") || ROWS.iter().any(|row| both(row))
}

/// What a character may have been before [`plain`] took the disguise off.
fn undisguised(c: char) -> Vec<char> {
    match c {
        'o' => vec!['o', '0'],
        'i' => vec!['i', '1'],
        'e' => vec!['e', '3'],
        'a' => vec!['a', '4'],
        's' => vec!['s', '5'],
        't' => vec!['t', '7'],
        other => vec![other],
    }
}

fn distinct(text: &str) -> usize {
    text.chars().collect::<std::collections::BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessable(password: &str) -> bool {
        is_guessable(password, &"jo.bloggs@example.nhs.uk".parse().expect("an address"))
    }

    #[test]
    fn what_everyone_tries_first_is_guessable() {
        for password in [
            "aaaaaaaaaaaa",
            "abababababab",
            "123456789012",
            "987654321098",
            "abcdefghijkl",
            "zyxwvutsrqpo",
            "qwertyuiop12",
            "poiuytrewq!!",
            "asdfghjklzxcvbnm",
            "passwordpassword",
            "P@55w0rd2024!",
            "Welcome12345!",
            "valuebook2026",
            "Value Book 2026!",
            "jo.bloggs@example.nhs.uk",
            "JoBloggs2026",
            "bloggsbloggs",
            "Hospital Trust 1",
            "September2026!",
            "Summer2026Summer2026",
            "letmeinletmein",
            "Administrator1!",
            "111222333444",
            "            ",
        ] {
            assert!(guessable(password), "{password}");
        }
    }

    #[test]
    fn what_nobody_tries_is_not() {
        for password in [
            "correct horse battery",
            "another long password",
            "tr0ubador-and-3-owls",
            "kestrel umbrella fjord",
            "9f86d081884c7d659a2feaa0c55ad015",
            "die Katze liegt quer",
            "wet bicycle 41",
        ] {
            assert!(!guessable(password), "{password}");
        }
    }

    #[test]
    fn parts_and_runs_count_once() {
        assert_eq!(once("abcabcabc"), "abc");
        assert_eq!(once("abcabcab"), "abcabcab");
        assert_eq!(without_runs("x123z"), "x1z");
        assert_eq!(without_runs("xqwerty9"), "xq9");
        assert_eq!(plain("P@55 W0RD"), "password");
    }
}
